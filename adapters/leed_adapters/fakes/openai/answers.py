"""What the fake says: the same request always has the same answer, in the shapes of OpenAI's API reference.

A model of rules: it repeats what the last user wrote; where tools are offered it calls the one it has to, or the first,
until a tool has answered; where a JSON schema is asked for it fills one in. Numbers and words for arguments are taken
from what the user wrote.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Plain = dict[str, Any]
Script = Callable[[Plain], str]
"""Gives the text that is answered to a request, from its body."""
_CREATED = 1_764_288_000


@dataclass(frozen=True)
class Call:
    """A call of a tool."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Answer:
    """What the model says: a text, or calls of tools."""

    text: str | None
    calls: tuple[Call, ...] = ()

    @property
    def pieces(self) -> list[str]:
        """The text as a stream has it, word by word."""
        return re.findall(r"\S+\s*|\s+", self.text or "")


def answer_to(messages: Sequence[Plain], tools: Sequence[Plain], choice: object, schema: Plain | None) -> Answer:
    """Return the answer to messages, with these tools (their ``function``) and the schema of the answer, if any."""
    said = next((text_of(m) for m in reversed(messages) if m.get("role") == "user"), "")
    last = messages[-1] if messages else {}
    answered = last.get("role") == "tool" or last.get("type") == "function_call_output"
    called = _called(tools, choice) if not answered or choice not in (None, "auto") else None
    if called is not None:
        arguments = json.dumps(filled(called.get("parameters") or {}, said))
        name = f"call_{_digest(called['name'], arguments)[:24]}"
        return Answer(None, (Call(name, called["name"], arguments),))
    if schema is not None:
        return Answer(json.dumps(filled(schema, said)))
    if answered:
        return Answer(f"The tool says: {text_of(last)}")
    return Answer(f"You said: {said}")


def _called(tools: Sequence[Plain], choice: object) -> Plain | None:
    if choice == "none" or not tools:
        return None
    if isinstance(choice, Mapping):
        wanted = (choice.get("function") or choice).get("name")
        return next((tool for tool in tools if tool["name"] == wanted), tools[0])
    return tools[0]


def text_of(message: Mapping[str, Any]) -> str:
    """Return the text of a message, of whatever parts it is made."""
    content = message.get("content", message.get("output"))
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part["text"]) for part in parts if isinstance(part, Mapping) and "text" in part)


def filled(schema: Mapping[str, Any], said: str, root: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
    """Return data that fits a JSON schema: numbers from what was said, or 1, and its words for strings.

    >>> filled({"type": "object", "properties": {"input": {"type": "integer"}}}, "the magic function of 3")
    {'input': 3}
    """
    root = schema if root is None else root
    if "$ref" in schema:
        found: Any = root
        for key in str(schema["$ref"]).removeprefix("#/").split("/"):
            found = found[key]
        return filled(found, said, root)
    for key in ("enum", "anyOf", "oneOf", "allOf"):
        if schema.get(key):
            return schema[key][0] if key == "enum" else filled(schema[key][0], said, root)
    if "const" in schema:
        return schema["const"]
    return _of_type(schema, said, root)


def _of_type(schema: Mapping[str, Any], said: str, root: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = kind[0] if isinstance(kind, list) else kind
    number = re.search(r"-?\d+(?:\.\d+)?", said)
    if kind == "object":
        return {name: filled(inner, said, root) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [filled(schema.get("items", {}), said, root)]
    if kind in ("integer", "number"):
        value = float(number[0]) if number else 1.0
        return int(value) if kind == "integer" else value
    return {"boolean": True, "null": None}.get(kind, said or "text")


def usage_of(asked: object, answer: Answer) -> Plain:
    """Return tokens, counted as words and marks."""
    prompt = len(re.findall(r"\w+|[^\w\s]", json.dumps(asked)))
    completion = len(re.findall(r"\w+|[^\w\s]", answer.text or "")) + sum(len(call.arguments) for call in answer.calls)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def vector_of(text: str, width: int) -> list[float]:
    """Return numbers that only the text decides, of length 1."""
    raw = b"".join(hashlib.sha256(f"{i}:{text}".encode()).digest() for i in range(-(-width // 32)))[:width]
    values = [byte - 127.5 for byte in raw]
    length = sum(value * value for value in values) ** 0.5
    return [value / length for value in values]


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


# --- chat completions


def chat_answer(body: Plain) -> Answer:
    """Return what is answered to a chat completion request."""
    tools = [tool["function"] for tool in body.get("tools") or () if tool.get("type") == "function"]
    wanted = body.get("response_format") or {}
    schema = wanted.get("json_schema", {}).get("schema") if wanted.get("type") == "json_schema" else None
    if wanted.get("type") == "json_object":
        schema = _asked_for(body["messages"])
    return answer_to(body["messages"], tools, body.get("tool_choice"), schema)


def _asked_for(messages: Sequence[Plain]) -> Plain:
    """The schema of an object with the keys that stand in quotes in what the user wrote last, or "text"."""
    said = next((text_of(m) for m in reversed(messages) if m.get("role") == "user"), "")
    names = re.findall(r"""['"`](\w+)['"`]""", said) or ["text"]
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}}


def chat_completion(body: Plain, script: Script | None = None) -> Plain:
    """Return a chat completion as one object; a script says in place of the rules what is answered."""
    answer = chat_answer(body) if script is None else Answer(script(body))
    message: Plain = {"role": "assistant", "content": answer.text, "refusal": None}
    if answer.calls:
        message["tool_calls"] = [_tool_call(call) for call in answer.calls]
    choices = [
        {"index": i, "message": message, "logprobs": None, "finish_reason": _finish(answer)}
        for i in range(body.get("n") or 1)
    ]
    return _completion(body, "chat.completion") | {"choices": choices, "usage": usage_of(body["messages"], answer)}


def chat_chunks(body: Plain, script: Script | None = None) -> Iterator[Plain]:
    """Return a chat completion as the chunks of a stream."""
    answer = chat_answer(body) if script is None else Answer(script(body))
    wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))
    frame = _completion(body, "chat.completion.chunk") | ({"usage": None} if wants_usage else {})

    def chunk(delta: Plain, finish: str | None = None) -> Plain:
        return frame | {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}

    yield chunk({"role": "assistant", "content": None if answer.calls else "", "refusal": None})
    for piece in answer.pieces:
        yield chunk({"content": piece})
    for i, call in enumerate(answer.calls):
        yield chunk({"tool_calls": [{"index": i} | _tool_call(call, "")]})
        for start in range(0, len(call.arguments), 8):
            part = {"arguments": call.arguments[start : start + 8]}
            yield chunk({"tool_calls": [{"index": i, "function": part}]})
    yield chunk({}, _finish(answer))
    if wants_usage:
        yield frame | {"choices": [], "usage": usage_of(body["messages"], answer)}


def _completion(body: Plain, kind: str) -> Plain:
    name = f"chatcmpl-{_digest(json.dumps(body.get('messages')))[:24]}"
    return {
        "id": name,
        "object": kind,
        "created": _CREATED,
        "model": body.get("model"),
        "service_tier": "default",
        "system_fingerprint": "fp_leed_fake",
    }


def _tool_call(call: Call, arguments: str | None = None) -> Plain:
    function = {"name": call.name, "arguments": call.arguments if arguments is None else arguments}
    return {"id": call.id, "type": "function", "function": function}


def _finish(answer: Answer) -> str:
    return "tool_calls" if answer.calls else "stop"


# --- embeddings

_SIZES = {"text-embedding-ada-002": 1536, "text-embedding-3-small": 1536, "text-embedding-3-large": 3072}


def embeddings(body: Plain, spoil: str | None = None) -> Plain:
    """Return a vector for each input; as base64 where that is asked for.

    Known models have vectors of their own length, and others of 64; ``spoil`` names one of `SPOILING`.

    Raises:
        ValueError: an input is empty, or there is none, or there are more than 2,048.
    """
    given = body["input"]
    texts = [given] if isinstance(given, str) or (given and isinstance(given[0], int)) else given
    if not 0 < len(texts) <= 2048 or not all(texts):  # noqa: PLR2004 - OpenAI's
        raise ValueError("'$.input' is invalid.")
    width = body.get("dimensions") or _SIZES.get(str(body.get("model")), 64)
    rows = [(i, vector_of(str(text), width)) for i, text in enumerate(texts)]
    rows = SPOILING[spoil](rows) if spoil else rows
    data = [_embedding(i, vector, body.get("encoding_format")) for i, vector in rows]
    tokens = sum(len(str(text).split()) for text in texts)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": data, "model": body.get("model"), "usage": usage}


def _embedding(index: int, vector: list[float], form: str | None) -> Plain:
    import base64  # noqa: PLC0415 - only here
    import struct  # noqa: PLC0415 - only here

    packed = base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
    return {"object": "embedding", "index": index, "embedding": packed if form == "base64" else vector}


_Rows = list[tuple[int, list[float]]]

SPOILING: Mapping[str, Callable[[_Rows], _Rows]] = {
    "dimension": lambda rows: [(i, [*vector, 0.5]) for i, vector in rows],
    "one-dimension": lambda rows: [(i, vector[: len(vector) - (i == 0)]) for i, vector in rows],
    "nan": lambda rows: [(i, [float("nan"), *vector[1:]] if i == 0 else vector) for i, vector in rows],
    "missing": lambda rows: rows[:-1],
    "twice": lambda rows: [(max(i, 1) if len(rows) > 1 else 1, vector) for i, vector in rows],
    "order": lambda rows: rows[::-1],
    "empty": lambda rows: rows[:0],
}
"""What becomes of an answer's vectors, by name; "order" only turns them round, and the indexes say so."""

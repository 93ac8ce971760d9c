"""The fake's side of OpenAI's responses API: input items in, output items out, at once or as events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leed_adapters.fakes.openai.answers import Answer, Plain, answer_to, usage_of

_CREATED = 1_764_288_000.0


def response(body: Plain) -> Plain:
    """Return a response as one object."""
    answer = _answer(body)
    return _frame(body, "completed", [_item(part, whole=True) for part in _parts(answer)], answer)


def response_events(body: Plain) -> Iterator[Plain]:
    """Return a response as the events of a stream."""
    answer = _answer(body)
    number = -1

    def event(kind: str, **fields: Any) -> Plain:  # noqa: ANN401 - JSON
        nonlocal number
        number += 1
        return {"type": kind, "sequence_number": number, **fields}

    yield event("response.created", response=_frame(body, "in_progress", []))
    yield event("response.in_progress", response=_frame(body, "in_progress", []))
    for i, part in enumerate(_parts(answer)):
        yield event("response.output_item.added", output_index=i, item=_item(part, whole=False))
        at = {"output_index": i, "item_id": part["id"]}
        if part["type"] == "message":
            at |= {"content_index": 0}
            yield event("response.content_part.added", **at, part=_text(""))
            for piece in answer.pieces:
                yield event("response.output_text.delta", **at, delta=piece, logprobs=[])
            yield event("response.output_text.done", **at, text=answer.text, logprobs=[])
            yield event("response.content_part.done", **at, part=_text(answer.text or ""))
        else:
            arguments = part["arguments"]
            for start in range(0, len(arguments), 8):
                yield event("response.function_call_arguments.delta", **at, delta=arguments[start : start + 8])
            yield event("response.function_call_arguments.done", **at, name=part["name"], arguments=arguments)
        yield event("response.output_item.done", output_index=i, item=_item(part, whole=True))
    done = _frame(body, "completed", [_item(part, whole=True) for part in _parts(answer)], answer)
    yield event("response.completed", response=done)


def _answer(body: Plain) -> Answer:
    given = body["input"]
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    tools = [tool for tool in body.get("tools") or () if tool.get("type") == "function"]
    form = (body.get("text") or {}).get("format") or {}
    schema = form.get("schema") if form.get("type") == "json_schema" else None
    return answer_to(items, tools, body.get("tool_choice"), schema)


def _parts(answer: Answer) -> list[Plain]:
    """The output items; a message has its text under "said"."""
    calls = [
        {"type": "function_call", "id": f"fc_{call.id}", "call_id": call.id}
        | {"name": call.name}
        | {"arguments": call.arguments}
        for call in answer.calls
    ]
    return calls or [{"type": "message", "id": "msg_1", "role": "assistant", "said": answer.text}]


def _item(part: Plain, *, whole: bool) -> Plain:
    status = "completed" if whole else "in_progress"
    item = {key: value for key, value in part.items() if key != "said"} | {"status": status}
    if part["type"] == "message":
        return item | {"content": [_text(part["said"])] if whole else []}
    return item if whole else item | {"arguments": ""}


def _text(text: str) -> Plain:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _frame(body: Plain, status: str, output: list[Plain], answer: Answer | None = None) -> Plain:
    usage = None
    if answer is not None:
        counted = usage_of(body["input"], answer)
        usage = {
            "input_tokens": counted["prompt_tokens"],
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": counted["completion_tokens"],
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": counted["total_tokens"],
        }
    return {
        "id": "resp_leed_fake",
        "object": "response",
        "created_at": _CREATED,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "metadata": body.get("metadata") or {},
        "model": body.get("model"),
        "output": output,
        "parallel_tool_calls": body.get("parallel_tool_calls", True),
        "temperature": body.get("temperature", 1.0),
        "tool_choice": body.get("tool_choice", "auto"),
        "tools": body.get("tools") or [],
        "top_p": body.get("top_p", 1.0),
        "text": body.get("text") or {"format": {"type": "text"}},
        "usage": usage,
    }

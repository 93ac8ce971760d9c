"""What an HTTP operation takes and answers, declared; and the OpenAPI 3.1 document of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from leed import __version__

Schema = Mapping[str, Any]
Kind = Any
"""A type that msgspec knows, or a JSON schema."""

JSON = "application/json"


class Body(msgspec.Struct, frozen=True):
    """What is sent.

    Attributes:
        media: the content type.
        kind: of JSON, a type or a schema; of anything else a schema.
        also: what else the schema asks for, such as one of several fields.
    """

    media: str
    kind: Kind
    description: str = ""
    also: Schema | None = None


class Answer(msgspec.Struct, frozen=True):
    """What comes back under one status; without a kind, nothing is said of its content."""

    description: str
    kind: Kind = None
    media: str = JSON
    headers: Mapping[str, Schema] = {}


class Parameter(msgspec.Struct, frozen=True):
    """One parameter of the path, the query or the headers."""

    name: str
    place: str
    schema: Schema
    description: str = ""
    required: bool = False


class Operation(msgspec.Struct, frozen=True):
    """One operation: a method on a path.

    Attributes:
        path: with its parameters in braces.
        name: of the operation, for programs.
        query: a msgspec structure whose fields are the query's parameters.
        answers: by status.
    """

    method: str
    path: str
    name: str
    summary: str
    answers: Mapping[int, Answer]
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    query: type[msgspec.Struct] | None = None
    body: Body | None = None


class Fault(msgspec.Struct, frozen=True):
    """What went wrong: what was given, what is expected, and what to do."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class Failure(msgspec.Struct, frozen=True):
    """The answer to a request that failed; it has the shape of OpenAI's errors."""

    error: Fault


def document(operations: Iterable[Operation], *, title: str = "leed", version: str = __version__) -> dict[str, Any]:
    """Return the OpenAPI document of some operations.

    >>> ping = Operation("GET", "/ping", "ping", "Answers.", {200: Answer("It is there.", int)})
    >>> document([ping])["paths"]["/ping"]["get"]["responses"]["200"]["content"]
    {'application/json': {'schema': {'type': 'integer'}}}
    """
    declared = tuple(operations)
    kinds = list(_kinds(declared))
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    known = {id(kind): schema for kind, schema in zip(kinds, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for operation in declared:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, known, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {"schemas": dict(components)},
    }


def _kinds(operations: Iterable[Operation]) -> Iterator[Kind]:
    """The types among what operations take and answer."""
    for operation in operations:
        answered = [answer.kind for answer in operation.answers.values()]
        taken = [operation.query, None if operation.body is None else operation.body.kind]
        yield from (kind for kind in (*answered, *taken) if kind is not None and not isinstance(kind, Mapping))


def _operation(operation: Operation, known: Mapping[int, Schema], components: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"operationId": operation.name, "summary": operation.summary}
    if operation.description:
        told["description"] = operation.description
    parameters = [*map(_parameter, operation.parameters)]
    if operation.query is not None:
        parameters += map(_parameter, _of_query(components[operation.query.__name__]))
    if parameters:
        told["parameters"] = parameters
    if operation.body is not None:
        told["requestBody"] = _body(operation.body, known)
    told["responses"] = {str(status): _answer(answer, known) for status, answer in operation.answers.items()}
    return told


def _of_query(schema: Mapping[str, Any]) -> Iterator[Parameter]:
    required = schema.get("required", ())
    for name, own in schema["properties"].items():
        description = own.get("description", "")
        rest = {key: value for key, value in own.items() if key != "description"}
        yield Parameter(name, "query", rest, description, required=name in required)


def _parameter(parameter: Parameter) -> dict[str, Any]:
    told = {"name": parameter.name, "in": parameter.place, "required": parameter.required}
    if parameter.description:
        told["description"] = parameter.description
    return told | {"schema": dict(parameter.schema)}


def _body(body: Body, known: Mapping[int, Schema]) -> dict[str, Any]:
    schema = _schema(body.kind, known)
    if body.also is not None:
        schema = {"allOf": [schema, dict(body.also)]}
    told: dict[str, Any] = {"required": True, "content": {body.media: {"schema": schema}}}
    return {"description": body.description, **told} if body.description else told


def _answer(answer: Answer, known: Mapping[int, Schema]) -> dict[str, Any]:
    told: dict[str, Any] = {"description": answer.description}
    if answer.headers:
        told["headers"] = {name: {"schema": dict(schema)} for name, schema in answer.headers.items()}
    if answer.kind is not None:
        told["content"] = {answer.media: {"schema": _schema(answer.kind, known)}}
    return told


def _schema(kind: Kind, known: Mapping[int, Schema]) -> Schema:
    return kind if isinstance(kind, Mapping) else known[id(kind)]

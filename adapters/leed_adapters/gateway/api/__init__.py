"""leed's own endpoints over HTTP: describe, read, summarize, prompt, options; and their OpenAPI document.

Content comes in, never a path. Work is done in a few threads, so that whoever else is served does not wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from starlette.routing import BaseRoute, Route

from leed_adapters.gateway.api import describing, prompting, recordings
from leed_adapters.gateway.api.choosing import Options, OptionsOf, bounds
from leed_adapters.gateway.api.endpoint import Asked, Endpoint, Threads, Work
from leed_adapters.gateway.api.openapi import JSON, Answer, Body, Failure, Operation, document

MOST_OF_A_FILE = 16 << 20
"""Bytes of a file at most, if not told."""
MOST_OF_JSON = 1 << 20
"""Bytes of a JSON request at most, if not told."""
THREADS = 2
"""Requests that are worked on at the same time, if not told."""

FILE = {"type": "string", "format": "binary"}
_FAILURES = {
    400: Answer("A parameter or field is not as it should be.", Failure),
    413: Answer("The body is larger than the limit.", Failure),
    422: Answer("This cannot be read or described.", Failure),
    503: Answer("Too many requests wait already.", Failure),
}
_UNTYPED = {415: Answer("The body is no JSON.", Failure)}

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "POST",
        "/leed/v1/describe",
        "describe",
        "The sentence for one set of scores, and why it says what it says.",
        {200: Answer("The description.", describing.Described), **_FAILURES, **_UNTYPED},
        body=Body(JSON, describing.Measured, "Scores, or scores by modality.", describing.ONE_OF_THEM),
    ),
    Operation(
        "POST",
        "/leed/v1/read",
        "read",
        "What a file of scores holds: tracks, rows with their descriptions, what was odd, and its timeline.",
        {200: Answer("What it holds.", recordings.ReadAnswer), **_FAILURES},
        query=recordings.ReadQuery,
        body=Body("application/octet-stream", FILE, "The file's bytes, in any format of `leed formats`."),
    ),
    Operation(
        "POST",
        "/leed/v1/summarize",
        "summarize",
        "The timeline of a file of scores as text, within a budget of tokens.",
        {200: Answer("The text.", recordings.Summarized), **_FAILURES},
        query=recordings.SummarizeQuery,
        body=Body("application/octet-stream", FILE, "The file's bytes, or rows as JSON."),
    ),
    Operation(
        "POST",
        "/leed/v1/prompt",
        "prompt",
        "Messages as they would be sent, with what leed puts in marked and counted.",
        {200: Answer("The messages.", prompting.Prompted), **_FAILURES, **_UNTYPED},
        body=Body(JSON, prompting.PromptRequest, "A chat, or one message.", prompting.ONE_OF_THEM),
    ),
    Operation(
        "GET",
        "/leed/v1/options",
        "options",
        "What can be chosen: scales, languages, calibrations, policies, handovers, label sets, formats.",
        {200: Answer("The choices.", Options), 503: _FAILURES[503]},
    ),
    Operation(
        "GET",
        "/openapi.json",
        "openapi",
        "This document.",
        {200: Answer("The document.", {"type": "object"}), 503: _FAILURES[503]},
    ),
)
"""What these endpoints take and answer."""


def routes(
    *,
    more: Sequence[Operation] = (),
    most_of_a_file: int = MOST_OF_A_FILE,
    most_of_json: int = MOST_OF_JSON,
    threads: int = THREADS,
) -> list[BaseRoute]:
    """Return the routes of leed's own endpoints, for a Starlette application.

    >>> [route.path for route in routes()]
    ['/leed/v1/describe', '/leed/v1/read', '/leed/v1/summarize', '/leed/v1/prompt', '/leed/v1/options', '/openapi.json']

    Args:
        more: operations of others, for the OpenAPI document.
        most_of_a_file: bytes of a file at most.
        most_of_json: bytes of a JSON request at most.
        threads: requests that are worked on at the same time.
    """
    pool = Threads(threads)
    choices = OptionsOf(bounds(file=most_of_a_file, json=most_of_json))
    described = msgspec.Raw(msgspec.json.encode(document((*OPERATIONS, *more))))
    file: dict[str, Work] = {"read": recordings.read, "summarize": recordings.summarize}
    json: dict[str, Work] = {"describe": describing.describe, "prompt": prompting.prompt}
    told: dict[str, Work] = {"options": choices, "openapi": lambda _: described}

    def endpoint(name: str) -> Endpoint:
        if name in file:
            return Endpoint("POST", file[name], pool, limit=most_of_a_file)
        if name in json:
            return Endpoint("POST", json[name], pool, limit=most_of_json, media=JSON)
        return Endpoint("GET", told[name], pool, limit=0)

    return [Route(operation.path, endpoint(operation.name), name=operation.name) for operation in OPERATIONS]


__all__ = ["OPERATIONS", "Asked", "Operation", "document", "routes"]

"""The proxy's debug log writes each request as it came, before any hook: a filter takes the expressions out there."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping
from typing import Final, cast

from leed.messages import KEYS
from leed_adapters.litellm.bodies import BESIDE

PROXY_LOGGER: Final = "LiteLLM Proxy"
_METADATA: Final = ("metadata", "litellm_metadata", "requester_metadata")
_DEPTH: Final = 24  # deeper than any request; what holds itself ends


class WithoutExpressions(logging.Filter):
    """Lets all records pass, and requests in them without expressions.

    >>> said = '{"messages": [{"role": "user", "content": "Hey.", "expression": {"face": {"Joy": 0.4}}}]}'
    >>> record = logging.LogRecord("", logging.DEBUG, "", 0, "Request received: %s", (said,), None)
    >>> WithoutExpressions().filter(record), record.getMessage()
    (True, 'Request received: {"messages": [{"role": "user", "content": "Hey."}]}')
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True; the record is changed where a request stands in it as JSON."""
        if isinstance(record.args, tuple):
            record.args = tuple(map(_scrubbed, record.args))
        elif record.args:  # one mapping alone
            record.args = cast("Mapping[str, object]", without(record.args))
        return True


def filter_records(logger: logging.Logger) -> None:
    """Give a logger the filter, once; before its others, as one of litellm's puts message and arguments into one."""
    if not any(isinstance(known, WithoutExpressions) for known in logger.filters):
        logger.filters.insert(0, WithoutExpressions())


def _scrubbed(value: object) -> object:
    """An argument of a record without expressions: a request, or one as JSON; the same object where it has none."""
    if isinstance(value, (dict, list, tuple)):
        return without(value)
    if not isinstance(value, str) or not value.startswith("{") or not any(f'"{key}"' in value for key in KEYS):
        return value
    try:
        return json.dumps(without(json.loads(value)))
    except ValueError:
        return value


def without(value: object, name: object = "", depth: int = 0) -> object:
    """Return a copy of plain data without the keys of messages and metadata that carry expressions.

    >>> without({"metadata": {"expression": {"face": {"Joy": 0.4}}, "id": 7}, "messages": []})
    {'metadata': {'id': 7}, 'messages': []}
    """
    if depth > _DEPTH:
        return value
    if isinstance(value, dict):
        keys = _keys(value, name)
        return {key: without(inner, key, depth + 1) for key, inner in value.items() if key not in keys}
    if isinstance(value, (list, tuple)):
        return [without(inner, name, depth + 1) for inner in value]
    return value


def _keys(value: dict[object, object], name: object) -> Collection[str]:
    if isinstance(value.get("role"), str):
        return KEYS
    is_request = isinstance(value.get("messages"), list) or "input" in value
    return (BESIDE,) if is_request or name in _METADATA else ()

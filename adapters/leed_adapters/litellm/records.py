"""The proxy's debug log writes each request as it came, before any hook: a filter takes the expressions out there."""

from __future__ import annotations

import json
import logging

from leed.messages import KEYS
from leed_adapters.litellm.bodies import scrub

PROXY_LOGGER = "LiteLLM Proxy"


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
            record.args = tuple(_scrubbed(value) if isinstance(value, str) else value for value in record.args)
        return True


def filter_records(logger: logging.Logger) -> None:
    """Give a logger the filter, once; before its others, as one of litellm's puts message and arguments into one."""
    if not any(isinstance(known, WithoutExpressions) for known in logger.filters):
        logger.filters.insert(0, WithoutExpressions())


def _scrubbed(text: str) -> str:
    if not text.startswith("{") or not any(f'"{key}"' in text for key in KEYS):
        return text
    try:
        request = json.loads(text)
    except ValueError:
        return text
    scrub(request)
    return json.dumps(request)

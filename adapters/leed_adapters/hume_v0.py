"""Hume's Expression Measurement v0, which ended: who asks for it is told so, and nothing is sent."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from leed.errors import OptionError
from leed_adapters.measuring.measurer import Service, Settings, Watch

GONE = (
    "Hume's Expression Measurement v0 (batch and streaming) ended in June 2026, and nothing was sent: "
    "use --model hume, which is v1, or a local model; leed.read still reads what v0 measured"
)


class Gone:
    """The measurers hume-v0 and hume-batch.

    >>> from leed_adapters.measuring.calls import Calls
    >>> Calls(measurer).measure(b"RIFF")
    Traceback (most recent call last):
        ...
    leed.errors.OptionError: Hume's Expression Measurement v0 (batch and streaming) ended in June 2026, and ...
    """

    name = "hume-v0"
    title = "Hume v0"

    def open(self, settings: Settings, watch: Watch) -> AbstractAsyncContextManager[Service]:
        """Raise: it ended."""
        del settings, watch
        raise OptionError(GONE)


def refuse_v0(base: str) -> None:
    """Make sure that an address is not one of Hume's Expression Measurement v0.

    Raises:
        OptionError: it is.
    """
    if "/v0" in base:
        raise OptionError(f"base_url {base!r}: {GONE}")


measurer = Gone()

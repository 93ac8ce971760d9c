"""The timeline of a recording as text: who, when, and what changed, within an exact budget of tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from leed.describer import Describer, describer_for
from leed.errors import InputError, OptionError
from leed.tokens import get_counter

if TYPE_CHECKING:
    from leed.lexicon.timeline import Timeline
    from leed.schema.recording import Recording
    from leed.timeline.telling import Telling
    from leed.tokens import TokenCounter


class Summary(str):  # noqa: SLOT000 - a str has no room for slots
    """The timeline as text: a str that knows its tokens, and what it tells.

    Attributes:
        tokens: how many it is, by the counter.
        counter: what counted them, such as "o200k_base" or "estimate of o200k_base".
        exact: whether it is a count, and not an estimate.
        facts: what is told, the most important first; with a larger budget, these and more.
    """

    tokens: int
    counter: str
    exact: bool
    facts: tuple[str, ...]

    def __new__(cls, text: str, *, tokens: int, counter: str, exact: bool, facts: tuple[str, ...] = ()) -> Self:
        """Return the text with what is known of it."""
        made = super().__new__(cls, text)
        made.tokens, made.counter, made.exact, made.facts = tokens, counter, exact, facts
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (str(self),), {name: getattr(self, name) for name in ("tokens", "counter", "exact", "facts")}


def summarize(
    recording: Recording,
    max_tokens: int = 200,
    *,
    describer: Describer | None = None,
    counter: str | Callable[[str], int] | None = None,
    **options: Any,  # noqa: ANN401 - those of Describer
) -> Summary:
    """Return the timeline of a recording as text: who, when and what changed, in whole sentences within a budget.

    >>> import leed
    >>> turns = leed.read([{"prosody": {"Anxiety": score}} for score in (0.11, 0.16, 0.24, 0.33)])
    >>> print(leed.summarize(turns))
    They sound increasingly anxious, from slightly at first to quite anxious now.

    What matters most comes first: the strongest moment, up to four people, how they changed and after which words; then
    everybody and every modality, times, and single moments. A larger budget tells the same and more. Only what lasts is
    told as a change: single frames are smoothed away. Words are the describer's, for the mean of a stretch.

    Args:
        recording: of any length; from `leed.read`.
        max_tokens: how many tokens the text has at most. Where not even the shortest sentence fits, it is empty.
        describer: a prepared Describer.
        counter: what counts tokens: an encoding ("o200k_base", the default, or "cl100k_base": exact where tiktoken and
            its file are on disk, else an estimate from above), "estimate", or a callable of your own.
        options: in place of a describer, its options: scale, calibration, top, lang, person, tense and so on.

    Raises:
        InputError: it is no Recording.
        OptionError: an option has a value that leed does not know, or the language has no frames for a timeline.
    """
    from leed.schema.recording import Recording  # noqa: PLC0415 - loads numpy
    from leed.timeline.telling import Telling  # noqa: PLC0415 - as above

    if not isinstance(recording, Recording):
        raise InputError(f"summarize takes a Recording, not {type(recording).__name__}: use leed.read first")
    _check(max_tokens)
    chosen = describer_for(describer, options)
    frames = chosen.lexicon.timeline
    if frames is None:
        raise OptionError(f"the lexicon {chosen.lang!r} has no section 'timeline': summarize needs its frames")
    telling = Telling(recording, chosen, frames)
    return summary_of(telling, frames, max_tokens, get_counter(counter))


def summary_of(telling: Telling, frames: Timeline, max_tokens: int, count: TokenCounter) -> Summary:
    """Return the text of what can be told of a recording, within a budget."""
    from leed.timeline.telling import fitting  # noqa: PLC0415 - loads numpy

    steps, text = fitting(telling, max_tokens, count)
    if not steps:
        n = sum(len(teller.line.points.rows) for teller in telling.tellers)
        shortest = frames.counted[min(n, 2) - 1].format(n=n) if n else frames.nothing
        text = shortest if count(shortest) <= max_tokens else ""
    facts = tuple(telling.name(step) for step in steps)
    return Summary(text, tokens=count(text), counter=count.name, exact=count.exact, facts=facts)


def _check(max_tokens: object) -> None:
    if not isinstance(max_tokens, int) or isinstance(max_tokens, bool) or max_tokens < 1:
        raise OptionError(f"max_tokens is {max_tokens!r}; give a number from 1, such as 200")

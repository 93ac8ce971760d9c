"""Readers: from files, API answers and plain data to a Recording. `read` tells the formats apart by their content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from leed import plugins
from leed.errors import LeedError, UnknownFormatError

if TYPE_CHECKING:
    from leed.readers.content import Content
    from leed.schema.recording import Recording

GROUP = "leed.readers"


class Guess(msgspec.Struct, frozen=True):
    """What a reader makes of an input.

    Attributes:
        sure: NOT_THIS has 0; NEAR: resembles the format, but cannot be read as it; GENERIC: can be read by one that
            takes anything of its kind; POSSIBLE: is most likely this format; CERTAIN: can be nothing else.
        why: for a near miss, what is missing or what it is instead, as a clause; else empty.
    """

    sure: int = 0
    why: str = ""


HINT = "; 'leed formats' lists what leed reads"
"""Ends the message of an error for what is in no known format."""
NOT_THIS = Guess()
NEAR, GENERIC, POSSIBLE, CERTAIN = 1, 2, 3, 4


class Reader(msgspec.Struct, frozen=True):
    """One format: how it is recognised and read.

    Attributes:
        name: what `format=` calls it.
        title: what it is, in a few words.
        holds: what its numbers are.
        recognise: looks at the content, cheaply, and says how sure it is.
        read: makes the recording.
        parts: makes it part by part, so that its size does not matter: recordings whose segments are together those
            of the whole, the last one with its issues; None where this content has to be read as a whole.
    """

    name: str
    title: str
    holds: str
    recognise: Callable[[Content], Guess]
    read: Callable[[Content], Recording]
    parts: Callable[[Content], Iterator[Recording] | None] | None = None


def read(source: Any, *, format: str | None = None) -> Recording:  # noqa: A002, ANN401 - the public name; anything
    """Return the recording that a file, bytes, an open file or plain data holds.

    The format is told from the content. What is odd or missing is in ``recording.issues``.

    >>> recording = read({"prosody": {"Sadness": 0.34}, "text": "I'm fine"})
    >>> recording.tracks[0].modality, recording.segments()[0].text
    ('prosody', "I'm fine")

    Args:
        source: a path (str or PathLike); or content: bytes, an open file, a mapping or list of plain data, a Recording.
        format: the format's name (see ``leed formats``), where it should not be told from the content.

    Raises:
        InputError: it cannot be opened, is in no known format, or is cut off or malformed; the message says which
            format it looks like and what is missing.
        OptionError: there is no format of that name.
    """
    from leed.readers.content import take  # noqa: PLC0415 - keeps 'import leed.readers' light
    from leed.schema.recording import Recording  # noqa: PLC0415 - loads numpy

    if isinstance(source, Recording):
        return source
    return read_content(take(source), format)


def read_content(content: Content, format: str | None = None) -> Recording:  # noqa: A002 - as above
    """Return the recording that a content holds; the arguments and errors are those of `read`."""
    try:
        reader = reader_named(format) if format is not None else recognise(content)
        recording = reader.read(content)
    except RecursionError as error:
        raise content.too_deep() from error
    return recording.replace(issues=(*content.issues, *recording.issues)) if content.issues else recording


def read_parts(source: Any, *, format: str | None = None) -> Iterator[Recording]:  # noqa: A002, ANN401 - as `read`
    """Return the recording that `read` gives part by part, where it is large and its reader can; else it alone.

    The segments of the parts are together those of the whole, under the same labels and with the same numbers; those
    of one track may come in several. What was odd stands in the last part. Only one part at a time is in memory.

    >>> [len(part) for part in read_parts([{"modality": "face", "Joy": 0.2}, {"modality": "face", "Joy": 0.4}])]
    [2]

    The arguments and errors are those of `read`.
    """
    from leed.readers.content import take  # noqa: PLC0415 - as above
    from leed.schema.recording import Recording  # noqa: PLC0415 - as above

    if isinstance(source, Recording):
        yield source
        return
    content = take(source)
    reader = reader_named(format) if format is not None else recognise(content)
    parts = reader.parts(content) if reader.parts is not None else None
    if parts is None:
        yield read_content(content, reader.name)
        return
    yield from parts
    if content.issues:
        yield Recording((), tuple(content.issues))


def readers() -> Iterator[Reader]:
    """Return all readers that can be loaded, in the order in which they are tried."""
    for name in plugins.names(GROUP):
        try:
            yield reader_named(name)
        except LeedError:  # one that lacks a package says so when it is asked for by name
            if name in plugins.BUILT_IN[GROUP]:
                raise


def reader_named(name: str) -> Reader:
    """Return the reader of a format.

    Raises:
        OptionError: there is none of that name.
    """
    reader: Reader = plugins.load(GROUP, name)
    return reader


def recognise(content: Content) -> Reader:
    """Return the reader that is surest of the content.

    Raises:
        UnknownFormatError: none can read it, and the message names the format it looks like, if any; or it could be
            two formats, and the message asks for one of them.
        DamagedInputError: it is JSON, but cut off or malformed.
    """
    able: list[tuple[int, Reader]] = []
    near: list[tuple[Reader, Guess]] = []
    for reader in readers():
        guess = reader.recognise(content)
        if guess.sure == CERTAIN:
            return reader
        if guess.sure == NEAR:
            near.append((reader, guess))
        elif guess.sure:
            able.append((guess.sure, reader))
    surest = max((sure for sure, _ in able), default=0)
    best = [reader for sure, reader in able if sure == surest]
    if len(best) > 1:
        names = " or ".join(reader.name for reader in best)
        raise UnknownFormatError(f"{content.shown}: could be {names}: name one with --format (in Python, format=)")
    if best:
        return best[0]
    raise UnknownFormatError(_unknown(content, near))


def _unknown(content: Content, near: list[tuple[Reader, Guess]]) -> str:
    from leed.readers.content import UNPACK  # noqa: PLC0415 - as above

    if near:
        reader, guess = near[0]
        return f"{content.shown}: {guess.why or f'resembles {reader.title}'}"
    if content.is_folder:
        return f"{content.shown}: is a directory; give a file in it"
    if content.kind in UNPACK:
        what = f"is {content.kind}, which leed does not read"
        return f"{content.shown}: {what}: unpack it with '{UNPACK[content.kind]}' and give what comes out"
    kinds = {
        "empty": "is empty",
        "json": "is JSON, but holds no scores in a shape that leed knows",
        "plain": "holds no scores in a shape that leed knows",
        "text": content.lone or "is text, but no table with a column for each label",
        "xml": f"is {'an HTML page' if content.is_html else 'XML'}, which leed does not read",
    }
    what = kinds.get(content.kind, f"is {content.kind}, which leed does not read")
    return f"{content.shown}: {what}{HINT}"

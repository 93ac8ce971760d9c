"""Every error that leed raises.

::

    LeedError                     the root: catch this one to catch all
    ├── InputError                what was given cannot be read or described
    │   ├── UnknownFormatError    it is no recording of scores that leed knows
    │   ├── DamagedInputError     it is one, but broken: cut off, or not the JSON it begins as
    │   └── ColumnError           the columns of a track do not fit together (also a ValueError)
    ├── RefusedError              somebody is marked as one whom leed does not describe
    ├── OptionError               an option has a value that leed does not know (also a ValueError)
    ├── DataFileError             a scale, lexicon or taxonomy file is not as it should be
    ├── OutputError           what comes out cannot be written
    ├── EmbeddingError            texts have no vectors: a service failed, or what it answered is none
    ├── CacheError                a cache of embeddings is damaged, or no such file
    ├── ServiceError              a vendor's service refused, failed, or cannot be reached
    │   └── UnfinishedError       it took a job on, and has not ended it; the job can be resumed
    └── MissingPackageError       a feature needs a package that is not installed (also an ImportError)

A message says what was given, what is accepted, and what to do; the error underneath, if any, is its cause.
"""

from __future__ import annotations


class LeedError(Exception):
    """The root of every error that leed raises."""


class InputError(LeedError):
    """What was given cannot be read or described."""


class UnknownFormatError(InputError):
    """The input is no recording of scores in any format that leed knows."""


class DamagedInputError(InputError):
    """The input begins like a known format, but it is cut off or malformed."""


class ColumnError(InputError, ValueError):
    """The columns of a track do not fit together."""


class RefusedError(LeedError):
    """Somebody is marked as one whom leed does not describe."""


class OptionError(LeedError, ValueError):
    """An option has a value that leed does not know."""


class DataFileError(LeedError):
    """A scale, lexicon or taxonomy file is not as it should be."""


class OutputError(LeedError):
    """What comes out cannot be written.

    Attributes:
        hopeless: whether nothing else can be written there either, as where a disk is full.
    """

    def __init__(self, message: str, *, hopeless: bool = False) -> None:
        super().__init__(message)
        self.hopeless = hopeless


class EmbeddingError(LeedError):
    """Texts have no vectors: a service failed, or what it answered is none.

    Attributes:
        done: how many of the different texts had a vector by then.
        total: how many there were.
    """

    def __init__(self, message: str, *, done: int = 0, total: int = 0) -> None:
        super().__init__(message)
        self.done = done
        self.total = total


class CacheError(LeedError):
    """A cache of embeddings is damaged, or no such file."""


class ServiceError(LeedError):
    """A vendor's service refused, failed, or cannot be reached.

    Attributes:
        status: the HTTP status, or the code of a websocket's end; None where there was no answer.
        code: the vendor's own code.
        request_id: what the vendor finds the request by.
        retry_after: seconds that the service asks to wait.
        job: the job that it is about, if one was taken on.
        repeatable: whether the request may be made again: True where it was not taken on, False where that is in vain
            or would do something twice, None where its status says it.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        job: str | None = None,
        repeatable: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after
        self.job = job
        self.repeatable = repeatable


class UnfinishedError(ServiceError):
    """A service took a job on, and has not ended it; the job can be resumed."""


class MissingPackageError(LeedError, ImportError):
    """A feature needs a package that is not installed."""


def one_of(what: str, given: object, accepted: list[str] | tuple[str, ...]) -> OptionError:
    """Return the error for an option with a fixed set of values, with the nearest one suggested.

    >>> str(one_of("tense", "presnt", ("present", "past")))
    "tense 'presnt' is not known: give one of present, past (did you mean 'present'?)"
    """
    import difflib  # noqa: PLC0415 - only needed once something went wrong

    close = difflib.get_close_matches(str(given), accepted, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    return OptionError(f"{what} {given!r} is not known: give one of {', '.join(accepted)}{hint}")

"""The error tree, and that foreign errors stay causes."""

import pickle

import pytest

import leed
from leed import errors


def tree() -> list[type[Exception]]:
    found = [v for v in vars(errors).values() if isinstance(v, type) and issubclass(v, Exception)]
    assert len(found) >= 8
    return found


@pytest.mark.parametrize("error", tree())
def test_every_error_is_a_leed_error_and_stands_in_the_drawing(error: type[Exception]) -> None:
    assert issubclass(error, leed.LeedError)
    assert error.__doc__
    assert error.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("error", tree())
def test_an_error_can_be_pickled(error: type[Exception]) -> None:
    """Worker processes send errors back so."""
    back = pickle.loads(pickle.dumps(error("what went wrong")))  # noqa: S301 - made here
    assert (type(back), str(back)) == (error, "what went wrong")


def test_some_errors_are_also_what_python_calls_them() -> None:
    assert issubclass(errors.OptionError, ValueError)
    assert issubclass(errors.MissingPackageError, ImportError)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("presnt", "tense 'presnt' is not known: give one of present, past (did you mean 'present'?)"),
        ("zzz", "tense 'zzz' is not known: give one of present, past"),
        (3, "tense 3 is not known: give one of present, past"),
        (None, "tense None is not known: give one of present, past"),
    ],
)
def test_an_unknown_value_says_what_is_accepted_and_what_is_near(given: object, message: str) -> None:
    assert str(errors.one_of("tense", given, ("present", "past"))) == message


def test_the_error_underneath_is_the_cause() -> None:
    with pytest.raises(errors.DamagedInputError) as raised:
        leed.read(b'{"Joy": ')
    assert raised.value.__cause__ is not None
    with pytest.raises(errors.InputError) as raised_too:
        leed.read("/no/such/file")
    assert isinstance(raised_too.value.__cause__, FileNotFoundError)

"""Whatever goes wrong, the messages go out, and it is reported once."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

import leed
from leed import injection
from leed.errors import InputError, OptionError
from leed_adapters import injector as module
from leed_adapters.injector import Injector

FINE = leed.user_message("I'm fine", expression={"prosody": {"Sadness": 0.34}})
NOTE = {"role": "user", "content": "I'm fine\n\n[The user sounds quite sad.]"}
CLEAN = {"role": "user", "content": "I'm fine"}


@pytest.fixture(autouse=True)
def nothing_reported() -> Iterator[None]:
    injection.report.cache_clear()
    yield
    injection.report.cache_clear()


def broken(*_: object, **__: object) -> Any:
    message = "the words of somebody"
    raise ZeroDivisionError(message)


def test_a_description_that_fails_is_left_out_and_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    wrong = leed.user_message("Hello", expression="no scores")
    injector = Injector(policy=None)
    for _ in range(2):
        assert injector([wrong, FINE]) == [{"role": "user", "content": "Hello"}, NOTE]
    assert [(record.name, record.levelname) for record in caplog.records] == [("leed", "WARNING")]


def test_strict_raises_where_a_description_fails() -> None:
    with pytest.raises(InputError, match="an expression is str that is no JSON"):
        Injector(strict=True)([leed.user_message("Hello", expression="no scores")])


def test_a_fault_in_leed_itself_lets_the_messages_go_out_without_scores(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    injector = Injector()
    monkeypatch.setattr(module, "inject", broken)
    for _ in range(2):
        assert injector([{"role": "system", "content": "Be brief."}, FINE]) == [
            {"role": "system", "content": "Be brief."},
            CLEAN,
        ]
    assert caplog.messages == ["a message goes out without a description: ZeroDivisionError"]


def test_strict_raises_a_fault_in_leed_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    injector = Injector(strict=True)
    monkeypatch.setattr(module, "inject", broken)
    with pytest.raises(ZeroDivisionError):
        injector([FINE])


@pytest.mark.parametrize("options", [{"expressions": broken}, {"now": iter([0.0]).__next__, "max_age": 3}])
def test_a_function_of_the_users_that_fails_lets_the_messages_go_out(
    options: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    assert Injector(policy=None, **options)([FINE]) == [CLEAN]
    assert len(caplog.messages) == 1


def test_a_trace_that_fails_takes_nothing_away(caplog: pytest.LogCaptureFixture) -> None:
    injector = Injector(policy=None, on_inject=broken)
    assert injector([FINE]) == [NOTE]
    assert injector([FINE]) == [NOTE]
    assert caplog.messages == ["a message goes out without a description: on_inject raised ZeroDivisionError"]
    with pytest.raises(ZeroDivisionError):
        Injector(strict=True, on_inject=broken)([FINE])


@pytest.mark.parametrize("given", ["Hello", None, 3, {"role": "user"}])
def test_what_is_no_list_of_messages_stays_as_it_is(given: object, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    assert Injector()(given) is given
    assert Injector(enabled=False)(given) is given


def test_messages_that_come_one_by_one_are_all_kept() -> None:
    assert Injector(policy=None)(iter([FINE])) == [NOTE]
    assert Injector(enabled=False)(iter([FINE])) == [CLEAN]


def test_messages_that_come_one_by_one_are_not_lost_where_leed_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    injector = Injector()
    monkeypatch.setattr(module, "inject", lambda messages, *_, **__: broken(list(messages)))
    assert injector(iter([FINE])) == [CLEAN]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"handover": "inlin"}, "handover 'inlin' is not known"),
        ({"policy": "sublte"}, "policy 'sublte' is not known"),
        ({"scale": "leed-1999"}, "leed-1999"),
        ({"max_age": 5}, "max_age needs now"),
        ({"now": 5.0}, r"now is 5\.0; give a function that is asked at each call"),
        ({"expressions": {"face": {"Joy": 0.8}}}, r"expressions is dict; give a leed\.Stream or a function"),
        ({"describer": leed.Describer(), "top": 2}, "give either describer= or top="),
    ],
)
def test_a_bad_option_is_told_at_once(options: dict[str, Any], message: str) -> None:
    with pytest.raises(leed.LeedError, match=message):
        Injector(**options)


def test_a_coroutine_function_is_refused_because_nothing_is_waited_for() -> None:
    async def scores() -> dict[str, Any]:
        return {}

    with pytest.raises(OptionError, match="a call waits for no scores"):
        Injector(scores)


def test_options_of_a_describer_and_of_injection_go_where_they_belong() -> None:
    injector = Injector(policy=None, handover="tag", lang="de", speakers={"Ben": "employee"})
    assert injector([FINE]) == [
        {"role": "user", "content": "I'm fine\n\n<expression>Der Nutzer klingt ziemlich traurig.</expression>"}
    ]
    assert injector([{**FINE, "name": "Ben"}]) == [{**CLEAN, "name": "Ben"}]

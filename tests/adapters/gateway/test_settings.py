"""Settings from a file and flags, and what is refused before anything listens."""

from pathlib import Path
from typing import Any

import pytest

from leed.errors import OptionError
from leed_adapters.gateway.settings import Keys, keys_for, read_file, settings_from

UPSTREAM = {"upstream": "http://127.0.0.1:1/v1"}

FILE = """
upstream = "https://api.example/v1/"
port = 9000
cors = ["https://app.example"]

[inject]
policy = "companion"
top = 2
speakers = {Anna = "employee"}

[limits]
body = 1000
headers_s = 2

[evi]
model = "gpt-5-mini"
"""


def test_a_file_says_everything_and_flags_win(tmp_path: Path) -> None:
    path = tmp_path / "leed.toml"
    path.write_text(FILE, encoding="utf-8")
    flags: dict[str, Any] = {"port": 1, "host": None, "inject": {"policy": "none", "lang": None}}
    settings = settings_from(flags, read_file(str(path)))
    assert (settings.upstream, settings.port, settings.host) == ("https://api.example/v1", 1, "127.0.0.1")
    assert settings.cors == ("https://app.example",)
    assert settings.inject.options() == {
        "handover": "inline",
        "policy": None,
        "speakers": {"Anna": "employee"},
        "older": "keep",
        "step": 8,
        "top": 2,
    }
    assert (settings.limits.body, settings.limits.headers_s, settings.limits.sessions) == (1000, 2.0, 10_000)
    assert settings.evi.model == "gpt-5-mini"


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ({"upstrem": "x"}, "leed.toml: key 'upstrem' is not known: give one of upstream, host, port"),
        ({"upstrem": "x"}, "(did you mean 'upstream'?)"),
        ({"limits": {"bodi": 1}}, "leed.toml: key 'limits.bodi' is not known: give one of limits.body, "),
        ({"limits": {"bodi": 1}}, "(did you mean 'limits.body'?)"),
        ({"port": "many"}, "leed.toml: port: input should be a valid integer"),
        ({"limits": {"body": 0}}, "leed.toml: limits.body: input should be greater than 0"),
        ({"limits": 7}, "leed.toml: limits: input should be a valid dictionary"),
        ({"port": 99999}, "leed.toml: port: input should be less than or equal to 65535"),
        ({"evi": {"pieces": "word"}}, "leed.toml: evi.pieces: input should be 'sentence' or 'chunk'"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_place(file: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError) as error:
        settings_from({}, {**UPSTREAM, **file})
    assert message in str(error.value)


def test_a_wrong_flag_is_told_by_its_name() -> None:
    with pytest.raises(OptionError, match=r"^--log: input should be 'json' or 'none'$"):
        settings_from({**UPSTREAM, "log": "xml"})


def test_without_an_upstream_there_is_none() -> None:
    with pytest.raises(OptionError, match=r"^no upstream: give --upstream https://api.openai.com/v1, or upstream in"):
        settings_from({})


@pytest.mark.parametrize("given", ["api.openai.com/v1", "ftp://a/v1", "http://", "", "file:///etc/passwd"])
def test_an_upstream_is_an_address(given: str) -> None:
    with pytest.raises(OptionError, match="is no address: give one such as https://api"):
        settings_from({"upstream": given})


@pytest.mark.parametrize("given", ["https://sk-1:x@a/v1", "https://a/v1?key=sk-1", "https://a/v1#sk-1"])
def test_an_upstream_has_no_key_in_it_and_the_error_does_not_repeat_it(given: str) -> None:
    with pytest.raises(OptionError, match="a key belongs into --upstream-key-env") as error:
        settings_from({"upstream": given})
    assert "sk-1" not in str(error.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"nowhere\.toml: cannot be read: No such file or directory"):
        read_file(str(tmp_path / "nowhere.toml"))
    (tmp_path / "a.toml").write_text("upstream = ", encoding="utf-8")
    with pytest.raises(OptionError, match=r"a\.toml: this is no TOML: Invalid value"):
        read_file(str(tmp_path / "a.toml"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "leed.example", "[::]"])  # noqa: S104 - refused
def test_a_public_host_needs_a_key_or_an_explicit_word(host: str) -> None:
    settings = settings_from({**UPSTREAM, "host": host})
    with pytest.raises(OptionError, match=r"lets others in: name a variable with a key .* or say --allow-public"):
        keys_for(settings, {})
    assert keys_for(settings_from({**UPSTREAM, "host": host, "allow_public": True}), {}).api is None
    keyed = settings_from({**UPSTREAM, "host": host, "api_key_env": "LEED_KEY"})
    assert keys_for(keyed, {"LEED_KEY": "lk-1"}).api == "lk-1"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.1.2.3"])
def test_loopback_needs_no_key(host: str) -> None:
    assert keys_for(settings_from({**UPSTREAM, "host": host}), {}) == Keys()


def test_a_variable_that_is_not_set_is_told() -> None:
    settings = settings_from({**UPSTREAM, "upstream_key_env": "UP_KEY"})
    with pytest.raises(OptionError, match=r"^--upstream-key-env names the variable UP_KEY, and it is not set"):
        keys_for(settings, {"UP_KEY": " "})
    with pytest.raises(OptionError, match="its value cannot stand in a header"):
        keys_for(settings, {"UP_KEY": "a\nb: c"})


def test_keys_are_not_shown() -> None:
    assert "secret" not in repr(Keys(api="secret-1", upstream="secret-2"))

"""Readers and commands from elsewhere: found by entry point, imported when used, and unable to take over a name."""

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

import leed
from leed import plugins
from leed.cli import main
from leed.errors import MissingPackageError, OptionError
from leed.readers import readers
from tests.support.lacking import leed_without

Install = Callable[..., None]

READER = """
    from leed.readers import CERTAIN, NOT_THIS, Guess, Reader, read as leed_read

    def recognise(content):
        return Guess(CERTAIN) if content.head.startswith(b"ACME") else NOT_THIS

    def read(content):
        label, score = content.text.split()[1:]
        return leed_read({"face": {label: float(score)}})

    reader = Reader("acme", "Acme's own", "intensity", recognise, read)
    impostor = Reader("mapping", "an impostor", "nothing", lambda c: Guess(CERTAIN), read)
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """A function that puts a distribution with one module and its entry points on the path."""
    monkeypatch.syspath_prepend(tmp_path)

    def put(module: str, source: str, entry_points: str) -> None:
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(source), encoding="utf-8")
        folder = tmp_path / f"{module}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n", encoding="utf-8")
        (folder / "entry_points.txt").write_text(textwrap.dedent(entry_points), encoding="utf-8")
        monkeypatch.delitem(sys.modules, module, raising=False)

    return put


@pytest.mark.parametrize("group", plugins.BUILT_IN)
def test_everything_that_is_built_in_loads(group: str) -> None:
    for name in plugins.BUILT_IN[group]:
        assert plugins.load(group, name) is not None


def test_a_reader_carries_the_name_under_which_it_stands() -> None:
    for name in plugins.BUILT_IN["leed.readers"]:
        assert plugins.load("leed.readers", name).name == name


def test_a_reader_from_elsewhere_is_found_and_used(install: Install) -> None:
    """It stands behind those built in; content that it is sure of is its own."""
    install("acme_one", READER, "[leed.readers]\nacme = acme_one:reader\n")
    assert plugins.names("leed.readers")[: len(plugins.BUILT_IN["leed.readers"])] == tuple(
        plugins.BUILT_IN["leed.readers"]
    )
    assert "acme" in plugins.names("leed.readers")
    assert "acme_one" not in sys.modules
    assert [str(d) for d in leed.describe_all(leed.read(b"ACME Joy 0.84"))] == ["They look extremely joyful."]
    assert len(leed.read(b"ACME Joy 0.84", format="acme")) == 1
    assert [str(d) for d in leed.describe_all(leed.read({"Joy": 0.84}))] == ["They come across as extremely joyful."]


def test_a_name_that_is_built_in_cannot_be_taken_over(install: Install) -> None:
    install(
        "acme_two",
        READER,
        "[leed.readers]\nmapping = acme_two:impostor\n[leed.commands]\nformats = acme_two:reader\n",
    )
    assert plugins.names("leed.readers").count("mapping") == 1
    assert plugins.load("leed.readers", "mapping").title != "an impostor"
    assert [r.title for r in readers()].count("an impostor") == 0
    assert plugins.load("leed.commands", "formats").__module__ == "leed.cli.formats"
    assert "acme_two" not in sys.modules


def test_a_command_from_elsewhere_is_listed_and_run(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    source = '''
        def hello(name: str) -> None:
            """Greet somebody. Example: `leed hello Ann`"""
            print(f"hello {name}")
    '''
    install("acme_three", source, "[leed.commands]\nhello = acme_three:hello\n")
    with pytest.raises(SystemExit) as ended:
        main(["hello", "Ann"])
    assert (ended.value.code, capsys.readouterr().out) == (0, "hello Ann\n")
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "Greet somebody." in capsys.readouterr().out


def test_a_missing_package_is_one_sentence_with_the_extra(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install(
        "acme_four",
        "import nowhere_to_be_found.inside\n",
        "[leed.commands]\nserve = acme_four:serve [gateway]\n[leed.embedders]\nbare = acme_four:x\n",
    )
    with pytest.raises(MissingPackageError) as raised:
        plugins.load("leed.commands", "serve")
    assert str(raised.value) == (
        "serve (leed.commands) needs the package 'nowhere_to_be_found', which is not installed: "
        "pip install 'leed[gateway]'"
    )
    assert raised.value.name == "nowhere_to_be_found"
    assert isinstance(raised.value.__cause__, ModuleNotFoundError)
    with pytest.raises(MissingPackageError, match="pip install 'nowhere_to_be_found'"):
        plugins.load("leed.embedders", "bare")
    with pytest.raises(SystemExit) as ended:
        main(["serve"])
    out, err = capsys.readouterr()
    assert (ended.value.code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("leed: error: ")
    assert "pip install 'leed[gateway]'" in err


@pytest.mark.parametrize(
    "entry",
    ["gone = acme_gone_{0}:reader [data]", "gone = acme_gone_{0}:missing_attribute", "gone = no_such_module_{0}:x"],
)
def test_a_broken_reader_from_elsewhere_does_not_stop_the_others(
    install: Install, entry: str, request: pytest.FixtureRequest
) -> None:
    """What leed reads by itself is read all the same; asked for by name, the broken one is a LeedError."""
    number = request.node.callspec.indices["entry"]
    source = "import nowhere_to_be_found\n" if "data" in entry else "x = 1\n"
    install(f"acme_gone_{number}", source, f"[leed.readers]\n{entry.format(number)}\n")
    assert [str(d) for d in leed.describe_all(leed.read({"Joy": 0.84}))] == ["They come across as extremely joyful."]
    assert len(leed.read(b"Joy\n0.84\n")) == 1
    with pytest.raises(leed.LeedError):
        leed.read(b"\x00\x01\x02")
    with pytest.raises(leed.LeedError):
        leed.read(b"x", format="gone")


def test_a_broken_command_from_elsewhere_does_not_hide_the_help_of_the_others(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install("acme_five", "import nowhere_to_be_found\n", "[leed.commands]\nserve = acme_five:serve [gateway]\n")
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    out, err = capsys.readouterr()
    assert (ended.value.code, err) == (0, "")
    assert "describe" in out


@pytest.mark.parametrize("given", [(), ("--upstream", "http://127.0.0.1:9/v1"), ("more", "-x")])
def test_a_command_whose_package_is_missing_says_so_however_it_is_called(given: tuple[str, ...]) -> None:
    assert leed_without("starlette", "serve", *given) == (
        1,
        "",
        (
            "leed: error: serve (leed.commands) needs the package 'starlette', which is not installed: "
            "pip install 'leed[gateway]'\n"
        ),
    )


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(OptionError, match=r"reader 'tabel' is not known: give one of leed, .*did you mean 'table'"):
        plugins.load("leed.readers", "tabel")
    assert plugins.names("leed.nonsense") == ()
    with pytest.raises(OptionError):
        plugins.load("leed.nonsense", "x")

"""What some tests need and pip cannot bring here: shared data, a browser, node, a voice, a compiler, more environments.

A test that needs a part says so with a marker, `@pytest.mark.needs_data`, `needs_accelerator`, `needs_chromium`,
`needs_espeak`, `needs_node`, `needs_openai3` or `needs_proxy`, and reads shared files through `shared`. Where the part
is missing, tests/conftest.py skips and counts the test, or fails it if the environment variable LEED_REQUIRE
(`data,accelerator,chromium,espeak,node,openai3,proxy`) names the part.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from leed.accelerator import compiled, is_used
from leed.tokens.encodings import ENCODINGS, exact_count, folders

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Part:
    """A thing that a test may need: how to find it, and in words where it was looked for."""

    name: str
    find: Callable[[], Path | None]
    place: Callable[[], str]

    @property
    def marker(self) -> str:
        return f"needs_{self.name}"


def data_folder() -> Path:
    """The folder of shared files, there or not: `data` in ../shared, or in what LEED_SHARED names."""
    chosen = os.environ.get("LEED_SHARED")
    return (Path(chosen) if chosen else ROOT.parent / "shared") / "data"


def _find_data() -> Path | None:
    return data_folder() if data_folder().is_dir() else None


def _data_place() -> str:
    return str(data_folder()) if os.environ.get("LEED_SHARED") else "../shared/data"


def _find_tokens() -> Path | None:
    if not all(exact_count(name) for name in ENCODINGS):
        return None
    files = (Path(folder, e.file_of(name)) for name, e in ENCODINGS.items() for folder in folders())
    return next(filter(Path.is_file, files), None)


def _find_proxy() -> Path | None:
    chosen = os.environ.get("LEED_PROXY_PYTHON")
    python = Path(chosen) if chosen else ROOT / ".venv-proxy" / "bin" / "python"
    return python if (python.parent / "litellm").is_file() else None


def _proxy_place() -> str:
    chosen = os.environ.get("LEED_PROXY_PYTHON")
    return f"no LiteLLM proxy beside {chosen or '.venv-proxy/bin/python'}: make .venv-proxy/.leed-proxy"


def _find_openai3() -> Path | None:
    chosen = os.environ.get("LEED_OPENAI3_PYTHON")
    python = Path(chosen) if chosen else ROOT / ".venv-openai3" / "bin" / "python"
    return python if python.is_file() else None


def _openai3_place() -> str:
    return f"no {os.environ.get('LEED_OPENAI3_PYTHON') or '.venv-openai3/bin/python'}: make .venv-openai3/.leed-openai3"


def _find_accelerator() -> Path | None:
    return Path(str(compiled.__file__)) if is_used() else None


def _program(name: str, *commands: str) -> Part:
    def find() -> Path | None:
        found = next(filter(None, map(shutil.which, commands)), None)
        return Path(found) if found else None

    return Part(name, find, lambda: f"no {' or '.join(commands)} on the PATH")


PARTS: Mapping[str, Part] = {
    part.name: part
    for part in (
        Part("data", _find_data, _data_place),
        Part("proxy", _find_proxy, _proxy_place),
        Part("openai3", _find_openai3, _openai3_place),
        Part("accelerator", _find_accelerator, lambda: "not compiled: make .venv where there is a C compiler"),
        Part("tokens", _find_tokens, lambda: "no tiktoken, or no files of its encodings, which litellm brings"),
        _program("chromium", "chromium", "chromium-browser", "google-chrome"),
        _program("node", "node"),
        _program("espeak", "espeak-ng"),
    )
}


def required(setting: str) -> tuple[Part, ...]:
    """The parts that a LEED_REQUIRE setting names; an unknown name is a ValueError.

    >>> [part.name for part in required("node, data")]
    ['node', 'data']
    """
    names = [name.strip() for name in setting.split(",") if name.strip()]
    if unknown := [name for name in names if name not in PARTS]:
        given = ", ".join(map(repr, unknown))
        message = f"LEED_REQUIRE names {given}; it accepts {', '.join(PARTS)}, joined by commas"
        raise ValueError(message)
    return tuple(PARTS[name] for name in names)


def program(name: str) -> Path:
    """The executable of the part `chromium`, `espeak`, `node` or `proxy`, for a test that is marked with it."""
    found = PARTS[name].find()
    if found is None:
        message = f"{PARTS[name].place()}: mark the test {PARTS[name].marker}"
        raise FileNotFoundError(message)
    return found


def shared(path: str = "") -> Path:
    """The path of a shared file or folder, as in `shared("hume/calhacks23/predictions.json")`.

    Where the data is there and `path` is not, it raises FileNotFoundError. Where all data is missing it gives
    the path it would have, so that it may stand in a parametrize list.
    """
    folder = data_folder()
    found = folder / path
    if folder.is_dir() and not found.exists():
        message = f"the shared data has no {path!r} (looked in {folder})"
        raise FileNotFoundError(message)
    return found


def shared_files(*patterns: str) -> list[object]:
    """The shared files that match any glob pattern, as parameters marked needs_data and named by their path.

    A pattern without a match raises FileNotFoundError. Where all data is missing, each pattern gives one
    parameter, which is skipped and counted, or failed, like every other test that needs data.
    """
    return [
        pytest.param(path, id=name, marks=pytest.mark.needs_data)
        for pattern in patterns
        for name, path in _matches(pattern)
    ]


def _matches(pattern: str) -> list[tuple[str, Path]]:
    folder = data_folder()
    if not folder.is_dir():
        return [(pattern, folder / pattern)]
    found = [(str(path.relative_to(folder)), path) for path in sorted(folder.glob(pattern)) if path.is_file()]
    if not found:
        message = f"no shared file matches {pattern!r} (looked in {folder})"
        raise FileNotFoundError(message)
    return found

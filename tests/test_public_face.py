"""The names that users rely on, and what it costs to import them."""

import importlib
import inspect
import json
import random
import subprocess
import sys
import textwrap

import pytest

import leed
from tests.wheel_check import PACKAGES, Check, module_names

PUBLIC = [
    "Baseline",
    "Describer",
    "Description",
    "Issue",
    "LeedError",
    "Recording",
    "Segment",
    "Sentences",
    "Stream",
    "Summary",
    "Term",
    "Track",
    "describe",
    "describe_all",
    "describe_matrix",
    "inject",
    "read",
    "summarize",
    "user_message",
]


def in_a_new_process(source: str, *arguments: str) -> object:
    """What a source text printed last, read as JSON, from an interpreter that has not imported leed."""
    command = [sys.executable, "-c", textwrap.dedent(source), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: object = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_the_public_names_are_these() -> None:
    assert sorted(leed.__all__) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_can_be_called_and_says_what_it_is(name: str) -> None:
    thing = getattr(leed, name)
    assert callable(thing)
    text = inspect.getdoc(thing)
    assert text
    assert not text.startswith(f"{name}("), "the signature that dataclass writes is no docstring"


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = leed.nonsense  # type: ignore[attr-defined,unused-ignore]


def test_dir_shows_the_public_names_before_they_are_used() -> None:
    shown = in_a_new_process("import json, leed; print(json.dumps(dir(leed)))")
    assert isinstance(shown, list)
    assert set(PUBLIC) <= set(shown)


def test_importing_leed_loads_the_standard_library_only() -> None:
    foreign = in_a_new_process(
        """
        import json, sys
        before = set(sys.modules)
        import leed
        loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
        print(json.dumps(sorted(loaded - set(sys.stdlib_module_names))))
        """
    )
    assert foreign == ["leed"]


def test_describing_a_mapping_loads_neither_numpy_nor_pydantic_nor_jinja2() -> None:
    answer = in_a_new_process(
        """
        import json, sys
        import leed
        text = str(leed.describe({"Joy": 0.84}, modality="face"))
        print(json.dumps([text, sorted({"numpy", "pydantic", "pydantic_core", "jinja2"} & set(sys.modules))]))
        """
    )
    assert answer == ["They look extremely joyful.", []]


def test_no_public_callable_shares_its_name_with_a_module() -> None:
    """With lazy names, the import system would replace the function by the module once that is imported."""
    modules = {name.removeprefix("leed.") for name in module_names("leed")}
    assert modules.isdisjoint(PUBLIC)


def test_public_names_stay_callable_when_every_module_is_imported_in_random_order() -> None:
    names = [name for package in PACKAGES for name in module_names(package)]
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    random.Random(seed).shuffle(names)
    answer = in_a_new_process(
        """
        import importlib, inspect, json, sys
        names, public = json.loads(sys.argv[1])
        for name in names:
            importlib.import_module(name)
        import leed
        things = {name: getattr(leed, name) for name in public}
        changed = [name for name, thing in things.items() if inspect.ismodule(thing) or not callable(thing)]
        print(json.dumps([changed, str(leed.describe({"Joy": 0.84}, modality="face"))]))
        """,
        json.dumps([names, PUBLIC]),
    )
    assert answer == [[], "They look extremely joyful."]


def test_every_entry_point_loads() -> None:
    check = Check(all_extras=True)
    check.entry_point_groups()
    assert check.problems == []
    assert check.entry_points


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_says_what_it_is(name: str) -> None:
    assert inspect.getdoc(importlib.import_module(name))

"""Imports go down, or sideways without a cycle: the floors of leed, and the checker that keeps them."""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.parts import ROOT

SOURCES = {
    "leed": ROOT / "leed",
    "leed_adapters": ROOT / "adapters" / "leed_adapters",
    "leed_prompts": ROOT / "prompts" / "leed_prompts",
    "leed_evals": ROOT / "evals" / "leed_evals",
}

# A module stands on the floor of its longest prefix here. `leed` itself is a facade, and no prefix.
FLOORS = {
    "leed_prompts": 0,
    "leed.errors": 0,
    "leed.plugins": 0,
    "leed.quoting": 0,
    "leed.float32": 0,
    "leed.finite": 0,
    "leed.accelerator": 0,
    "leed.refusal": 0,
    "leed.marks": 1,
    "leed.schema": 1,
    "leed.taxonomy": 1,
    "leed.lexicon": 1,
    "leed.readers": 2,
    "leed.calibration": 2,
    "leed.scale": 2,
    "leed.scale_file": 2,
    "leed.modality": 2,
    "leed.realiser": 2,
    "leed.scores": 2,
    "leed.entries": 2,
    "leed.selection": 2,
    "leed.tokens": 2,
    "leed.prompts": 2,
    "leed.describer": 3,
    "leed.descriptions": 3,
    "leed.baseline": 3,
    "leed.explaining": 3,
    "leed.gated": 2,
    "leed.ranking": 2,
    "leed.matrix": 3,
    "leed.matrix_classes": 3,
    "leed.matrix_keys": 3,
    "leed.options": 3,
    "leed.prepared": 3,
    "leed.preparing": 3,
    "leed.timeline": 3,
    "leed.together": 3,
    "leed.weighing": 3,
    "leed.stream": 3,
    "leed.injection": 3,
    "leed.conversations": 3,
    "leed.expressions": 3,
    "leed.messages": 3,
    "leed.marking": 3,
    "leed.embed": 3,
    "leed.fusion": 3,
    "leed.classifiers": 3,
    "leed.batch": 3,
    "leed.report": 3,
    "leed_adapters": 4,
    "leed.cli": 4,
    "leed.__main__": 4,
    "leed_evals": 5,
}
FACADE = "leed"
FACADE_FLOOR = 4  # it offers names of floor 3, so only those above may import names from it

# (importer, imported): package prefixes that stay apart whatever their floors say.
APART = [
    ("leed", "leed_adapters"),
    ("leed", "leed_evals"),
    ("leed_adapters", "leed_evals"),
]
NO_CODE = "leed_prompts"


# --- reading


@dataclass(frozen=True)
class Import:
    """One import, of a module of ours or a foreign one."""

    target: str
    line: int
    runs_at_import: bool


@dataclass(frozen=True)
class Module:
    """A parsed file: its dotted name, its path, and its imports."""

    name: str
    path: Path
    tree: ast.Module
    is_package: bool


def scan(sources: Mapping[str, Path]) -> dict[str, Module]:
    """All modules of the packages, by dotted name."""
    modules = {}
    for package, folder in sources.items():
        for path in sorted(folder.rglob("*.py")):
            parts = (package, *path.relative_to(folder).with_suffix("").parts)
            is_package = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if is_package else parts)
            tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
            modules[name] = Module(name, path, tree, is_package)
    return modules


def is_within(name: str, prefix: str) -> bool:
    """Whether a dotted name is the prefix or stands below it.

    >>> is_within("leed.cli.describe", "leed.cli"), is_within("leed_evals", "leed")
    (True, False)
    """
    return name == prefix or name.startswith(f"{prefix}.")


def is_types_only(test: ast.expr) -> bool:
    return ast.unparse(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def import_nodes(node: ast.AST, *, runs_at_import: bool = True) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Every import statement below a node, and whether it runs at import (no function, not types only)."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node, runs_at_import
        return
    runs = runs_at_import and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    unseen = node.body if isinstance(node, ast.If) and is_types_only(node.test) else []
    for child in ast.iter_child_nodes(node):
        yield from import_nodes(child, runs_at_import=runs and child not in unseen)


def base_of(node: ast.ImportFrom, module: Module) -> str:
    """The absolute name after `from`, relative dots resolved."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    kept = parts[: len(parts) - node.level + module.is_package]
    return ".".join([*kept, *([node.module] if node.module else [])])


def imports(module: Module, modules: Mapping[str, Module]) -> Iterator[Import]:
    """The imports of a module; `from package import submodule` counts as an import of the submodule."""
    for node, runs_at_import in import_nodes(module.tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        else:
            base = base_of(node, module)
            names = [f"{base}.{alias.name}" for alias in node.names]
            targets = [name if name in modules else base for name in names]
        for target in dict.fromkeys(targets):
            yield Import(target, node.lineno, runs_at_import)


# --- rules


def floor_of(name: str) -> int | None:
    prefixes = [prefix for prefix in FLOORS if is_within(name, prefix)]
    return FLOORS[max(prefixes, key=len)] if prefixes else None


def is_ours(name: str) -> bool:
    return name.partition(".")[0] in SOURCES


def floor_violations(modules: Mapping[str, Module]) -> Iterator[str]:
    """One line per module without a floor, and per import that goes up, nowhere, or to what stays apart."""
    for module in modules.values():
        here = floor_of(module.name)
        if module.name != FACADE and here is None:
            yield f"{module.name} has no floor: give it one in tests/test_floors.py and in DESIGN"
            continue
        for found in imports(module, modules):
            if is_ours(found.target):
                faults = import_faults(module.name, here, found, modules)
                yield from (f"{module.name}:{found.line} {fault}" for fault in faults)


def import_faults(name: str, here: int | None, found: Import, modules: Mapping[str, Module]) -> Iterator[str]:
    target = found.target
    if target not in modules:
        yield f"imports {target}, which is no module"
        return
    for importer, imported in APART:
        if is_within(name, importer) and is_within(target, imported):
            yield f"imports {target}: {importer} never imports {imported}"
    there = FACADE_FLOOR if target == FACADE else floor_of(target)
    if here is not None and there is not None and there > here:
        yield f"(floor {here}) imports {target} (floor {there}): imports go down"


def facade_violations(modules: Mapping[str, Module]) -> Iterator[str]:
    """One line per import of the facade's that runs at `import leed` and is not of the standard library."""
    for found in imports(modules[FACADE], modules) if FACADE in modules else ():
        if found.runs_at_import and found.target.partition(".")[0] not in sys.stdlib_module_names:
            fault = f"imports {found.target} at module level: only the standard library may"
            yield f"{FACADE}:{found.line} {fault}"


def no_code_violations(modules: Mapping[str, Module]) -> Iterator[str]:
    """One line per module of the templates' package that is more than a docstring."""
    for module in modules.values():
        if not is_within(module.name, NO_CODE):
            continue
        if module.name != NO_CODE:
            yield f"{module.name} is code: {NO_CODE} holds templates and nothing else"
        elif any(not isinstance(node, ast.Expr) for node in module.tree.body):
            yield f"{NO_CODE} holds more than a docstring"


def cycle_violations(modules: Mapping[str, Module]) -> Iterator[str]:
    """One line per cycle of imports that run at import time, as far as a depth-first walk meets them."""
    edges = {
        name: [
            found.target
            for found in imports(module, modules)
            if found.runs_at_import and found.target in modules and found.target != name
        ]
        for name, module in modules.items()
    }
    done: set[str] = set()
    for start in edges:
        yield from walk_for_cycles(start, edges, [], done)


def walk_for_cycles(name: str, edges: Mapping[str, list[str]], trail: list[str], done: set[str]) -> Iterator[str]:
    if name in trail:
        yield "cycle: " + " -> ".join([*trail[trail.index(name) :], name])
        return
    if name in done:
        return
    for target in edges[name]:
        yield from walk_for_cycles(target, edges, [*trail, name], done)
    done.add(name)


def violations(modules: Mapping[str, Module]) -> list[str]:
    """Everything that breaks a rule, one line each."""
    return [
        *floor_violations(modules),
        *facade_violations(modules),
        *no_code_violations(modules),
        *cycle_violations(modules),
    ]


# --- the house


def test_the_house_keeps_its_floors() -> None:
    assert violations(scan(SOURCES)) == []


def test_the_scan_sees_every_package() -> None:
    assert {*SOURCES, "leed.errors", "leed.schema"} <= set(scan(SOURCES))


def test_only_import_packages_stand_in_the_source_roots() -> None:
    """`adapters`, `prompts`, `evals` and `tests` are no packages themselves: the names are other people's."""
    for name in ("adapters", "prompts", "evals", "tests"):
        assert not (ROOT / name / "__init__.py").exists(), name
    for package, folder in SOURCES.items():
        assert (folder / "py.typed").is_file(), package


# --- the checker


def tree(files: Mapping[str, str], folder: Path) -> dict[str, Module]:
    """The modules of a made-up house, each file given by its dotted name."""
    packages = {name.rpartition(".")[0] for name in files} - {""} | SOURCES.keys() & files.keys()
    for name, text in {**dict.fromkeys(packages, ""), **files}.items():
        path = folder.joinpath(*name.split("."))
        path = path / "__init__.py" if name in packages else path.with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return scan({package: folder / package for package in SOURCES})


@pytest.mark.parametrize(
    ("files", "line"),
    [
        (
            {"leed.schema": "import leed.describer", "leed.describer": ""},
            "leed.schema:1 (floor 1) imports leed.describer (floor 3): imports go down",
        ),
        (
            {"leed.schema": "from .readers.hume import x", "leed.readers": "", "leed.readers.hume": ""},
            "leed.schema:1 (floor 1) imports leed.readers.hume (floor 2): imports go down",
        ),
        (
            {"leed.errors": "def late():\n    from leed import schema", "leed.schema": ""},
            "leed.errors:2 (floor 0) imports leed.schema (floor 1): imports go down",
        ),
        (
            {"leed.scale": "from leed import describe", "leed": ""},
            "leed.scale:1 (floor 2) imports leed (floor 4): imports go down",
        ),
        (
            {"leed.describer": "import leed_adapters.openai", "leed_adapters.openai": ""},
            "leed.describer:1 imports leed_adapters.openai: leed never imports leed_adapters",
        ),
        (
            {"leed.cli": "", "leed.cli.chat": "def run():\n    import leed_adapters", "leed_adapters": ""},
            "leed.cli.chat:2 imports leed_adapters: leed never imports leed_adapters",
        ),
        (
            {"leed": "def __getattr__(name):\n    import leed_evals", "leed_evals": ""},
            "leed:2 imports leed_evals: leed never imports leed_evals",
        ),
        (
            {"leed_adapters.openai": "import leed_evals", "leed_evals": ""},
            "leed_adapters.openai:1 imports leed_evals: leed_adapters never imports leed_evals",
        ),
        ({"leed": "import numpy"}, "leed:1 imports numpy at module level: only the standard library may"),
        (
            {"leed": "from leed.schema import Track", "leed.schema": ""},
            "leed:1 imports leed.schema at module level: only the standard library may",
        ),
        (
            {"leed.attic": ""},
            "leed.attic has no floor: give it one in tests/test_floors.py and in DESIGN",
        ),
        ({"leed.schema": "import leed.nothing"}, "leed.schema:1 imports leed.nothing, which is no module"),
        (
            {"leed_prompts.load": ""},
            "leed_prompts.load is code: leed_prompts holds templates and nothing else",
        ),
        ({"leed_prompts": '"""Doc."""\nimport os'}, "leed_prompts holds more than a docstring"),
        (
            {"leed.scale": "from leed import tokens", "leed.tokens": "if 1:\n    from leed.scale import x"},
            "cycle: leed.scale -> leed.tokens -> leed.scale",
        ),
    ],
)
def test_a_fault_is_caught(files: dict[str, str], line: str, tmp_path: Path) -> None:
    assert line in violations(tree(files, tmp_path))


@pytest.mark.parametrize(
    "files",
    [
        {
            "leed.describer": "import numpy\nfrom leed.schema import x",
            "leed.schema": "from . import errors",
            "leed.errors": "",
        },
        {
            "leed": "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from leed.schema import x",
            "leed.schema": "",
        },
        {"leed.scale": "def late():\n    import leed.tokens", "leed.tokens": "import leed.scale"},
        {
            "leed.scale": "if typing.TYPE_CHECKING:\n    import leed.tokens",
            "leed.tokens": "import leed.scale",
        },
        {"leed_evals.uar": "import leed, leed_adapters.x", "leed": "", "leed_adapters.x": "import leed"},
        {"leed_prompts": '"""Templates."""'},
    ],
)
def test_what_is_allowed_passes(files: dict[str, str], tmp_path: Path) -> None:
    assert violations(tree(files, tmp_path)) == []

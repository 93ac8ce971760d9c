"""Check an installed leed: every module imports, every doctest holds, every entry point loads.

`python wheel_check.py` needs nothing but leed and its core dependencies, and is copied next to a fresh
environment by .ci/run. An adapter may lack its host there; with `--all-extras` nothing may be missing. It
ends with status 1 if anything fails, or if it found no doctest.
"""

import doctest
import importlib
import re
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

PACKAGES = ("leed", "leed_adapters", "leed_prompts", "leed_evals")
GROUPS = ("leed.readers", "leed.embedders", "leed.measurers", "leed.engines", "leed.commands")
MAY_LACK_A_HOST = ("leed_adapters", "leed_evals", "leed.classifiers")  # estimators stand on scikit-learn's classes
FLAGS = doctest.ELLIPSIS
IMPORT = re.compile(r"(?:import|from)\s+(\w+)")


def package_folder(package: str) -> Path:
    """The folder that a package is imported from, found without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        message = f"the package {package} cannot be imported, or has no __init__.py"
        raise SystemExit(message)
    return Path(spec.origin).parent


def module_names(package: str) -> list[str]:
    """The dotted names of a package and all modules below it, `__main__` left out: importing that runs it."""
    folder = package_folder(package)
    parts = (path.relative_to(folder.parent).with_suffix("").parts for path in sorted(folder.rglob("*.py")))
    names = (".".join(part[:-1] if part[-1] == "__init__" else part) for part in parts)
    return [name for name in names if not name.endswith(".__main__")]


def run_doctests(module: ModuleType) -> doctest.TestResults:
    """How many doctests of a module failed and how many were tried; failures are printed.

    An example that imports a package which is not installed here, that of an extra, is named and passed over.
    """
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    for test in doctest.DocTestFinder(exclude_empty=True).find(module):
        lacking = absent(test)
        if lacking:
            print(f"wheel_check: the example of {test.name} needs {lacking}, which is not installed here")
        else:
            runner.run(test)
    return runner.summarize(verbose=False)


def absent(test: doctest.DocTest) -> str | None:
    """The first package that an example imports and that is not installed, or None."""
    imported = (IMPORT.match(example.source) for example in test.examples)
    return next((found[1] for found in imported if found and find_spec(found[1]) is None), None)


def missing_host(name: str, error: ImportError) -> bool:
    """Whether an import failed only because a package that no core install has is missing."""
    foreign = isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] not in PACKAGES
    return foreign and name.startswith(MAY_LACK_A_HOST)


class Check:
    """What was seen so far: counts, problems, and modules whose host is not installed."""

    def __init__(self, *, all_extras: bool) -> None:
        self.all_extras = all_extras
        self.problems: list[str] = []
        self.lacking: list[str] = []
        self.modules = self.doctests = self.entry_points = 0

    def failed(self, name: str, error: Exception) -> None:
        """Take down an import that failed: as a problem, or as a host that is not installed."""
        if not self.all_extras and isinstance(error, ImportError) and missing_host(name, error):
            self.lacking.append(f"{name} (needs {error.name})")
        else:
            self.problems.append(f"{name}: {type(error).__name__}: {error}")

    def module(self, name: str) -> None:
        """Import a module and run its doctests."""
        try:
            module = importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - every failure is reported, whatever it is
            self.failed(name, error)
            return
        self.modules += 1
        failed, tried = run_doctests(module)
        self.doctests += tried
        if failed:
            self.problems.append(f"{name}: {failed} of {tried} doctests differ")

    def entry_point_groups(self) -> None:
        """Load every entry point, and look for the console script."""
        scripts = entry_points(group="console_scripts", name="leed")
        if [script.value for script in scripts] != ["leed.cli:main"]:
            self.problems.append("no console script leed = leed.cli:main")
        for point in [*scripts, *(found for group in GROUPS for found in entry_points(group=group))]:
            try:
                point.load()
            except Exception as error:  # noqa: BLE001 - every failure is reported, whatever it is
                self.failed(point.module, error)
            else:
                self.entry_points += 1

    def typed(self) -> None:
        """Look for the marker that tells type checkers to read each package."""
        folders = {name: package_folder(name) for name in PACKAGES}
        self.problems += [f"{name}: no py.typed" for name in folders if not (folders[name] / "py.typed").is_file()]

    def report(self) -> Iterator[str]:
        """The lines to print."""
        yield f"wheel_check: leed from {package_folder('leed')}"
        yield from (f"wheel_check: not installed here: {line}" for line in self.lacking)
        yield from (f"wheel_check: PROBLEM: {line}" for line in self.problems)
        counts = f"{self.modules} modules, {self.doctests} doctests, {self.entry_points} entry points"
        yield f"wheel_check: {counts}"


def main(arguments: list[str]) -> int:
    """The exit status, after printing what was found."""
    check = Check(all_extras="--all-extras" in arguments)
    for package in PACKAGES:
        for name in module_names(package):
            check.module(name)
    check.entry_point_groups()
    check.typed()
    if not check.doctests:
        check.problems.append("no doctest was found")
    print(*check.report(), sep="\n")
    return 1 if check.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

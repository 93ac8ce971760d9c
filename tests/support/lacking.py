"""The command line in a process of its own that lacks some packages."""

import subprocess
import sys

_CODE = """
import sys
from importlib.machinery import PathFinder

lacking, found = set(sys.argv.pop(1).split(",")), PathFinder.find_spec

def find_spec(name, path=None, target=None):
    return None if name.partition(".")[0] in lacking else found(name, path, target)

PathFinder.find_spec = find_spec
from leed.cli import main
main()
"""


def leed_without(packages: str, *arguments: object) -> tuple[int, str, str]:
    """Run a command as where packages, joined by commas, were never installed: status, stdout and stderr."""
    told = [sys.executable, "-c", _CODE, packages, *map(str, arguments)]
    ended = subprocess.run(told, capture_output=True, text=True, timeout=120, check=False)
    return ended.returncode, ended.stdout, ended.stderr

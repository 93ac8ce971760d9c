"""Compiles leed's accelerator (`leed.accelerator`) where that can be done; leed is installed without it elsewhere.

``LEED_ACCELERATOR=0`` builds without it, a wheel for every platform; ``LEED_ACCELERATOR=1`` fails where it cannot be
compiled. The build is against Python's stable interface, so one wheel of a platform serves Python 3.11 and later.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = "leed/accelerator"
NAME = "leed.accelerator._compiled"
FLAGS = ["-O3", "-std=c11", "-ffp-contract=off"]


class AcceleratorHook(BuildHookInterface):
    """Puts the compiled module into wheels; for an editable install, beside its source."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and say what came of it."""
        wish = os.environ.get("LEED_ACCELERATOR", "")
        if self.target_name != "wheel" or wish == "0" or sys.implementation.name != "cpython":
            return
        try:
            built = compiled(Path(self.root))
        except Exception as error:  # compilers fail in many ways, and leed does without
            if wish == "1":
                raise
            self.app.display_warning(f"leed is installed without its accelerator: {error}")
            return
        target = Path(FOLDER) / built.name
        if version == "editable":
            os.replace(built, Path(self.root) / target)
            return
        build_data["force_include"][str(built)] = str(target)
        build_data["pure_python"] = False
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"cp311-abi3-{platform}"


def compiled(root: Path) -> Path:
    """Return where the compiled module is: below ``build/``, on the file system of the sources."""
    from setuptools import Distribution, Extension  # noqa: PLC0415 - where it is needed: not for a wheel without
    from setuptools.command.build_ext import build_ext  # noqa: PLC0415 - as above

    flags = [] if sys.platform == "win32" else FLAGS
    sources = sorted(path.relative_to(root).as_posix() for path in (root / FOLDER).glob("*.c"))
    extension = Extension(NAME, sources, extra_compile_args=flags, py_limited_api=True)
    place = root / "build"
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as folder, chdir(root):
        command = build_ext(Distribution({"name": "leed", "ext_modules": [extension]}))
        command.build_lib = command.build_temp = folder
        command.ensure_finalized()
        command.run()
        (output,) = command.get_outputs()
        kept = place / Path(output).name
        shutil.copyfile(output, kept)
    return kept

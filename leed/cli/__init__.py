"""The command ``leed``: a thin face over the library, one module per command, found by `leed.plugins`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from leed import __version__, plugins, quoting
from leed.errors import LeedError

GROUP = "leed.commands"


class Commands(TyperGroup):
    """The commands that are built in and those that installed packages add, each imported when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - typer keeps the type private
        """Return the names of all commands."""
        return list(plugins.names(GROUP))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - typer keeps the types private
        """Return a command, imported now; None if there is none of that name."""
        if cmd_name not in plugins.names(GROUP):
            return None
        app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
        command, settings = _loaded(cmd_name)
        app.command(name=cmd_name, context_settings=settings)(command)
        return typer.main.get_command(app)


def _loaded(name: str) -> tuple[Callable[..., None], dict[str, Any]]:
    """A command; if it cannot be loaded, one that says why however it is called, and that the help can list."""
    try:
        return plugins.load(GROUP, name), {}
    except LeedError as error:
        reason = error

        def unavailable() -> None:
            raise reason

        unavailable.__doc__ = f"Not available: {reason}"
        return unavailable, {"ignore_unknown_options": True, "allow_extra_args": True}


app = typer.Typer(
    cls=Commands,
    name="leed",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Scores of expression models, put into words that language models and people can read.",
    epilog="Example: `leed describe predictions.json`. Every command has --help; `--debug` shows an error's traceback.",
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"leed {__version__}")
        raise typer.Exit


@app.callback()
def _leed(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and exit: 0 if all went well, 1 with one line if not, 2 for wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    sys.exit(_run([a for a in given if a != "--debug"], debug=debug))


def _run(arguments: list[str], *, debug: bool) -> int:
    try:
        typer.main.get_command(app).main(args=arguments, prog_name="leed")
    except LeedError as error:
        if debug:
            raise
        return complain(str(error))
    except OSError as error:
        if debug:
            raise
        return complain(f"{error.filename or 'output'}: {error.strerror or error}")
    except Exception as error:
        if debug:
            raise
        return complain(f"unexpected {type(error).__name__}: {error}; this is a fault in leed: --debug shows where")
    return 0


def complain(message: str, *, status: int = 1) -> int:
    """Print one line ``leed: error: ...`` on stderr and return the status."""
    line = quoting.clean(message)
    print(f"leed: error: {line}".encode(errors="backslashreplace").decode(), file=sys.stderr)
    return status

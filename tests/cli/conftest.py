"""The command line in this process."""

from tests.support.command_line import leed_command

__all__ = ["leed_command"]

"""Command-line options that evaluations of chat models have in common."""

from __future__ import annotations

import argparse
from pathlib import Path

from leed.errors import OptionError
from leed_evals.asking.endpoint import Endpoint


def add_to(parser: argparse.ArgumentParser, folder: str) -> None:
    """Add the options to a command's parser."""
    parser.add_argument("--model", required=True, help="the model's name, as the endpoint has it")
    parser.add_argument("--base-url", help="an OpenAI-compatible endpoint, up to /v1; else OPENAI_BASE_URL or OpenAI's")
    parser.add_argument("--temperature", type=float, help="sent if given; else the endpoint's own")
    parser.add_argument("--concurrency", type=int, default=4, help="how many questions are asked at a time (4)")
    parser.add_argument("--retries", type=int, default=4, help="how often a question that failed is asked again (4)")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds that an answer may take (120)")
    parser.add_argument("--seed", type=int, default=0, help="of the order and of the intervals (0)")
    parser.add_argument("--dry-run", action="store_true", help="say how many calls it takes, and ask nothing")
    parser.add_argument(
        "-o", "--out", type=Path, default=Path(folder), metavar="DIR", help=f"where everything is written ({folder})"
    )


def endpoint_of(options: argparse.Namespace) -> Endpoint:
    """Return the endpoint that the options name.

    Raises:
        OptionError: a number is out of its range.
    """
    for name, least in (("concurrency", 1), ("retries", 0)):
        if getattr(options, name) < least:
            raise OptionError(f"--{name} is {getattr(options, name)}; give a number from {least}")
    if not options.timeout > 0:
        raise OptionError(f"--timeout is {options.timeout:g}; give seconds above 0")
    return Endpoint(options.model, options.base_url, options.temperature, options.retries, options.timeout)

"""``leed serve``: the gateway on the command line."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Annotated, Any

import typer

from leed_adapters.gateway import logs
from leed_adapters.gateway.app import Gateway
from leed_adapters.gateway.server import listening, server_for
from leed_adapters.gateway.settings import Settings, keys_for, read_file, settings_from


def command(  # noqa: PLR0917 - the command line names them all
    upstream: Annotated[
        str | None, typer.Option(metavar="URL", help="The API behind it, up to /v1: https://api.openai.com/v1.")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Where to listen. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 0: any that is free. [default: 8000]")] = None,
    config: Annotated[
        str | None, typer.Option(metavar="FILE", help="A leed.toml with all of these and more; flags win.")
    ] = None,
    upstream_key_env: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The variable with the key for the API; else clients send their own."),
    ] = None,
    api_key_env: Annotated[
        str | None, typer.Option(metavar="NAME", help="The variable with the key that clients have to know.")
    ] = None,
    allow_public: Annotated[
        bool | None, typer.Option("--allow-public", help="Listen beyond this machine without a key.")
    ] = None,
    cors: Annotated[
        list[str] | None, typer.Option(metavar="ORIGIN", help="A page's origin that may call it; may be repeated.")
    ] = None,
    log: Annotated[str | None, typer.Option(help="json: a line for each request on stderr; none.")] = None,
    model: Annotated[str | None, typer.Option(help="The model for Hume's EVI, which names none.")] = None,
    handover: Annotated[
        str | None, typer.Option(help="How: inline, tag, system, developer, json, evi, or a template of your own.")
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(help="subtle, companion, de-escalation, tutoring, none, or a template of your own."),
    ] = None,
    older: Annotated[str | None, typer.Option(help="Older descriptions: keep, summarize or drop.")] = None,
    speakers: Annotated[
        str | None, typer.Option(metavar="MARK", help="employee, applicant or pupil: nobody is described.")
    ] = None,
    scale: Annotated[
        str | None, typer.Option(help="Which adverb a score takes: a name, or a TOML or JSON file of your own.")
    ] = None,
    calibration: Annotated[
        str | None, typer.Option(help="What is usual: a name, a file that 'leed calibrate' made, or none.")
    ] = None,
    top: Annotated[str | None, typer.Option(help="How many labels are named at most: a number, or all.")] = None,
    lang: Annotated[str | None, typer.Option(help="The language: en, de, or a JSON file of your own.")] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="A label that is never named; may be repeated.")] = None,
    allow: Annotated[
        list[str] | None, typer.Option(help="A sensitive label that may be named all the same; may be repeated.")
    ] = None,
) -> None:
    """Serve an OpenAI-compatible API that describes expressions on the way to any model.

    Clients keep their code and get one base_url; messages may carry expressions, or they are posted beforehand. Hume's
    EVI takes it as a custom language model. It listens on this machine only, unless a key is asked for.

    Examples:
    `leed serve --upstream https://api.openai.com/v1 --upstream-key-env OPENAI_API_KEY`

    `leed serve --upstream http://localhost:11434/v1 --port 9000 --policy companion`
    """
    inject: dict[str, Any] = {
        "handover": handover,
        "policy": policy,
        "older": older,
        "speakers": speakers,
        "scale": scale,
        "calibration": calibration,
        "top": int(top) if top is not None and top.isdecimal() else top,
        "lang": lang,
        "ignore": tuple(ignore) if ignore else None,
        "allow": tuple(allow) if allow else None,
    }
    flags: dict[str, Any] = {
        "upstream": upstream,
        "host": host,
        "port": port,
        "upstream_key_env": upstream_key_env,
        "api_key_env": api_key_env,
        "allow_public": allow_public,
        "cors": tuple(cors) if cors else None,
        "log": log,
        "inject": inject,
        "evi": {"model": model},
    }
    settings = settings_from(flags, None if config is None else read_file(config), config or "leed.toml")
    serve(settings)


def serve(settings: Settings) -> None:
    """Serve until the process is told to stop.

    Raises:
        LeedError: a setting is not as it should be; or the port is taken.
    """
    keys = keys_for(settings, os.environ)
    app = Gateway(settings, keys, logs.Log(sys.stderr.buffer if settings.log == "json" else None))
    with listening(settings) as sock:
        logs.install()
        host, port = sock.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        print(f"leed: listening on http://{shown}:{port}/v1, before {settings.upstream}", file=sys.stderr, flush=True)  # noqa: T201 - a command
        with suppress(KeyboardInterrupt):  # uvicorn has stopped by then, and raises the signal anew
            server_for(app, settings).run(sockets=[sock])

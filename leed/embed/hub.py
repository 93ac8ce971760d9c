"""Models on this disk, in folders or the cache of Hugging Face's hub: where they lie, and what loading them takes."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from leed import plugins
from leed.errors import InputError, OptionError


def folder_of(model: str, *, what: str, revision: str | None = None, download: bool = False) -> str:
    """Return the folder that a model was saved to.

    Args:
        model: a folder, or the name of a model on Hugging Face's hub.
        what: what messages call the one who asks.
        revision: of a model on the hub: a branch, tag or commit.
        download: whether what is not here may be fetched from the hub.

    Raises:
        InputError: there is no such folder or model, or the folder holds none.
        MissingPackageError: huggingface_hub is not installed.
    """
    if os.path.isdir(model):
        if not os.path.isfile(os.path.join(model, "config.json")):
            raise InputError(f"{what}: the folder {model} has no config.json; give one that a model was saved to")
        return os.path.abspath(model)
    try:
        from huggingface_hub import snapshot_download  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise plugins.missing(what, error, extra="transformers") from error
    try:
        found: str = snapshot_download(model, revision=revision, local_files_only=not download)
    except (OSError, ValueError) as error:  # what huggingface_hub raises, of its own and httpx's, is one of these
        raise InputError(_not_there(model, what, tried=download)) from error
    return found


def _not_there(model: str, what: str, *, tried: bool) -> str:
    """What to say of a model that is not on this disk."""
    if model.startswith((".", "/", "~")) or model.endswith("/") or model.count("/") > 1:
        return f"{what}: there is no folder {model}; give one that a model was saved to, or a name on the hub"
    if tried:
        return (
            f"{what}: there is no folder {model}, and no model of that name could be fetched from the hub; check the "
            "name and the network, or give a folder"
        )
    return (
        f"{what}: there is no folder {model}, and no model of that name in Hugging Face's cache; "
        f"'hf download {model}' fetches one from the hub, as does --download (download=True)"
    )


def limits(folder: str, tokenizer: Any, config: Any) -> Iterator[int]:  # noqa: ANN401 - any of many
    """Return the most tokens that tokenizer, model, and sentence-transformers, if it made it, each say it takes."""
    yield min(int(tokenizer.model_max_length), _UNLIMITED)
    positions = getattr(config, "max_position_embeddings", None)
    if isinstance(positions, int) and positions > 0:
        # RoBERTa's and its kin's positions begin behind that of padding.
        begins = (config.pad_token_id or 0) + 1 if config.model_type in _PADDED_POSITIONS else 0
        yield positions - begins
    trained = read_json(os.path.join(folder, "sentence_bert_config.json")).get("max_seq_length")
    if isinstance(trained, int):
        yield trained


_LONGEST: Final = 300  # letters of an error
_UNLIMITED: Final = 2**31 - 1
"""Tokens: as many as a tokenizer can be told; those without a limit say more."""
_PADDED_POSITIONS: Final = frozenset(
    {"roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "mpnet", "longformer", "roberta-prelayernorm", "esm"}
)


def device_of(device: str, torch: Any) -> str:  # noqa: ANN401 - a module
    """Return the device that is meant; "auto" is the fastest that is there.

    Raises:
        OptionError: it cannot be used.
    """
    if device != "auto":
        try:
            torch.empty(0, device=device)
        except (RuntimeError, AssertionError, ValueError) as error:
            raise OptionError(f"device {device!r} cannot be used: {first_line(error)}; give cpu, or auto") from error
        return device
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def first_line(error: BaseException) -> str:
    r"""Return the first line of what a library says of an error.

    >>> first_line(ValueError("no such file\n  at line 7")), first_line(KeyError())
    ('no such file', 'KeyError')
    """
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:_LONGEST]


def read_json(path: str) -> Mapping[str, Any]:
    """Return the object in a JSON file; an empty one if there is no such file."""
    try:
        with open(path, "rb") as file:
            found = json.load(file)
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise InputError(f"{path} is no JSON: {error}") from error
    return found if isinstance(found, dict) else {}


@contextmanager
def quiet(transformers: Any) -> Generator[None]:  # noqa: ANN401 - a module
    """Do without a bar, and without remarks on weights of a head that is not used, while a model loads."""
    logging = transformers.utils.logging
    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()

"""Checkpoints: all that training goes on from, written at once or not at all."""

from __future__ import annotations

import os
import pickle
from collections.abc import Mapping
from typing import Any, Final

import torch

from leed.errors import DamagedInputError, InputError, OptionError
from leed.schema.files import replacing
from leed_adapters.transformers.training.output import CHECKPOINT
from leed_adapters.transformers.training.settings import differing

MARK: Final = "training/1"


def write(folder: str, identity: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Write a checkpoint to a folder; the one before stands until this one is whole.

    Args:
        folder: where.
        identity: what has to be the same where it is gone on with: settings, data, base.
        state: what changes with every update.
    """
    with replacing(os.path.join(folder, CHECKPOINT)) as part:
        torch.save({"leed": MARK, "identity": dict(identity), "state": dict(state)}, part)


def read(folder: str, identity: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state in a checkpoint.

    Raises:
        DamagedInputError: it is none, or not whole.
        OptionError: it was made with other settings, other data, or another base; the message says which.
    """
    path = os.path.join(folder, CHECKPOINT)
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise DamagedInputError(f"{path}: is no checkpoint that can be read; start anew with --overwrite") from error
    if not isinstance(found, dict) or found.get("leed") != MARK:
        raise InputError(f"{path}: is no checkpoint of leed's training; start anew with --overwrite")
    changed = list(_changed(found["identity"], dict(identity)))
    if changed:
        raise OptionError(
            f"{path}: was made otherwise: {'; '.join(changed)}. Give the same again, or start anew with --overwrite"
        )
    state: dict[str, Any] = found["state"]
    return state


def _changed(then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    found = differing(then["settings"], now["settings"])
    for key, what in (("data", "the clips or their ratings"), ("weights", "the weights of the base")):
        if then[key] != now[key]:
            found.append(f"{what} are not the same")
    if then["run"] != now["run"]:
        found.append(f"it ran on {then['run']} and now runs on {now['run']}")
    return found

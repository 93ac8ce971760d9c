"""What is known of models by their names on the hub: what their numbers are, their licences, and whom to cite."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from leed import taxonomy
from leed.schema import Issue

_FILE: Final = "presets-2026-11.json"
_NONCOMMERCIAL: Final = re.compile(r"\b(nc|non-?commercial)\b", re.IGNORECASE)
_LICENCE: Final = re.compile(r"^license:\s*[\"']?([^\s\"'#]+)", re.MULTILINE)
_FRONT: Final = re.compile(r"\A---\s*\n(.*?)\n---\s*$", re.DOTALL | re.MULTILINE)
_LONGEST: Final = 1 << 16  # bytes of a card that are looked at


class Preset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a model.

    Attributes:
        modality: what it hears or sees.
        taxonomy: its labels.
        quantity: what its scores are.
        activation: what makes scores of its outputs: softmax, sigmoid or identity.
        licence: as the model's card had it when this file was dated; None where it had none.
        citation: whom to cite.
    """

    modality: str
    taxonomy: str
    quantity: str
    activation: str
    licence: str | None
    citation: str


@lru_cache(maxsize=1)
def presets() -> dict[str, Preset]:
    """Return the presets by the names that the hub has for the models.

    >>> presets()["superb/hubert-large-superb-er"].taxonomy
    'iemocap-4'
    """
    return msgspec.json.decode(files("leed_adapters.transformers").joinpath(_FILE).read_bytes(), type=dict[str, Preset])


def preset_of(model: str, config: Mapping[str, Any]) -> Preset | None:
    """Return the preset of a model, by the name that was given or that its own config.json has.

    A model that was made of it by further training has that name in its config too, but labels of its own: it has none.
    """
    known = presets()
    preset = known.get(model) or known.get(str(config.get("_name_or_path", "")))
    named = config.get("id2label")
    if preset is None or not isinstance(named, Mapping):
        return preset
    labels = taxonomy.get(preset.taxonomy)
    return preset if all(labels.find(str(label)) for label in named.values()) else None


def licence_of(folder: str, preset: Preset | None) -> str | None:
    """Return the licence of a model: as its card in the folder has it, else as the preset does; None if nobody says."""
    try:
        with open(os.path.join(folder, "README.md"), encoding="utf-8", errors="replace") as file:
            card = file.read(_LONGEST)
    except OSError:  # most folders have none
        card = ""
    front = _FRONT.match(card)
    said = _LICENCE.search(front[1]) if front else None
    if said:
        return said[1]
    return preset.licence if preset else None


def licence_issue(model: str, licence: str | None) -> Issue | None:
    """Return the warning for a model whose licence forbids commercial use; None for any other.

    >>> print(licence_issue("a/b", "cc-by-nc-4.0").message)
    the licence of a/b, cc-by-nc-4.0, forbids commercial use; what it measures may fall under it too
    >>> licence_issue("a/b", "mit")
    """
    if licence is None or not _NONCOMMERCIAL.search(licence):
        return None
    what = f"the licence of {model}, {licence}, forbids commercial use; what it measures may fall under it too"
    return Issue("licence", what)

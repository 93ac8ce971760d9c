"""Scales: which adverb a raw score takes, by quantity and modality.

A scale is data: a dated JSON file in ``scales/``, or a user's own TOML or JSON file. It also says how many terms are
named, whether near-synonyms are folded, and whether sensitive labels may be named.
"""

from __future__ import annotations

import hashlib
import json
import os
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from leed.errors import DataFileError, LeedError, one_of
from leed.float32 import least_double

DEFAULT = "leed-2026-11"
NAMES = (DEFAULT, "hume-2023", "three-step", "four-step", "words-and-number")
"""The scales that come with leed."""


class Steps(msgspec.Struct, frozen=True):
    """Bounds, inclusive below and increasing, and the adverb from each bound on."""

    bounds: tuple[float, ...]
    adverbs: tuple[str, ...]

    def prepared(self) -> tuple[float, ...]:
        """Return the bounds to compare float64 scores with."""
        return tuple(least_double(b) for b in self.bounds)

    def step(self, score: float) -> int:
        """Return the number of the step that a score stands on, or -1 below the first.

        >>> Steps((0.26, 0.35), ("slightly", "somewhat")).step(0.35)
        1
        """
        return bisect_right(self.prepared(), score) - 1


class Scale(msgspec.Struct, frozen=True, dict=True):
    """How scores become adverbs.

    Attributes:
        intensity, probability, likelihood, bipolar: steps by modality, ``"default"`` for all others. Likelihood counts
            Google's words from 1 (very unlikely) to 5 (very likely); bipolar counts the distance from 0.5.
        plain_from: from this probability on, attributes and the neutral class are stated plainly.
        said_from: below this probability, attributes are not said.
        tie: exclusive classes within this probability of each other are both named ("either ... or").
        top: how many terms are named; None for all.
        calibrated: whether a full set of scores is gated by what is usual, unless a calibration is asked for by name.
        fold: whether a near-synonym of a stronger term is left out.
        sensitive: whether sensitive labels are named without being asked for.
        numbers: whether the step stands behind each term: "very sad (5 of 6)".
        adverbs: adverbs of the user's own: {adverb: {"noun": "a touch of {noun}", "place": "adjective"}}.
        digest: of the file's content.
    """

    name: str
    intensity: dict[str, Steps]
    probability: dict[str, Steps]
    likelihood: dict[str, Steps]
    bipolar: dict[str, Steps]
    source: str = ""
    plain_from: float = 0.75
    said_from: float = 0.55
    tie: float = 0.15
    top: int | None = 3
    calibrated: bool = True
    fold: bool = True
    sensitive: bool = False
    numbers: bool = False
    adverbs: dict[str, dict[str, str]] = {}
    digest: str = ""

    def steps(self, quantity: str, modality: str | None) -> Steps:
        """Return the steps for a quantity in a modality.

        >>> get_scale().steps("intensity", "prosody").bounds[0]
        0.1
        """
        table: dict[str, Steps] = getattr(self, quantity)
        return table.get(modality or "default") or table["default"]


def get_scale(scale: str | os.PathLike[str] | Mapping[str, Any] | Scale | None = None) -> Scale:
    """Return a scale: one of leed's by name, a user's own from a TOML or JSON file or a mapping, or the default.

    What a user's scale leaves out is as in the default scale. Bounds must increase, and every adverb must be known to
    the lexicon or be given in ``adverbs``.

    >>> own = {"bounds": [0.3, 0.6], "adverbs": ["slightly", "very"]}
    >>> get_scale({"name": "mine", "intensity": {"default": own}}).name
    'mine'

    Raises:
        OptionError: no scale of that name, and no such file.
        DataFileError: the file or mapping is no scale; the message says where and why.
    """
    if isinstance(scale, Scale):
        return scale
    if isinstance(scale, Mapping):
        return _own(json.dumps(scale, sort_keys=True, default=str).encode(), "the scale given", dict(scale))
    if scale is not None and not isinstance(scale, (str, os.PathLike)):
        raise one_of("scale", scale, (*NAMES, "a TOML or JSON file", "a mapping"))
    name = os.fspath(scale) if scale is not None else DEFAULT
    if name in NAMES:
        return _shipped(name)
    if not os.path.exists(name):
        raise one_of("scale", name, (*NAMES, "a TOML or JSON file"))
    return _from_file(name)


@cache
def _shipped(name: str) -> Scale:
    data = (files("leed") / "scales" / f"{name}.json").read_bytes()
    return msgspec.structs.replace(msgspec.json.decode(data, type=Scale), digest=_digest(data))


def _from_file(path: str) -> Scale:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise DataFileError(f"scale {path}: {error.strerror or error}") from error
    try:
        if path.endswith(".toml"):
            import tomllib  # noqa: PLC0415 - only for a user's own scale

            plain = tomllib.loads(data.decode())
        else:
            plain = json.loads(data)
    except (ValueError, RecursionError) as error:
        kind = "TOML" if path.endswith(".toml") else "JSON"
        raise DataFileError(f"scale {path} is not {kind}: {error}; a scale is a .toml or .json file") from error
    return _own(data, f"scale {path}", plain)


def _own(data: bytes, where: str, plain: object) -> Scale:
    from leed.scale_file import ScaleFile, check  # noqa: PLC0415 - pydantic, for a user's own scale only

    try:
        own: ScaleFile = check(plain)
    except ValueError as error:
        raise DataFileError(f"{where}: {error}") from error
    base = msgspec.to_builtins(_shipped(DEFAULT))
    merged = base | own.model_dump(exclude_unset=True, by_alias=False)
    for quantity in ("intensity", "probability", "likelihood", "bipolar"):
        merged[quantity] = base[quantity] | merged[quantity] if quantity != "intensity" else merged[quantity]
    merged["intensity"].setdefault("default", base["intensity"]["default"])
    merged["digest"] = _digest(data)
    try:
        return msgspec.convert(merged, Scale, strict=False)
    except msgspec.ValidationError as error:
        raise LeedError(f"{where}: {error}") from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]

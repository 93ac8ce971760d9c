"""``GET /leed/v1/options``: what can be chosen; the playground is built from it."""

from __future__ import annotations

import msgspec

from leed import __version__, calibration, lexicon, prompts, scale, taxonomy
from leed.calibration import HIGH, USUAL
from leed.readers import readers
from leed.schema.terms import MODALITIES, QUANTITIES
from leed_adapters.gateway.api.endpoint import Asked
from leed_adapters.gateway.api.recordings import MOST_ROWS

_TITLES = {"en": "English", "de": "Deutsch"}


class Named(msgspec.Struct, frozen=True):
    """A choice by name, and what it is."""

    name: str
    title: str


class ScaleChoice(msgspec.Struct, frozen=True):
    """A scale: how many terms it names (null: all), and whether it looks at what is usual."""

    name: str
    top: int | None
    calibrated: bool
    source: str


class UsualTable(msgspec.Struct, frozen=True):
    """What is usual in one modality: the median and the 90th percentile of each label."""

    taxonomy: str
    modality: str
    segments: int
    labels: dict[str, tuple[float, float]]


class CalibrationChoice(msgspec.Struct, frozen=True):
    """A calibration, by taxonomy and modality."""

    name: str
    tables: tuple[UsualTable, ...]


class LabelChoice(msgspec.Struct, frozen=True):
    """A label, and whether it stays unsaid unless it is allowed."""

    label: str
    sensitive: bool


class TaxonomyChoice(msgspec.Struct, frozen=True):
    """A label set; ``modalities`` are those that it is known for, none for any."""

    name: str
    title: str
    quantity: str
    exclusive: bool
    aspect: str
    modalities: tuple[str, ...]
    labels: tuple[LabelChoice, ...]


class FormatChoice(msgspec.Struct, frozen=True):
    """A format that is read."""

    name: str
    title: str
    holds: str


class Bounds(msgspec.Struct, frozen=True):
    """How much is taken and answered at most: bytes of a file and of JSON, rows of an answer."""

    file: int
    json: int
    rows: int


class Options(msgspec.Struct, frozen=True):
    """All that can be chosen; the first of each is the default."""

    version: str
    scales: tuple[ScaleChoice, ...]
    languages: tuple[Named, ...]
    calibrations: tuple[CalibrationChoice, ...]
    policies: tuple[Named, ...]
    handovers: tuple[Named, ...]
    modalities: tuple[str, ...]
    quantities: tuple[str, ...]
    tenses: tuple[str, ...]
    taxonomies: tuple[TaxonomyChoice, ...]
    formats: tuple[FormatChoice, ...]
    limits: Bounds


def options_answer(bounds: Bounds) -> Options:
    """Return what can be chosen."""
    return Options(
        version=__version__,
        scales=tuple(_scale(name) for name in scale.NAMES),
        languages=tuple(Named(name, _TITLES.get(name, name)) for name in lexicon.LANGUAGES),
        calibrations=tuple(_calibration(name) for name in (*calibration.NAMES, calibration.NONE)),
        policies=tuple(Named(name, prompts.get_policy(name).note) for name in prompts.POLICIES),
        handovers=tuple(Named(name, prompts.get_handover(name).note) for name in prompts.HANDOVERS),
        modalities=MODALITIES,
        quantities=QUANTITIES,
        tenses=lexicon.TENSES,
        taxonomies=tuple(_taxonomy(name) for name in taxonomy.ORDER),
        formats=tuple(FormatChoice(reader.name, reader.title, reader.holds) for reader in readers()),
        limits=bounds,
    )


class OptionsOf:
    """Answers with what can be chosen, made once."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._made: Options | None = None

    def __call__(self, _: Asked) -> Options:
        """Return what can be chosen."""
        if self._made is None:
            self._made = options_answer(self._bounds)
        return self._made


def bounds(*, file: int, json: int) -> Bounds:
    """Return the limits of this server."""
    return Bounds(file, json, MOST_ROWS)


def _scale(name: str) -> ScaleChoice:
    found = scale.get_scale(name)
    return ScaleChoice(name, found.top, found.calibrated, found.source)


def _calibration(name: str) -> CalibrationChoice:
    found = calibration.get_calibration(name)
    tables = (
        UsualTable(
            table.taxonomy,
            table.modality,
            table.segments,
            {label: (round(table.at(label, USUAL), 4), round(table.at(label, HIGH), 4)) for label in table.labels},
        )
        for table in found.tables
    )
    return CalibrationChoice(name, tuple(tables))


def _taxonomy(name: str) -> TaxonomyChoice:
    found = taxonomy.get(name)
    known = taxonomy.concepts()
    labels = (LabelChoice(label, known[entry.concept].sensitive) for label, entry in found.labels.items())
    return TaxonomyChoice(
        name, found.title, found.quantity, found.exclusive, found.aspect, found.modalities, tuple(labels)
    )

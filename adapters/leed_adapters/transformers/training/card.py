"""The model card: what a voice model is, what it was trained on, and how good it is on new voices, in Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any, Final

from leed import quoting
from leed_adapters.transformers.training.settings import Settings
from leed_adapters.transformers.training.trained import LabelFigures, Trained

_COLUMNS: Final = {"ccc": "CCC", "pearson": "Pearson", "mse": "MSE", "auc": "AUC", "f1": "F1"}
_TOLD: Final = {
    "mse": "mean squared error",
    "ccc": "1 - concordance correlation coefficient",
    "bce": "binary cross-entropy",
}


def model_card(trained: Trained, settings: Settings, about: Mapping[str, Any]) -> str:
    """Return the card of a model.

    Args:
        trained: what came of training.
        settings: how it was trained.
        about: what its config says to leed.
    """
    parts = (
        _front(settings),
        _head(trained, settings, about),
        _use(trained),
        _data(trained),
        _training(trained, settings),
    )
    return "\n".join(
        line for part in (*parts, _figures(trained, settings), _limits(), _licence(settings)) for line in part
    )


def columns(settings: Settings) -> dict[str, str]:
    """Return which figures are told of a label, by the attributes of `LabelFigures`.

    >>> list(columns(Settings(loss="bce")).values())
    ['AUC', 'F1', 'CCC', 'Pearson', 'MSE']
    """
    names = ["auc", "f1", "ccc", "pearson", "mse"] if settings.loss == "bce" else ["ccc", "pearson", "mse"]
    return {name: _COLUMNS[name] for name in names}


def _front(settings: Settings) -> Iterator[str]:
    yield "---"
    yield "library_name: transformers"
    yield "pipeline_tag: audio-classification"
    if not os.path.isdir(settings.base):
        yield f"base_model: {settings.base}"
    yield "tags: [leed, expression, voice]"
    yield "---"
    yield ""


def _head(trained: Trained, settings: Settings, about: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {_text(os.path.basename(os.path.abspath(trained.folder)))}"
    yield ""
    yield "A voice model: it scores how an expression in a voice is perceived. Trained by `leed train-expression`."
    yield ""
    yield f"- base: the encoder of {_text(_base(settings))}"
    yield f"- labels ({len(trained.labels)}): {', '.join(map(_text, trained.labels))}"
    yield f"- taxonomy: {trained.taxonomy or 'none; the labels are those of the table'}"
    yield f"- scores: {about['quantity']} ({about['modality']}), by the activation {about['activation']}"
    yield ""


def _use(trained: Trained) -> Iterator[str]:
    name = _text(os.path.basename(os.path.abspath(trained.folder)))
    yield "## Intended use"
    yield ""
    yield f"`leed measure clip.wav --model transformers:./{name}` makes a recording of scores, or transformers'"
    yield "`AutoModelForAudioClassification` and `AutoFeatureExtractor` load the folder."
    yield ""
    yield "A score says how people like those who rated the clips are likely to perceive an expression, not what"
    yield "somebody feels. It is no ground for decisions about a person; the law forbids some uses of such scores"
    yield "outright, as at work and in education in the European Union."
    yield ""


def _data(trained: Trained) -> Iterator[str]:
    yield "## Data"
    yield ""
    yield "| | speakers | clips |"
    yield "|---|---|---|"
    for what, speakers, clips in zip(("trained on", "held out"), trained.speakers, trained.clips, strict=True):
        yield f"| {what} | {speakers} | {clips} |"
    yield ""
    yield f"{trained.seconds / 60:.1f} minutes of sound were trained on. No speaker is on both sides."
    counts: dict[str, int] = {}
    for issue in trained.issues:
        counts[issue.code] = counts.get(issue.code, 0) + 1
    if counts:
        yield f"Noted while reading: {', '.join(f'{code} ({count})' for code, count in sorted(counts.items()))}."
    yield ""


def _training(trained: Trained, settings: Settings) -> Iterator[str]:
    kept = {"encoder": "the whole encoder", "none": "nothing"}.get(
        settings.freeze, f"the first {settings.freeze} layers"
    )
    yield "## Training"
    yield ""
    yield f"- loss: {_TOLD[settings.loss]}; labels that a clip has no number for count for nothing"
    yield f"- frozen: {kept}"
    yield f"- updates: {trained.steps}, of {settings.batch_size} clips"
    if settings.accumulate > 1:
        yield f"- batches in an update: {settings.accumulate}"
    yield f"- learning rates: head {settings.head_rate:g}, encoder {settings.encoder_rate:g}; AdamW, warm-up and cosine"
    yield f"- seed: {settings.seed}"
    made = ", ".join(f"{name} {version(name)}" for name in ("leed", "torch", "transformers"))
    yield f"- made by: {made}, Python {platform.python_version()}"
    yield ""


def _figures(trained: Trained, settings: Settings) -> Iterator[str]:
    names = columns(settings)
    yield "## How good it is"
    yield ""
    clips, speakers = trained.clips[1], trained.speakers[1]
    yield f"On {clips} clips by {speakers} speakers whom it had not met. The weights are those after"
    yield f"{trained.best_step} updates, the best on these same speakers, so that the figures are a little too good."
    yield f"Loss there: {trained.untrained:.4f} untrained (the same guess for all), {trained.best:.4f} trained."
    yield ""
    yield f"| label | clips | {' | '.join(names.values())} |"
    yield f"|---|---|{'---|' * len(names)}"
    for one in trained.figures:
        yield f"| {_text(one.label)} | {one.clips} | {' | '.join(_cell(one, name) for name in names)} |"
    means = (trained.mean(name) for name in names)
    yield f"| mean | | {' | '.join('–' if mean is None else f'{mean:.3f}' for mean in means)} |"
    yield ""
    yield "CCC, concordance, is 1 where scores and ratings are equal, and 0 for a guess; – where it is not defined."
    yield ""


def _cell(one: LabelFigures, name: str) -> str:
    value = getattr(one, name)
    return "–" if value is None else f"{value:.3f}"


def _limits() -> Iterator[str]:
    yield "## What it is not"
    yield ""
    yield "It knows the languages, the microphones, the manners and the raters of its clips. Voices of another age,"
    yield "accent or culture may be scored worse: try it on them before it is used on them."
    yield ""


def _licence(settings: Settings) -> Iterator[str]:
    yield "## Licence"
    yield ""
    yield f"The weights derive from {_text(_base(settings))}, whose licence goes on to hold. The clips and their"
    yield "ratings have licences of their own, and the people in them rights, which may limit what the model may be"
    yield "used for and whether it may be handed on. leed knows neither: state them here before you publish the model."
    yield ""


def _base(settings: Settings) -> str:
    """What a base is called; of a folder no more than its own name."""
    return os.path.basename(os.path.abspath(settings.base)) if os.path.isdir(settings.base) else settings.base


def _text(text: object) -> str:
    """Other people's words, which may not write Markdown of their own."""
    return quoting.clean(str(text)).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "'")

"""The model card: what a model is, how it was trained, how good it is, and what it is not, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from leed import quoting


def model_card(about: Mapping[str, Any], name: str) -> str:
    """Return the card of a model, of what `leed.classifiers.saving` keeps beside it.

    Args:
        about: what is known of the model.
        name: what it is called.
    """
    return "\n".join([*_head(about, name), *_figures(about), *_limits(about), *_versions(about)]) + "\n"


def _head(about: Mapping[str, Any], name: str) -> Iterator[str]:
    embedder = about["embedder"]
    yield f"# {_text(name)}"
    yield ""
    if "labels" in about:
        yield "A classifier of expression scores, trained by leed: a linear SVM on scaled features."
        yield ""
        yield f"- labels: {', '.join(map(_text, about['labels']))}"
    else:
        low, high = about["range"]
        yield "A regression on expression scores, trained by leed: a ridge on scaled features."
        yield ""
        yield f"- numbers: {low:g} to {high:g} in training"
    yield f"- features: {about['features']}, {about['columns']} columns"
    if embedder is not None:
        yield f"- embedder: {_text(embedder['name'])} ({_text(embedder['version'])})"
    yield f"- describer: {about['fingerprint']}"
    for modality, labels in about["modalities"].items():
        more = ", ..." if labels[8:] else ""
        yield f"- {_text(modality)}: {len(labels)} labels: {', '.join(map(_text, labels[:8]))}{more}"
    people = "speakers unknown" if about["groups"] is None else f"{about['groups']} speakers"
    strength = f"C = {about['C']:g}" if "C" in about else f"alpha = {about['alpha']:g}"
    yield f"- trained on {about['items']} items, {people}; {strength}, seed {about['seed']}"
    yield ""


def _figures(about: Mapping[str, Any]) -> Iterator[str]:
    held = about["held_out"]
    over = "items (speakers may stand on both sides)" if about["groups"] is None else "speakers, none on both sides"
    yield "## How good it is"
    yield ""
    yield f"On items held out in {held['folds']} folds; 95 % interval over {over}."
    yield ""
    yield from _labels(about, held) if "labels" in about else _numbers(held)


def _labels(about: Mapping[str, Any], held: Mapping[str, Any]) -> Iterator[str]:
    low, high = held["uar_interval"]
    yield f"UAR {held['uar']:.3f} [{low:.3f}, {high:.3f}]; chance is {1 / max(len(about['labels']), 1):.3f}."
    yield f"Probabilities are off by {held['calibration_error']:.3f} on average (expected calibration error)."
    yield ""
    yield "| label | items | recall |"
    yield "|---|---|---|"
    for label, recall in held["recalls"].items():
        yield f"| {_text(label)} | {about['by_label'].get(label, 0)} | {recall:.3f} |"
    yield ""


def _numbers(held: Mapping[str, Any]) -> Iterator[str]:
    for name, what in (("ccc", "1 is all alike, 0 is chance"), ("mae", "mean absolute error")):
        low, high = held[f"{name}_interval"]
        yield f"{name.upper()} {held[name]:.3f} [{low:.3f}, {high:.3f}]; {what}."
    yield ""


def _limits(about: Mapping[str, Any]) -> Iterator[str]:
    yield "## What it is not"
    yield ""
    given = "which of its labels" if "labels" in about else "which number"
    yield f"It says {given} expressions like those of the training data were given, not what anybody feels."
    yield "It knows the people, the recordings and the measuring model that it was trained on; scores of another model,"
    yield "or of another version of it, are another input. The labels are those of whoever labelled the data."
    if about["groups"] is None:
        yield "The data did not say who spoke, so the figures may be too good for people it has not met."
    yield ""


def _versions(about: Mapping[str, Any]) -> Iterator[str]:
    yield "## Made by"
    yield ""
    yield ", ".join(f"{name} {version}" for name, version in about["versions"].items())


def _text(text: object) -> str:
    """Other people's words, which may not write Markdown of their own."""
    return quoting.clean(str(text)).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "'")

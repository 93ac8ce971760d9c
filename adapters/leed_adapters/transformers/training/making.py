"""From rated clips to a model in a folder: heard, trained, tried on held-out speakers, written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from leed.schema.terms import Issue
from leed_adapters.media.sound import RATE
from leed_adapters.transformers.training import chance, checkpoints
from leed_adapters.transformers.training.card import model_card
from leed_adapters.transformers.training.figures import figures
from leed_adapters.transformers.training.kept import Kept
from leed_adapters.transformers.training.loop import Course, Learner, Side, total_of
from leed_adapters.transformers.training.material import Material, check_heard
from leed_adapters.transformers.training.model import Voice
from leed_adapters.transformers.training.output import Output
from leed_adapters.transformers.training.settings import Settings
from leed_adapters.transformers.training.sound import Listener
from leed_adapters.transformers.training.trained import Event, Stopped, Tell, Trained

_RAREST: Final = 0.01
_FEATURES: Final = "features.f32"
_ENCODED: Final = "encoded.f32"
_SAMPLE: Final = 1000
_FINISHED: Final = "finished"


@dataclass(frozen=True, eq=False)
class Heard:
    """What could be heard of the material.

    Attributes:
        material: the clips that could.
        inputs: what the model is given of them.
        digest: of all that is learned from.
        seconds: of sound that is learned from.
    """

    material: Material
    inputs: Kept
    digest: str
    seconds: float

    def side(self, *, held: bool) -> Side:
        """Return the clips of one side."""
        places = self.material.side(held=held)
        return Side(self.inputs, places, self.material.ratings.matrix[places])


def made(material: Material, settings: Settings, output: Output, *, modality: str, tell: Tell) -> Trained:
    """Return what came of training on the material; the model is in the output's folder.

    Raises:
        InputError: the base or the clips cannot be used, or training went astray.
        OptionError: an option does not go with the base, the device or the checkpoint.
        Stopped: it was asked to stop; there is a checkpoint.
    """
    with output.opened(), chance.seeded(settings.seed), ExitStack() as stack:
        voice = Voice(settings, material.ratings.labels)
        weights = voice.digest()
        features = stack.enter_context(closing(Kept(os.path.join(output.work, _FEATURES))))
        encoded = stack.enter_context(closing(Kept(os.path.join(output.work, _ENCODED))))
        heard = _heard(material, voice, features, tell)
        if voice.encodes:
            heard = _encoded(heard, voice, settings, encoded, tell)
        train = heard.side(held=False)
        voice.scale(_sample(train, voice, settings.batch_size))
        voice.begin_at(_usual(train, settings))
        learner = Learner(voice, settings, total_of(len(train), settings))
        course = Course(learner, settings, train, heard.side(held=True))
        _run(course, _identity(voice, settings, heard.digest, weights), output, tell)
        trained = _trained(course, learner, heard, settings, output.folder)
        _save(voice, trained, settings, _about(trained, settings, heard, modality), output)
    return trained


def _heard(material: Material, voice: Voice, features: Kept, tell: Tell) -> Heard:
    """The clips that can be heard, with their features."""
    listener = Listener(voice.longest)
    places, seconds = [], 0.0
    for place, samples in listener.heard(material.ratings.clips, material.paths):
        features.add(voice.features(samples))
        places.append(place)
        seconds += 0.0 if material.held[place] else len(samples) / RATE
        tell(Event("reading clips", place + 1, len(material.paths)))
    chosen = material.take(places)
    chosen = replace(chosen, ratings=chosen.ratings.noting(*listener.issues))
    check_heard(chosen)
    return Heard(chosen, features.ready(), chosen.digest(listener.digest.digest()), seconds)


def _encoded(heard: Heard, voice: Voice, settings: Settings, encoded: Kept, tell: Tell) -> Heard:
    """The clips with what the encoder makes of their features, in batches that are always the same."""
    features, size = heard.inputs, settings.batch_size
    for begin in range(0, len(features), size):
        for vector in voice.encoded(features.batch(range(begin, min(begin + size, len(features))))):
            encoded.add(vector[:, None])
        tell(Event("encoding clips", len(encoded), len(features)))
    return replace(heard, inputs=encoded.ready())


def _identity(voice: Voice, settings: Settings, data: str, weights: str) -> dict[str, Any]:
    """What has to be the same where training is gone on with."""
    run = f"{voice.device.partition(':')[0]}, {voice.precision or 'float32'}".replace("torch.", "")
    return {"settings": settings.to_dict(), "data": data, "weights": weights, "run": run}


def _sample(side: Side, voice: Voice, size: int) -> NDArray[np.float32]:
    """(n, d) what the encoder makes of some clips, from all over a side."""
    places = side.places[:: -(-len(side) // _SAMPLE)]
    if voice.encodes:
        return side.inputs.batch(places)[..., 0]
    begins = range(0, len(places), size)
    return np.concatenate([voice.encoded(side.inputs.batch(places[i : i + size])) for i in begins])


def _usual(side: Side, settings: Settings) -> NDArray[np.float32]:
    """The logits of a guess that is the same for all clips."""
    mean: NDArray[np.float64] = np.nanmean(side.targets.astype(np.float64), axis=0)
    if settings.loss == "bce":
        share = mean.clip(_RAREST, 1 - _RAREST)
        mean = np.log(share / (1 - share))
    return mean.astype(np.float32)


def _run(course: Course, identity: Mapping[str, Any], output: Output, tell: Tell) -> None:
    if output.resume:
        course.take(checkpoints.read(output.work, identity))
    if not course.run(lambda: checkpoints.write(output.work, identity, course.state()), tell):
        raise Stopped(course.progress.step, course.total, output.folder)


def _trained(course: Course, learner: Learner, heard: Heard, settings: Settings, folder: str) -> Trained:
    """Put the best weights into place, and say how good they are."""
    progress, material, side = course.progress, heard.material, heard.side(held=True)
    learner.voice.take(progress.best or {})
    logits = learner.scores(side)
    classes = settings.loss == "bce"
    scores = (logits.sigmoid() if classes else logits).numpy()
    labels = material.ratings.labels
    return Trained(
        folder=folder,
        labels=labels,
        taxonomy=material.ratings.taxonomy,
        figures=figures(scores, side.targets, labels, classes=classes),
        untrained=progress.history[0].held_out,
        best=progress.best_one.held_out,
        best_step=progress.best_one.step,
        steps=progress.step,
        history=progress.history,
        speakers=(len(material.speakers(held=False)), len(material.speakers(held=True))),
        clips=(len(material.side(held=False)), len(side)),
        held_out=material.speakers(held=True),
        seconds=heard.seconds,
        issues=(*material.ratings.issues, *_fruitless(progress.best_one.step)),
    )


def _fruitless(best_step: int) -> list[Issue]:
    """What is said of a model that learned nothing which holds for voices that it has not met."""
    if best_step:
        return []
    what = "the model is no better than one guess for all on the speakers who were held out, and says the same of every"
    return [Issue("no-better", f"{what} voice: give it more clips, more epochs or another rate (--head-rate)")]


def _about(trained: Trained, settings: Settings, heard: Heard, modality: str) -> dict[str, Any]:
    """What a model's config says to leed."""
    return {
        "taxonomy": trained.taxonomy,
        "quantity": heard.material.ratings.quantity,
        "modality": modality,
        "activation": "sigmoid" if settings.loss == "bce" else "identity",
    }


def _save(voice: Voice, trained: Trained, settings: Settings, about: Mapping[str, Any], output: Output) -> None:
    finished = os.path.join(output.work, _FINISHED)
    voice.save(finished, about, "multi_label_classification" if settings.loss == "bce" else "regression")
    with open(os.path.join(finished, "README.md"), "w", encoding="utf-8") as file:
        file.write(model_card(trained, settings, about))
    output.take(finished)

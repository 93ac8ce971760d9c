"""Models on disk: written by skops, loaded if they hold nothing but numbers, text and leed's own estimators."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leed import plugins
from leed.errors import DamagedInputError, InputError, OptionError

TRUSTED = (
    "leed.classifiers.linear.LeedClassifier",
    "leed.classifiers.regression.LeedRegressor",
    "leed.classifiers.sequences.SequenceClassifier",
    "leed.classifiers.vectorizers.FusionVectorizer",
    "leed.classifiers.vectorizers.LeedVectorizer",
)
"""What a model may hold beside what skops trusts by itself: scikit-learn's estimators, numpy's arrays, plain data."""

MARK = "model/1"
LARGEST = 1 << 31
"""Bytes that a model may unpack to."""


@dataclass(frozen=True)
class SavedModel:
    """A trained estimator, and what is known of it.

    Attributes:
        estimator: LeedClassifier, LeedRegressor or SequenceClassifier, fitted.
        about: plain data: versions, fingerprint, embedder, labels, how it was trained, how good it was.
    """

    estimator: Any
    about: Mapping[str, Any]

    @property
    def embedder(self) -> str | None:
        """The name of the embedder, or None where it needs none."""
        found = self.about.get("embedder")
        return None if found is None else str(found["name"])


def identity(estimator: Any) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    """Return what has to be the same where a model is used: the describer's fingerprint, the embedder's version.

    Raises:
        OptionError: the estimator has something that cannot be saved.
    """
    vectorizer = estimator.vectorizer_
    if vectorizer is None:
        return {"fingerprint": None, "embedder": None}
    return {"fingerprint": vectorizer.fingerprint, "embedder": vectorizer.embedder_}


def save(model: SavedModel, path: str | os.PathLike[str]) -> None:
    """Write a model to a file.

    Raises:
        OptionError: the estimator holds an object that a file cannot: name the embedder, give the describer as a dict.
        MissingPackageError: skops is not installed.
    """
    sio = _skops()
    for name, value in model.estimator.get_params(deep=False).items():
        if not _is_plain(value):
            raise OptionError(
                f"{name} is {type(value).__name__}, which a model's file cannot hold: give the embedder by its name, "
                "and the describer as a dict of options"
            )
    document = {"leed": MARK, "about": json.dumps(dict(model.about)), "estimator": model.estimator}
    sio.dump(document, os.fspath(path))


def load(path: str | os.PathLike[str]) -> SavedModel:
    """Return the model that a file holds, if it makes the same features here as where it was trained.

    Raises:
        InputError: it is no model, holds what leed does not trust, or was made with another describer or embedder; the
            message says what differs.
        MissingPackageError: skops, or what the embedder needs, is not installed.
    """
    model = _loaded(os.fspath(path))
    _check_identity(model, os.fspath(path))
    return model


def _loaded(path: str) -> SavedModel:
    sio = _skops()
    _check_size(path)
    try:
        unknown = [name for name in sio.get_untrusted_types(file=path) if name not in TRUSTED]
        if unknown:
            raise InputError(
                f"{path}: holds {', '.join(sorted(unknown)[:3])}, which no model of leed's has, and is not loaded: "
                "such a file can run commands"
            )
        document = sio.load(path, trusted=list(TRUSTED))
    except (ValueError, KeyError, TypeError, AttributeError, ImportError, OSError, zipfile.BadZipFile) as error:
        raise DamagedInputError(f"{path}: is no model that leed can load: {error}") from error
    if not isinstance(document, dict) or document.get("leed") != MARK or "estimator" not in document:
        raise InputError(f"{path}: is no model of leed's; 'leed fit DATA -o MODEL' makes one")
    return SavedModel(document["estimator"], json.loads(document["about"]))


def _check_size(path: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; 'leed fit DATA -o MODEL' makes a model") from error
    except (zipfile.BadZipFile, OSError) as error:
        raise DamagedInputError(f"{path}: is no model: {error}; 'leed fit DATA -o MODEL' makes one") from error
    if size > LARGEST:
        raise InputError(f"{path}: unpacks to {size:,} bytes; a model has up to {LARGEST:,}")


def _check_identity(model: SavedModel, path: str) -> None:
    """Say what differs between where the model was trained and here, if anything does."""
    now, then = identity(model.estimator), model.about
    differing = []
    if now["fingerprint"] != then.get("fingerprint"):
        differing.append(
            f"the describer's fingerprint is {now['fingerprint']} here and {then.get('fingerprint')} in it"
        )
    vectorizer = model.estimator.vectorizer_
    here = None if vectorizer is None else vectorizer.identity()
    if here != then.get("embedder"):
        differing.append(f"the embedder is {_told(here)} here and {_told(then.get('embedder'))} in it")
    if differing:
        raise InputError(
            f"{path}: the model would be given other features than it was trained on: {'; '.join(differing)}. It was "
            f"made by leed {then.get('versions', {}).get('leed')}: use that version, or train it again"
        )


def _told(embedder: Mapping[str, str] | None) -> str:
    return "none" if embedder is None else f"{embedder['name']} ({embedder['version']})"


def _is_plain(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(key, (str, int)) and _is_plain(one) for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (str, int, float, bool))


def _skops() -> Any:  # noqa: ANN401 - it ships no types
    try:
        import skops.io  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise plugins.missing("saving and loading models", error, extra="ml") from error
    return skops.io

"""Classifiers of expressions: scikit-learn's estimators over scores and sentences, metrics, splits, and saved models.

>>> import sklearn
>>> from leed.classifiers import LeedClassifier
>>> faces = [{"face": {"Joy": 0.8}}, {"face": {"Fear": 0.7}}, {"face": {"Joy": 0.6}}, {"face": {"Fear": 0.5}}]
>>> model = LeedClassifier().fit(faces, ["happy", "afraid", "happy", "afraid"])
>>> model.predict([{"face": {"Joy": 0.9}}]).tolist()
['happy']

Every name is imported at its first use; scikit-learn and skops come with the extra ``ml``, torch with ``transformers``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leed.classifiers.checks import check_examples as check_examples
    from leed.classifiers.linear import LeedClassifier as LeedClassifier
    from leed.classifiers.regressing import train_regressor as train_regressor
    from leed.classifiers.regression import LeedRegressor as LeedRegressor
    from leed.classifiers.saving import SavedModel as SavedModel
    from leed.classifiers.saving import load as load
    from leed.classifiers.saving import save as save
    from leed.classifiers.sequences import SequenceClassifier as SequenceClassifier
    from leed.classifiers.table import read_examples as read_examples
    from leed.classifiers.training import train as train
    from leed.classifiers.vectorizers import FusionVectorizer as FusionVectorizer
    from leed.classifiers.vectorizers import LeedVectorizer as LeedVectorizer

_HOME = {
    "FusionVectorizer": "leed.classifiers.vectorizers",
    "LeedVectorizer": "leed.classifiers.vectorizers",
    "SavedModel": "leed.classifiers.saving",
    "SequenceClassifier": "leed.classifiers.sequences",
    "check_examples": "leed.classifiers.checks",
    "load": "leed.classifiers.saving",
    "read_examples": "leed.classifiers.table",
    "save": "leed.classifiers.saving",
    "train": "leed.classifiers.training",
    "train_regressor": "leed.classifiers.regressing",
    "LeedClassifier": "leed.classifiers.linear",
    "LeedRegressor": "leed.classifiers.regression",
}

__all__ = [
    "FusionVectorizer",
    "LeedClassifier",
    "LeedRegressor",
    "LeedVectorizer",
    "SavedModel",
    "SequenceClassifier",
    "check_examples",
    "load",
    "read_examples",
    "save",
    "train",
    "train_regressor",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'leed.classifiers' has no attribute {name!r}")
    try:
        value = getattr(import_module(home), name)
    except ModuleNotFoundError as error:
        from leed.plugins import missing  # noqa: PLC0415 - only then

        raise missing(f"leed.classifiers.{name}", error, extra="ml") from error
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

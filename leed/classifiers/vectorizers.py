"""LeedVectorizer and FusionVectorizer: scikit-learn transformers from scores to features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.classifiers.vectorizing import FITTED, KINDS, Vectorizer, kinds_of
from leed.embed import Embedder
from leed.errors import InputError
from leed.fusion import features as made
from leed.fusion.gathering import kind_of
from leed.fusion.items import Items
from leed.modality import modality_named
from leed.schema.tracks import Track

__all__ = ["FITTED", "KINDS", "FusionVectorizer", "LeedVectorizer", "kinds_of"]


class FusionVectorizer(Vectorizer):
    """Features of items with scores of several modalities: raw numbers, sentences embedded, or several of these.

    X is items: `leed.fusion.Items`, a list of recordings or of plain data such as {"face": {"Joy": 0.8}}, or a data
    frame with columns such as "face.Joy". What is learned is learned from the items given to ``fit``, and from no
    others: which modalities and labels there are, what stands in for a number that is missing, and, with
    ``calibration="fit"``, what is usual.

    Parameters
    ----------
    features : str, default="early"
        What to make, several joined by a plus, as "raw+early":

        - "raw": the scores, each the mean over an item's steps; d = labels of all modalities.
        - "early" (also "concat_embeddings", "leed"): each modality's sentence embedded, side by side; d x m.
        - "late" (also "concat_text"): the sentences of all modalities joined to one text, and embedded; d.
        - "leed-frames": each step's sentence embedded, and their mean, maximum and standard deviation; 3 x d x m.
        - "frames-text": the steps' sentences joined to one text for each modality, and embedded; d x m.
        - "text": what was said, embedded; d.
        - "extras": numbers that came beside the scores, such as a vendor's embedding.
    embedder : str or Embedder, default="lexical"
        What embeds: a name (see `leed.embed.get_embedder`), or an embedder.
    describer : Describer, Wording, dict or None, default=None
        What makes the sentences; a dict: options of a Describer that differ from those for features. None: all labels
        above the floor are named, and probabilities are said by how much (see `leed.fusion.Wording`).
    calibration : "fit", str, Calibration or None, default=None
        What is usual, by which labels are chosen; "fit": what is usual in the training items. None: nothing is.
    transcript : bool, default=False
        Whether the first sentence quotes what was said.
    pools : sequence of str, default=("mean", "max", "std")
        For "leed-frames".

    Attributes
    ----------
    layout_ : dict
        By modality, its labels and what its numbers are.
    embedder_ : dict or None
        Name and version of the embedder.
    calibration_ : str or None
        What is usual in the training items, as JSON.

    Notes
    -----
    "early" and "late" are meant as in Brooks et al. 2023 (doi 10.1145/3610661.3616129), which is the reverse of common
    use; the other names say what is done.

    A modality that an item lacks has, in sentences, the describer's own for it ("There are no scores for their face."):
    it is the same in all fusions and needs no training. Among raw numbers it has the mean over the training items,
    which claims nothing and leaves a scaled linear model where it is, and 0 in a column "face.present", which is there
    if a training item lacked the modality (where none did, nothing could be learned from it).

    Examples
    --------
    >>> calls = [{"face": {"Joy": 0.8}, "prosody": {"Joy": 0.3}}, {"face": {"Joy": 0.1}}]
    >>> vectorizer = FusionVectorizer(features="raw").fit(calls)
    >>> vectorizer.get_feature_names_out().tolist(), vectorizer.transform(calls).round(1).tolist()
    (['face.Joy', 'prosody.Joy', 'prosody.present'], [[0.8..., 0.3..., 1.0], [0.1..., 0.3..., 0.0]])
    >>> vectorizer.set_params(features="early").fit(calls).sentences(calls)["face"][0]
    'They look extremely joyful.'
    """

    def __init__(
        self,
        *,
        features: str = "early",
        embedder: str | Embedder = "lexical",
        describer: Any = None,
        calibration: Any = None,
        transcript: bool = False,
        pools: Sequence[str] = made.POOLS,
    ) -> None:
        self.features = features
        self.embedder = embedder
        self.describer = describer
        self.calibration = calibration
        self.transcript = transcript
        self.pools = pools

    def _items(self, X: Any) -> Items:
        return Items.of(X)


class LeedVectorizer(Vectorizer):
    """The sentence of one modality's scores, embedded: LEED.

    X is a matrix of scores (n, k) with ``labels``, a data frame with a column for each label, a list of scores such as
    {"Joy": 0.8}, or items of which ``modality`` names one.

    Parameters
    ----------
    modality : str or None, default=None
        "face", "prosody" (also "voice"), "burst" or "language". None: of items with one modality that one; of others
        nothing is known, and they "come across as".
    labels : sequence of str or None, default=None
        k labels, for a matrix without names.
    features : str, default="leed"
        "leed": the sentence of the mean over an item's steps; "leed-frames": each step's, pooled; "raw": the scores;
        several joined by a plus; as in `FusionVectorizer`.
    embedder, describer, calibration, transcript, pools :
        As in `FusionVectorizer`.

    Attributes
    ----------
    layout_, embedder_, calibration_ :
        As in `FusionVectorizer`.

    Examples
    --------
    >>> import numpy as np
    >>> vectorizer = LeedVectorizer(modality="face", labels=["Joy", "Fear"])
    >>> X = np.array([[0.8, 0.1], [0.2, 0.6]])
    >>> vectorizer.fit_transform(X).shape, vectorizer.sentences(X)["face"][0]
    ((2, 2048), 'They look extremely joyful.')
    """

    def __init__(
        self,
        *,
        modality: str | None = None,
        labels: Sequence[str] | None = None,
        features: str = "leed",
        embedder: str | Embedder = "lexical",
        describer: Any = None,
        calibration: Any = None,
        transcript: bool = False,
        pools: Sequence[str] = made.POOLS,
    ) -> None:
        self.modality = modality
        self.labels = labels
        self.features = features
        self.embedder = embedder
        self.describer = describer
        self.calibration = calibration
        self.transcript = transcript
        self.pools = pools

    def _items(self, X: Any) -> Items:
        modality = modality_named(self.modality)
        table = _table(X, self.labels)
        if table is not None:
            labels, matrix = table
            kind = kind_of(modality, labels, matrix)
            about: dict[str, Any] = {"quantity": kind.quantity, "exclusive": kind.exclusive, "taxonomy": kind.taxonomy}
            track = Track(labels=labels, matrix=matrix, modality=modality, **about)
            return Items.from_tracks({modality or "scores": track})
        if isinstance(X, (list, tuple)) and X and all(map(_are_scores, X)):
            return _only(Items.of([one if modality is None else {modality: one} for one in X]), modality)
        return _only(Items.of(X), modality)


def _are_scores(one: object) -> bool:
    return isinstance(one, Mapping) and bool(one) and all(isinstance(score, (int, float)) for score in one.values())


def _table(X: Any, labels: Sequence[str] | None) -> tuple[tuple[str, ...], NDArray[np.float32]] | None:
    """The labels and scores of a matrix or data frame; None where it is something else."""
    if hasattr(X, "columns") and hasattr(X, "to_numpy"):
        names = tuple(map(str, labels if labels is not None else X.columns))
        return _checked(names, X.to_numpy())
    if isinstance(X, np.ndarray) and X.dtype.kind in "fiu" and X.ndim == 2:  # noqa: PLR2004 - rows and columns
        if labels is None:
            raise InputError(f"X is a matrix of shape {X.shape} without names; give labels=, one for each column")
        return _checked(tuple(labels), X)
    return None


def _checked(labels: tuple[str, ...], matrix: NDArray[Any]) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    if matrix.shape[1] != len(labels):
        raise InputError(f"X has {matrix.shape[1]} columns; there are {len(labels)} labels")
    try:
        return labels, np.asarray(matrix, np.float32)
    except (TypeError, ValueError) as error:
        raise InputError(f"X holds something that is no number ({error}); give scores") from error


def _only(items: Items, modality: str | None) -> Items:
    """The items with one modality."""
    if modality is None:
        if len(items.blocks) > 1:
            raise InputError(f"the items have scores of {', '.join(items.blocks)}; say which by modality=")
        return items
    if modality not in items.blocks and items.blocks and "scores" not in items.blocks:
        raise InputError(f"the items have scores of {', '.join(items.blocks)}, and none of {modality}")
    kept = {modality: items.blocks[modality]} if modality in items.blocks else {}
    return Items(names=items.names, blocks=kept, texts=items.texts, extras=items.extras)

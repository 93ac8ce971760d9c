"""What the vectorizers share: modalities and labels as they were in training, and the features of items with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from leed.calibration import get_calibration
from leed.describer import Describer
from leed.embed import Embedder, get_embedder
from leed.embed.memory import Remembering
from leed.errors import InputError, OptionError, one_of
from leed.fusion import features as made
from leed.fusion.items import Block, Items
from leed.fusion.sentences import described
from leed.fusion.wording import SCALE, Wording, wording_of
from leed.schema.recording import Recording
from leed.schema.tracks import Track

KINDS: Mapping[str, str] = {
    "raw": "raw",
    "leed": "concat_embeddings",
    **made.FUSIONS,
    "leed-frames": "frames",
    "frames-text": "frames_text",
    "text": "text",
    "extras": "extras",
}
"""The features that there are, by the names they go by; several are joined by a plus."""

FITTED = "fit"
"""As a calibration: what is usual in the training rows."""


class Vectorizer(TransformerMixin, BaseEstimator):
    """What both vectorizers have in common; a subclass says what X may be."""

    features: str
    embedder: str | Embedder
    describer: Any
    calibration: Any
    transcript: bool
    pools: Sequence[str]
    _loaded: Embedder | None

    def _items(self, X: Any) -> Items:
        raise NotImplementedError

    def fit(self, X: Any, y: ArrayLike | None = None) -> Any:  # noqa: ARG002 - as scikit-learn has it
        """Learn which modalities and labels there are, and what is usual, from these items alone.

        Parameters
        ----------
        X : items of length n_samples
            See the class.
        y : None
            Not used.

        Returns
        -------
        self : object
            The same, fitted.
        """
        self._fit(self._items(X))
        return self

    def fit_transform(self, X: Any, y: ArrayLike | None = None, **_: Any) -> Any:
        """Fit, and return the features of the same items.

        Parameters
        ----------
        X : items of length n_samples
            See the class.
        y : None
            Not used.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features)
            What ``transform`` gives.
        """
        items = self._items(X)
        return self.fit(items, y).transform(items)

    def transform(self, X: Any) -> Any:
        """Return the features of items.

        Parameters
        ----------
        X : items of length n_samples
            See the class.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features)
            float32, without NaN; in a data frame where ``set_output`` says so.
        """
        check_is_fitted(self)
        return self._made(self._aligned(self._items(X))).matrix

    def sentences(self, X: Any) -> dict[str, list[str]]:
        """Return, by modality, the sentence of each item that is embedded.

        Parameters
        ----------
        X : items of length n_samples
            See the class.

        Returns
        -------
        sentences : dict of str to list of str
            n_samples sentences for each modality.
        """
        check_is_fitted(self)
        items = self._aligned(self._items(X))
        return described(items, tuple(self.layout_), self._wording(), transcript=self.transcript)

    def step_vectors(self, X: Any) -> list[NDArray[np.float32]]:
        """Return, for each item, the vectors of its steps' sentences, modality beside modality: (n_steps, d x m).

        A modality with fewer steps is stretched over the others' (each of its steps counts for those nearest in
        order); one that lacks has the sentence for that.

        Parameters
        ----------
        X : items of length n_samples
            See the class.

        Returns
        -------
        vectors : list of ndarray of shape (n_steps, n_features)
            One for each item.
        """
        check_is_fitted(self)
        return made.step_vectors(self._aligned(self._items(X)), self._embedder(), describer=self._wording())

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:  # noqa: ARG002 - as is
        """Return the names of the columns: "face.Joy", "face.present", "face.leed.17", "leed.3", ...

        Parameters
        ----------
        input_features : None
            Not used.

        Returns
        -------
        names : ndarray of shape (n_features,)
            Text.
        """
        check_is_fitted(self)
        return np.array(self.names_, dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.dict = True
        tags.input_tags.allow_nan = True
        tags.no_validation = True
        return tags

    def __getstate__(self) -> dict[str, Any]:
        state: Any = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_loaded"}

    def aligned(self, X: Any) -> Items:
        """Return items with the modalities and labels that were there to fit.

        Parameters
        ----------
        X : items of length n_samples
            See the class.

        Returns
        -------
        items : Items of length n_samples
            Some of them give the same features as they do among all.
        """
        check_is_fitted(self)
        return self._aligned(self._items(X))

    def remember(self) -> None:
        """Have no sentence embedded again that was embedded from now on; up to 64 MiB of vectors are kept."""
        if not isinstance(self._embedder(), Remembering):
            self._loaded = Remembering(self._embedder())

    # --- fitting

    def _fit(self, items: Items) -> None:
        kinds_of(self.features)
        if not len(items):
            raise InputError("there are no items; give one or more")
        if not items.blocks and "text" not in kinds_of(self.features):
            raise InputError("no item has a score; give items with scores of a face, a voice, bursts or words")
        self._loaded = None
        self.layout_ = {name: _layout(block) for name, block in items.blocks.items()}
        self.calibration_ = self._fitted_calibration(items)
        self.extras_ = {name: int(column.shape[1]) for name, column in items.extras.items()}
        self._fill(items)
        self.embedder_ = self.identity()
        self.names_ = list(self._made(self._aligned(items[:1])).names)

    def _fill(self, items: Items) -> None:
        """What stands in for numbers that are not there: the mean over the training items that have them."""
        present = {name: block.present for name, block in items.blocks.items()}
        self.indicated_ = [name for name, there in present.items() if not there.all()]
        self.fill_ = _column_means(made.raw_scores(items).matrix)
        self.fill_extras_ = {name: _column_means(column) for name, column in items.extras.items()}

    def _fitted_calibration(self, items: Items) -> str | None:
        """What is usual in these items, as JSON; None where it is not asked for."""
        if self.calibration != FITTED:
            return None
        from leed.calibration.fit import Fit  # noqa: PLC0415 - only then

        fit = Fit()
        for block in items.blocks.values():
            fit.add(Recording((_as_track(block, self._about(block)),)))
        return fit.calibration("fitted", source=f"{len(items)} training items").to_json().decode()

    def _about(self, block: Block) -> dict[str, Any]:
        return wording_of(_worded(self.describer, None)).about(block)

    # --- features

    def _wording(self) -> Wording:
        if self.calibration_ is not None:
            import json  # noqa: PLC0415 - only then

            return _worded(self.describer, get_calibration(json.loads(self.calibration_)))
        return _worded(self.describer, self.calibration)

    def _embedder(self) -> Embedder:
        """The embedder, made once; it is no part of a copy or a pickle."""
        loaded: Embedder | None = getattr(self, "_loaded", None)
        if loaded is None:
            loaded = self._loaded = get_embedder(self.embedder)
        return loaded

    @property
    def fingerprint(self) -> str:
        """What decided on the sentences, with the calibration that was fitted."""
        check_is_fitted(self)
        return self._wording().fingerprint

    def identity(self) -> dict[str, str] | None:
        """Return the embedder's name and version here and now; None where no feature needs one."""
        if not set(kinds_of(self.features)) - {"raw", "extras"}:
            return None
        embedder = self._embedder()
        return {"name": embedder.name, "version": embedder.version}

    def _aligned(self, items: Items) -> Items:
        """The items with the modalities and labels that were there to fit."""
        if set(kinds_of(self.features)) - {"text", "extras"}:
            _check_modalities(tuple(self.layout_), items)
        blocks = {name: _fitting(name, layout, items) for name, layout in self.layout_.items()}
        extras = {}
        for name, width in self.extras_.items():
            column = items.extras.get(name)
            if column is not None and column.shape[1] != width:
                raise InputError(f"{name} has {column.shape[1]} numbers; the model was fitted on {width}")
            extras[name] = np.full((len(items), width), np.nan, np.float32) if column is None else column
        return Items(names=items.names, blocks=blocks, texts=items.texts, extras=extras)

    def _made(self, items: Items) -> made.Features:
        parts = [self._kind(kind, items) for kind in kinds_of(self.features)]
        found = parts[0]
        for part in parts[1:]:
            found = found.beside(part)
        return found

    def _kind(self, kind: str, items: Items) -> made.Features:
        if kind == "raw":
            return self._raw(items)
        if kind == "extras":
            return self._extras(items)
        if kind == "text":
            return made.transcripts(items, self._embedder())
        wording, embedder = self._wording(), self._embedder()
        if kind == "frames":
            return made.step_embeddings(items, embedder, describer=wording, pools=self.pools)
        if kind == "frames_text":
            return made.step_text(items, embedder, describer=wording)
        by = made.concat_text if kind == "concat_text" else made.concat_embeddings
        return by(items, embedder, describer=wording, transcript=self.transcript)

    def _raw(self, items: Items) -> made.Features:
        raw = made.raw_scores(items)
        filled = np.where(np.isnan(raw.matrix), self.fill_, raw.matrix)
        flags = [items.blocks[name].present for name in self.indicated_]
        there = np.stack(flags, axis=1) if flags else np.zeros((len(items), 0))
        names = tuple(f"{name}.present" for name in self.indicated_)
        return made.Features(np.hstack((filled, there)).astype(np.float32), raw.names + names)

    def _extras(self, items: Items) -> made.Features:
        if not self.extras_:
            raise InputError("nothing came beside the scores, such as a vendor's embedding; choose other features")
        found = made.extras(items)
        fill = np.concatenate([self.fill_extras_[name] for name in items.extras])
        return made.Features(np.where(np.isnan(found.matrix), fill, found.matrix), found.names)


def kinds_of(features: str) -> list[str]:
    """Return the kinds of features that a name says, in its order.

    >>> kinds_of("raw+early")
    ['raw', 'concat_embeddings']

    Raises:
        OptionError: there are none of that name.
    """
    kinds = []
    for name in str(features).split("+"):
        if name.strip() not in KINDS:
            raise one_of("features", name.strip(), tuple(KINDS))
        kinds.append(KINDS[name.strip()])
    if len(set(kinds)) < len(kinds):
        raise OptionError(f"features {features!r} has one of them twice")
    return kinds


def _worded(describer: Any, calibration: Any) -> Wording:
    if isinstance(describer, Mapping):
        options: dict[str, Any] = {"scale": SCALE, **describer}
        describer = Describer(**options)
        wording = Wording(describer)
    else:
        wording = wording_of(describer)
    if calibration is None or calibration == FITTED:
        return wording
    return Wording(wording.describer.replace(calibration=calibration), amounts=wording.amounts)


def _layout(block: Block) -> dict[str, Any]:
    return {
        "modality": block.modality,
        "labels": list(block.labels),
        "quantity": block.quantity,
        "exclusive": block.exclusive,
        "taxonomy": block.taxonomy,
    }


def _fitting(name: str, layout: Mapping[str, Any], items: Items) -> Block:
    """An item block as it was when the model was fitted; empty where the items lack the modality."""
    labels, about = tuple(layout["labels"]), {key: value for key, value in layout.items() if key != "labels"}
    block = items.blocks.get(name)
    if block is None:
        none = np.zeros((0, len(labels)), np.float32)
        return Block(labels=labels, matrix=none, starts=np.zeros(len(items) + 1, np.int64), **about)
    if not {*block.labels} & {*labels} and block.present.any():
        raise InputError(
            f"{name}: none of the labels {_few(block.labels)} was there when the model was fitted, "
            f"which knows {_few(labels)}; give scores of the same model"
        )
    if (block.quantity, block.exclusive) != (layout["quantity"], layout["exclusive"]) and block.present.any():
        raise InputError(
            f"{name}: the numbers are {_kind(block.quantity, one=block.exclusive)}; the model was fitted on "
            f"{_kind(layout['quantity'], one=layout['exclusive'])}; give scores of the same model"
        )
    aligned = block.with_labels(labels)
    return Block(labels=labels, matrix=aligned.matrix, starts=aligned.starts, **about)


def _check_modalities(known: Sequence[str], items: Items) -> None:
    """Refuse items that have scores, but none of a modality that was there to fit: all of them would look alike."""
    there = [name for name, block in items.blocks.items() if block.present.any()]
    if there and known and not {*there} & {*known}:
        raise InputError(
            f"the scores are of {_modalities(there)}; the model was fitted on {_modalities(known)}: give scores of "
            "that, or say by modality= (--modality) what they are of"
        )


def _modalities(names: Sequence[str]) -> str:
    return ", ".join("no named modality" if name == "scores" else name for name in names)


def _kind(quantity: str, *, one: bool) -> str:
    return f"{quantity} of one class" if one else quantity


def _few(labels: Sequence[str]) -> str:
    most = 4
    return ", ".join(labels[:most]) + (", ..." if len(labels) > most else "")


def _column_means(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """(d,) the mean of what is there, in an order of its own; 0 where nothing is."""
    ordered = np.sort(matrix.astype(np.float64), axis=0)  # NaN last
    counts = (~np.isnan(ordered)).sum(axis=0)
    return np.asarray(np.nansum(ordered, axis=0) / np.maximum(counts, 1), np.float32)


def _as_track(block: Block, about: Mapping[str, Any]) -> Track:
    return Track(labels=block.labels, matrix=block.matrix, **about)

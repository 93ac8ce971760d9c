"""What a model says of items: a row for each, and what it makes nothing of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from leed.classifiers.saving import SavedModel
from leed.classifiers.vectorizers import kinds_of
from leed.fusion.items import Items

_SHOWN = 5


def predicted_rows(saved: SavedModel, items: Items) -> Iterator[dict[str, Any]]:
    """Yield a row for each item: its label, and `p.LABEL` for each label of the model; of a regression, its number."""
    labels = saved.estimator.predict(items).tolist()
    if not hasattr(saved.estimator, "predict_proba"):
        for name, number in zip(items.names, labels, strict=True):
            yield {"item": name, "number": round(number, 6)}
        return
    told = saved.estimator.predict_proba(items)
    classes = saved.estimator.classes_.tolist()
    for name, label, row in zip(items.names, labels, told.tolist(), strict=True):
        yield {"item": name, "label": label} | {f"p.{c}": round(p, 6) for c, p in zip(classes, row, strict=True)}


def oddities(saved: SavedModel, items: Items) -> Iterator[str]:
    """Yield what of the items the model makes nothing of, a sentence each."""
    if not {*kinds_of(saved.about["features"])} - {"text", "extras"}:
        return  # it makes nothing of any scores
    known = saved.about["modalities"]
    there = {name: block.present for name, block in items.blocks.items()}
    for name, column in there.items():
        if name not in known and column.any():
            yield f"{name}: {int(column.sum())} items have scores of it, which the model was not fitted on; left out"
    scored = [there[name] for name in known if name in there]
    names = [items.names[place] for place in np.flatnonzero(~np.any(scored, axis=0))] if scored else []
    if names:
        more = ", ..." if names[_SHOWN:] else ""
        yield (
            f"{len(names)} items have no scores of {', '.join(known)}, so that what they get means little: "
            f"{', '.join(names[:_SHOWN])}{more}"
        )

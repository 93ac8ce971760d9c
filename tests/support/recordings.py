"""Recordings of any kind, for property tests."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from leed.schema import Issue, Recording, Track

floats32 = st.floats(width=32, allow_infinity=False)
seconds = st.floats()
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
COLUMNS = ["float64", "float32", "float16", "int64", "uint8", "bool", "<U5"]


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    n, k = draw(st.integers(0, 4)), draw(st.integers(0, 3))
    labels = draw(st.lists(words, min_size=k, max_size=k, unique=True))
    extras = {}
    for name in draw(st.lists(words, max_size=3, unique=True)):
        kind = np.dtype(draw(st.sampled_from(COLUMNS)))
        shape = draw(st.sampled_from([(n,), (n, 2), (n, 2, 2)]))
        elements: Any = None
        if kind.kind == "f":
            elements = st.floats(width=kind.itemsize * 8)  # type: ignore[arg-type]
        elif kind.kind == "U":
            elements = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5)
        extras[name] = draw(npst.arrays(kind, shape, elements=elements))
    column = npst.arrays(np.float64, n, elements=seconds)
    texts = st.lists(st.one_of(st.none(), words), min_size=n, max_size=n).map(tuple)
    return Track(
        labels=tuple(labels),
        matrix=draw(npst.arrays(np.float32, (n, k), elements=floats32)),
        source=draw(st.one_of(st.none(), words)),
        channel=draw(st.one_of(st.none(), words)),
        modality=draw(st.sampled_from([None, "face", "prosody", "burst", "language"])),
        aspect=draw(st.sampled_from(["expression", "attribute", "sentiment"])),
        granularity=draw(st.sampled_from([None, "frame", "word"])),
        speaker=draw(st.one_of(st.none(), words)),
        taxonomy=draw(st.sampled_from([None, "hume-48", "mine"])),
        quantity=draw(st.sampled_from(["intensity", "probability", "bipolar"])),
        exclusive=draw(st.booleans()),
        begin=draw(column),
        end=draw(column),
        text=draw(st.one_of(st.none(), texts)),
        extras=extras,
    )


issues = st.builds(Issue, words, words, st.one_of(st.none(), words), st.one_of(st.none(), words))
recordings = st.builds(Recording, st.lists(tracks(), max_size=3).map(tuple), st.lists(issues, max_size=2).map(tuple))

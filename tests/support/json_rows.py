"""Rows of JSON of any shape, with something odd in some of them, and that both ways to read them agree."""

import io
import random
from typing import Any

import leed
from leed import LeedError
from leed.readers import content

KEYS = ("begin", "end_ms", "speaker", "text", "file", "confidence", "modality", "channel", "granularity", "clip", "age")
LABELS = ("Joy", "Fear", "Awe", "valence", "happy", "zest", "Brow Raise", "AU12", "joy", "Anger %", "name", "score")
ODD: tuple[Any, ...] = (
    *(None, 0, 1, 1.4, 1.6, 85, -0.25, 1e39, -1e39, 10**30, True, "0.5", "LIKELY", "x", " ", [], {}, [1], {"Joy": 0.5}),
    *("unknown", "assistant", "voice", "frame", "1:30", "\ud800"),
)


def outcome(data: bytes, *, large: int) -> Any:
    """The recording, or the error, where rows are read some at a time from so many bytes on."""
    before, content.LARGE = content.LARGE, large
    try:
        recording = leed.read(io.BytesIO(data))
    except LeedError as error:
        return type(error), str(error)
    finally:
        content.LARGE = before
    return [repr(track.labels) for track in recording.tracks], [list(t.extras) for t in recording.tracks], recording


def same(data: bytes) -> None:
    assert outcome(data, large=0) == outcome(data, large=1 << 40)


def usual(key: str, rng: random.Random) -> Any:
    """A value as it usually stands under a key."""
    match key:
        case "begin" | "end_ms" | "confidence":
            return rng.choice([round(rng.random(), 3), rng.randrange(5), None])
        case "text" | "clip":
            return rng.choice(["so", "}, {", "a b", "", None])
        case "modality":
            return rng.choice(["face", "voice", "odd"])
        case "speaker" | "file" | "channel" | "granularity":
            return rng.choice(["a", "b", "unknown", "assistant", "frame", 3, None])
        case "age":
            return 30
        case _:
            return rng.choice([round(rng.random(), 3), rng.random(), 0, 1, None if key != "zest" else 0.5])


def row_of(shape: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    return {key: row_of(inner, rng) if isinstance(inner, dict) else usual(key, rng) for key, inner in shape.items()}


def shape_from(rng: random.Random) -> dict[str, Any]:
    """Keys of a row: flat, or by modality."""
    labels = rng.sample(LABELS[:6], rng.randint(1, 4)) + rng.sample(LABELS[6:], rng.choice([0, 0, 0, 1]))
    said = rng.sample(KEYS, rng.randint(0, 4))
    below = {name: dict.fromkeys(rng.sample(labels, rng.randint(1, len(labels)))) for name in ("prosody", "face")}
    flat: dict[str, Any] = dict.fromkeys(labels)
    wrapped = {rng.choice(["scores", "emotions", "probability", "stuff"]): flat}
    scores: dict[str, Any] = rng.choice([flat, below, dict(list(below.items())[:1]), wrapped])
    made = {**dict.fromkeys(said), **scores}
    return dict(rng.sample(list(made.items()), len(made)))


def spoilt(rows: list[Any], rng: random.Random) -> list[Any]:
    """The rows with something odd in one of them, or keys in another order, or one more or less."""
    place = rng.randrange(len(rows))
    row = dict(rows[place])
    key = rng.choice(list(row))
    holder = row[key] = dict(row[key]) if isinstance(row[key], dict) else row[key]
    target, name = (holder, rng.choice(list(holder))) if isinstance(holder, dict) and holder else (row, key)
    match rng.randrange(4):
        case 0:
            del target[name]
        case 1:
            target[rng.choice([*KEYS, *LABELS])] = rng.choice(ODD)
        case 2:
            row = dict(reversed(row.items()))
        case _:
            target[name] = rng.choice(ODD)
    return [
        *rows[:place],
        rng.choice([row, row, row, None, 5, [], {}]) if rng.random() < 0.3 else row,
        *rows[place + 1 :],
    ]


def thinned(row: dict[str, Any], rng: random.Random, share: float) -> dict[str, Any]:
    """The row without some of its keys, or of those below modalities."""
    kept = {key: value for key, value in row.items() if rng.random() > share or isinstance(value, dict)}
    return {key: thinned(value, rng, share) if isinstance(value, dict) else value for key, value in kept.items()}


def worded(row: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """The row with scores as text, as a program writes them that shows them to people."""
    told = dict(row)
    for key, value in row.items():
        if isinstance(value, dict):
            told[key] = worded(value, rng)
        elif key in LABELS and isinstance(value, float):
            told[key] = rng.choice([f"{100 * value:.0f}%", f"{100 * value:.1f} %", str(value), value])
        elif key in LABELS and rng.random() < 0.1:
            told[key] = rng.choice(["", "UNKNOWN", "POSSIBLE", "high", "1e999", "85", "0x"])
    return told

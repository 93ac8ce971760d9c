"""Hume v0 batch predictions written by hand, in the shape that the API gave them, odd variants included.

>>> batch(file("a.mp4", face=model(group("face_0", face(Joy=0.84)))))[0]["source"]
{'type': 'file', 'filename': 'a.mp4', 'content_type': None, 'md5sum': '0'}
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import leed
from leed.errors import DamagedInputError

Plain = dict[str, Any]

LABELS_48 = [
    *("Admiration", "Adoration", "Aesthetic Appreciation", "Amusement", "Anger", "Anxiety", "Awe", "Awkwardness"),
    *("Boredom", "Calmness", "Concentration", "Confusion", "Contemplation", "Contempt", "Contentment", "Craving"),
    *("Desire", "Determination", "Disappointment", "Disgust", "Distress", "Doubt", "Ecstasy", "Embarrassment"),
    *("Empathic Pain", "Entrancement", "Envy", "Excitement", "Fear", "Guilt", "Horror", "Interest", "Joy"),
    *("Love", "Nostalgia", "Pain", "Pride", "Realization", "Relief", "Romance", "Sadness", "Satisfaction"),
    *("Shame", "Surprise (negative)", "Surprise (positive)", "Sympathy", "Tiredness", "Triumph"),
]
"""What the models of face, prosody and burst scored, in the order of the JSON."""
LABELS_53 = sorted([*LABELS_48, "Annoyance", "Disapproval", "Enthusiasm", "Gratitude", "Sarcasm"])
"""What the model of language scored."""


def scores(
    strong: dict[str, float] | None = None, labels: list[str] = LABELS_48, usual: float = 0.03125
) -> list[Plain]:
    """A list of names and scores: all labels at a low value that float32 holds exactly, but those given."""
    values = dict.fromkeys(labels, usual) | (strong or {})
    return [{"name": name, "score": score} for name, score in values.items()]


def face(time: float | None = 0.0, **strong: float) -> Plain:
    """An instant of a face."""
    return {
        "frame": int(3 * (time or 0)),
        "time": time,
        "prob": 0.9921875,
        "box": {"x": 262.5, "y": 104.25, "w": 261.5, "h": 341.75},
        "emotions": scores(strong),
        "facs": None,
        "descriptions": None,
    }


def prosody(begin: float | None = 0.0, end: float | None = 1.0, text: str | None = "hello", **strong: float) -> Plain:
    """A stretch of a voice."""
    return {
        "text": text,
        "time": {"begin": begin, "end": end},
        "confidence": None,
        "speaker_confidence": None,
        "emotions": scores(strong),
    }


def burst(begin: float, end: float, descriptions: dict[str, float], **strong: float) -> Plain:
    """A laugh, sigh or the like."""
    named = [{"name": name, "score": score} for name, score in descriptions.items()]
    return {"time": {"begin": begin, "end": end}, "emotions": scores(strong), "descriptions": named}


def language(text: str, time: Plain | None = None, at: int = 0, **strong: float) -> Plain:
    """Some words; the API gave null for times of typed text."""
    return {
        "text": text,
        "position": {"begin": at, "end": at + len(text)},
        "time": time,
        "confidence": 0.875,
        "speaker_confidence": None,
        "emotions": scores(strong, LABELS_53),
        "sentiment": None,
        "toxicity": None,
    }


def group(name: str, *items: Plain) -> Plain:
    """The items of one face or speaker."""
    return {"id": name, "predictions": list(items)}


def model(*groups: Plain, metadata: Plain | None = None) -> Plain:
    """What one model found."""
    return {"metadata": metadata, "grouped_predictions": list(groups)}


def file(name: str, **models: Plain | None) -> Plain:
    """What all models found in one file."""
    return {"file": name, "file_type": "video", "models": models}


def source(given: Plain, *files: Plain, errors: list[Any] | None = None) -> Plain:
    """What was made of one thing that was sent in."""
    return {"source": given, "results": {"predictions": list(files), "errors": errors or []}, "error": None}


def batch(*files: Plain, name: str = "a.mp4") -> list[Any]:
    """The predictions of a job with one source."""
    return [source({"type": "file", "filename": name, "content_type": None, "md5sum": "0"}, *files)]


def conversation() -> list[Any]:
    """A job with all that the API gave, from three models, two faces, two speakers and two sources."""
    talk = file(
        "talk.mp4",
        face=model(
            group("face_0", face(0.0, Joy=0.84), face(0.334, Interest=0.55, Amusement=0.47), face(1, Calmness=0.9)),
            group("face_1", face(0.0, Sadness=0.5), face(None, Tiredness=0.66)),
        ),
        prosody=model(
            group("spk_0", prosody(0.5, 1.75, "I'm fine.", Sadness=0.34)),
            group("spk_1", prosody(2, 3.25, 'He said "go",\nthen left – naïve 😀', Anger=0.41)),
            metadata={"confidence": 0.99, "detected_language": "en"},
        ),
        language=model(
            group(
                "unknown",
                language("I'm fine. Really.", {"begin": 0.5, "end": 1.75}, Sarcasm=0.5),
                language("Then go.", None, 18, Annoyance=0.75),
            ),
            metadata={"confidence": 0.99, "detected_language": "en"},
        ),
    )
    laugh = file(
        "laugh.wav", burst=model(group("unknown", burst(0.25, 1.5, {"Laugh": 0.81, "Gasp": 0.1}, Amusement=0.58)))
    )
    return [
        *batch(talk, name="talk.mp4"),
        source({"type": "url", "url": "https://example.org/laugh.wav?X-Amz-Signature=abc#t=3"}, laugh),
    ]


def minified(plain: Any) -> bytes:
    """JSON as the API sent it."""
    return json.dumps(plain, separators=(",", ":"), ensure_ascii=False).encode()


def pretty(plain: Any) -> bytes:
    """JSON as people save it."""
    return json.dumps(plain, indent=4).encode()


def saved(plain: Any, folder: Path, name: str = "predictions.json") -> Path:
    """The path of a file that holds the plain data."""
    path = folder / name
    path.write_bytes(minified(plain))
    return path


def read(plain: Any) -> leed.Recording:
    """The recording of a batch, which has to be the same from bytes and from plain data."""
    recording = leed.read(minified(plain))
    assert leed.read(plain) == recording
    assert leed.read(pretty(plain)) == recording
    return recording


def smile(**more: Any) -> Plain:
    """An instant of a face that shows joy."""
    return face(0.0, Joy=0.84) | more


def one_file(**models: Any) -> list[Any]:
    """The batch of one file."""
    return batch(file("a.mp4", **models))


def wrongly_told(whole: bytes, places: Iterable[int], path: Path) -> list[tuple[int, bytes, str]]:
    """Of places where a file is cut off: those that the error does not name, with what is before and what it says."""
    wrong = []
    for place in sorted(places):
        path.write_bytes(whole[:place])
        try:
            leed.read(path)
        except DamagedInputError as error:
            if f"cut off at byte {place}" not in str(error):
                wrong.append((place, whole[:place][-20:], str(error)[-90:]))
        else:
            wrong.append((place, whole[:place][-20:], "no error"))
    return wrong

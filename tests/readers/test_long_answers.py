"""Answers of many formats, read as their long lists pass: the same recording as from all of them at once."""

import io
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed import LeedError
from leed.readers import content, long_lists, mapping
from tests.support.mangling import mangled

ODD: tuple[Any, ...] = (
    None,
    0,
    1,
    1.4,
    -0.25,
    85,
    1e39,
    10**30,
    True,
    "0.5",
    "x",
    "",
    [],
    {},
    [1],
    {"a": 1},
    float("nan"),
)
EKMAN = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


@pytest.fixture(autouse=True)
def _few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_lists, "_WINDOW", 256)
    monkeypatch.setattr(long_lists, "_LONGEST", 2000)
    monkeypatch.setattr(long_lists, "_LOOKS", (16, 256))
    monkeypatch.setattr(mapping, "_SMALL", 0)


def outcome(data: bytes, *, large: int, form: str | None) -> Any:
    """The recording, or the error, where long lists are not held from so many bytes on."""
    before, content.LARGE = content.LARGE, large
    try:
        recording = leed.read(io.BytesIO(data), format=form)
    except LeedError as error:
        return type(error), str(error)
    finally:
        content.LARGE = before
    return [repr(track.labels) for track in recording.tracks], [list(t.extras) for t in recording.tracks], recording


def same(data: bytes, form: str | None = None) -> Any:
    held = outcome(data, large=1 << 40, form=form)
    assert outcome(data, large=0, form=form) == held
    return held


def shares(labels: tuple[str, ...], rng: random.Random) -> dict[str, float]:
    weights = {label: rng.random() + 1e-9 for label in rng.sample(labels, len(labels))}
    return {label: weight / sum(weights.values()) for label, weight in weights.items()}


def pairs(rng: random.Random) -> list[dict[str, Any]]:
    told = shares(("neu", "hap", "ang", "sad"), rng)
    return [{"label": k, "score": v} for k, v in sorted(told.items(), key=lambda e: -e[1])[: rng.choice([4, 4, 4, 2])]]


def rekognition(rng: random.Random) -> dict[str, Any]:
    emotions = [{"Type": k.upper(), "Confidence": 100 * v} for k, v in shares(("happy", "sad", "calm"), rng).items()]
    box = {"Width": rng.random(), "Height": 0.5, "Left": 0.1, "Top": 0.1}
    face = {"BoundingBox": box, "Emotions": emotions, "Confidence": 99.5, "Gender": {"Value": rng.choice("MF")}}
    smile = {"Value": rng.random() < 0.5, "Confidence": rng.random() * 100}
    return {**face, "Smile": smile, "Pose": {"Roll": rng.random(), "Yaw": 0, "Pitch": -1.5}, "Landmarks": [{"X": 0.5}]}


def window(rng: random.Random) -> dict[str, Any]:
    n = rng.randrange(20)
    expressions = [{"name": name, "probability": rng.random()} for name in rng.sample(("joy", "awe", "fear"), 2)]
    return {
        "type": "measurement.result",
        "measurement_id": f"m{n}",
        "utterance_id": rng.choice([n, f"u{n}"]),
        "audio_start_ms": n * 500,
        "audio_end_ms": n * 500 + 1000,
        "trigger": rng.choice(["interval", "speech_ended"]),
        "expressions": expressions,
        "voice_attributes": [{"name": "husky", "probability": 0.8}],
    }


def evi(rng: random.Random) -> dict[str, Any]:
    speaker = rng.choice(["user", "assistant"])
    scores = {name: rng.random() for name in ("Joy", "Fear", "Awe")}
    return {
        "type": f"{speaker}_message",
        "id": f"m{rng.randrange(9)}",
        "message": {"role": speaker, "content": "so"},
        "models": {"prosody": {"scores": scores}} if rng.random() < 0.8 else {},
        "time": {"begin": 100, "end": 900},
        "from_text": False,
        "interim": False,
    }


def deepface(rng: random.Random) -> dict[str, Any]:
    emotion = {label: 100 * v for label, v in shares(EKMAN, rng).items()}
    region = {"x": rng.randrange(9), "y": 2, "w": 3, "h": 4}
    return {"emotion": emotion, "dominant_emotion": "happy", "region": region, "face_confidence": 0.9, "age": 31}


def behavioral(rng: random.Random) -> dict[str, Any]:
    n = rng.randrange(30)
    task, labels = rng.choice(
        [("emotion", ("happy", "sad")), ("positivity", ("positive", "negative")), ("asr", ("hi",))]
    )
    prediction = [{"label": k, "posterior": f"{v:.4f}"} for k, v in shares(labels, rng).items()]
    level = rng.choice(["utterance", "utterance", "segment"])
    row = {"id": str(n), "startTime": f"{n}.5", "endTime": f"{n + 1}.0", "task": task, "prediction": prediction}
    return {**row, "finalLabel": labels[0], "level": level, "embedding": rng.choice([None, "[0.5, 1.0]"])}


def phonexia(rng: random.Random) -> dict[str, Any]:
    names = ("HAPPY", "NEUTRAL", "SAD", "ANGRY")[: rng.choice([4, 4, 3])]
    scores = [{"emotion": k, "probability": v} for k, v in shares(names, rng).items()]
    return {"channel_number": rng.randrange(60), "speech_length": 43.5, "scores": rng.choice([scores, scores, []])}


def phonexia_task(rng: random.Random) -> dict[str, Any]:
    task = {"task_id": f"t{rng.randrange(9)}", "state": rng.choice(["done", "done", "failed"])}
    channels = [phonexia(rng) for _ in range(rng.randrange(3))]
    return {"task": task, "result": {"channels": channels}} if task["state"] == "done" else {"task": task}


def beyond_verbal(rng: random.Random) -> dict[str, Any]:
    n = rng.randrange(30)
    told = {
        key: {"Value": f"{rng.uniform(0, 100):.2f}", "Group": rng.choice(["low", "neutral", "ambiguous"])}
        for key in ("Temper", "Valence", "Arousal")
    }
    other = {"Mood": {"Id": rng.choice([7, "8", "", "none"]), "Phrase": rng.choice(["Sadness", "Warmth", ""])}}
    analysis = told | rng.choice([{}, other, other, {"AudioQuality": {"Value": rng.choice([0.5, "0.50", "poor"])}}])
    return {"offset": n * 1000, "duration": 1000, "analysis": analysis}


def beyond_verbal_answer(rng: random.Random) -> dict[str, Any]:
    segments = [beyond_verbal(rng) for _ in range(rng.randrange(3))]
    result = {"duration": "34310.50", "sessionStatus": rng.choice(["Done", "Processing"]), "analysisSegments": segments}
    return {"status": "success", "recordingId": rng.randrange(9), "result": result}


def hsemotion_pair(rng: random.Random) -> list[Any]:
    names = ("Anger", "Contempt", "Disgust", "Fear", "Happiness", "Neutral", "Sadness", "Surprise")
    row = [rng.uniform(-3, 5) for _ in names]
    return [names[row.index(max(row))], row]


FORMATS: dict[str, Callable[[random.Random], Any]] = {
    "huggingface": pairs,
    "huggingface of top labels": lambda rng: pairs(rng)[0],
    "huggingface with fields": lambda rng: {"file": rng.choice(["a.wav", "b.wav"]), "start": 0.5, "preds": pairs(rng)},
    "rekognition": lambda rng: {"Timestamp": rng.randrange(9000), "Face": rekognition(rng)},
    "rekognition of pictures": lambda rng: {"FaceDetails": [rekognition(rng) for _ in range(rng.randrange(3))]},
    "deepface": deepface,
    "fer": lambda rng: {"box": [1, 2, 3, 4], "emotions": shares(EKMAN, rng)},
    "hsemotion": lambda rng: {
        name: rng.uniform(-3, 5)
        for name in ("Anger", "Contempt", "Disgust", "Fear", "Happiness", "Neutral", "Sadness", "Surprise")
    },
    "hsemotion of pairs": hsemotion_pair,
    "google-vision": lambda rng: {
        "faceAnnotations": [
            {f"{label}Likelihood": rng.choice(["LIKELY", "VERY_UNLIKELY", 3]) for label in ("joy", "sorrow", "anger")}
        ]
    },
    "emotion2vec": lambda rng: {
        "key": rng.choice("ab"),
        "labels": ["生气/angry", "开心/happy", "难过/sad", "<unk>"],
        "scores": list(shares(("1", "2", "3", "4"), rng).values()),
    },
    "sensevoice": lambda rng: {
        "key": "a",
        "text": rng.choice(["<|en|><|HAPPY|><|Speech|><|woitn|>so", "<|en|><|SAD|>"]),
    },
    "hume-v1": window,
    "hume-evi": evi,
    "behavioral-signals": behavioral,
    "phonexia": phonexia,
    "phonexia of tasks": phonexia_task,
    "beyond-verbal": beyond_verbal,
    "beyond-verbal of several": beyond_verbal_answer,
    "mapping": lambda rng: {"begin": 0.5, "data": {"Joy": rng.random(), "Fear": 0.5}},
    "mapping by modality": lambda rng: {"models": {"prosody": {"scores": {"Joy": rng.random()}}, "face": {"Awe": 0.5}}},
    "mapping of labels": lambda rng: {"time": rng.randrange(9), "label": rng.choice(["Joy", "Awe"]), "score": 0.5},
}
"""By name, what makes an entry of a list."""

AROUND: dict[str, dict[str, Any]] = {
    "rekognition": {"JobStatus": "SUCCEEDED", "Faces": []},
    "google-vision": {"responses": []},
    "behavioral-signals": {"pid": 7, "cid": 1, "code": 2, "message": "Processing Complete", "results": []},
    "hume-v1": {"request_id": "r", "utterances": [], "measurements": []},
    "deepface": {"results": []},
    "phonexia": {"task": {"task_id": "t", "state": "done"}, "result": {"channels": []}},
    "beyond-verbal": {"status": "success", "result": {"sessionStatus": "Done", "analysisSegments": []}},
    "hume-evi": {"call": {"messages": []}},
}
"""Mappings with an empty list for the entries."""


def around(entries: list[Any], frame: dict[str, Any]) -> dict[str, Any]:
    made = dict(frame)
    key = list(made)[-1]
    made[key] = around(entries, made[key]) if isinstance(made[key], dict) else entries
    return made


def spoilt(value: Any, rng: random.Random) -> Any:
    """The value with something odd in it."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(list(value))
        return {**value, key: spoilt(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.8:
        place = rng.randrange(len(value))
        return [*value[:place], spoilt(value[place], rng), *value[place + 1 :]]
    return rng.choice(ODD)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
@pytest.mark.parametrize("name", FORMATS)
def test_what_is_read_as_it_passes_is_what_is_read_at_once(name: str, seed: int) -> None:
    rng = random.Random(seed)
    entries = [FORMATS[name](rng) for _ in range(rng.choice([5, 60]))]
    for _ in range(rng.choice([0, 0, 1, 2])):
        entries = [spoilt(entry, rng) if rng.random() < 0.05 else entry for entry in entries]
    whole = rng.choice([entries, around(entries, AROUND.get(name, {"data": []}))])
    told = json.dumps(whole)
    if rng.random() < 0.3:
        told = "\n".join(map(json.dumps, entries)) + "\n"
    data = told.encode()
    same(mangled(data, seed) if rng.random() < 0.2 else data, rng.choice([None, None, name.split(maxsplit=1)[0]]))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_columns_under_their_labels_are_read_as_they_pass(seed: int) -> None:
    rng = random.Random(seed)
    count = rng.choice([2, 80])
    columns: dict[str, Any] = {name: [rng.random() for _ in range(count)] for name in ("Joy", "Fear", "begin")}
    columns = spoilt(columns, rng) if rng.random() < 0.5 else columns
    same(json.dumps(rng.choice([columns, {"data": columns}])).encode(), rng.choice([None, "mapping"]))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_labels_and_arrays_of_one_answer_are_read_as_they_pass(seed: int) -> None:
    rng = random.Random(seed)
    made = [hsemotion_pair(rng) for _ in range(rng.choice([2, 60]))]
    faces = [[label for label, _ in made], [row for _, row in made]]
    frames = [list(shares(("1", "2", "3", "4"), rng).values()) for _ in range(rng.choice([2, 60]))]
    voice = {"key": "a", "labels": ["生气/angry", "开心/happy", "难过/sad", "<unk>"], "scores": frames}
    if rng.random() < 0.5:
        voice["feats"] = [[0.5, rng.random()] for _ in range(rng.choice([len(frames), 3]))]
    for plain, form in ((faces, "hsemotion"), ([voice], "emotion2vec")):
        told = json.dumps(spoilt(plain, rng) if rng.random() < 0.3 else plain)
        same(told.encode(), rng.choice([None, form]))


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_document_is_read_as_its_scores_pass(seed: int) -> None:
    rng = random.Random(seed)
    rows = [
        {"begin": i / 3, "text": rng.choice(["so", None]), **shares(EKMAN, rng)} for i in range(rng.choice([3, 60]))
    ]
    document = leed.read([*rows, {"modality": "face", "Joy": 0.5, "Awe": None}] * rng.choice([1, 3])).to_dict()
    if rng.random() < 0.5:
        track = rng.choice(document["tracks"])
        track["scores"] = [spoilt(row, rng) if rng.random() < 0.1 else row for row in track["scores"]]
    document = spoilt(document, rng) if rng.random() < 0.3 else document
    data = json.dumps(document).encode()
    same(mangled(data, seed) if rng.random() < 0.2 else data, "leed")

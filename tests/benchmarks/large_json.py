"""Parts of large files of JSON, as vendors and programs write them: entries of one format, repeated."""

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any

_ENTRIES = 1000
_MS = 333  # between frames, at three a second


def hugging_face(size: int) -> Iterator[bytes]:
    """A list of answers of a classifier of voices, for each clip its four classes, the likeliest first."""
    answer = [{"label": k, "score": v} for k, v in zip(("neu", "hap", "ang", "sad"), (0.5, 0.3, 0.1, 0.1), strict=True)]
    return _listed(b"[", [answer] * _ENTRIES, b"]", size)


def rekognition(size: int) -> Iterator[bytes]:
    """The faces of a video."""
    names = ("HAPPY", "SAD", "ANGRY", "CONFUSED", "DISGUSTED", "SURPRISED", "CALM", "UNKNOWN", "FEAR")
    numbers = (50.5, 20.1, 5.2, 4.0, 3.0, 2.0, 1.0, 1.1, 2.1)
    emotions = [{"Type": k, "Confidence": v} for k, v in zip(names, numbers, strict=True)]
    box = {"Width": 0.1, "Height": 0.2, "Left": 0.3, "Top": 0.4}
    face = {"BoundingBox": box, "Emotions": emotions, "Confidence": 99.9}
    entries = [{"Timestamp": i * _MS, "Face": face} for i in range(_ENTRIES)]
    return _listed(b'{"JobStatus":"SUCCEEDED","Faces":[', entries, b"]}", size)


def hume_v1(size: int) -> Iterator[bytes]:
    """The log of a realtime session of Hume v1, as JSON lines: three windows for each utterance."""
    scores = [{"name": "joy", "probability": 0.71}, {"name": "amusement", "probability": 0.5}]
    voice = [{"name": "husky", "probability": 0.8}]
    told: dict[str, Any] = {"trigger": "interval", "expressions": scores, "voice_attributes": voice}
    for i in itertools.count():
        time = {"audio_start_ms": i * 500, "audio_end_ms": i * 500 + 2000}
        line = {"type": "measurement.result", "measurement_id": i, "utterance_id": i // 3, **time, **told}
        part = json.dumps(line).encode() + b"\n"
        size -= len(part)
        if size < 0:
            return
        yield part


def evi(rows: Sequence[dict[str, float]], size: int) -> Iterator[bytes]:
    """The log of a chat with Hume EVI, as JSON lines, without audio; the rows are scores of the user's voice."""
    yield b'{"type": "chat_metadata", "chat_id": "x", "chat_group_id": "y"}\n'
    part = b"".join(json.dumps(_message(i, row)).encode() + b"\n" for i, row in enumerate(rows))
    yield from itertools.repeat(part, size // len(part))


def _message(number: int, scores: dict[str, float]) -> dict[str, Any]:
    return {
        "type": "user_message",
        "message": {"role": "user", "content": f"so {number}"},
        "models": {"prosody": {"scores": scores}},
        "time": {"begin": number * 1000, "end": number * 1000 + 900},
        "from_text": False,
        "interim": False,
    }


def worded(rows: Sequence[dict[str, float]], size: int) -> Iterator[bytes]:
    """A list of rows whose scores are text, such as 80.5%."""
    told = [{name: f"{100 * score:.1f}%" for name, score in row.items()} for row in rows]
    return _listed(b"[", [{"begin": i / 3, **row} for i, row in enumerate(told)], b"]", size)


def emotion2vec(size: int) -> Iterator[bytes]:
    """One long clip, with a row of nine scores for each frame."""
    labels = ("angry", "disgusted", "fearful", "happy", "neutral", "other", "sad", "surprised", "<unk>")
    before = json.dumps([{"key": "clip_1", "labels": labels}]).encode()[:-2]
    row = [0.61, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.04]
    return _listed(before + b',"scores":[', [row] * _ENTRIES, b"]}]", size)


def behavioral_signals(size: int) -> Iterator[bytes]:
    """The results of a process: for each stretch a row for each of ten tasks, as real ones have."""
    tasks = {
        "asr": ("so it goes",),
        "diarization": ("SPEAKER_00",),
        "language": ("en",),
        "gender": ("female", "male"),
        "emotion": ("happy", "sad", "angry", "neutral"),
        "positivity": ("positive", "neutral", "negative"),
        "strength": ("weak", "neutral", "strong"),
        "speaking_rate": ("very slow", "slow", "normal", "fast", "very fast"),
        "hesitation": ("yes", "no"),
        "engagement": ("engaged", "neutral", "withdrawn"),
    }
    entries = []
    for task, labels in tasks.items():
        prediction = [{"label": label, "posterior": f"{1 / len(labels):.4f}"} for label in labels]
        entries.append({"task": task, "prediction": prediction, "finalLabel": labels[0], "level": "utterance"})
    yield b'{"pid":1,"cid":1,"code":2,"message":"Processing Complete","results":['
    for i in itertools.count():
        time = {"id": str(i), "startTime": f"{2 * i}.5", "endTime": f"{2 * i + 2}.0", "embedding": None}
        part = b",".join(json.dumps({**time, **entry}).encode() for entry in entries)
        size -= len(part)
        if size < 0:
            break
        yield (b"," if i else b"") + part
    yield b"]}"


def beyond_verbal(size: int) -> Iterator[bytes]:
    """The segments of one long recording, with moods and groups beside each dimension."""
    group = {"Primary": {"Id": 7, "Phrase": "Sadness, Sorrow"}, "Secondary": {"Id": 3, "Phrase": "Loneliness"}}
    analysis: dict[str, Any] = {"Gender": {"Group": "male"}, "Mood": {"Group11": group}}
    for key, value in {"Temper": "18.36", "Valence": "43.27", "Arousal": "1.83"}.items():
        analysis[key] = {"Value": value, "Group": "low", "Summary": {"Mean": value, "Mode": "low", "ModePct": "60"}}
    entries = [{"offset": i * 5000, "duration": 10_000, "analysis": analysis} for i in range(_ENTRIES)]
    return _listed(b'{"result":{"sessionStatus":"Done","analysisSegments":[', entries, b"]}}", size)


def wrapped(rows: Sequence[dict[str, float]], size: int) -> Iterator[bytes]:
    """A list of rows below wrappers, with something else beside it."""
    told = [{"begin": i / 3, **row} for i, row in enumerate(rows)]
    return _listed(b'{"meta":{"job":7},"results":{"rows":[', told, b"]}}", size)


def columns(rows: Sequence[dict[str, float]], size: int) -> Iterator[bytes]:
    """A list for each column, as pandas' ``to_dict("list")`` has them."""
    one = {name: json.dumps([row[name] for row in rows])[1:-1].encode() for name in rows[0]}
    times = size // sum(map(len, one.values()))
    yield b'{"begin":[' + b",".join(b"%.3f" % (i / 3) for i in range(len(rows) * times))
    for name, part in one.items():
        yield b"],%b:[" % json.dumps(name).encode() + b", ".join([part] * times)
    yield b"]}"


def split(rows: Sequence[dict[str, float]], size: int) -> Iterator[bytes]:
    """Rows of cells below the names of the columns, as pandas' ``to_json(orient="split")`` writes them."""
    told = [[i / 3, *row.values()] for i, row in enumerate(rows)]
    part = b",".join(json.dumps(row).encode() for row in told)
    times = size // len(part)
    index = b",".join(b"%d" % i for i in range(len(rows) * times))
    names = json.dumps(["begin", *rows[0]]).encode()
    yield b'{"columns":%b,"index":[%b],"data":[' % (names, index)
    yield from itertools.chain([part], itertools.repeat(b"," + part, times - 1))
    yield b"]}"


def dimensions(size: int) -> Iterator[bytes]:
    """Rows of audEERING's dimensions, below a wrapper in each."""
    scores = {"arousal": 0.546, "dominance": 0.6062, "valence": 0.4047}
    return _listed(b"[", [{"begin": i / 3, "scores": scores} for i in range(_ENTRIES)], b"]", size)


def _listed(before: bytes, entries: Sequence[Any], behind: bytes, size: int) -> Iterator[bytes]:
    """A list of the entries, as often as they go into so many bytes."""
    part = b",".join(json.dumps(entry).encode() for entry in entries)
    yield before + part
    yield from itertools.repeat(b"," + part, max(0, size // len(part) - 1))
    yield behind

"""One literal sample of every format that leed reads, whose reader it has to be told by."""

import io
from typing import Any

from pyarrow import parquet

import leed
from leed.batch.parquet import writer
from leed.schema.batches import batches_of
from tests.support import answers, hume, hume_csv

EVI: Any = [
    {"type": "chat_metadata", "chat_id": "470a", "chat_group_id": "9fc1", "request_id": "7a"},
    {
        "type": "user_message",
        "message": {"role": "user", "content": "Hey."},
        "from_text": False,
        "interim": False,
        "models": {"prosody": {"scores": {"Joy": 0.84, "Fear": 0.02}}},
        "time": {"begin": 1200, "end": 2580},
    },
]
V1: Any = {
    "request_id": "q",
    "run_id": "r",
    "received": {"audio_duration_ms": 9120},
    "utterances": [{"utterance_id": 0, "audio_start_ms": 480, "audio_end_ms": 4210}],
    "measurements": [
        {
            "measurement_id": 0,
            "utterance_id": 0,
            "audio_start_ms": 480,
            "audio_end_ms": 4210,
            "trigger": "speech_ended",
            "expressions": [{"name": "amusement", "probability": 0.7124}],
            "voice_attributes": [{"name": "husky", "probability": 0.81}],
        }
    ],
}
STREAMING: Any = {
    "payload_id": "p1",
    "face": {"predictions": [hume.face(None, Joy=0.84) | {"face_id": "face_0"}]},
    "prosody": {"warning": "No speech detected.", "code": "W0105"},
}
BEHAVIORAL: Any = {
    "pid": 7,
    "cid": 1,
    "code": 2,
    "message": "Processing Complete",
    "results": [
        {
            "id": "0",
            "startTime": "4.227",
            "endTime": "16.707",
            "task": "emotion",
            "level": "utterance",
            "prediction": [{"label": "sad", "posterior": "0.75"}, {"label": "neutral", "posterior": "0.25"}],
            "finalLabel": "sad",
            "embedding": None,
        }
    ],
}
PHONEXIA: Any = {
    "task": {"task_id": "123e4567", "state": "done"},
    "result": {
        "channels": [
            {
                "channel_number": 0,
                "speech_length": 43.59,
                "scores": [{"emotion": "HAPPY", "probability": 0.75}, {"emotion": "SAD", "probability": 0.25}],
            }
        ]
    },
}
BEYOND: Any = {
    "status": "success",
    "recordingId": "77cc249c",
    "result": {
        "sessionStatus": "Done",
        "analysisSegments": [
            {
                "offset": 2936,
                "duration": 21870,
                "analysis": {
                    "Valence": {"Value": "43.27", "Group": "neutral"},
                    "Arousal": {"Value": "1.83", "Group": "low"},
                },
            }
        ],
    },
}
MAPPING: Any = {"prosody": {"Sadness": 0.34}, "text": "I'm fine"}
TABLE = b"speaker,begin,Joy,Sadness\nBen,0,0.84,0.1\n"


def _parquet() -> bytes:
    sink = io.BytesIO()
    parquet.write_table(leed.read(MAPPING).to_table(), sink)
    return sink.getvalue()


def _part() -> bytes:
    sink = io.BytesIO()
    (batch,) = batches_of(leed.read({"face": {"Joy": 0.84, "Fear": 0.02}}))
    part = writer(sink, batch.schema)
    part.write_batch(batch)
    part.close()
    return sink.getvalue()


PLAIN: dict[str, Any] = {
    "leed": leed.read(MAPPING).to_dict(),
    "hume-evi": EVI,
    "hume-batch": hume.conversation(),
    "hume-v1": V1,
    "hume-streaming": STREAMING,
    "behavioral-signals": BEHAVIORAL,
    "phonexia": PHONEXIA,
    "beyond-verbal": BEYOND,
    "mapping": MAPPING,
    **answers.PLAIN,
}
"""By format: plain data."""

BYTES: dict[str, bytes] = {
    "leed-jsonl": b"".join(leed.read(MAPPING).to_json_lines()),
    "hume-csv": hume_csv.tables(hume.conversation()[0]["results"]["predictions"][0])["face"].encode(),
    "table": TABLE,
    "dataset": _part(),
    "parquet": _parquet(),
    "files": hume_csv.zipped({"a.json": hume.minified(MAPPING), "b.csv": TABLE}),
    **answers.TEXT,
}
"""By format: what is no JSON."""

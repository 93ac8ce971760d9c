"""Objects of Hume's real SDKs, and what people dump of them, are read as the answers that they came from."""

import json
from collections.abc import Callable
from importlib import import_module
from types import GenericAlias
from typing import Any

import pytest

import leed
from leed.errors import UnknownFormatError
from tests.support import hume
from tests.support.parts import shared

Plain = dict[str, Any]

SCORES = dict.fromkeys(hume.LABELS_48, 0.03125) | {"Joy": 0.84}
FACES = hume.batch(hume.file("a.mp4", face=hume.model(hume.group("face_0", hume.face(0.0, Joy=0.84)))))
TALK = hume.conversation()
TALK[0]["results"]["predictions"][0]["models"]["face"] = FACES[0]["results"]["predictions"][0]["models"]["face"]
MESSAGES: list[Plain] = [
    {
        "payload_id": "p1",
        "face": {
            "predictions": [
                {
                    "time": None,
                    "face_id": "face_0",
                    "bbox": {"x": 1, "y": 2, "w": 3, "h": 4},
                    "emotions": hume.scores({"Joy": 0.84}),
                }
            ]
        },
    },
    {"payload_id": "p2", "face": {"warning": "No faces detected.", "code": "W0105"}},
    {"error": "Invalid payload.", "code": "E0100", "payload_id": "p3"},
    {"warning": "No speech detected.", "code": "W0106"},
]
CHAT: list[Plain] = [
    {"type": "chat_metadata", "chat_id": "470a", "chat_group_id": "9fc1", "request_id": "7a"},
    {
        "type": "user_message",
        "message": {"role": "user", "content": "Hey."},
        "from_text": False,
        "interim": False,
        "models": {"prosody": {"scores": SCORES}},
        "time": {"begin": 1200, "end": 2580},
    },
    {
        "type": "assistant_message",
        "id": "c7a4",
        "message": {"role": "assistant", "content": "Hi!"},
        "from_text": False,
        "is_quick_response": False,
        "models": {"prosody": {"scores": SCORES}},
    },
]
EVENT = {
    "id": "5976",
    "chat_id": "470a",
    "timestamp": 1716244956278,
    "role": "USER",
    "type": "USER_MESSAGE",
    "message_text": "Hello.",
    "emotion_features": json.dumps(SCORES),
    "metadata": "",
}
PAGE = {
    "id": "470a",
    "chat_group_id": "9fc1",
    "status": "USER_ENDED",
    "start_timestamp": 1716244940648,
    "page_number": 0,
    "page_size": 10,
    "total_pages": 1,
    "pagination_direction": "ASC",
    "events_page": [EVENT],
}
WINDOW = {
    "measurement_id": 0,
    "utterance_id": 0,
    "audio_start_ms": 480,
    "audio_end_ms": 4210,
    "trigger": "speech_ended",
    "expressions": [{"name": "amusement", "probability": 0.7124}],
    "voice_attributes": [{"name": "clear", "probability": 0.81}],
}
FRAME = {
    "frame_id": 0,
    "faces": [
        {
            "face_id": 0,
            "bbox": [34.0, 20.5, 98.0, 110.0],
            "confidence": 0.9921875,
            "expressions": [{"name": "joy", "probability": 0.8312}],
            "descriptions": [{"name": "smile", "probability": 0.84}],
        },
        {"face_id": None, "bbox": [1, 2, 3, 4], "confidence": 0.75, "expressions": None, "descriptions": None},
    ],
}
AUDIO = {
    "request_id": "q",
    "run_id": "r",
    "received": {"audio_duration_ms": 9120},
    "utterances": [{"utterance_id": 0, "audio_start_ms": 480, "audio_end_ms": 4210}],
    "measurements": [WINDOW],
}
VIDEO = {"request_id": "q", "run_id": "r", "received": {"frames": 1}, "measurements": [FRAME]}
RESULT = {"type": "measurement.result"}
ERROR = {"type": "error", "code": "invalid_image", "message": "The frame is empty.", "retryable": True}

V0, V1 = "hume", "hume_expression_measurement"
BATCH = f"{V0}.expression_measurement.batch.types:InferenceSourcePredictResult"
STREAM = f"{V0}.expression_measurement.stream.stream.types:SubscribeEvent"
EVI = f"{V0}.empathic_voice.types"
ANSWERS = {
    "batch": (BATCH, TALK),
    "streaming": (STREAM, MESSAGES),
    "EVI messages": (f"{EVI}:SubscribeEvent", CHAT),
    "EVI events": (f"{EVI}:ReturnChatPagedEvents", [PAGE]),
    "v1 audio": (f"{V1}.types:AudioFileResponse", [AUDIO]),
    "v1 images": (f"{V1}.types:VideoFileResponse", [VIDEO]),
    "v1 realtime, audio": (f"{V1}.types:AudioMeasurementResult", [RESULT | WINDOW]),
    "v1 realtime, images": (f"{V1}.types:VideoMeasurementResult", [RESULT | FRAME]),
}
"""By answer: the type that the SDK makes of each entry of the list."""


def objects(name: str) -> list[Any]:
    """What the SDK makes of an answer."""
    place, plain = ANSWERS[name]
    module, _, kind = place.partition(":")
    package = module.partition(".")[0]
    parsed = import_module(f"{package}.core.pydantic_utilities").parse_obj_as
    made: list[Any] = parsed(GenericAlias(list, getattr(import_module(module), kind)), plain)
    return made


@pytest.mark.parametrize("name", ANSWERS)
def test_objects_are_read_as_the_answer(name: str) -> None:
    assert leed.read(objects(name)) == leed.read(ANSWERS[name][1])
    assert len(leed.read(objects(name))) > 0


DUMPS: dict[str, Callable[[list[Any]], Any]] = {
    "model_dump": lambda made: [each.model_dump() for each in made],
    "model_dump by alias": lambda made: [each.model_dump(by_alias=True) for each in made],
    "dict": lambda made: [each.dict() for each in made],
    "model_dump_json": lambda made: b"[" + b",".join(each.model_dump_json().encode() for each in made) + b"]",
    "lines of json": lambda made: "\n".join(each.json() for each in made).encode(),
}


@pytest.mark.parametrize("dump", DUMPS.values(), ids=DUMPS)
@pytest.mark.parametrize("name", ANSWERS)
def test_a_dump_is_read_as_the_answer(name: str, dump: Callable[[list[Any]], Any]) -> None:
    """But for nulls that it adds for models that were not run, which are said to be that."""
    recording = leed.read(dump(objects(name)))
    expected = leed.read(ANSWERS[name][1])
    assert recording.tracks == expected.tracks
    assert [issue for issue in recording.issues if issue.code != "not-run"] == list(expected.issues)


def test_null_for_a_model_says_that_it_was_not_run() -> None:
    """It is no model that detected nothing."""
    place = import_module(BATCH.partition(":")[0]).InferenceSourcePredictResult
    made = place.model_validate(FACES[0])
    recording = leed.read(made.model_dump())
    assert len(recording) == 1
    what = "null stands for burst, prosody, language, ner, facemesh: models that were not run, as a dump of Hume's SDK"
    assert [(i.code, i.message, i.source) for i in recording.issues] == [("not-run", f"{what} has them", "a.mp4")]


def test_a_message_of_nothing_but_nulls_says_so() -> None:
    plain = {"payload_id": "p", "job_details": None, "burst": None, "face": None, "language": None, "prosody": None}
    with pytest.raises(UnknownFormatError, match="without predictions \\(every model is null, so none was run\\)"):
        leed.read(plain)
    recording = leed.read([MESSAGES[0], plain])
    assert len(recording) == 1
    assert [(i.code, i.message) for i in recording.issues] == [
        ("no-segments", "every model is null, so none was run: message 1 (p)")
    ]


@pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")  # the SDK's own
def test_frames_and_errors_as_the_sdk_pairs_them_with_their_times() -> None:
    sender = import_module(f"{V1}.video_helpers.sender")
    types = import_module(f"{V1}.types")
    (result,) = objects("v1 realtime, images")
    error = types.Error.model_construct(**ERROR)
    replies = [
        sender.VideoResultReply(timestamp_ms=333.5, result=result),
        sender.VideoErrorReply(timestamp_ms=667.0, error=error),
    ]
    recording = leed.read(replies)
    assert recording.tracks[0].begin.tolist() == [0.3335]
    assert recording == leed.read(
        [
            {"timestamp_ms": 333.5, "result": RESULT | FRAME, "error": None},
            {"timestamp_ms": 667.0, "result": None, "error": ERROR},
        ]
    )


@pytest.mark.needs_data
def test_objects_of_a_real_file_are_read_as_it_is() -> None:
    module, _, kind = BATCH.partition(":")
    parsed = import_module("hume.core.pydantic_utilities").parse_obj_as
    data = json.loads(shared("hume/interreviewer/predictions.json").read_bytes())
    assert leed.read(parsed(GenericAlias(list, getattr(import_module(module), kind)), data)) == leed.read(data)

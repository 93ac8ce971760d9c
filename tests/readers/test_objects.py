"""Objects of vendors' SDKs as plain data: pydantic of both versions, dataclasses, attrs, named tuples; hostile ones."""

import warnings
from collections import namedtuple
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import SimpleNamespace
from typing import Any, ClassVar, Literal, NamedTuple
from unittest.mock import MagicMock

import pydantic
import pytest

import leed
from leed.errors import InputError
from leed.readers.objects import is_object, plain
from tests.support import hume

# --- doubles in the shape of the classes of hume 0.13.13, which are pydantic models that allow more fields


class Model(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow", frozen=True)


class EmotionScore(Model):
    name: str
    score: float


class Box(Model):
    x: float
    y: float
    w: float
    h: float


class FacePrediction(Model):
    frame: int
    time: float
    prob: float
    box: Box
    emotions: list[EmotionScore]
    facs: list[EmotionScore] | None = None
    descriptions: list[EmotionScore] | None = None


class FaceGroup(Model):
    id: str
    predictions: list[FacePrediction]


class FaceModel(Model):
    metadata: dict[str, Any] | None = None
    grouped_predictions: list[FaceGroup]


class Models(Model):
    face: FaceModel | None = None
    burst: FaceModel | None = None
    prosody: FaceModel | None = None


class Prediction(Model):
    file: str
    models: Models


class Results(Model):
    predictions: list[Prediction]
    errors: list[Any]


class Source(Model):
    type: Literal["file", "url", "text"]
    filename: str | None = None
    md_5_sum: str | None = pydantic.Field(None, alias="md5sum")


class SourceResult(Model):
    source: Source
    results: Results | None = None
    error: str | None = None


class StreamBox(Model):
    x: float | None = None
    y: float | None = None
    w: float | None = None
    h: float | None = None


class StreamFace(Model):
    time: float | None = None
    face_id: str | None = None
    bbox: StreamBox | None = None
    emotions: list[EmotionScore] | None = None


class StreamFaces(Model):
    predictions: list[StreamFace] | None = None


class StreamMessage(Model):
    payload_id: str | None = None
    face: StreamFaces | None = None
    burst: StreamFaces | None = None


def faces() -> list[Any]:
    found = hume.model(hume.group("face_0", hume.face(0.0, Joy=0.84), hume.face(0.5, Calmness=0.9)))
    return hume.batch(hume.file("a.mp4", face=found))


def message() -> dict[str, Any]:
    item = {"time": None, "face_id": "face_0", "bbox": {"x": 1, "y": 2, "w": 3, "h": 4}, "emotions": hume.scores()}
    return {"payload_id": "p1", "face": {"predictions": [item]}}


def test_batch_predictions_as_objects_are_those_as_json() -> None:
    """What the answer did not hold is no model that detected nothing."""
    data = faces()
    objects = [SourceResult.model_validate(entry) for entry in data]
    expected = leed.read(data)
    assert expected.issues == ()
    assert leed.read(objects) == expected
    assert leed.read(objects[0]) == expected
    assert leed.read(tuple(objects)) == expected
    assert leed.read({"app": {"answer": objects}}) == expected
    assert objects[0].results is not None
    assert leed.read(objects[0].results) == expected
    assert leed.read(objects[0].results.predictions[0]) == expected


def test_a_source_that_failed_is_reported() -> None:
    entry = {"source": {"type": "file", "filename": "b.mp4", "md5sum": "0"}, "results": None, "error": "corrupt"}
    recording = leed.read([SourceResult.model_validate(entry)])
    assert [(i.code, i.source) for i in recording.issues] == [("source-failed", "b.mp4")]


def test_streaming_messages_as_objects_are_those_as_json() -> None:
    data = [message(), {"payload_id": "p2", "face": {"warning": "No faces detected.", "code": "W0105"}}]
    objects = [StreamMessage.model_validate(entry) for entry in data]
    recording = leed.read(objects)
    assert recording == leed.read(data)
    assert [i.code for i in recording.issues] == ["nothing-detected"]
    assert leed.read(objects[0]) == leed.read(data[0])


# --- each kind


Pair = namedtuple("Pair", "label score")  # noqa: PYI024 - untyped ones are met too


class Typed(NamedTuple):
    label: str
    score: float


@dataclass
class Data:
    label: str
    score: float


class AttrsField(SimpleNamespace):
    name: str


class Attrs:
    """A double of an attrs class."""

    __attrs_attrs__ = (AttrsField(name="label"), AttrsField(name="score"))
    label, score = "happy", 0.9


class OneField(SimpleNamespace):
    pass


class PydanticOne:
    """A double of a model of pydantic 1."""

    __fields__: ClassVar = {"label": OneField(), "score": OneField()}

    def dict(self, *, by_alias: bool, exclude_unset: bool) -> Mapping[str, Any]:
        assert by_alias
        assert exclude_unset
        return {"label": "happy", "score": 0.9}


class Bare:
    """A model whose model_dump takes no options."""

    def model_dump(self) -> Mapping[str, Any]:
        return {"label": "happy", "score": 0.9}


@pytest.mark.parametrize(
    "given",
    [Pair("happy", 0.9), Typed("happy", 0.9), Data("happy", 0.9), Attrs(), PydanticOne(), Bare()],
    ids=lambda given: type(given).__name__,
)
def test_each_kind_of_object_becomes_a_mapping(given: Any) -> None:
    assert is_object(given)
    made = plain({"scores": [given]})["scores"][0]
    assert (made["label"], made["score"]) == ("happy", 0.9)
    assert [str(d) for d in leed.describe_all(leed.read([given]))] == [
        str(d) for d in leed.describe_all(leed.read([{"label": "happy", "score": 0.9}]))
    ]


def test_pydantics_own_version_1_is_read() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns on newer Pythons
        from pydantic import v1  # noqa: PLC0415 - as above

    class One(v1.BaseModel):
        label: str
        score: float
        more: str | None = None

    assert plain(One(label="happy", score=0.9)) == {"label": "happy", "score": 0.9}


def test_what_is_plain_stays_the_same_object() -> None:
    """Nothing is copied that need not be."""
    data = [{"a": [1, {"b": None}], "c": ("x", 2.5)}]
    assert plain(data) is data
    mixed = {"plain": data, "object": Pair("happy", 0.9)}
    assert plain(mixed)["plain"] is data


def test_enums_are_their_values_and_other_things_stay() -> None:
    class Mood(Enum):
        HAPPY = "happy"

    thing = object()
    assert plain([Mood.HAPPY, thing]) == ["happy", thing]


def test_classes_themselves_are_no_objects() -> None:
    assert not is_object(Model)
    assert not is_object(Data)
    assert plain([Model]) == [Model]


# --- hostile ones


class Raises:
    def model_dump(self) -> Any:
        raise KeyboardError


class KeyboardError(Exception):
    pass


class Itself:
    def model_dump(self) -> Any:
        return {"again": self}


class Endless:
    def model_dump(self) -> Any:
        return {"next": Endless()}


class Same:
    def model_dump(self) -> Any:
        return self


@dataclass
class Ring:
    next: Any = None


class Lies:
    __dataclass_fields__: ClassVar = {"missing": None}


def ring() -> Ring:
    given = Ring()
    given.next = [given]
    return given


def loop() -> dict[str, Any]:
    given: dict[str, Any] = {"a": []}
    given["a"] += [given] * 100
    return given


def cyclic_model() -> Any:
    inner: list[Any] = []
    inner.append(inner)
    return Model.model_construct(items=inner)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (Raises(), "the Raises given cannot be taken apart: KeyboardError"),
        (Itself(), "the Itself given: is nested too deeply to be a recording of scores, or holds itself"),
        (Endless(), "is nested too deeply"),
        (Same(), "the Same given gives Same, not its fields by name"),
        (ring(), "or holds itself"),
        (loop(), "or holds itself"),
        (Lies(), "the Lies given cannot be taken apart: AttributeError"),
        (cyclic_model(), "is nested too deeply|cannot be taken apart"),
        ([MagicMock()], "holds no scores"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_object_that_cannot_be_taken_apart_is_a_clear_error(given: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        leed.read(given)
    assert len(str(raised.value)) < 500


def test_one_object_in_many_places_is_taken_apart_once() -> None:
    class Counts:
        times = 0

        def model_dump(self) -> dict[str, Any]:
            Counts.times += 1
            return {"label": "happy", "score": 0.9}

    one = Counts()
    assert len(plain([one] * 1000)) == 1000
    assert Counts.times == 1

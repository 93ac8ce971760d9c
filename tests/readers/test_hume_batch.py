"""Hume v0 batch predictions: every variant that real files show, read and described."""

import json
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leed
from leed.readers import hume_batch
from tests.support import hume, told
from tests.support.hume import one_file, read, smile
from tests.support.parts import shared_files

REAL = shared_files(
    "hume/calhacks23/*.json",
    "hume/interreviewer/predictions.json",
    "hume/ongaku/predictions.json",
    "hume/wilfordwoodruff/words.json",
    "hume/twilio-vintel/predictions-language.json",
)
PUBLISHED = (0.26, 0.35, 0.44, 0.53, 0.62, 0.71)
ADVERBS = ("slightly", "somewhat", "moderately", "quite", "very", "extremely")

said = partial(told.said, calibration="none")


# --- what is read


def test_a_conversation_becomes_a_track_for_each_file_model_and_speaker() -> None:
    """Sources stand in the order of the input, segments by begin; what has no time keeps its place."""
    recording = read(hume.conversation())
    assert [(t.source, t.modality, t.granularity, t.speaker, len(t)) for t in recording.tracks] == [
        ("talk.mp4", "face", "frame", "face_0", 3),
        ("talk.mp4", "face", "frame", "face_1", 2),
        ("talk.mp4", "prosody", "utterance", "spk_0", 1),
        ("talk.mp4", "prosody", "utterance", "spk_1", 1),
        ("talk.mp4", "language", "utterance", None, 2),
        ("laugh.wav", "burst", "utterance", None, 1),
        ("laugh.wav", "burst", "utterance", None, 1),
    ]
    assert [t.aspect for t in recording.tracks] == ["expression"] * 6 + ["description"]
    assert recording.issues == ()
    assert [(s.begin, s.speaker or s.modality) for s in recording.segments()] == [
        (0.0, "face_0"),
        (0.0, "face_1"),
        (None, "face_1"),
        (0.334, "face_0"),
        (0.5, "spk_0"),
        (0.5, "language"),
        (None, "language"),
        (1.0, "face_0"),
        (2.0, "spk_1"),
        (0.25, "burst"),
        (0.25, "burst"),
    ]


def test_a_conversation_is_described_sentence_by_sentence() -> None:
    assert said(read(hume.conversation()))[:9] == [
        "They look extremely joyful.",
        "They look moderately sad.",
        "They look very tired.",
        "They look quite interested and moderately amused.",
        'They said "I\'m fine." and sound quite sad.',
        'Their words "I\'m fine. Really." read as moderately sarcastic.',
        'Their words "Then go." read as extremely annoyed.',
        "They look extremely calm.",
        "They said \"He said 'go', then left – naïve 😀\" and sound very angry.",
    ]


def test_times_positions_boxes_and_confidences_are_kept() -> None:
    """Seconds, characters and pixels stand beside the scores."""
    recording = read(hume.conversation())
    face = recording.tracks[0]
    np.testing.assert_array_equal(face.begin, [0.0, 0.334, 1.0])
    np.testing.assert_array_equal(face.end, face.begin)
    np.testing.assert_array_equal(face.extras["frame"], [0, 1, 3])
    np.testing.assert_array_equal(face.extras["confidence"], [0.9921875] * 3)
    np.testing.assert_array_equal(face.extras["box"], [[262.5, 104.25, 261.5, 341.75]] * 3)
    voice = recording.tracks[2].segment(0)
    assert (voice.begin, voice.end, voice.text) == (0.5, 1.75, "I'm fine.")
    assert voice.extras["detected_language"] == "en"
    words = recording.tracks[4]
    np.testing.assert_array_equal(words.extras["position"], [[0, 17], [18, 26]])
    np.testing.assert_array_equal(words.extras["confidence"], [0.875, 0.875])


def test_every_score_stands_under_its_label() -> None:
    track = read(one_file(face=hume.model(hume.group("face_0", smile()))))
    assert track.tracks[0].labels == tuple(hume.LABELS_48)
    assert track.tracks[0].row(0) == dict.fromkeys(hume.LABELS_48, 0.03125) | {"Joy": 0.84}


def test_a_shuffled_order_of_labels_changes_nothing() -> None:
    """Labels are matched by name, never by position, from one item to the next too."""
    items = [smile(), hume.face(1.0, Fear=0.6), hume.face(2.0, Desire=0.5, Satisfaction=0.4)]
    straight = read(one_file(face=hume.model(hume.group("face_0", *items))))
    shuffled = json.loads(json.dumps(items))
    for seed, item in enumerate(shuffled):
        random.Random(seed).shuffle(item["emotions"])
    assert read(one_file(face=hume.model(hume.group("face_0", *shuffled)))) == straight


@pytest.mark.parametrize(
    "wrap",
    [
        lambda b: b[0],
        lambda b: b,
        lambda b: {"predictions": b},
        lambda b: {"predictions": b[0]},
        lambda b: {"data": {"predictions": b}},
        lambda b: {"status": "ok", "payload": {"hume": {"predictions": b}}},
        lambda b: [[b]],
        lambda b: {"job_id": "b1b9", "status": "COMPLETED", "predictions": b},
        lambda b: [{"id": 1, "body": b}],
    ],
    ids=["dict", "list", "1 level", "1 level, dict", "2 levels", "3 levels", "lists", "webhook", "list of dicts"],
)
def test_predictions_are_found_however_an_application_wrapped_them(wrap: Callable[[Any], Any]) -> None:
    assert read(wrap(hume.conversation()[:1])) == read(hume.conversation()[:1])


def test_what_only_has_files_or_models_is_read_too() -> None:
    """Applications keep the inner objects alone."""
    inner = hume.conversation()[0]["results"]["predictions"]
    assert said(read(inner)) == said(read(hume.conversation()[:1]))
    assert said(read(inner[0])) == said(read(hume.conversation()[:1]))
    assert said(read({"face": inner[0]["models"]["face"]})) == [
        "They look extremely joyful.",
        "They look moderately sad.",
        "They look very tired.",
        "They look quite interested and moderately amused.",
        "They look extremely calm.",
    ]


@pytest.mark.parametrize("missing", ["metadata", "file_type", "errors", "error", "facs", "descriptions", "prob", "box"])
def test_a_missing_key_is_no_fault(missing: str) -> None:
    plain = one_file(face=hume.model(hume.group("face_0", smile())))
    file = plain[0]["results"]["predictions"][0]
    for holder in (plain[0], plain[0]["results"], file, file["models"]["face"], _item(plain)):
        holder.pop(missing, None)
    recording = read(plain)
    assert said(recording) == ["They look extremely joyful."]
    assert recording.issues == ()


def _item(plain: Any) -> Any:
    return plain[0]["results"]["predictions"][0]["models"]["face"]["grouped_predictions"][0]["predictions"][0]


def test_unknown_keys_are_passed_over() -> None:
    plain = one_file(face=hume.model(hume.group("face_0", smile(mood={"a": [1, {"b": None}]}, embedding=[0.1] * 9))))
    for holder in (plain[0], plain[0]["results"], plain[0]["results"]["predictions"][0], _item(plain)["emotions"][0]):
        holder["new_in_2027"] = {"predictions": [1, 2], "x": "}]"}
    assert said(read(plain)) == ["They look extremely joyful."]


@pytest.mark.parametrize(("time", "begin"), [(None, None), (3, 3.0), (0.25, 0.25), (0, 0.0)])
def test_a_face_has_a_time_in_whole_seconds_in_parts_or_none(time: float | None, begin: float | None) -> None:
    segment = read(one_file(face=hume.model(hume.group("face_0", hume.face(time, Joy=0.84))))).segments()[0]
    assert (segment.begin, segment.end) == (begin, begin)


@pytest.mark.parametrize(
    ("time", "span"),
    [
        ({"begin": 3, "end": 4}, (3.0, 4.0)),
        ({"begin": 0.5, "end": None}, (0.5, None)),
        ({"begin": None, "end": None}, (None, None)),
        (None, (None, None)),
    ],
)
def test_words_have_a_span_of_time_or_none(time: Any, span: tuple[float | None, float | None]) -> None:
    segment = read(one_file(language=hume.model(hume.group("unknown", hume.language("no", time))))).segments()[0]
    assert (segment.begin, segment.end) == span


@pytest.mark.parametrize(
    ("given", "speaker"),
    [("unknown", None), ("face_0", "face_0"), ("spk_1", "spk_1"), (None, None), ("", None), (7, "7"), ("Anna", "Anna")],
)
def test_the_group_says_who_it_is(given: Any, speaker: str | None) -> None:
    recording = read(one_file(face=hume.model({"id": given, "predictions": [smile()]})))
    assert recording.tracks[0].speaker == speaker


def test_a_url_loses_its_query_which_may_be_a_signature() -> None:
    """Nothing of a signed URL but its place reaches the recording, descriptions or issues."""
    url = "https://user@bucket.example.org/a%20b/clip.mp4?X-Amz-Signature=SECRET&X-Amz-Expires=900#t=SECRET"
    plain = [
        hume.source({"type": "url", "url": url}, {"models": {"face": hume.model(hume.group("face_0", smile()))}}),
        {"source": {"type": "url", "url": url}, "results": None, "error": "cannot fetch"},
    ]
    recording = read(plain)
    assert recording.sources == ("https://user@bucket.example.org/a%20b/clip.mp4",)
    shown = [d.to_dict() for d in leed.describe_all(recording)]
    assert "SECRET" not in recording.to_json().decode() + str(shown) + str(recording.issues)


def test_a_message_of_an_error_loses_signed_queries_too() -> None:
    """The API's messages repeat the URL that could not be fetched."""
    message = "cannot fetch https://example.org/a.mp4?X-Amz-Signature=SECRET: 403"
    plain = [{"source": {"type": "url", "url": "https://example.org/a.mp4"}, "results": None, "error": message}]
    assert "SECRET" not in str(read(plain).issues)


def test_two_sources_with_the_same_file_name_stay_apart() -> None:
    models = {"face": hume.model(hume.group("face_0", smile()))}
    plain = [
        *hume.batch(hume.file("clip.mp4", **models), name="clip.mp4"),
        *hume.batch(hume.file("clip.mp4", **models), name="clip.mp4"),
        hume.source({"type": "url", "url": "https://example.org/x.zip?sig=1"}, hume.file("clip.mp4", **models)),
    ]
    recording = read(plain)
    assert len(set(recording.sources)) == 3
    assert recording.sources[0] == "clip.mp4"
    assert recording.sources[2] == "https://example.org/x.zip/clip.mp4"
    assert [len(track) for track in recording.tracks] == [1, 1, 1]


def test_text_sources_have_no_name() -> None:
    plain = [
        hume.source({"type": "text"}, {"models": {"language": hume.model(hume.group("unknown", hume.language("no")))}})
    ]
    recording = leed.read(plain)
    assert recording.sources == (None,)
    assert said(recording) == ['Their words "no" read as neutral.']


def test_words_are_told_from_utterances() -> None:
    """Predictions do not say how long their stretches are: where each text is one word, they are words."""
    words = [hume.language(word, None, at) for at, word in enumerate(["My", "journal", "for", "1877"])]
    recording = read(one_file(language=hume.model(hume.group("unknown", *words))))
    assert recording.tracks[0].granularity == "word"


# --- aspects


def test_each_list_of_scores_is_an_aspect() -> None:
    """Action units, descriptions, sentiment and toxicity stand in tracks of their own beside the expressions."""
    seen = smile(
        facs=[{"name": "AU12 Lip Corner Puller", "score": 0.875}, {"name": "AU6 Cheek Raise", "score": 0.5}],
        descriptions=[{"name": "Smile", "score": 0.75}, {"name": "Cry", "score": 0.125}],
    )
    read_as = hume.language("you idiot", Anger=0.7) | {
        "sentiment": [{"name": str(i), "score": 0.5 if i in (1, 2) else 0.0} for i in range(1, 10)],
        "toxicity": [{"name": "insult", "score": 0.875}, {"name": "threat", "score": 0.0625}],
    }
    plain = one_file(face=hume.model(hume.group("face_0", seen)), language=hume.model(hume.group("unknown", read_as)))
    recording = read(plain)
    tracks = {(t.modality, t.aspect): t for t in recording.tracks}
    assert list(tracks) == [
        ("face", "expression"),
        ("face", "action_unit"),
        ("face", "description"),
        ("language", "expression"),
        ("language", "sentiment"),
        ("language", "toxicity"),
    ]
    assert set(tracks["face", "action_unit"].row(0).values()) == {0.875, 0.5}
    assert tracks["face", "description"].row(0) == {"Smile": 0.75, "Cry": 0.125}
    assert tracks["language", "sentiment"].row(0)["1"] == 0.5
    assert set(tracks["language", "toxicity"].row(0).values()) == {0.875, 0.0625}
    assert all(sentence and "\n" not in sentence for sentence in said(recording))


def test_an_aspect_of_some_items_only_has_their_rows_only() -> None:
    with_units = hume.face(1.0, Joy=0.5) | {"facs": [{"name": "AU12 Lip Corner Puller", "score": 0.875}]}
    recording = read(one_file(face=hume.model(hume.group("face_0", smile(), with_units, hume.face(2.0)))))
    assert [(t.aspect, t.begin.tolist()) for t in recording.tracks] == [
        ("expression", [0.0, 1.0, 2.0]),
        ("action_unit", [1.0]),
    ]


def test_a_burst_says_what_was_heard() -> None:
    plain = one_file(burst=hume.model(hume.group("unknown", hume.burst(0.25, 1.5, {"Laugh": 0.81, "Gasp": 0.1}))))
    assert [d.sentence for d in leed.describe_all(read(plain)) if d.aspect == "description"] == ["They laughed."]


# --- real files


@pytest.mark.parametrize("path", REAL)
def test_a_real_file_gives_a_sentence_for_every_segment_in_order(path: Path) -> None:
    recording = leed.read(path)
    descriptions = list(leed.describe_all(recording))
    assert len(descriptions) == len(recording) == len(recording.segments())
    assert all(str(d).endswith((".", '"')) and len(str(d)) > 10 and "\n" not in str(d) for d in descriptions)
    places = {source: i for i, source in enumerate(recording.sources)}
    assert [places[d.source] for d in descriptions] == sorted(places[d.source] for d in descriptions)
    for source in places:
        begins = [d.begin for d in descriptions if d.source == source and d.begin is not None]
        assert begins == sorted(begins)


@pytest.mark.parametrize("path", REAL)
def test_a_real_file_is_the_same_typed_plain_pretty_and_minified(path: Path) -> None:
    """The fast path and the lenient one, and all ways to lay out the JSON, give equal recordings."""
    plain = json.loads(path.read_bytes())
    recording = leed.read(path)
    assert leed.read(plain) == recording
    assert leed.read(hume.minified(plain)) == recording
    assert leed.read(hume.pretty(plain)) == recording
    assert leed.read({"response": {"body": plain}}) == recording


@pytest.mark.parametrize("path", REAL)
def test_hume_2023_equals_a_mapping_by_label_name_on_every_segment(path: Path) -> None:
    """Published bounds for every modality, all labels above the floor, the strongest first; neutral below."""
    wanted = sorted(_mapped(json.loads(path.read_bytes())), key=repr)
    found = []
    for d in leed.describe_all(leed.read(path), scale="hume-2023"):
        if d.aspect == "expression":
            found.append((d.modality, d.begin, d.text, [(t.label, t.adverb) for t in d.terms]))
            assert ("neutral" in str(d)) == (not d.terms), str(d)
    assert sorted(found, key=repr) == wanted


def _mapped(plain: Any) -> list[Any]:
    """(modality, begin, text, [(label, adverb), ...]) of every item, straight from the JSON."""
    mapped = []
    for one in plain if isinstance(plain, list) else [plain]:
        for file in one["results"]["predictions"]:
            for name, found in file["models"].items():
                for item in (item for each in found["grouped_predictions"] for item in each["predictions"]):
                    time = item.get("time")
                    begin = time["begin"] if isinstance(time, dict) else time
                    mapped.append((name, begin, item.get("text"), _terms(item["emotions"])))
    return mapped


def _terms(emotions: list[dict[str, Any]]) -> list[tuple[str, str]]:
    steps = [(np.float32(bound), adverb) for bound, adverb in zip(PUBLISHED, ADVERBS, strict=True)]
    ranked = sorted(emotions, key=lambda e: (-np.float32(e["score"]), e["name"]))
    named = []
    for entry in ranked:
        reached = [adverb for bound, adverb in steps if np.float32(entry["score"]) >= bound]
        if reached:
            named.append((entry["name"], reached[-1]))
    return named


@pytest.mark.parametrize("path", shared_files("hume/ongaku/predictions.json"))
def test_124_files_with_nothing_in_them_are_124_issues(path: Path) -> None:
    recording = leed.read(path)
    assert len(recording) == 0
    assert [i.code for i in recording.issues] == ["nothing-detected"] * 124
    assert len({i.source for i in recording.issues}) == 124


def test_the_formats_line_is_true() -> None:
    assert (hume_batch.reader.name, hume_batch.reader.holds) == ("hume-batch", "intensity")

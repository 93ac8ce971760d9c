"""Named entities of Hume v0, and columns of words."""

import json
from typing import Any

import numpy as np
import pytest

import leed
from leed.readers.hume_decoding import gather
from leed.readers.hume_items import Group, words
from tests.support import hume


def entity(name: Any = "Utah", **more: Any) -> dict[str, Any]:
    return {
        "entity": name,
        "position": {"begin": 0, "end": 4},
        "entity_confidence": 0.5,
        "support": 12,
        "uri": "http://dbpedia.org/resource/Utah",
        "link_word": "Utah",
        "time": None,
        "confidence": None,
        "speaker_confidence": None,
        "emotions": hume.scores({"Pride": 0.5}),
        **more,
    }


def job(*entities: Any) -> list[Any]:
    return hume.batch(hume.file("a.txt", ner=hume.model(hume.group("unknown", *entities))))


def test_a_named_entity_is_the_text_and_the_rest_is_kept() -> None:
    recording = leed.read(hume.minified(job(entity(), entity("Salt Lake City", support=None))))
    assert leed.read(job(entity(), entity("Salt Lake City", support=None))) == recording
    (track,) = recording.tracks
    assert (track.modality, track.granularity, track.text) == ("language", "word", ("Utah", "Salt Lake City"))
    assert track.segment(0).extras == {
        "position": [0, 4],
        "entity": "Utah",
        "entity_confidence": 0.5,
        "support": 12.0,
        "uri": "http://dbpedia.org/resource/Utah",
        "link_word": "Utah",
    }
    assert np.isnan(track.extras["support"][1])
    assert [str(d) for d in leed.describe_all(recording)] == [
        'Their words "Utah" read as moderately proud.',
        'Their words "Salt Lake City" read as moderately proud.',
    ]
    assert leed.read(recording.to_json()) == recording


@pytest.mark.parametrize(
    "wrap", [lambda b: {"data": {"hume": b}}, lambda b: {"a": {"b": [{"c": b[0]}]}}, lambda b: b[0]]
)
def test_named_entities_are_found_at_any_depth(wrap: Any) -> None:
    assert leed.read(hume.minified(wrap(job(entity())))) == leed.read(job(entity()))


def test_a_streamed_file_has_the_entities_too() -> None:
    """Large files are read in windows."""
    many = job(*(entity(f"Utah {i}") for i in range(200)))
    data = hume.minified(many)
    assert len(data) > 1 << 17
    assert leed.read(data) == leed.read(many)
    assert leed.read(data).tracks[0].text[199] == "Utah 199"  # type: ignore[index] # there is text


def test_odd_entities_are_read_leniently() -> None:
    odd = [entity(7, support="12", uri=["x"]), entity(None), entity("x" * 1000)]
    recording = leed.read(json.dumps(job(*odd)).encode())
    assert recording == leed.read(job(*odd))
    (track,) = recording.tracks
    assert track.text == ("7", None, "x" * 1000)
    assert track.extras["support"].tolist() == [12.0, 12.0, 12.0]
    assert track.extras["entity"].tolist() == ["7", "", "x" * 256]


def test_other_items_have_no_columns_of_entities() -> None:
    recording = leed.read(hume.conversation())
    assert all("entity" not in track.extras for track in recording.tracks)


def test_the_name_of_a_language_is_not_as_long_as_a_hostile_file_makes_it() -> None:
    """A column of text is as wide as its longest."""
    found = hume.model(hume.group("spk_0", hume.prosody(Joy=0.5)), metadata={"detected_language": "x" * 10_000})
    (track,) = leed.read(hume.batch(hume.file("a", prosody=found))).tracks
    assert len(track.extras["detected_language"][0]) == 256


def test_words_are_cut_and_missing_ones_are_empty() -> None:
    assert words(["a", None, "b" * 300]).tolist() == ["a", "", "b" * 256]


@pytest.mark.parametrize("odd", [["Joy", "Awe", "Joy", "Awe"], ["Joy"], ["Joy", "Awe", "Joy"], []])
def test_an_item_with_too_many_or_too_few_scores_moves_no_others(odd: list[str]) -> None:
    """Even where as many are too many in one as are missing in another."""
    lists = [["Joy", "Awe"], odd, ["Awe", "Joy", "Awe"], ["Joy", "Awe"]]
    emotions = [[{"name": n, "score": i / 8 + (n == "Awe") / 2} for n in names] for i, names in enumerate(lists)]
    group = Group()
    gather(json.dumps([{"time": i, "emotions": scores} for i, scores in enumerate(emotions)]).encode(), group)
    found = {}
    for track in group.tracks(source=None, model="face", speaker=None, language=None):
        for time, row in zip(track.begin.tolist(), track.matrix.tolist(), strict=True):
            found[time] = dict(zip(track.labels, row, strict=True))
    expected = {i: {n: i / 8 + (n == "Awe") / 2 for n in names} for i, names in enumerate(lists) if names}
    assert found == expected

"""A report: bounded data first, then one page that runs nothing and says what it leaves out."""

import json
import re
from dataclasses import replace

import msgspec
import numpy as np
import pytest

import leed
from leed.errors import InputError
from leed.report import Limits, Report, make_report, to_html
from leed.report.drawing import WIDTH, drawing_of
from leed.report.words import LANGUAGES, words_of
from leed.schema.plain import to_json
from tests.support.parts import shared_files
from tests.support.talks import six_minutes, voice

HOSTILE = "<script>alert(1)</script>\"'&\x00\u202e"


@pytest.fixture(scope="module")
def meeting() -> Report:
    return make_report(six_minutes(), title="A meeting", tense="past", limits=Limits(tokens=60))


# --- data


def test_the_summary_is_that_of_summarize(meeting: Report) -> None:
    assert meeting.summary == str(leed.summarize(six_minutes(), 60, tense="past"))
    assert meeting.summary.startswith('Anna sounded calm, then increasingly anxious after "the deadline"')


def test_people_are_told_apart_with_a_sentence_each(meeting: Report) -> None:
    assert [(person.name, person.modalities, person.sentences) for person in meeting.people] == [
        ("Anna", ("prosody",), ("Anna sounded calm, then increasingly anxious, peaking at very anxious (4:10).",)),
        ("Ben", ("prosody",), ("Ben sounded quite amused until 2:30, then neutral.",)),
        ("Caro", ("prosody",), ("Caro sounded somewhat bored throughout.",)),
    ]  # fmt: skip


def test_a_plot_has_the_labels_that_lead_and_its_stretches(meeting: Report) -> None:
    anna = meeting.plots[0]
    assert (anna.track, anna.who, anna.modality, anna.count, anna.timed) == (0, "Anna", "prosody", 9, True)
    assert [series.label for series in anna.series] == ["Anxiety", "Calmness"]
    assert anna.series[0].values == (0.02, 0.03, 0.12, 0.16, 0.22, 0.3, 0.41, 0.36, 0.35)
    assert [(s.begin, s.end, s.words) for s in anna.stretches] == [
        (5.0, 58.0, "moderately calm"),
        (110.0, 358.0, "increasingly anxious"),
    ]
    assert [(step.from_, step.adverb) for step in anna.ladder.steps][:2] == [(0.1, "slightly"), (0.15, "somewhat")]


def test_the_strongest_moments_come_first(meeting: Report) -> None:
    assert meeting.moments[0].sentence == (
        '4:10: Anna said "I doubt that we will be done in time." and sounded very anxious.'
    )
    assert (meeting.moments[0].who, meeting.moments[0].begin) == ("Anna", 250.0)


def test_faces_without_words_have_their_peaks_for_moments() -> None:
    rows = [{"begin": i, "face": {"Joy": joy}} for i, joy in enumerate((0.2, 0.84, 0.3))]
    assert [m.sentence for m in make_report(leed.read(rows)).moments] == ["They look extremely joyful."]


def test_rows_are_those_of_leed_describe(meeting: Report) -> None:
    described = [d.to_dict() for d in leed.describe_all(six_minutes(), tense="past")]
    assert list(meeting.rows) == described
    assert meeting.count == 20
    assert meeting.left_out == ()


def test_what_decided_is_named(meeting: Report) -> None:
    made = meeting.provenance
    assert (made.leed, made.scale, made.calibration) == (leed.__version__, "leed-2026-11", "hume-2026-11")
    assert made.fingerprint == leed.Describer(tense="past").fingerprint


def test_a_report_is_plain_data_that_is_the_same_each_time(meeting: Report) -> None:
    again = make_report(six_minutes(), title="A meeting", tense="past", limits=Limits(tokens=60))
    assert to_json(again.to_dict()) == to_json(meeting.to_dict())
    assert json.loads(to_json(meeting.to_dict()))["plots"][0]["ladder"]["steps"][0]["from"] == 0.1


def test_a_very_long_recording_is_bounded_and_says_so() -> None:
    rng = np.random.default_rng(0)
    labels = ("Joy", "Calmness", "Anxiety", "Boredom", "Interest")
    tracks = [
        leed.Track(
            labels=labels,
            matrix=(rng.random((5000, 5)) * 0.4).astype(np.float32),
            modality="prosody",
            speaker=f"P{i}",
            granularity="frame",
            begin=np.arange(5000) / 3,
        )
        for i in range(14)
    ]
    report = make_report(leed.Recording(tuple(tracks)))
    assert (len(report.plots), len(report.rows), report.count) == (12, 300, 70_000)
    assert max(len(plot.points) for plot in report.plots) <= 240
    assert report.left_out == (
        "300 of 70,000 segments are listed, those from the beginning; `leed describe` writes all of them.",
        "12 of 14 tracks are plotted, the longest.",
        "A track is plotted in 240 points at most; each is the mean of as many segments as that takes.",
        "Each plot shows up to 4 labels, those that were named most.",
    )
    assert len(to_html(report)) < 2_000_000


def test_a_recording_without_scores_is_a_report_too() -> None:
    report = make_report(leed.Recording((), (leed.Issue("nothing-detected", "nothing was detected"),)))
    assert (report.title, report.summary, report.plots, report.rows) == (
        "Expression report",
        "Nothing was measured.",
        (),
        (),
    )
    assert "nothing was detected" in to_html(report)


def test_what_is_no_recording_is_refused() -> None:
    with pytest.raises(InputError, match=r"make_report takes a Recording, not list: use leed\.read first"):
        make_report([])  # type: ignore[arg-type]


def test_the_report_is_in_the_language_of_the_describer() -> None:
    report = make_report(six_minutes(), lang="de")
    assert report.summary.startswith("Anna klingt bis 0:58 recht ruhig")
    page = to_html(report)
    assert '<html lang="de">' in page
    assert "Zusammenfassung" in page
    assert "Die Werte sagen, wie ein Ausdruck wahrscheinlich wahrgenommen wird, nicht was jemand fühlt." in page
    assert "Summary" not in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_words_of_each_language_fill_the_same_places(lang: str) -> None:
    def places(text: str) -> list[str]:
        return sorted(re.findall(r"{(\w+)}", text))

    english, own = (msgspec.to_builtins(words_of(name)) for name in ("en", lang))
    assert {name: places(text) for name, text in own.items()} == {n: places(text) for n, text in english.items()}


# --- the page


def test_the_page_reaches_nowhere_and_runs_nothing(meeting: Report) -> None:
    page = to_html(meeting)
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert " style=" not in page
    assert "default-src 'none'; style-src &#39;sha256-" in page.replace("&#39;none&#39;", "'none'")


def test_a_plot_is_a_picture_with_words_and_a_table(meeting: Report) -> None:
    page = to_html(meeting)
    assert page.count('role="img"') == 3
    assert "Anna, prosody: Anxiety, Calmness</title>" in page
    assert "Scores of Anxiety, Calmness over time, 0:05 to 5:58." in page
    assert page.count("The numbers of this plot as a table</summary>") == 3
    assert '<td class="number">0.41</td>' in page


def test_hostile_words_stay_words() -> None:
    rows = [(float(i), i + 1.0, HOSTILE, {HOSTILE: 0.5, "Joy": 0.4}) for i in range(3)]
    track = replace(voice(rows, HOSTILE), source=HOSTILE)
    recording = leed.Recording((track,), (leed.Issue("odd", HOSTILE, source=HOSTILE),))
    page = to_html(make_report(recording, title=HOSTILE))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\x00" not in page
    assert "\u202e" not in page


def test_half_a_character_is_no_obstacle() -> None:
    recording = leed.Recording((voice([(0.0, 1.0, "\ud83d", {"Joy": 0.4}), (1.0, 2.0, "x", {"Joy": 0.4})], "\udc00"),))
    assert to_html(make_report(recording)).encode()


@pytest.mark.parametrize("path", shared_files("hume/*/predictions*.json", "ravdess/*.csv", "behavioralsignals/*"))
def test_real_files_have_a_page(path: object) -> None:
    report = make_report(leed.read(path))
    page = to_html(report)
    assert page.endswith("</html>")
    assert len(page) < 1_000_000


# --- drawing


def test_a_line_lies_within_the_picture_and_is_cut_where_nothing_was_reported() -> None:
    rows = [(float(i), i + 1.0, None, {"Joy": joy}) for i, joy in enumerate((0.1, 0.4, np.nan, 0.3, 0.2))]
    rows[2] = (2.0, 3.0, None, {"Fear": 0.5})
    (plot,) = make_report(leed.Recording((voice(rows),))).plots
    joy = next(curve for curve in drawing_of(plot).curves if curve.label == "Joy")
    assert joy.path.count("M") == 2
    assert len(joy.dots) == 4
    assert all(0 < x < WIDTH and 0 < y < 268 for x, y in joy.dots)


def test_scores_below_zero_and_above_one_are_drawn() -> None:
    rows = [(float(i), i + 1.0, None, {"Joy": joy}) for i, joy in enumerate((-0.5, 2.5))]
    (plot,) = make_report(leed.Recording((voice(rows),))).plots
    drawing = drawing_of(plot)
    assert [mark.text for mark in drawing.levels] == ["-0.5", "1", "2.5"]
    assert all(drawing.top <= y <= drawing.bottom for _, y in drawing.curves[0].dots)


def test_segments_without_times_are_drawn_in_their_order() -> None:
    report = make_report(leed.read([{"prosody": {"Anxiety": score}} for score in (0.11, 0.16, 0.24, 0.33)]))
    (plot,) = report.plots
    assert plot.timed is False
    assert [mark.text for mark in drawing_of(plot).ticks] == ["1", "2", "3", "4"]

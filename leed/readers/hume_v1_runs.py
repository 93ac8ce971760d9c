"""What the requests and realtime sessions of Hume v1 gave, gathered into tracks; `hume_v1` shows the shapes."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from leed.readers.columns import range_issues, track_of
from leed.readers.gathering import Notes, counted
from leed.readers.stretches import Kept, Stretches, plain_track
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track
from leed.scores import from_pairs, number_of, usual_scores
from leed.taxonomy import concept_of, get


def kind_of(entry: Mapping[str, Any]) -> str | None:  # noqa: PLR0911 - one for each form
    """Return which form an entry of plain data has, or None.

    It is not enough that a key is there, such as "voice_attributes": what is under it has to be of its shape too.
    """
    what = entry.get("type")
    if _is_answer(entry):
        return "answer"
    if _is_frame(entry):
        return "frame"
    if _is_window(entry):
        return "window"
    if "face_id" in entry and "expressions" in entry and _are_scores(entry["expressions"]):
        return "face"
    if "timestamp_ms" in entry and any(_is_told(entry.get(key)) for key in ("result", "error")):
        return "reply"
    if what in ("utterance.start", "utterance.end"):
        return "utterance"
    if what in ("session.created", "session.updated", "session.closed") and _SETTLED & entry.keys():
        return "session"
    return "error" if what == "error" and "code" in entry else None


_Id = int | str
_RESULT = "measurement.result"
_SETTLED = {"measurement_timer_ms", "face", "produced", "reason"}
_MEASURED = {"expressions", "voice_attributes", "faces", "utterance_id", "frame_id"}
_SAMPLE = 20


def _is_answer(entry: Mapping[str, Any]) -> bool:
    """Whether this is what a request was answered with."""
    measurements = entry.get("measurements")
    if not isinstance(measurements, list):
        return False
    asked = "run_id" in entry or "request_id" in entry or isinstance(entry.get("utterances"), list)
    told = [m for m in measurements[:_SAMPLE] if isinstance(m, Mapping)]
    if asked:
        return not measurements or any(_MEASURED & m.keys() for m in told)
    return any(kind_of(m) for m in told)


def _is_frame(entry: Mapping[str, Any]) -> bool:
    """Whether these are the faces of an image."""
    faces = entry.get("faces")
    if not isinstance(faces, list) or not ("frame_id" in entry or entry.get("type") == _RESULT):
        return False
    told = [face for face in faces[:_SAMPLE] if isinstance(face, Mapping)]
    return not faces or any("face_id" in face or "expressions" in face for face in told)


def _is_window(entry: Mapping[str, Any]) -> bool:
    """Whether this is a measurement of a voice."""
    if entry.get("type") == _RESULT and ("expressions" in entry or "voice_attributes" in entry):
        return True
    if "voice_attributes" not in entry and "utterance_id" not in entry:
        return False
    given = [entry[key] for key in ("expressions", "voice_attributes") if isinstance(entry.get(key), list)]
    return bool(given) and all(map(_are_scores, given))


def _are_scores(value: Any) -> bool:  # noqa: ANN401 - whatever the input holds
    """Whether this can be a list of names with scores: null and an empty one can."""
    return value is None or (isinstance(value, list) and (not value or any(map(_named, value[:_SAMPLE]))))


def _is_told(value: Any) -> bool:  # noqa: ANN401 - whatever the input holds
    """Whether this is what the SDK pairs with an image's time: its faces, or an error."""
    return isinstance(value, Mapping) and (isinstance(value.get("faces"), list) or "code" in value)


class _Window(msgspec.Struct, gc=False):
    """What is read of a measurement of a voice, and how it ranks among those of its utterance."""

    rank: tuple[bool, float, int]
    begin: float
    end: float
    expressions: Any
    attributes: Any


class _Faces(msgspec.Struct):
    """The stretches of one face, by aspect."""

    expressions: Stretches = msgspec.field(default_factory=Stretches)
    descriptions: Stretches = msgspec.field(default_factory=Stretches)


class _Run:
    """What one request or session gave."""

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.notes = Notes()
        self.utterances: dict[_Id, tuple[float, float]] = {}
        self.windows: dict[_Id, _Window] = {}
        self.faces: dict[str | None, _Faces] = {}
        self._met = 0
        self._frames = 0
        self._empty_frames = 0
        self._seen_faces = 0
        self._unmeasured = 0
        self._silent_faces = 0
        self._withheld: set[str] = set()
        self._labels: dict[tuple[str, ...], tuple[str, ...]] = {}

    def utterance(self, entry: Mapping[str, Any]) -> None:
        """Add where an utterance begins and ends."""
        number = _id(entry.get("utterance_id"))
        if number is not None:
            end = _seconds(entry.get("audio_end_ms"))
            self.utterances[number] = (_seconds(entry.get("audio_start_ms")), end)

    def window(self, entry: Mapping[str, Any]) -> None:
        """Add a measurement of a voice, in place of an earlier one of the same utterance."""
        self._met += 1
        number = _id(entry.get("utterance_id"))
        number = -self._met if number is None else number
        end = number_of(entry.get("audio_end_ms"))[0]
        rank = (entry.get("trigger") == "speech_ended", -math.inf if math.isnan(end) else end, self._met)
        known = self.windows.get(number)
        if known is None or rank > known.rank:
            begin, end = _seconds(entry.get("audio_start_ms")), _seconds(entry.get("audio_end_ms"))
            scores = (self._kept(entry.get(key)) for key in ("expressions", "voice_attributes"))
            self.windows[number] = _Window(rank, begin, end, *scores)

    def frame(self, entry: Mapping[str, Any], milliseconds: Any = None) -> None:  # noqa: ANN401 - any cell
        """Add the faces of an image."""
        self._frames += 1
        faces = [face for face in entry["faces"] if isinstance(face, Mapping)]
        self._empty_frames += not faces
        for face in faces:
            self.face(face, _id(entry.get("frame_id")), _seconds(milliseconds))

    def face(self, face: Mapping[str, Any], frame: _Id | None = None, time: float = math.nan) -> None:
        """Add a face, if it was measured."""
        self._seen_faces += 1
        if face.get("expressions") is None and face.get("descriptions") is None:
            self._unmeasured += 1
            return
        number = _id(face.get("face_id"))
        name = f"face_{number}" if isinstance(number, int) else number
        faces = self.faces.setdefault(name, _Faces())
        extras: dict[str, Any] = {} if frame is None else {"frame": frame}
        extras["confidence"] = number_of(face.get("confidence"))[0]
        box = _box(face.get("bbox"))
        if box is not None:
            extras["box"] = box
        expressions = self._scores(face.get("expressions"), "face")
        self._silent_faces += not expressions
        for scores, stretches in (
            (expressions, faces.expressions),
            (self._scores(face.get("descriptions"), "face"), faces.descriptions),
        ):
            if scores:
                stretches.add(scores, time, time, None, extras)

    def closed(self, entry: Mapping[str, Any]) -> None:
        """Note why a session ended, unless the client asked for it."""
        reason = entry.get("reason")
        if reason not in (None, "client_request"):
            self.notes.add("source-failed", f"the session ended before it was closed: {str(reason)[:100]}")

    def failed(self, entry: Mapping[str, Any]) -> None:
        """Note an error."""
        self.notes.add("source-failed", f"the API reported an error: {error_of(entry)}")

    def tracks(self, source: str | None) -> list[Track]:
        """Return the tracks of the voice, then those of each face."""
        tracks = []
        for key, aspect, taxonomy, quantity in (
            ("expressions", "expression", "hume-v1-audio", "probability"),
            ("attributes", "attribute", "hume-v1-voice", "intensity"),
        ):
            stretches = Stretches()
            labels: set[str] = set()
            for number, window in self.windows.items():
                scores = self._scores(getattr(window, key), "prosody")
                if scores:
                    labels.update(scores)
                    stretches.add(scores, window.begin, window.end, None, self._heard(number))
            if aspect == "attribute":
                self._withheld = {label for label in labels if not _is_known(label)}
            if key == "expressions" and len(stretches) < len(self.windows):
                what = counted(len(self.windows) - len(stretches), len(self.windows), "utterance")
                self.notes.add("no-scores", f"no expression passed Hume's threshold in {what}", "prosody")
            fields = {"modality": "prosody", "granularity": "utterance", "aspect": aspect, "quantity": quantity}
            tracks += stretches.tracks(plain_track, ordered=True, source=source, taxonomy=taxonomy, **fields)
        for speaker, faces in self.faces.items():
            for stretches, aspect, taxonomy in (
                (faces.expressions, "expression", "hume-48"),
                (faces.descriptions, "description", "hume-face-descriptions-27"),
            ):
                tracks += stretches.tracks(
                    track_of,
                    source=source,
                    speaker=speaker,
                    modality="face",
                    granularity="frame",
                    aspect=aspect,
                    taxonomy=taxonomy,
                    quantity="probability",
                    exclusive=False,
                )
        return tracks

    def issues(self, source: str | None) -> list[Issue]:
        """Return what was odd or left out."""
        notes = Notes()
        over = self._met - len(self.windows)
        if over:
            which = "of each utterance the one at the end of speech is read, else the last"
            notes.add("left-out", f"{over} of {self._met} windows are left out: {which}", "prosody")
        unmeasured = sum(number not in self.windows for number in self.utterances)
        if unmeasured:
            what = counted(unmeasured, len(self.utterances), "utterance")
            notes.add("no-scores", f"there is no measurement of {what}", "prosody")
        if self._empty_frames:
            what = counted(self._empty_frames, self._frames, "image")
            notes.add("nothing-detected", f"no face was detected in {what}", "face")
        if self._unmeasured:
            what = counted(self._unmeasured, self._seen_faces, "face")
            notes.add("no-scores", f"not measured, as only the largest are: {what}", "face")
        if self._silent_faces:
            what = counted(self._silent_faces, self._seen_faces, "face")
            notes.add("no-scores", f"no expression passed Hume's threshold of 0.1 in {what}", "face")
        if self._withheld:
            what = f"{len(self._withheld)} voice attributes are unknown to leed, so they may say who somebody is"
            notes.add("withheld", f"{what}; only those that allow= lists are described", "prosody")
        return self.notes.issues(source) + notes.issues(source)

    def _heard(self, number: _Id) -> dict[str, Any]:
        """What is told of a window's utterance."""
        if not isinstance(number, str) and number < 0:
            return {}
        begin, end = self.utterances.get(number, (math.nan, math.nan))
        return {"utterance": number, "utterance_begin": begin, "utterance_end": end}

    def _kept(self, given: Any) -> Any:  # noqa: ANN401 - whatever the input holds
        """The same scores in less memory, if nothing is odd about them."""
        if not isinstance(given, list) or not all(map(_named, given)):
            return given
        usual = usual_scores([(e["name"], e.get("probability", e.get("score"))) for e in given])
        if not usual:
            return given
        labels = tuple(usual)
        return Kept(self._labels.setdefault(labels, labels), array("f", usual.values()))

    def _scores(self, given: Any, where: str) -> dict[str, float]:  # noqa: ANN401 - whatever the input holds
        """Label to score; what is no name with a probability is noted."""
        if isinstance(given, Kept):
            return given.by_label()
        listed = given if isinstance(given, list) else []
        pairs = [(e["name"], e.get("probability", e.get("score"))) for e in listed if _named(e)]
        if len(pairs) < len(listed) or (given is not None and not isinstance(given, list)):
            self.notes.add("not-read", "what is no {name, probability} in a list of scores is left out", where)
        tidy = from_pairs(pairs)
        self.notes.add_all(tidy.issues, where)
        return dict(zip(tidy.labels, tidy.values, strict=True))


class Runs:
    """The requests and sessions of an input.

    Attributes:
        met: whether there was anything but errors.
    """

    def __init__(self, name: str | None) -> None:
        self.met = False
        self._runs: list[_Run] = []
        self._name = name
        self._add: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "answer": self._answer,
            "session": self._session,
            "reply": self._reply,
            "frame": lambda entry: self._run().frame(entry),
            "face": lambda entry: self._run().face(entry),
            "window": lambda entry: self._run().window(entry),
            "utterance": lambda entry: self._run().utterance(entry),
            "error": lambda entry: self._run().failed(entry),
        }

    def add(self, entry: Mapping[str, Any], kind: str) -> None:
        """Add an entry of a form (see `kind_of`)."""
        self.met |= kind != "error"
        self._add[kind](entry)

    def recording(self) -> Recording:
        """Return everything as tracks, run by run."""
        tracks: list[Track] = []
        issues: list[Issue] = []
        taken: set[str | None] = {None}
        for number, run in enumerate(self._runs, 1):
            source = self._name or run.name
            if len(self._runs) > 1:
                source = run.name if run.name not in taken else f"{run.name or self._name or 'run'} ({number})"
            taken.add(source)
            made = run.tracks(source)
            tracks += made
            issues += run.issues(source)
            issues += [issue for track in made for issue in range_issues(track)]
            if not made:
                issues.append(Issue("no-segments", "nothing in it has scores", source))
        return Recording(tuple(tracks), tuple(issues))

    def _run(self) -> _Run:
        if not self._runs:
            self._runs.append(_Run(None))
        return self._runs[-1]

    def _answer(self, entry: Mapping[str, Any]) -> None:
        self._runs.append(run := _Run(_word(entry.get("run_id")) or _word(entry.get("request_id"))))
        utterances = entry.get("utterances")
        for utterance in utterances if isinstance(utterances, list) else ():
            if isinstance(utterance, Mapping):
                run.utterance(utterance)
        for measurement in entry["measurements"]:
            if not isinstance(measurement, Mapping):
                run.notes.add("not-read", "a measurement is no object; it is left out")
            elif isinstance(measurement.get("faces"), list):
                run.frame(measurement)
            else:
                run.window(measurement)

    def _session(self, entry: Mapping[str, Any]) -> None:
        if entry["type"] == "session.created":
            self._runs.append(_Run(_word(entry.get("session_id"))))
        elif entry["type"] == "session.closed":
            self._run().closed(entry)

    def _reply(self, entry: Mapping[str, Any]) -> None:
        """Add what the SDK's stream_video pairs: a frame's time and its result, or the error that rejected it."""
        run = self._run()
        result, error = entry.get("result"), entry.get("error")
        if isinstance(result, Mapping) and isinstance(result.get("faces"), list):
            run.frame(result, entry["timestamp_ms"])
        elif isinstance(error, Mapping):
            run.notes.add("source-failed", f"an image was rejected: {error_of(error)}", "face")


# --- values


def _is_known(label: str) -> bool:
    return concept_of(label) is not None or get("hume-v1-voice").canonical(label) is not None


def _named(entry: Any) -> bool:  # noqa: ANN401 - whatever the input holds
    if type(entry) is not dict and not isinstance(entry, Mapping):
        return False
    name = entry.get("name")
    return isinstance(name, str) and bool(name.strip())


def _seconds(milliseconds: Any) -> float:  # noqa: ANN401 - any cell
    return number_of(milliseconds)[0] / 1000


def _whole(value: Any) -> int | None:  # noqa: ANN401 - any cell
    number = number_of(value)[0]
    return int(number) if 0 <= number < 1 << 53 else None


def _id(value: Any) -> _Id | None:  # noqa: ANN401 - any cell
    """A number, or a name as it is."""
    number = _whole(value)
    return _word(value) if number is None else number


def _word(value: Any) -> str | None:  # noqa: ANN401 - any cell
    return value if isinstance(value, str) and value.strip() else None


def _box(box: Any) -> tuple[float, float, float, float] | None:  # noqa: ANN401 - any cell
    """x, y, width and height, from two corners."""
    if not isinstance(box, (list, tuple)) or len(box) != 4:  # noqa: PLR2004 - two corners
        return None
    x0, y0, x1, y1 = (number_of(edge)[0] for edge in box)
    return x0, y0, x1 - x0, y1 - y0


def error_of(entry: Mapping[str, Any]) -> str:
    """Return an error's code and message."""
    parts = [str(entry[key])[:500] for key in ("code", "message") if entry.get(key)]
    return ": ".join(parts) or "no reason given"

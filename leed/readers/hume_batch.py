"""Hume Expression Measurement v0, batch predictions (JSON). The API ended in June 2026; the files live on.

::

    [{"source": {"type": "file", "filename": "a.mp4"}, "error": null, "results": {"errors": [], "predictions": [
      {"file": "a.mp4", "models": {"face": {"metadata": null, "grouped_predictions": [{"id": "face_0", "predictions": [
        {"frame": 8, "time": 0.32, "prob": 0.99, "box": {"x": 262.8, "y": 104.9, "w": 261.6, "h": 341.7},
         "emotions": [{"name": "Admiration", "score": 0.2178}, ...]}]}]}}}]}}]

One such object, or a list; also wrapped at any depth by an application, and predictions alone (see
`leed.readers.hume_bare`). Quantity: intensity, about 0 to 1 (up to 1.3 seen); sentiment is a distribution over 1 to 9.
Units: seconds, characters, pixels. Source: Hume's API reference and SDK hume 0.13, and real files. What failed or was
empty becomes an issue.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import IO, Any, Generic, TypeVar

import msgspec

from leed.errors import DamagedInputError, UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, POSSIBLE, Guess, Reader, answers
from leed.readers.about import Names
from leed.readers.answers import without_query
from leed.readers.columns import Ranges
from leed.readers.content import HEAD, Content
from leed.readers.hume_bare import bare, is_hume
from leed.readers.hume_decoding import lenient
from leed.readers.hume_items import Group, Item
from leed.readers.hume_stream import Passing, UnstreamableError, stream
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track

LARGE = 1 << 17
"""Inputs of more bytes than this are streamed, which is faster and takes less memory than decoding all at once."""

_IN_PARTS = 1 << 25
"""Files of more bytes are given in parts where that is asked for; the scores of smaller ones take 2 MiB."""
_PART = 1 << 14
"""Segments from which on a part is given."""

_WHOLE = 1 << 25  # up to here, a file is searched to its end for what tells the format

_KEY = re.compile(rb'"grouped_predictions"\s*:')
_SOURCE = re.compile(rb'^\s*\[?\s*\{\s*"source"\s*:.{0,4000}?"results"\s*:', re.DOTALL)
_BARE = re.compile(rb'"emotions"\s*:\s*\[\s*\{\s*"(?:name|score)"\s*:')
_QUERY = re.compile(r"(https?://[^\s?]+)\?[^\s:;,\"')>]*")  # may be a signature
_SMALL = 1 << 20
_MODELS = {"face", "prosody", "burst", "language", "ner", "facemesh"}

T = TypeVar("T")


class GroupOf(msgspec.Struct, Generic[T]):
    """The items of one face or speaker, or of all."""

    id: str | int | None = None
    predictions: list[T] | None = None


class ModelOf(msgspec.Struct, Generic[T]):
    """What one model found in one file."""

    metadata: dict[str, Any] | None = None
    grouped_predictions: list[GroupOf[T]] | None = None


class FileOf(msgspec.Struct, Generic[T]):
    """What all models found in one file."""

    models: dict[str, ModelOf[T] | None] | None = None
    file: str | None = None


class ResultsOf(msgspec.Struct, Generic[T]):
    """The files of one source, and what failed."""

    predictions: list[FileOf[T]] | None = None
    errors: list[Any] | None = None
    odd: int = 0  # how many entries of a list of predictions were no predictions; counted where plain data is read


class SourceOf(msgspec.Struct, Generic[T]):
    """What was made of one thing that was sent in. T: the items, or the numbers of groups that were streamed."""

    source: Any = None
    results: ResultsOf[T] | msgspec.UnsetType | None = msgspec.UNSET
    error: Any = None


_ITEMS = msgspec.json.Decoder(list[SourceOf[Item]])
_ONE = msgspec.json.Decoder(SourceOf[Item])
_NUMBERS = msgspec.json.Decoder(list[SourceOf[int]])
_ONE_NUMBERED = msgspec.json.Decoder(SourceOf[int])


def recognise(content: Content) -> Guess:
    """Return whether the content has Hume's grouped predictions, or is a job object without them."""
    if content.kind == "json":
        if _KEY.search(content.head) or _SOURCE.match(content.head):
            return Guess(CERTAIN)
        if HEAD < content.size <= _WHOLE and _KEY.search(content.data):
            return Guess(CERTAIN)
        if content.size > _SMALL and not _BARE.search(content.head):
            return NOT_THIS
    elif not content.is_plain:
        return NOT_THIS
    plain = content.glimpse
    if next(_sources(plain), None) is not None:
        return Guess(CERTAIN)
    return _recognise_bare(plain)


def _recognise_bare(plain: Any) -> Guess:  # noqa: ANN401 - whatever the input holds
    """Whether there are predictions alone, or a job object without any."""
    if any(is_hume(prediction.item) for prediction in bare(plain)):
        return Guess(POSSIBLE)
    job = _job(plain)
    return Guess(NEAR, job) if job else NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a track for each file, model, face or speaker, and aspect."""
    collected = _Collected(content.name)
    if content.kind == "json":
        if content.size > LARGE:
            try:
                with content.open() as file:
                    _stream(file, content.shown, collected)
                return collected.recording()
            except UnstreamableError:
                collected = _Collected(content.name)
        try:
            one = content.head.lstrip()[:1] == b"{"
            collected.add([_ONE.decode(content.data)] if one else _ITEMS.decode(content.data))
            if collected.files or collected.issues:
                return collected.recording()
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            collected = _Collected(content.name)
    sources = list(_sources(content.plain))
    if not sources and not collected.add_bare(content.plain):
        job = _job(content.plain)
        raise UnknownFormatError(
            f"{content.shown}: {job or 'holds no Hume predictions: nothing in it has grouped_predictions'}"
        )
    collected.add(sources)
    return collected.recording()


def _stream(file: IO[bytes], shown: str, collected: _Collected) -> None:
    frame, groups = stream(file, shown)
    _place(frame, groups, collected)


def _place(frame: bytes, groups: list[Group], collected: _Collected) -> None:
    """Collect groups of items as the frame around them tells what they are of."""
    try:
        one = frame.lstrip()[:1] == b"{"
        sources = [_ONE_NUMBERED.decode(frame)] if one else _NUMBERS.decode(frame)
    except msgspec.DecodeError as error:
        raise UnstreamableError from error
    collected.streamed = groups
    collected.add(sources)
    if not collected.files and groups:
        raise UnstreamableError


def parts(content: Content) -> Iterator[Recording] | None:
    """Return the recording in parts of bounded size, or None if it has to be read as a whole.

    The file is read twice: what its items are of is known for sure at its end. The last part has the issues.
    """
    if content.kind != "json" or content.size <= _IN_PARTS:
        return None
    collected = _Collected(content.name)
    try:
        with content.open() as file:
            passing = Passing(file, content.shown)
            for number, _ in passing.parts():
                passing.groups[number] = passing.groups[number].emptied()
            _place(passing.frame, passing.groups, collected)
    except UnstreamableError:
        return None
    return _parts(content, collected)


def _parts(content: Content, collected: _Collected) -> Iterator[Recording]:
    named = collected.named()
    ranges = Ranges()
    with content.open() as file:
        passing = Passing(file, content.shown)
        try:
            for number, ended in passing.parts():
                group = passing.groups[number]
                if number in named and (ended or len(group) >= _PART):
                    made = named[number](group)
                    for track in made:
                        ranges.add(track)
                    yield Recording(tuple(made))
                if ended or number not in named or len(group) >= _PART:
                    passing.groups[number] = group.emptied()
        except UnstreamableError as error:
            raise DamagedInputError(f"{content.shown}: has changed while it was read; read it again") from error
    yield Recording((), (*collected.recording().issues, *ranges.issues()))


class _Collected:
    """Groups and issues, from sources in any of their forms.

    Attributes:
        files: how many files were met.
        streamed: the groups of a streamed file, by number.
    """

    def __init__(self, name: str | None) -> None:
        self.files = 0
        self.issues: list[Issue] = []
        self.streamed: list[Group] = []
        self._name = name
        self._names = Names()
        self._groups: dict[tuple[str | None, str, str | None], tuple[Group, str | None]] = {}

    def add(self, sources: list[SourceOf[Any]]) -> None:
        """Add all that the sources hold, and an issue for what failed or is empty."""
        for source in sources:
            origin = _origin(source.source)
            results = source.results
            if source.error:
                self.issues.append(Issue("source-failed", _message(source.error), origin))
            if results is msgspec.UNSET:
                continue
            if results is None:
                if not source.error:
                    self.issues.append(Issue("source-failed", "there are no results for it, and no reason", origin))
                continue
            for error in results.errors or ():
                where = error.get("model") if isinstance(error, Mapping) else None
                file = error.get("file") if isinstance(error, Mapping) else None
                self.issues.append(Issue("source-failed", _message(error), file or origin, where))
            if results.odd:
                what = f"{results.odd} entries are no predictions; they are left out"
                self.issues.append(Issue("not-read", what, origin))
            if not results.predictions and not results.errors and not results.odd:
                self.issues.append(Issue("no-segments", "there are no predictions for it", origin))
            for file in results.predictions or ():
                self._add_file(file, origin)

    def add_bare(self, plain: Any) -> bool:  # noqa: ANN401 - whatever the input holds
        """Add predictions without a file and model around them; return whether there are any."""
        found: dict[tuple[str | None, str, str | None], list[Any]] = {}
        for prediction in bare(plain):
            key = (prediction.source or self._name, prediction.model, prediction.speaker)
            found.setdefault(key, []).append(prediction.item)
        for key, items in found.items():
            self._add_group(key, None, items)
        return bool(found)

    def recording(self) -> Recording:
        """Return everything as tracks, in the order of the input."""
        tracks = []
        for (source, model, speaker), (group, language) in self._groups.items():
            made = group.tracks(source=source, model=model, speaker=speaker, language=language)
            tracks += made
            self.issues += group.issues_of(made, source, model)
        return Recording(tuple(tracks), tuple(self.issues))

    def named(self) -> dict[int, Callable[[Group], list[Track]]]:
        """Return what makes tracks of the items of a streamed group, by its number."""
        numbers = {id(group): number for number, group in enumerate(self.streamed)}
        return {
            numbers[id(group)]: partial(_tracks, source=source, model=model, speaker=speaker, language=language)
            for (source, model, speaker), (group, language) in self._groups.items()
        }

    def _add_file(self, file: FileOf[Any], origin: str | None) -> None:
        self.files += 1
        name = without_query(file.file) if file.file else origin or self._name
        nested = [f"{origin}/{name}"] if origin and origin != name else []
        source = None if name is None else self._names.free(name, *nested)
        models = {model: found for model, found in (file.models or {}).items() if found is not None}
        if not models:
            self.issues.append(Issue("no-segments", "no model was run on it", source))
        elif file.models and len(models) < len(file.models):
            absent = ", ".join(model[:40] for model in file.models if model not in models)
            what = f"null stands for {absent}: models that were not run, as a dump of Hume's SDK has them"
            self.issues.append(Issue("not-run", what, source))
        for model, found in models.items():
            groups = found.grouped_predictions or []
            if model not in _MODELS:
                self.issues.append(Issue("unknown-model", f"leed does not know the model {model[:40]!r}", source))
            metadata = found.metadata
            language = metadata.get("detected_language") if isinstance(metadata, Mapping) else None
            if not any(group.predictions for group in groups):
                self.issues.append(Issue("nothing-detected", "nothing was detected", source, model))
                continue
            for group in groups:
                speaker = None if group.id in (None, "", "unknown") else str(group.id)
                self._add_group((source, model, speaker), language, group.predictions or [])

    def _add_group(self, key: tuple[str | None, str, str | None], language: Any, items: list[Any]) -> None:  # noqa: ANN401
        spoken = language if isinstance(language, str) else None
        if self.streamed and items and isinstance(items[0], int):
            if key in self._groups or len(items) > 1:
                raise UnstreamableError
            self._groups[key] = (self.streamed[items[0]], spoken)
            return
        group, _ = self._groups.setdefault(key, (Group(), spoken))
        group.add(items if items and isinstance(items[0], Item) else lenient(items, group))


def _tracks(group: Group, **about: Any) -> list[Track]:  # noqa: ANN401 - what `Group.tracks` takes
    return group.tracks(**about)


def _sources(plain: Any) -> Iterator[SourceOf[Any]]:  # noqa: ANN401 - whatever the input holds
    """Everything in plain data that has the shape of a source, a file or a model's predictions."""
    for entry, _ in answers.found(plain, lambda entry: _source(entry) is not None):
        source = _source(entry)
        if source is not None:
            yield source


def _source(plain: Mapping[str, Any]) -> SourceOf[Any] | None:
    results = plain.get("results")
    if isinstance(results, Mapping) and isinstance(results.get("predictions"), list):
        files = [f for entry in results["predictions"] if (f := _file(entry, listed=True)) is not None]
        if not files and next(bare(results["predictions"]), None) is not None:
            return None  # predictions alone, without the files around them
        errors = results.get("errors")
        found = ResultsOf(files, errors if isinstance(errors, list) else None, len(results["predictions"]) - len(files))
        return SourceOf(plain.get("source"), found, plain.get("error"))
    if "source" in plain and "results" in plain and results is None:
        return SourceOf(plain["source"], None, plain.get("error"))
    file = _file(plain)
    return None if file is None else SourceOf(plain.get("source"), ResultsOf([file]), plain.get("error"))


def _file(plain: Any, *, listed: bool = False) -> FileOf[Any] | None:  # noqa: ANN401 - whatever the input holds
    """A file's predictions; in a list of them also one without any."""
    if not isinstance(plain, Mapping):
        return None
    name = plain.get("file")
    file = name if isinstance(name, str) else None
    models = plain.get("models", plain)
    if listed and models is None:
        return FileOf(None, file)
    if not isinstance(models, Mapping):
        return None
    listed = listed and models is not plain
    found: dict[str, ModelOf[Any] | None] = {
        str(name): None if model is None else _model(model) if _is_model(model) else ModelOf()
        for name, model in models.items()
        if _is_model(model) or (listed and (model is None or isinstance(model, Mapping)))
    }
    if not found and not listed:
        return None
    return FileOf(found, file)


def _is_model(plain: Any) -> bool:  # noqa: ANN401 - whatever the input holds
    return isinstance(plain, Mapping) and isinstance(plain.get("grouped_predictions"), list)


def _model(plain: Mapping[str, Any]) -> ModelOf[Any]:
    groups = []
    for group in plain["grouped_predictions"]:
        if isinstance(group, Mapping) and isinstance(group.get("predictions"), list):
            name = group.get("id")
            groups.append(GroupOf(name if isinstance(name, (str, int)) else None, group["predictions"]))
    metadata = plain.get("metadata")
    return ModelOf(dict(metadata) if isinstance(metadata, Mapping) else None, groups)


def _job(plain: Any) -> str | None:  # noqa: ANN401 - whatever the input holds
    """What to say of a job object, which tells about a job and holds no predictions; None if it is none."""
    job = plain[0] if isinstance(plain, list) and plain else plain
    if not isinstance(job, Mapping) or not ("request" in job or {"job_id", "predictions"} <= job.keys()):
        return None
    state = job.get("state")
    status = state.get("status") if isinstance(state, Mapping) else job.get("status")
    if status is None and not {"request", "job_id"} <= job.keys():
        return None
    for holder in (state, job.get("failed"), job):
        if isinstance(holder, Mapping) and isinstance(holder.get("message"), str):
            what = f"status {status!s:.40}: {holder['message']:.500}"
            return f"is a Hume job object ({what}), not the job's predictions"
    if status == "FAILED":
        return "is a Hume job object (status FAILED): the job failed, so there are no predictions; start it again"
    return (
        f"is a Hume job object (status {status!s:.40}), not the job's predictions; "
        "those come from the job's /predictions, as a list of {source, results}"
    )


def _origin(source: Any) -> str | None:  # noqa: ANN401 - whatever the input holds
    """The name of what was sent in; a URL without its query, which may be a signature."""
    if not isinstance(source, Mapping):
        return None
    name = source.get("filename")
    url = source.get("url")
    name = url if isinstance(url, str) else name
    return without_query(name) if isinstance(name, str) and name else None


def _message(error: Any) -> str:  # noqa: ANN401 - whatever the input holds
    message = error.get("message") if isinstance(error, Mapping) else error
    shown = _QUERY.sub(r"\1", str(message)[:500])
    return f"it failed: {shown}"


reader = Reader(
    "hume-batch", "Hume Expression Measurement v0, batch predictions (JSON)", "intensity", recognise, read, parts
)

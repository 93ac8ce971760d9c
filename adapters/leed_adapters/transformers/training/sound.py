"""The sound of clips: files found in a folder by the names that a table has for them, and decoded."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from leed.errors import InputError, LeedError, OptionError
from leed.schema.terms import Issue
from leed_adapters.measuring.audio import decoded
from leed_adapters.measuring.media import Media
from leed_adapters.media.sound import RATE
from leed_adapters.transformers.training.ratings import Clip, Ratings


def samples_of(path: str, name: str) -> NDArray[np.float32]:
    """Return (n,) samples of one channel, 16,000 a second, from -1 to 1.

    Raises:
        LeedError: there is no such file, or it holds no sound that can be decoded.
    """
    return decoded(Media(name, path=path)).astype(np.float32) / np.float32(32768)


@dataclass(frozen=True)
class Folder:
    """A folder of sound.

    Raises:
        OptionError: there is no such folder.
    """

    path: str

    def __post_init__(self) -> None:
        if not os.path.isdir(self.path):
            raise OptionError(f"{self.path}: there is no such folder; give the folder of the clips with --audio")

    def find(self, name: str) -> str | None:
        """Return the path of a clip: that name in the folder, or one that differs by folders and its ending only.

        None if there is none, or several are meant alike.
        """
        path = os.path.join(self.path, name)
        if name and os.path.isfile(path):
            return path
        alike = self._by_stem.get(_stem(name), [])
        return alike[0] if len(alike) == 1 else None

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for folder, _, files in os.walk(self.path):
            for file in files:
                found.setdefault(_stem(file), []).append(os.path.join(folder, file))
        return found


def _stem(name: str) -> str:
    r"""A file's name without what differs between a table and a disk.

    >>> _stem("C:\\takes\\Take 1.WAV"), _stem("takes/take 1.flac")
    ('take 1', 'take 1')
    """
    base = name.replace("\\", "/").rpartition("/")[2]
    stem, ending = os.path.splitext(base)
    return (stem if ending[1:].isalnum() and not ending[1:].isdigit() else base).casefold()


def there(ratings: Ratings, folder: Folder) -> tuple[Ratings, list[str]]:
    """Return the clips whose files are there, and their paths; the others are noted.

    Raises:
        InputError: none is there.
    """
    paths = [folder.find(clip.name) for clip in ratings.clips]
    kept = [place for place, path in enumerate(paths) if path is not None]
    missing = [ratings.clips[place].name for place, path in enumerate(paths) if path is None]
    issues = [
        Issue("missing-file", f"is not in {folder.path}, and left out", source=name) for name in dict.fromkeys(missing)
    ]
    if not kept:
        raise InputError(
            f"{folder.path}: none of the {len(paths)} clips of the table is there, such as {missing[0]!r}"
            if missing
            else "the table has no clips"
        )
    return ratings.take(kept).noting(*issues), [path for path in paths if path is not None]


class Listener:
    """Hears clips in their order, each file decoded once for the clips that follow each other in it.

    Attributes:
        issues: what could not be heard, or not to its end.
        digest: of all that was heard.
    """

    def __init__(self, longest: float) -> None:
        self.issues: list[Issue] = []
        self.digest = hashlib.sha256()
        self._longest = longest
        self._file: tuple[str, NDArray[np.float32] | None] = ("", None)

    def heard(self, clips: Sequence[Clip], paths: Sequence[str]) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Yield the place of each clip that can be heard, with its samples."""
        for place, (clip, path) in enumerate(zip(clips, paths, strict=True)):
            whole = self._whole(clip.name, path)
            if whole is None:
                continue
            samples = whole[slice(*_bounds(clip, len(whole)))]
            if not len(samples):
                begin, end = clip.begin or 0, "its end" if clip.end is None else f"{clip.end:g} s"
                self._note("no-sound", f"has no sound from {begin:g} s to {end}", clip)
                continue
            most = round(self._longest * RATE)
            if len(samples) > most:
                self._note("cut-off", f"is longer than {self._longest:g} s, of which only these are heard", clip)
            samples = samples[:most]
            self.digest.update(samples.tobytes())
            yield place, samples

    def _whole(self, name: str, path: str) -> NDArray[np.float32] | None:
        if self._file[0] != path:
            try:
                self._file = (path, samples_of(path, name))
            except LeedError as error:
                self._file = (path, None)
                why = str(error).removeprefix(f"{name}: ")
                self.issues.append(Issue("unreadable-audio", f"{why}; it is left out", source=name))
        return self._file[1]

    def _note(self, code: str, message: str, clip: Clip) -> None:
        self.issues.append(Issue(code, message, source=clip.name))


def _bounds(clip: Clip, n: int) -> tuple[int, int]:
    begin = 0 if clip.begin is None else round(max(clip.begin, 0.0) * RATE)
    end = n if clip.end is None else round(max(clip.end, 0.0) * RATE)
    return begin, end

"""Open models on this machine behind one call: voices, faces and words measured without a vendor.

Needs the extra ``transformers``, and ``audio`` for sound, ``video`` for pictures. Models are folders, or names on
Hugging Face's hub; one that is not here is only fetched when asked for (``download=True``), and nothing is sent
anywhere.

`leed measure clip.wav --model transformers:PATH-OR-ID` is the same on the command line.
"""

from __future__ import annotations

import os
from typing import Any, TypedDict, Unpack

from leed.schema import Recording
from leed_adapters.measuring.calls import Calls
from leed_adapters.measuring.measurer import Watch
from leed_adapters.transformers.local import LocalModel, named

measurer = LocalModel()


class LocalOptions(TypedDict, total=False):
    """What a call may be told; `leed_adapters.transformers.wishes.Wishes` says what each is."""

    timeout: float | None
    watch: Watch
    transcript: str | os.PathLike[str] | None
    granularity: str | None
    voice: str
    channels: str
    faces: str
    per_second: float
    modality: str | None
    activation: str | None
    device: str
    dtype: str
    batch_size: int
    revision: str | None
    download: bool


def measure(media: Any, model: str | os.PathLike[str], **options: Unpack[LocalOptions]) -> Recording:  # noqa: ANN401 - media_of checks them
    """Return what a model measures in one medium, or in each of a list; of several, one that fails is an issue.

    Args:
        media: a path, bytes, a file open for bytes, or a list of them: sound or video for a model of voices, text or
            subtitles for one of words, pictures or video for one of faces.
        model: the folder that it was saved to, or its name on Hugging Face's hub.
        options: timeout (seconds for each medium; none by itself), watch (is told what goes on), and those of
            `leed_adapters.transformers.wishes.Wishes`: transcript, granularity, voice, channels, faces, per_second,
            modality, activation, device, dtype, batch_size, revision, download.

    Raises:
        InputError: there is no such file or model, or one that cannot be used.
        OptionError: an option has a value that cannot be.
        MissingPackageError: a package that it needs is not installed; the message says which extra brings it.
    """
    return Calls(named(model)).measure(media, **options)


async def ameasure(media: Any, model: str | os.PathLike[str], **options: Unpack[LocalOptions]) -> Recording:  # noqa: ANN401 - as above
    """Return what `measure` returns, for code that is async itself."""
    return await Calls(named(model)).ameasure(media, **options)

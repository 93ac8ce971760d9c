"""Whether a medium is sound, an image, a video or text, told from its content and not from its ending."""

from __future__ import annotations

import soundfile

from leed import plugins
from leed.errors import InputError
from leed_adapters.measuring.media import Media
from leed_adapters.media.glance import is_text

_HEAD = 4096


def kind_of(media: Media) -> str:
    """Return "audio", "image", "video" or "text".

    An animation is a "video". A video without pictures, such as M4A with a cover, is "audio".

    >>> kind_of(Media("a.wav", data=b"WEBVTT"))
    'text'

    Raises:
        InputError: it is empty, or nothing of the kind.
        MissingPackageError: it may be a video, and PyAV is not installed.
    """
    with media.open() as file:
        head = file.read(_HEAD)
    if not head:
        raise InputError(f"{media.name}: is empty: give audio, an image, a video or text")
    if is_text(head):
        return "text"
    if _is_sound(media):
        return "audio"
    return _image_kind(media) or _container_kind(media)


def _is_sound(media: Media) -> bool:
    with media.open() as file:
        try:
            soundfile.SoundFile(file).close()  # type: ignore[arg-type, unused-ignore] # any open file will do
        except (soundfile.LibsndfileError, TypeError):
            return False
    return True


def _image_kind(media: Media) -> str | None:
    try:
        from leed_adapters.media import looking  # noqa: PLC0415 - loads Pillow
    except ModuleNotFoundError:
        return _by_magic(media)
    if not looking.is_image(media):
        return None
    return "video" if looking.is_animated(media) else "image"


def _by_magic(media: Media) -> str | None:
    with media.open() as file:
        head = file.read(16)
    known = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
    return "image" if head.startswith(known) or head[8:12] == b"WEBP" else None


def _container_kind(media: Media) -> str:
    try:
        from leed_adapters.media import containers  # noqa: PLC0415 - loads PyAV
    except ModuleNotFoundError as error:
        raise plugins.missing(f"{media.name}: telling what it is", error, extra="video") from error
    with containers.opened(media) as container:
        if containers.moving(container):
            return "video"
        if container.streams.audio:
            return "audio"
    raise InputError(f"{media.name}: holds neither sound nor pictures")

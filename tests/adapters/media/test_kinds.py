"""What a medium is, by its content; and what the package offers."""

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from leed.errors import InputError, MissingPackageError
from leed_adapters import media
from leed_adapters.measuring import Media
from leed_adapters.media import kind_of
from tests.support.making import m4a, sound, tone, video

FRAMES = [np.full((48, 64, 3), 80 * i, np.uint8) for i in range(3)]


def image(form: str, frames: int = 1) -> bytes:
    out = io.BytesIO()
    made = [Image.new("RGB", (16, 16), (90 * i, 0, 0)) for i in range(frames)]
    more = {"save_all": True, "append_images": made[1:], "duration": 200} if frames > 1 else {}
    made[0].save(out, form, **more)
    return out.getvalue()


CASES = [
    ("audio", sound(tone(0.1))),
    ("audio", sound(tone(0.1), form="FLAC")),
    ("audio", sound(tone(0.1, 48_000), 48_000, "OGG", "OPUS")),
    ("audio", sound(tone(0.5), form="MP3")),
    ("audio", m4a(tone(0.1, 48_000))),
    ("video", video(FRAMES, [0, 1, 2])),
    ("video", video(FRAMES, [0, 1, 2], form="matroska", heard=(tone(0.1, 48_000), 48_000))),
    ("video", image("GIF", 3)),
    ("video", image("WEBP", 3)),
    ("image", image("PNG")),
    ("image", image("JPEG")),
    ("image", image("WEBP")),
    ("image", image("GIF")),
    ("text", b"WEBVTT\n\n"),
    ("text", b'{"text": "hi"}'),
    ("text", "Grüße".encode("utf-16")),
]


@pytest.mark.parametrize(("kind", "data"), CASES)
def test_content_and_not_the_name_tells_the_kind(kind: str, data: bytes) -> None:
    assert kind_of(Media("talk.wav", data=data)) == kind


@pytest.mark.parametrize(("data", "told"), [
    (b"", "is empty: give audio, an image, a video or text"),
    (bytes(range(256)), "holds no audio or video that can be decoded: Invalid data found when processing input"),
])  # fmt: skip
def test_what_is_none_of_them_gives_one_line(data: bytes, told: str) -> None:
    with pytest.raises(InputError) as error:
        kind_of(Media("talk.wav", data=data))
    assert str(error.value) == f"talk.wav: {told}"


def test_a_damaged_image_is_an_image() -> None:
    assert kind_of(Media("a", data=image("PNG")[:60])) == "image"


@pytest.mark.usefixtures("without_av")
def test_telling_a_video_needs_pyav() -> None:
    assert kind_of(Media("a", data=sound(tone(0.1)))) == "audio"
    with pytest.raises(MissingPackageError) as error:
        kind_of(Media("a", data=video(FRAMES, [0, 1, 2])))
    assert str(error.value) == (
        "a: telling what it is needs the package 'av', which is not installed: pip install 'leed[video]'"
    )


def test_the_package_offers_its_names_and_no_others() -> None:
    for name in media.__all__:
        assert getattr(media, name).__name__.lower() == name.lower()
    with pytest.raises(AttributeError, match=r"module 'leed_adapters\.media' has no attribute 'nothing'"):
        media.nothing  # noqa: B018 - it is the access that counts


@pytest.mark.parametrize(("name", "unwanted"), [
    ("Boundaries", "torch av PIL soundfile"),
    ("read_boundaries", "torch av PIL soundfile"),
    ("clips", "torch av PIL"),
    ("kind_of", "torch av PIL"),
    ("Tracker", "torch av PIL soundfile"),
    ("pictures", "torch av"),
])  # fmt: skip
def test_a_name_loads_what_it_needs_and_no_more(name: str, unwanted: str) -> None:
    code = f"import sys; from leed_adapters.media import {name}; print(*({{*{unwanted.split()}}} & {{*sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"

"""Pictures of images, animations and videos: upright, in RGB, at the right times."""

import io
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image

from leed.errors import InputError, MissingPackageError, OptionError
from leed.schema import Issue
from leed_adapters.measuring import Media
from leed_adapters.media import Picture, pictures
from tests.support.making import m4a, tone, video

RED, BLUE = (255, 0, 0), (0, 0, 255)


def seen(data: bytes, **options: Any) -> tuple[list[Picture], list[Issue]]:
    issues: list[Issue] = []
    made = list(pictures(Media("a.mp4", data=data), on_issue=issues.append, **options))
    assert {(p.pixels.dtype, p.pixels.ndim) for p in made} <= {(np.dtype("uint8"), 3)}
    return made, issues


def image(form: str = "PNG", size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    """Blue, with the left upper corner in red."""
    out = io.BytesIO()
    made = Image.new("RGB", size, BLUE)
    made.paste(RED, (0, 0, size[0] // 2, size[1] // 2))
    made.save(out, form, **more)
    return out.getvalue()


def corners(pixels: np.ndarray) -> list[str]:
    """Which colour the four corners have: left and right above, left and right below."""
    return ["red" if pixels[y, x, 0] > pixels[y, x, 2] else "blue" for y in (2, -3) for x in (2, -3)]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_an_image_is_one_picture_without_a_time(form: str) -> None:
    (picture,), issues = seen(image(form))
    assert (picture.index, picture.time, picture.pixels.shape) == (0, None, (30, 40, 3))
    assert corners(picture.pixels) == ["red", "blue", "blue", "blue"]
    assert issues == []


@pytest.mark.parametrize(("orientation", "shape", "where"), [
    (1, (30, 40, 3), ["red", "blue", "blue", "blue"]),
    (3, (30, 40, 3), ["blue", "blue", "blue", "red"]),
    (6, (40, 30, 3), ["blue", "red", "blue", "blue"]),
    (8, (40, 30, 3), ["blue", "blue", "red", "blue"]),
])  # fmt: skip
def test_an_image_is_turned_as_its_exif_says(orientation: int, shape: tuple[int, ...], where: list[str]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    (picture,), _ = seen(image("JPEG", exif=exif))
    assert (picture.pixels.shape, corners(picture.pixels)) == (shape, where)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1", "I;16", "LA"])
def test_images_of_any_mode_become_rgb(mode: str) -> None:
    out = io.BytesIO()
    grey = Image.new("L", (20, 10), 200)
    made = Image.fromarray(np.full((10, 20), 200 * 257, np.uint16)) if mode == "I;16" else grey.convert(mode)
    made.save(out, "TIFF" if mode == "CMYK" else "PNG")
    (picture,), _ = seen(out.getvalue())
    assert picture.pixels.shape == (10, 20, 3)
    if mode != "1":
        assert np.abs(picture.pixels.astype(int) - 200).max() <= 1


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_an_animation_has_pictures_with_times(form: str) -> None:
    frames = [Image.new("RGB", (16, 16), (60 * i, 0, 255 - 60 * i)) for i in range(4)]
    out = io.BytesIO()
    lossless = {"lossless": True} if form == "WEBP" else {}
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=[500, 500, 100, 900], **lossless)
    made, issues = seen(out.getvalue(), per_second=2.0)
    assert [(p.index, p.time, int(p.pixels[0, 0, 0])) for p in made] == [
        (0, 0.0, 0),
        (1, 0.5, 60),
        (2, 1.0, 120),
        (3, 1.5, 180),
    ]
    assert issues == []


def grey(level: int, height: int = 48, width: int = 64) -> np.ndarray:
    return np.full((height, width, 3), level, np.uint8)


def test_a_video_gives_three_pictures_a_second() -> None:
    made, issues = seen(video([grey(4 * i) for i in range(50)], [i / 25 for i in range(50)]))
    assert [p.index for p in made] == [0, 1, 2, 3, 4, 5]
    assert [p.time for p in made] == [0.0, 0.36, 0.68, 1.0, 1.36, 1.68]
    assert [int(p.pixels.mean().round()) for p in made] == pytest.approx([0, 36, 68, 100, 136, 168], abs=3)
    assert issues == []


def test_a_rate_that_varies_is_followed_by_its_timestamps() -> None:
    times = [0.0, 0.1, 0.2, 2.0, 2.02, 2.04, 5.0]
    made, _ = seen(video([grey(30 * i) for i in range(7)], times, form="matroska"))
    assert [p.time for p in made] == [0.0, 2.0, 5.0]
    assert [int(p.pixels.mean().round()) for p in made] == pytest.approx([0, 90, 180], abs=3)


def test_more_pictures_than_there_are_frames_are_the_frames() -> None:
    assert len(seen(video([grey(i) for i in range(10)], [i / 10 for i in range(10)]), per_second=100)[0]) == 10


def test_a_video_that_begins_late_begins_at_zero() -> None:
    made, _ = seen(video([grey(0)] * 3, [10.0, 10.5, 11.0], form="mpegts"))
    assert [p.time for p in made] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(("matrix", "shape", "where"), [
    ((0, 1, -1, 0), (64, 48, 3), ["blue", "red", "blue", "blue"]),
    ((-1, 0, 0, -1), (48, 64, 3), ["blue", "blue", "blue", "red"]),
    ((0, -1, 1, 0), (64, 48, 3), ["blue", "blue", "red", "blue"]),
])  # fmt: skip
def test_a_video_of_a_phone_held_upright_is_turned(matrix: Any, shape: tuple[int, ...], where: list[str]) -> None:
    """The matrix of the track header says how a player turns it: here it is put into a file that has none."""
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[..., 2] = 255
    picture[:24, :32] = RED
    data = bytearray(video([picture] * 3, [0, 0.04, 0.08]))
    fixed = [round(v * 65536) for v in matrix]
    place = data.index(b"tkhd") + 4 + 40
    data[place : place + 36] = struct.pack(">9i", fixed[0], fixed[1], 0, fixed[2], fixed[3], 0, 0, 0, 1 << 30)
    (made,), _ = seen(bytes(data))
    assert (made.pixels.shape, corners(made.pixels)) == (shape, where)


def test_progress_is_told_in_seconds() -> None:
    told: list[tuple[float, float | None]] = []
    seen(video([grey(0)] * 10, [i / 5 for i in range(10)]), on_progress=lambda *at: told.append(at))
    assert [at for at, _ in told] == [0.0, 0.4, 0.8, 1.0, 1.4, 1.8]
    assert all(total == pytest.approx(2.0, abs=0.3) for _, total in told)


@pytest.mark.parametrize(("data", "told"), [
    (b"", "is empty: give an image (JPEG, PNG, ...) or a video (MP4, WebM, ...)"),
    (b"words", "is text: give an image (JPEG, PNG, ...) or a video (MP4, WebM, ...)"),
    (bytes(range(256)), "holds no audio or video that can be decoded: Invalid data found when processing input"),
    (m4a(tone(0.5, 48_000)), "holds no pictures: give an image or a video"),
    (image("JPEG", (400, 300))[:900], "is an image that cannot be decoded: image file is truncated"),
    (image()[:60], "is an image that cannot be decoded: "),
    (video([grey(0)] * 3, [0, 1, 2])[:300], "holds no pictures: give an image or a video"),
])  # fmt: skip
def test_what_holds_no_pictures_gives_one_line(data: bytes, told: str) -> None:
    with pytest.raises(InputError) as error:
        seen(data)
    assert str(error.value).startswith(f"a.mp4: {told}")
    assert "\n" not in str(error.value)


def test_of_a_video_that_is_cut_off_what_is_there_is_seen() -> None:
    noise = [np.random.default_rng(i).integers(0, 255, (48, 64, 3), np.uint8) for i in range(50)]
    whole = video(noise, [i / 5 for i in range(50)], form="flv", codec="flv")
    made, issues = seen(whole[: len(whole) // 2])
    assert 5 < len(made) < 20
    assert [issue.code for issue in issues] == ["cut-off"]


def test_an_enormous_image_is_refused_before_it_is_decoded() -> None:
    data = bytearray(image())
    data[16:24] = struct.pack(">II", 20_000, 20_000)
    with pytest.raises(InputError, match=r"^a\.mp4: "):
        seen(bytes(data))


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_how_many_a_second_has_bounds(rate: float) -> None:
    with pytest.raises(OptionError, match=r"^per_second is .*: give how many pictures a second, above 0$"):
        seen(image(), per_second=rate)


@pytest.mark.usefixtures("without_av")
def test_a_video_needs_pyav() -> None:
    with pytest.raises(MissingPackageError) as error:
        seen(video([grey(0)] * 3, [0, 1, 2]))
    assert str(error.value) == (
        "a.mp4: reading a video needs the package 'av', which is not installed: pip install 'leed[video]'"
    )

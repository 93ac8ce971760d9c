"""Faces found in pictures, and told apart from picture to picture."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from leed.errors import MissingPackageError, OptionError
from leed_adapters.media import Detector, Face, Picture, Tracker, faces
from leed_adapters.media.tracking import overlaps


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """A portrait of one person, 512 wide and 600 high, which matplotlib brings with it."""
    folder = find_spec("matplotlib").submodule_search_locations[0]  # type: ignore[union-attr, index]
    return np.array(Image.open(Path(folder, "mpl-data/sample_data/grace_hopper.jpg")))


def is_hers(face: Face, scale: float = 1.0, left: float = 0.0) -> bool:
    """Whether the middle of a box is about her nose, and its size that of her face."""
    x, y, width, height = face.box
    middle = ((x - left + width / 2) / scale, (y + height / 2) / scale)
    return abs(middle[0] - 270) < 25 and abs(middle[1] - 215) < 35 and 140 < width / scale < 230


def test_the_face_of_a_photo_is_found(photo: np.ndarray) -> None:
    (face,) = faces(Picture(0, None, photo))
    assert is_hers(face)
    assert 0.99 < face.confidence <= 1.0


@pytest.mark.parametrize("scale", [0.3, 1.0, 4.0])
def test_a_face_of_any_size_is_found_where_it_is(photo: np.ndarray, scale: float) -> None:
    size = (round(512 * scale), round(600 * scale))
    (face,) = Detector()(np.array(Image.fromarray(photo).resize(size)))
    assert is_hers(face, scale)


def test_several_faces_come_from_left_to_right(photo: np.ndarray) -> None:
    found = Detector()(np.concatenate([photo, photo[:, ::-1], photo], axis=1))
    assert len(found) == 3
    assert found[0].box[0] < found[1].box[0] < found[2].box[0]
    assert is_hers(found[2], left=1024)


def test_a_face_at_the_edge_has_a_box_within_the_picture(photo: np.ndarray) -> None:
    for cut in (photo[:, 200:], photo[130:], photo[:, :340]):
        for face in Detector(confidence=0.5)(np.ascontiguousarray(cut)):
            x, y, width, height = face.box
            assert x >= 0
            assert y >= 0
            assert x + width <= cut.shape[1]
            assert y + height <= cut.shape[0]


@pytest.mark.parametrize("pixels", [
    np.zeros((480, 640, 3), np.uint8),
    np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8),
    np.full((1, 1, 3), 255, np.uint8),
    np.full((11, 600, 3), 255, np.uint8),
    np.zeros((0, 0, 3), np.uint8),
], ids=["black", "noise", "one pixel", "a strip", "nothing"])  # fmt: skip
def test_where_there_is_no_face_none_is_found(pixels: np.ndarray) -> None:
    assert Detector()(pixels) == []


def test_small_faces_are_found_where_they_are_looked_for(photo: np.ndarray) -> None:
    small = np.array(Image.fromarray(photo).resize((77, 90)))
    assert Detector(smallest=100)(small) == []
    assert len(Detector(smallest=20)(small)) == 1


@pytest.mark.parametrize("options", [{"smallest": 11}, {"confidence": 1.0}, {"confidence": -0.1}])
def test_the_detector_has_bounds(options: dict[str, Any]) -> None:
    with pytest.raises(
        OptionError, match=r"^smallest is .* and confidence .*: give pixels from 12, and a share below 1$"
    ):
        Detector(**options)


def test_weights_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(MissingPackageError) as error:
        Detector()
    assert str(error.value) == (
        "finding faces needs the package 'mtcnn', which is not installed: pip install 'leed[video]'"
    )


# --- tracking


def at(x: float, y: float = 0.0, size: float = 10.0) -> Face:
    return Face((x, y, size, size), 0.9)


def test_faces_that_move_keep_their_names() -> None:
    tracker = Tracker()
    for step in range(20):
        assert tracker.ids([at(2.0 * step), at(100 - 2.0 * step, 40)], step / 3) == ["face_0", "face_1"]


def test_the_order_of_faces_does_not_matter() -> None:
    tracker = Tracker()
    assert tracker.ids([at(0), at(50)], 0.0) == ["face_0", "face_1"]
    assert tracker.ids([at(51), at(200), at(1)], 0.3) == ["face_1", "face_2", "face_0"]


def test_each_name_is_given_once_and_to_the_nearest() -> None:
    tracker = Tracker()
    tracker.ids([at(0)], 0.0)
    assert tracker.ids([at(3), at(1)], 0.3) == ["face_1", "face_0"]


def test_a_gap_of_a_second_is_bridged_and_a_longer_one_is_not() -> None:
    tracker = Tracker()
    tracker.ids([at(0)], 0.0)
    assert tracker.ids([], 0.5) == []
    assert tracker.ids([at(1)], 1.0) == ["face_0"]
    assert tracker.ids([at(1)], 2.01) == ["face_1"]


def test_a_face_elsewhere_is_a_new_one() -> None:
    tracker = Tracker()
    tracker.ids([at(0)], 0.0)
    assert tracker.ids([at(8)], 0.3) == ["face_1"]


def test_faces_of_still_images_are_all_new() -> None:
    tracker = Tracker()
    assert tracker.ids([at(0)]) == ["face_0"]
    assert tracker.ids([at(0)]) == ["face_1"]


def test_the_tracker_has_bounds() -> None:
    with pytest.raises(OptionError, match=r"^overlap is 0 and gap 1\.0: give a share above 0, and seconds from 0$"):
        Tracker(overlap=0)
    with pytest.raises(OptionError, match=r"^overlap is 0\.3 and gap nan"):
        Tracker(gap=float("nan"))


def test_boxes_without_size_overlap_nothing() -> None:
    assert overlaps([(0, 0, 0, 0)], [(0, 0, 0, 0), (0, 0, 5, 5)]).tolist() == [[0.0, 0.0]]
    assert overlaps([(0, 0, 10, 10)], [(2, 2, 2, 2)], of_smaller=True).tolist() == [[1.0]]
    assert overlaps([], [(0, 0, 1, 1)]).shape == (0, 1)

"""Different texts and their vectors in files, and where workers work."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from leed.batch.different import DifferentTexts
from leed.batch.vectors import VectorFile
from leed.batch.workplace import Workplace


@pytest.fixture
def texts(tmp_path: Path) -> Iterator[DifferentTexts]:
    with DifferentTexts(str(tmp_path / "texts")) as found:
        yield found


def test_texts_stand_once_and_are_found_by_their_places(texts: DifferentTexts) -> None:
    assert texts.add(["a", "", "ü", "a"]).tolist() == [0, 1, 2, 0]
    assert texts.add(["ü", "long " * 9999]).tolist() == [2, 3]
    texts.settle()
    assert len(texts) == 4
    assert [texts[0], texts[-2]] == ["a", "ü"]
    assert texts[1:] == ["", "ü", "long " * 9999]
    assert texts.take(np.array([2, 0])) == ["ü", "a"]


def test_vectors_are_found_where_they_were_put(tmp_path: Path) -> None:
    file = VectorFile(str(tmp_path / "vectors"), 6, 2)
    vectors = np.arange(8, dtype=np.float32).reshape(4, 2)
    file[np.array([5, 1, 0, 2])] = vectors
    assert np.array_equal(file[np.array([5, 1, 0, 2])], vectors)
    assert file[np.array([2, 2, 3])].tolist() == [[6, 7], [6, 7], [0, 0]]
    assert file[np.array([], np.int64)].shape == (0, 2)


def test_vectors_without_a_number_take_no_room(tmp_path: Path) -> None:
    file = VectorFile(str(tmp_path / "vectors"), 3, 0)
    file[np.array([0, 1, 2])] = np.zeros((3, 0), np.float32)
    assert file[np.array([1, 2])].shape == (2, 0)


def test_a_worker_settles_where_it_was_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    place = Workplace(threads=3)
    monkeypatch.chdir("/")
    for name, own in (("OMP_NUM_THREADS", "2"), ("MKL_NUM_THREADS", "8"), ("OPENBLAS_NUM_THREADS", "")):
        monkeypatch.setenv(name, own)
    monkeypatch.delenv("RAYON_NUM_THREADS", raising=False)
    place.settle()
    assert Path.cwd() == tmp_path
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
    assert [os.environ[name] for name in names] == ["2", "3", "3", "3"]
    monkeypatch.setenv("RAYON_NUM_THREADS", "9")  # taken back with the others

"""The cache of vectors: nothing is embedded twice, nothing mixes, and a damaged file gives no wrong vector."""

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from leed.embed import Cache, get_embedder
from leed.embed.cache import default_path
from leed.errors import CacheError, EmbeddingError
from tests.support.embedders import Counting
from tests.support.parts import ROOT

TEXTS = [f"They sound sad {'very ' * (i % 5)}{i}" for i in range(100)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "vectors.sqlite"


def test_a_second_run_asks_for_nothing(path: Path) -> None:
    first, second = Counting(), Counting()
    one = get_embedder(first, cache=path).embed(TEXTS * 3)
    two = get_embedder(second, cache=path).embed(TEXTS * 3)
    assert (len(first.seen), second.seen) == (100, [])
    assert np.array_equal(one, two)
    assert len(Cache(str(path))) == 100


def test_a_run_that_stopped_goes_on(path: Path) -> None:
    with pytest.raises(EmbeddingError) as raised:
        get_embedder(Counting(fails_at=40), cache=path, batch_size=10).embed(TEXTS)
    assert str(raised.value) == (
        f"counting: the service is down; 40 of 100 different texts are embedded and kept in {path}: "
        "run the same again to go on with the others"
    )
    again = Counting()
    vectors = get_embedder(again, cache=path, batch_size=10).embed(TEXTS)
    assert again.seen == TEXTS[40:]
    assert np.array_equal(vectors, Counting().embed(TEXTS))


def test_a_run_that_was_killed_goes_on(path: Path) -> None:
    code = (
        "import os, signal\n"
        "from leed.embed import get_embedder\n"
        "from tests.support.embedders import Counting\n"
        "class Dies(Counting):\n"
        "    def embed(self, texts, /):\n"
        "        if len(self.seen) >= 30: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return super().embed(texts)\n"
        f"get_embedder(Dies(), cache={str(path)!r}, batch_size=10).embed({TEXTS!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -9, done.stderr
    again = Counting()
    get_embedder(again, cache=path).embed(TEXTS)
    assert again.seen == TEXTS[30:]


def test_models_versions_and_sizes_never_mix(path: Path) -> None:
    inners = [Counting(), Counting(version="2"), Counting(name="other"), Counting(name="counting1", version="")]
    for inner in inners:
        get_embedder(inner, cache=path).embed(["sad"])
    assert [inner.seen for inner in inners] == [["sad"]] * 4
    assert get_embedder("lexical", dimensions=8, cache=path).embed(["sad"]).shape == (1, 8)
    assert get_embedder("lexical", dimensions=16, cache=path).embed(["sad"]).shape == (1, 16)


def test_the_file_holds_no_text(path: Path) -> None:
    get_embedder(Counting(), cache=path).embed(["a secret that nobody knows"])
    assert b"secret" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_several_processes_fill_one_file(path: Path) -> None:
    """Each of six makes the file, reads and writes; together they get all right."""
    code = (
        "import sys\n"
        "import numpy as np\n"
        "from leed.embed import get_embedder\n"
        "from tests.support.embedders import Counting\n"
        "n = int(sys.argv[2])\n"
        "texts = [f'text {i} ' + 'x' * i for i in range(n * 40, n * 40 + 200)]\n"
        "for _ in range(3):\n"
        "    found = get_embedder(Counting(), cache=sys.argv[1], batch_size=5).embed(texts)\n"
        "    assert np.array_equal(found, Counting().embed(texts))\n"
    )
    command = [sys.executable, "-c", code, str(path)]
    running = [subprocess.Popen([*command, str(n)], cwd=ROOT, stderr=subprocess.PIPE, env=os.environ) for n in range(6)]
    ends = [(process.communicate()[1], process.returncode) for process in running]
    assert ends == [(b"", 0)] * 6
    assert len(Cache(str(path))) == 400


def test_a_new_file_that_another_process_has_is_waited_for(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CacheError, match="cannot be used: database is locked"):
            get_embedder(Counting(), cache=Cache(str(path), patience=0.05)).embed(TEXTS)
        end = threading.Timer(0.3, other.rollback)
        end.start()
        get_embedder(Counting(), cache=Cache(str(path))).embed(TEXTS)
        end.join()
    assert len(Cache(str(path))) == len(TEXTS)


def test_a_file_that_is_no_database_is_a_clear_error_and_stays(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"my notes " * 1000)
    with pytest.raises(CacheError, match=r"vectors\.sqlite is damaged \(file is not a database\); remove it, or name"):
        get_embedder(Counting(), cache=path).embed(TEXTS)
    assert path.read_bytes() == b"my notes " * 1000


def test_a_database_of_something_else_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bills (id)")
    other.close()
    with pytest.raises(CacheError, match="is a database of something else; name another file for the cache"):
        get_embedder(Counting(), cache=path).embed(TEXTS)


def test_a_file_of_another_version_is_left_alone(path: Path) -> None:
    get_embedder(Counting(), cache=path).embed(TEXTS)
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version=99")
    other.close()
    with pytest.raises(CacheError, match="is of another version of leed; name another file"):
        get_embedder(Counting(), cache=path).embed(TEXTS)


def test_a_place_that_cannot_be_used_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CacheError, match="cannot be used: unable to open database file"):
        get_embedder(Counting(), cache=tmp_path).embed(TEXTS)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CacheError, match=r"cannot be used: (File exists|Not a directory)"):
        get_embedder(Counting(), cache=tmp_path / "file" / "x.sqlite").embed(TEXTS)


def test_damage_never_gives_a_wrong_vector(path: Path) -> None:
    """Each of 300 files with bytes changed at random gives the right vectors, or the error."""
    right = get_embedder(Counting(), cache=path).embed(TEXTS)
    whole = path.read_bytes()
    rng = np.random.default_rng(7)
    refused = 0
    for _ in range(300):
        damaged = bytearray(whole)
        for place in rng.integers(0, len(whole), 40):
            damaged[place] ^= int(rng.integers(1, 256))
        path.write_bytes(damaged if rng.random() < 0.8 else damaged[: int(rng.integers(0, len(whole)))])
        for name in ("-wal", "-shm"):
            Path(f"{path}{name}").unlink(missing_ok=True)
        try:
            assert np.array_equal(get_embedder(Counting(), cache=path).embed(TEXTS), right)
        except CacheError:
            refused += 1
    assert refused > 100


def test_one_vector_that_is_not_what_was_written_is_an_error(path: Path) -> None:
    get_embedder(Counting(), cache=path).embed(TEXTS)
    for vector in (b"", b"1234567", b"\0" * 12, "text"):
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("UPDATE vectors SET vector = ?", (vector,))
        other.close()
        with pytest.raises(CacheError, match=r"is damaged \(a vector is not what was written\); remove it"):
            get_embedder(Counting(), cache=path).embed(TEXTS)


def test_an_estimate_leaves_out_what_is_kept_and_makes_no_file(path: Path) -> None:
    embedder = get_embedder(Counting(), cache=path)
    assert embedder.estimate(TEXTS).uncached == 100
    assert not path.exists()
    assert len(Cache(str(path))) == 0
    embedder.embed(TEXTS[:30])
    assert embedder.estimate(TEXTS * 2).uncached == 70


def test_the_default_is_a_file_in_the_users_folder_for_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEED_CACHE_DIR", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    assert default_path() == str(tmp_path / "caches" / "leed" / "embeddings.sqlite")
    get_embedder(Counting(), cache=True).embed(["sad"])
    assert (tmp_path / "caches" / "leed" / "embeddings.sqlite").is_file()
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert default_path() == "/home/ann/.cache/leed/embeddings.sqlite"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert default_path() == "/home/ann/Library/Caches/leed/embeddings.sqlite"
    monkeypatch.setenv("LEED_CACHE_DIR", "/scratch")
    assert default_path() == "/scratch/embeddings.sqlite"


def test_nothing_is_kept_unless_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEED_CACHE_DIR", str(tmp_path))
    get_embedder(Counting()).embed(TEXTS)
    get_embedder(Counting(), cache=False).embed(TEXTS)
    assert list(tmp_path.iterdir()) == []


def test_what_goes_wrong_in_the_embedder_is_not_blamed_on_the_cache(path: Path) -> None:
    inner = Counting()

    def gone(_: object, /) -> object:
        raise FileNotFoundError(2, "No such file or directory", "model.safetensors")

    inner.embed = gone  # type: ignore[method-assign,assignment]
    with pytest.raises(FileNotFoundError, match=r"model\.safetensors"):
        get_embedder(inner, cache=path).embed(TEXTS)

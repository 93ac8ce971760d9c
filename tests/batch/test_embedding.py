"""Many inputs to one table with vectors: the same whoever does it, each sentence embedded once, nothing lost."""

import json
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pyarrow import parquet

import leed
from leed import plugins
from leed.batch.describing import Reading, Share
from leed.batch.embedding import embed_inputs
from leed.batch.engines import Engine, get_engine
from leed.batch.local import run
from leed.embed import OnceEmbedder, get_embedder
from leed.errors import EmbeddingError, InputError

EMOTIONS = ("Joy", "Sadness", "Anger", "Fear", "Calmness")


class Noting:
    """An embedder that notes what it is asked for in a file of its process; a text's vector is its length.

    Some texts are its end: by a signal, once or always, or by an error.
    """

    name = "noting"
    version = "1"
    dimensions = 1

    def __init__(self, folder: Path, **ends: str) -> None:
        self.folder = folder
        self.ends = ends

    def embed(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        if self.ends.get("dies") in texts or (self.ends.get("dies_once") in texts and self.is_first()):
            os.kill(os.getpid(), signal.SIGKILL)
        if self.ends.get("fails") in texts:
            raise EmbeddingError("the service is down")
        with (self.folder / f"{os.getpid()}.asked").open("a", encoding="utf-8") as file:
            file.writelines(f"{text}\n" for text in texts)
        return np.array([[len(text)] for text in texts], np.float32)

    def is_first(self) -> bool:
        try:
            (self.folder / "died").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def asked(self) -> list[str]:
        return [text for path in self.folder.glob("*.asked") for text in path.read_text(encoding="utf-8").splitlines()]


def talk(seed: int) -> list[dict[str, Any]]:
    """Two people of whom one is quoted, by face and voice; sentences recur within a talk and between talks."""
    rng = np.random.default_rng(seed)
    return [
        {
            "begin": float(i),
            "speaker": ("Ann", "Ben")[i % 2],
            **({"text": f"I said {i % 5}."} if i % 2 else {}),
            ("prosody", "face")[i % 3 == 0]: dict(zip(EMOTIONS, (rng.integers(0, 4, 5) / 4).tolist(), strict=True)),
        }
        for i in range(60)
    ]


@pytest.fixture
def talks(tmp_path: Path) -> list[str]:
    folder = tmp_path / "talks"
    folder.mkdir()
    for i in range(5):
        (folder / f"{i}.json").write_text(json.dumps(talk(i)), encoding="utf-8")
    return [str(folder / f"{i}.json") for i in (3, 0, 4, 1, 2)]


@pytest.fixture
def sentences(talks: list[str]) -> list[str]:
    """What is said of all segments, in order."""
    return [str(description) for source in talks for description in leed.describe_all(leed.read(source))]


def embed(sources: Sequence[str], out: Path, embedder: Any = None, engine: Engine = run, **options: Any) -> list[Share]:
    shares: list[Share] = []
    chosen = get_embedder("lexical", dimensions=64) if embedder is None else embedder
    chosen = chosen if isinstance(chosen, OnceEmbedder) else get_embedder(chosen)
    about: dict[str, Any] = {"describer": leed.Describer(), "reading": Reading(), "told": shares.append, **options}
    embed_inputs(sources, str(out), embedder=chosen, engine=engine, **about)
    return shares


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".npy"])
def test_two_workers_write_the_table_of_one(talks: list[str], tmp_path: Path, ending: str) -> None:
    for workers in (1, 2):
        embed(talks, tmp_path / f"{workers}{ending}", workers=workers)
    if ending == ".parquet":
        assert parquet.read_table(tmp_path / "1.parquet").equals(parquet.read_table(tmp_path / "2.parquet"))
    assert (tmp_path / f"1{ending}").read_bytes() == (tmp_path / f"2{ending}").read_bytes()


def test_rows_are_those_of_describe_all_in_the_order_of_the_inputs(
    talks: list[str], sentences: list[str], tmp_path: Path
) -> None:
    embed(talks, tmp_path / "x.parquet")
    table = parquet.read_table(tmp_path / "x.parquet")
    told = [description for source in talks for description in leed.describe_all(leed.read(source))]
    for name in ("source", "modality", "aspect", "granularity", "speaker", "begin", "end", "text", "fingerprint"):
        assert table[name].to_pylist() == [getattr(description, name) for description in told]
    assert table["description"].to_pylist() == sentences
    vectors = get_embedder("lexical", dimensions=64).embed(sentences)
    assert np.array_equal(np.array(table["embedding"].to_pylist(), np.float32), vectors)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["talks", "x.parquet"]


def test_each_sentence_is_asked_for_once_in_all_inputs_and_by_all_workers(
    talks: list[str], sentences: list[str], tmp_path: Path
) -> None:
    embedder = Noting(tmp_path)
    embed(talks, tmp_path / "x.npy", embedder, workers=2)
    assert sorted(embedder.asked()) == sorted(set(sentences))
    assert not (tmp_path / f"{os.getpid()}.asked").exists()
    assert np.load(tmp_path / "x.npy").tolist() == [[len(sentence)] for sentence in sentences]


def test_what_is_kept_is_not_asked_for_again(talks: list[str], sentences: list[str], tmp_path: Path) -> None:
    embedder = Noting(tmp_path)
    kept = get_embedder(embedder, cache=tmp_path / "kept.sqlite")
    embed(talks[:2], tmp_path / "x.npy", kept)
    first = set(embedder.asked())
    assert kept.cache is not None
    assert len(kept.cache) == len(first) == len(set(sentences[:120]))
    embed(talks, tmp_path / "x.npy", kept, workers=2)
    assert sorted(embedder.asked()) == sorted(set(sentences))
    assert len(kept.cache) == len(set(sentences))
    assert np.load(tmp_path / "x.npy").tolist() == [[len(sentence)] for sentence in sentences]


def test_a_worker_that_is_killed_while_it_embeds_takes_nothing_with_it(
    talks: list[str], sentences: list[str], tmp_path: Path
) -> None:
    embed(talks, tmp_path / "x.npy", Noting(tmp_path, dies_once=sentences[100]), workers=2)
    assert (tmp_path / "died").exists()
    assert np.load(tmp_path / "x.npy").tolist() == [[len(sentence)] for sentence in sentences]


def test_sentences_that_kill_every_worker_are_an_error_and_all_others_are_kept(
    talks: list[str], sentences: list[str], tmp_path: Path
) -> None:
    kept = get_embedder(Noting(tmp_path, dies=sentences[100]), cache=tmp_path / "kept.sqlite")
    total, lost = len(set(sentences)), 33  # an eighth of them, for two workers
    with pytest.raises(EmbeddingError) as raised:
        embed(talks, tmp_path / "x.npy", kept, workers=2)
    assert kept.cache is not None
    assert raised.value.done == len(kept.cache) == total - lost
    assert str(raised.value) == (
        "noting: the process that worked on it died 3 times: it was killed, or had too little memory; "
        f"{total - lost} of {total} different texts are embedded and kept in {tmp_path / 'kept.sqlite'}: "
        "run the same again to go on with the others"
    )
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".asked") == ["kept.sqlite", "talks"]
    again = Noting(tmp_path / "talks")
    embed(talks, tmp_path / "x.npy", get_embedder(again, cache=tmp_path / "kept.sqlite"))
    assert len(again.asked()) == lost


def test_an_embedder_that_fails_is_asked_no_more_and_what_came_is_kept(
    talks: list[str], sentences: list[str], tmp_path: Path
) -> None:
    unique = list(dict.fromkeys(sentences))
    embedder = Noting(tmp_path, fails=unique[1])
    kept = get_embedder(embedder, cache=tmp_path / "kept.sqlite")
    with pytest.raises(EmbeddingError, match="noting: the service is down; 0 of"):
        embed(talks, tmp_path / "x.npy", kept)
    with pytest.raises(EmbeddingError, match=f"noting: the service is down; 32 of {len(unique)} different texts"):
        embed(talks, tmp_path / "x.npy", get_embedder(Noting(tmp_path, fails=unique[40]), batch_size=32))
    assert not (tmp_path / "x.npy").exists()


def test_a_bad_input_takes_nothing_from_the_others(talks: list[str], sentences: list[str], tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(b"{")
    bad, missing = str(tmp_path / "bad.json"), str(tmp_path / "missing.json")
    shares = embed([talks[0], bad, missing, *talks[1:]], tmp_path / "x.npy", Noting(tmp_path), workers=2)
    assert [share.rows for share in shares] == [60, 0, 0, 60, 60, 60, 60]
    assert [share.error is not None for share in shares] == [False, True, True, False, False, False, False]
    assert "bad.json" in str(shares[1].error)
    assert len(np.load(tmp_path / "x.npy")) == len(sentences)


def test_inputs_that_hold_nothing_are_an_error_that_names_the_first(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    with pytest.raises(InputError) as raised:
        embed([str(tmp_path / "empty.txt")] * 5, tmp_path / "x.npy")
    first = str(tmp_path / "empty.txt")
    assert str(raised.value) == f"{first}, {first}, {first} and 2 more: there is nothing to embed"


def test_minilm_gives_the_same_on_two_workers(talks: list[str], tmp_path: Path) -> None:
    for workers in (1, 2):
        embed(talks[:2], tmp_path / f"{workers}.npy", "minilm", workers=workers)
    one, two = (np.load(tmp_path / f"{workers}.npy") for workers in (1, 2))
    assert one.shape == (120, 384)
    assert np.abs(one - two).max() < 1e-6


@pytest.mark.skipif("ray" not in plugins.names("leed.engines"), reason="no engine is called ray")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:ray[.].*")  # what Ray says of itself
def test_ray_writes_the_table_of_this_process(talks: list[str], tmp_path: Path) -> None:
    embed(talks, tmp_path / "here.parquet")
    embed(talks, tmp_path / "ray.parquet", engine=get_engine("ray"), workers=1)
    assert (tmp_path / "here.parquet").read_bytes() == (tmp_path / "ray.parquet").read_bytes()

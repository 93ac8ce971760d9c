"""leed embed: recordings and texts in, a table with vectors out."""

import csv
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

import leed
from leed_adapters.fakes.openai import FakeOpenAI

Answer = tuple[int, str, str]
Leed = Callable[..., Answer]
TALK = [
    {"begin": 0.0, "end": 1.0, "speaker": "Ben", "text": "It came!", "prosody": {"Joy": 0.41}},
    {"begin": 2.0, "end": 3.0, "speaker": "Ben", "text": "Oh.", "prosody": {"Sadness": 0.33}},
    {"begin": 4.0, "speaker": "Ann", "prosody": {"Sadness": 0.33}},
]
SENTENCES = [
    'They said "It came!" and sound very joyful.',
    'They said "Oh." and sound quite sad.',
    "They sound quite sad.",
]


@pytest.fixture
def embed(leed_command: Leed) -> Leed:
    """A function that runs `leed embed` in this process and gives its status, stdout and stderr."""
    return partial(leed_command, "embed")


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.json"
    path.write_text(json.dumps(TALK), encoding="utf-8")
    return path


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        yield fake


def test_a_recording_becomes_a_table_with_a_row_for_each_segment(embed: Leed, talk: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.parquet"
    assert embed(talk, "--embedder", "lexical", "--dimensions", 32, "-o", out) == (0, "", "")
    table = parquet.read_table(out)
    assert table.column_names == [
        *(
            "source",
            "modality",
            "aspect",
            "granularity",
            "speaker",
            "begin",
            "end",
            "text",
            "description",
            "fingerprint",
        ),
        *("embedder", "version", "embedding"),
    ]
    assert table.schema.field("embedding").type == pa.list_(pa.float32(), 32)
    assert table["description"].to_pylist() == SENTENCES
    assert table["speaker"].to_pylist() == ["Ben", "Ben", "Ann"]
    assert table["end"].to_pylist() == [1.0, 3.0, None]
    assert set(table["fingerprint"].to_pylist()) == {leed.Describer().fingerprint}
    assert set(table["embedder"].to_pylist()) == {"lexical"}
    assert set(table["version"].to_pylist()) == {"1; dimensions 32; ngrams 1-2"}
    expected = leed.embed.get_embedder("lexical", dimensions=32).embed(SENTENCES)
    assert np.array_equal(np.array(table["embedding"].to_pylist(), np.float32), expected)


def test_csv_and_npy_have_the_same_vectors(embed: Leed, talk: Path, tmp_path: Path) -> None:
    expected = leed.embed.get_embedder("lexical", dimensions=4).embed(SENTENCES)
    for name in ("x.csv", "x.npy"):
        assert embed(talk, "--embedder", "lexical", "--dimensions", 4, "-o", tmp_path / name) == (0, "", "")
    assert np.array_equal(np.load(tmp_path / "x.npy"), expected)
    rows = list(csv.DictReader((tmp_path / "x.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["description"] for row in rows] == SENTENCES
    assert np.array_equal(np.array([[row[f"embedding.{i}"] for i in range(4)] for row in rows], np.float32), expected)


def test_minilm_is_the_default(embed: Leed, talk: Path, tmp_path: Path) -> None:
    assert embed(talk, "-o", tmp_path / "x.npy") == (0, "", "")
    assert np.load(tmp_path / "x.npy").shape == (3, 384)


def test_options_of_the_describer_are_taken(embed: Leed, talk: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.parquet"
    options = ("--person", "Ben", "--tense", "past", "--lang", "en", "--no-quote", "--ignore", "Joy", "--top", "1")
    assert embed(talk, *options, "--embedder", "lexical", "-o", out)[0] == 0
    assert parquet.read_table(out)["description"].to_pylist()[1:] == ["Ben sounded quite sad."] * 2


@pytest.mark.parametrize("arguments", [("lines.txt",), ("--format", "text", "lines.md"), ("--format", "text", "-")])
def test_a_text_file_is_a_text_on_each_line(embed: Leed, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    data = "\ufeffThey look sad.\r\n\r\n  \nThey look glad.".encode()
    (tmp_path / arguments[-1]).write_bytes(data)
    file = arguments[-1] if arguments[-1] == "-" else tmp_path / arguments[-1]
    out = tmp_path / "x.parquet"
    assert embed(*arguments[:-1], file, "--embedder", "lexical", "-o", out, stdin=data)[0] == 0
    rows = parquet.read_table(out, columns=["text", "description", "fingerprint", "modality"]).to_pylist()
    assert rows == [
        {"text": text, "description": text, "fingerprint": None, "modality": None}
        for text in ("They look sad.", "They look glad.")
    ]


def test_a_column_of_a_table_is_embedded(embed: Leed, tmp_path: Path) -> None:
    texts = ["so, sad", 'a "quote"\nand a line', ""]
    with (tmp_path / "t.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "answer"], *enumerate(texts)])
    parquet.write_table(pa.table({"answer": texts, "id": [1, 2, 3]}), tmp_path / "t.parquet")
    for name in ("t.csv", "t.parquet"):
        out = tmp_path / "x.parquet"
        done = embed(tmp_path / name, "--text-column", "answer", "--embedder", "lexical", "-o", out)
        assert done == (0, "", "")
        assert parquet.read_table(out)["text"].to_pylist() == texts


@pytest.mark.parametrize(
    ("name", "data", "arguments", "message"),
    [
        ("t.csv", b"a,b\n1,2\n", ("--text-column", "c"), "t.csv has no column 'c'; it has 'a', 'b'"),
        ("t.txt", b"\xff\xfe\x00", (), "t.txt: no text in UTF-8 (invalid start byte at byte 0); convert it"),
        ("t.txt", b"\n \n", (), "t.txt: there is nothing to embed"),
        ("t.parquet", b"no", ("--text-column", "c"), "t.parquet: no Parquet ("),
        ("t.bin", b"\x00\x01", (), "t.bin"),
    ],
)
def test_data_that_cannot_be_read_is_one_line(
    embed: Leed, tmp_path: Path, name: str, data: bytes, arguments: tuple[str, ...], message: str
) -> None:
    (tmp_path / name).write_bytes(data)
    status, out, err = embed(tmp_path / name, *arguments, "--embedder", "lexical", "-o", tmp_path / "x.npy")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("leed: error: ")
    assert message in err
    assert not (tmp_path / "x.npy").exists()


def test_a_column_that_holds_no_texts_is_refused(embed: Leed, tmp_path: Path) -> None:
    parquet.write_table(pa.table({"id": [1, 2]}), tmp_path / "t.parquet")
    status, _, err = embed(tmp_path / "t.parquet", "--text-column", "id", "-o", tmp_path / "x.npy")
    assert status == 1
    assert err.endswith("t.parquet: the column 'id' holds 1; give one of texts\n")


def test_one_file_that_fails_does_not_stop_the_others(embed: Leed, talk: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_bytes(b"{")
    out = tmp_path / "x.npy"
    status, _, err = embed(tmp_path / "broken.json", talk, "--embedder", "lexical", "-o", out)
    assert status == 1
    assert "broken.json" in err
    assert len(np.load(out)) == 3


def test_workers_embed_what_patterns_lists_and_standard_input_mean(
    embed: Leed, talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("b.txt", "a.txt"):
        Path(name).write_text(f"This is {name}.\nThey look sad.\n", encoding="utf-8")
    Path("list").write_text("b.txt\n# no.txt\na.txt\n", encoding="utf-8")
    Path("bad.json").write_bytes(b"{")
    given = ("-", talk.name, "*.txt", "bad.json", "@list")
    options = ("--workers", 2, "--embedder", "lexical", "--dimensions", 8, "-o", "x.parquet")
    status, out, err = embed(*given, *options, stdin=json.dumps(TALK[:1]).encode())
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "bad.json" in err
    a, b = ("This is a.txt.", "They look sad."), ("This is b.txt.", "They look sad.")
    table = parquet.read_table("x.parquet")
    assert table["description"].to_pylist() == [SENTENCES[0], *SENTENCES, *a, *b, *b, *a]
    assert table["source"].to_pylist()[4:] == [str(tmp_path / "a.txt")] * 2 + [str(tmp_path / "b.txt")] * 2 + [
        *["b.txt"] * 2,
        *["a.txt"] * 2,
    ]
    expected = leed.embed.get_embedder("lexical", dimensions=8).embed(table["description"].to_pylist())
    assert np.array_equal(np.array(table["embedding"].to_pylist(), np.float32), expected)


def test_a_directory_is_one_recording_on_any_number_of_workers(embed: Leed, talk: Path, tmp_path: Path) -> None:
    (tmp_path / "talks").mkdir()
    for name in ("one.json", "two.json"):
        (tmp_path / "talks" / name).write_bytes(talk.read_bytes())
    for workers in (1, 2):
        run = partial(embed, tmp_path / "talks", talk, "--embedder", "lexical", "--workers", workers)
        assert run("-o", tmp_path / f"{workers}.npy")[0] == 0
    assert len(np.load(tmp_path / "1.npy")) == 9
    assert (tmp_path / "1.npy").read_bytes() == (tmp_path / "2.npy").read_bytes()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x.xyz", "vectors are written to a name that ends in .parquet, .csv, .npy"),
        ("none/x.npy", "there is no folder"),
    ],
)
def test_a_target_that_cannot_be_written_is_refused_before_anything_is_embedded(
    embed: Leed, talk: Path, tmp_path: Path, server: FakeOpenAI, name: str, message: str
) -> None:
    status, _, err = embed(talk, "--embedder", "openai:m", "--yes", "-o", tmp_path / name)
    assert status == 1
    assert message in err
    assert server.requests == []


def test_without_a_target_the_usage_is_wrong(embed: Leed, talk: Path) -> None:
    assert embed(talk)[0] == 2


def test_a_service_is_asked_only_after_a_yes(embed: Leed, talk: Path, tmp_path: Path, server: FakeOpenAI) -> None:
    out = tmp_path / "x.npy"
    status, _, err = embed(talk, "--embedder", "openai:m", "-o", out)
    assert status == 1
    assert "leed: error: openai:m may cost money (3 texts, 3 different, 3 to embed: " in err
    assert err.endswith("); give --yes to go on\n")
    assert server.requests == []
    status, _, err = embed(talk, "--embedder", "openai:m", "--yes", "-o", out)
    assert status == 0
    assert err.startswith("leed: openai:m: 3 texts, 3 different, 3 to embed: ")
    assert len(server.requests) == 1
    assert np.load(out).shape == (3, 64)


def test_what_is_kept_costs_nothing_and_needs_no_yes(
    embed: Leed, talk: Path, tmp_path: Path, server: FakeOpenAI
) -> None:
    run = partial(embed, talk, "--embedder", "openai:m", "--cache", tmp_path / "v.sqlite", "-o", tmp_path / "x.npy")
    assert run("--yes", "--batch-size", 2)[0] == 0
    assert len(server.requests) == 2
    status, _, err = run()
    assert (status, len(server.requests)) == (0, 2)
    assert "3 texts, 3 different, 0 to embed: " in err


def test_the_default_cache_is_in_the_users_folder(
    embed: Leed, talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEED_CACHE_DIR", str(tmp_path / "caches"))
    assert embed(talk, "--embedder", "lexical", "--cache", "default", "-o", tmp_path / "x.npy")[0] == 0
    assert (tmp_path / "caches" / "embeddings.sqlite").is_file()


def test_hostile_text_goes_into_the_table(embed: Leed, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('[{"text": "\\ud800 \\u0000 x", "prosody": {"Joy": 0.4}}]', encoding="utf-8")
    for name in ("x.parquet", "x.csv"):
        assert embed(tmp_path / "t.json", "--embedder", "lexical", "-o", tmp_path / name)[0] == 0


def test_help_has_examples(embed: Leed) -> None:
    status, out, _ = embed("--help")
    assert status == 0
    assert "leed embed predictions.json -o vectors.parquet" in out

"""Parquet as leed writes it, beside what pyarrow, polars and DuckDB read of it."""

import io
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from leed.batch.parquet import Writer
from leed.batch.parquet import writing as writing_module

WORDS = pa.dictionary(pa.int32(), pa.string())
TERM = pa.struct(
    [
        pa.field("label", WORDS, nullable=False),
        pa.field("score", pa.float32(), nullable=False),
        pa.field("adverb", WORDS),
    ]
)
KINDS = {
    "number": pa.float64(),
    "float": pa.float32(),
    "text": pa.string(),
    "word": WORDS,
    "scores": pa.list_(pa.float32(), 3),
    "single": pa.list_(pa.float32(), 1),
    "many": pa.list_(pa.field("element", pa.float64())),
    "texts": pa.large_list(pa.string()),
    "terms": pa.list_(pa.field("element", TERM, nullable=False)),
    "loose": pa.list_(TERM),
    "term": TERM,
}


def written(table: pa.Table | pa.RecordBatch, **options: Any) -> bytes:
    """A file of a table's batches."""
    file = io.BytesIO()
    part = Writer(file, table.schema, **options)
    for batch in table.to_batches() if isinstance(table, pa.Table) else [table]:
        part.write_batch(batch)
    part.close()
    return file.getvalue()


def read(data: bytes) -> pa.Table:
    return parquet.read_table(io.BytesIO(data), use_threads=False)


floats = st.floats(width=32) | st.sampled_from([0.0, -0.0])
texts = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(["", "Joy", "Sadness"])


def cells(kind: pa.DataType, *, nullable: bool) -> st.SearchStrategy[Any]:
    """Values of a type, as Python has them."""
    if pa.types.is_struct(kind):
        found: st.SearchStrategy[Any] = st.fixed_dictionaries(
            {f.name: cells(f.type, nullable=f.nullable) for f in kind}
        )
    elif hasattr(kind, "value_field"):
        size = getattr(kind, "list_size", None)
        inner = cells(kind.value_type, nullable=kind.value_field.nullable)
        found = st.lists(inner, min_size=size or 0, max_size=4 if size is None else size)
    else:
        found = floats if pa.types.is_floating(kind) else texts
    return st.none() | found if nullable else found


def array(values: list[Any], kind: pa.DataType) -> pa.Array:
    """An array of any type; pyarrow makes no structures with dictionaries of plain data."""
    plain = pa.array(values, without_dictionaries(kind))
    return coded(plain, kind)


def without_dictionaries(kind: pa.DataType) -> pa.DataType:
    if hasattr(kind, "index_type"):
        return kind.value_type
    if pa.types.is_struct(kind):
        return pa.struct([f.with_type(without_dictionaries(f.type)) for f in kind])
    if hasattr(kind, "value_field"):
        inner = kind.value_field.with_type(without_dictionaries(kind.value_type))
        size = getattr(kind, "list_size", None)
        if size is not None:
            return pa.list_(inner, size)
        return pa.large_list(inner) if pa.types.is_large_list(kind) else pa.list_(inner)
    return kind


def coded(plain: pa.Array, kind: pa.DataType) -> pa.Array:
    if hasattr(kind, "index_type"):
        found = plain.dictionary_encode()  # with words that nothing has, and some twice
        return pa.DictionaryArray.from_arrays(found.indices, pa.concat_arrays([found.dictionary, found.dictionary]))
    if pa.types.is_struct(kind):
        children = [coded(plain.field(i), kind.field(i).type) for i in range(kind.num_fields)]
        return pa.StructArray.from_arrays(children, fields=list(kind), mask=plain.is_null())
    if hasattr(kind, "value_field") and plain.type != kind:
        return pa.ListArray.from_arrays(
            plain.offsets, coded(plain.values, kind.value_type), type=kind, mask=plain.is_null()
        )
    return plain


@st.composite
def batches(draw: st.DrawFn) -> pa.RecordBatch:
    """Some rows of some columns, of which the first few may be cut off."""
    rows = draw(st.integers(1, 30))
    columns, fields = [], []
    for name in draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=4, unique=True)):
        nullable = draw(st.booleans())
        values = draw(st.lists(cells(KINDS[name], nullable=nullable), min_size=rows, max_size=rows))
        columns.append(array(values, KINDS[name]))
        fields.append(pa.field(name, KINDS[name], nullable=nullable))
    whole = pa.record_batch(columns, schema=pa.schema(fields))
    return whole.slice(draw(st.integers(0, rows - 1)))


def plain(table: Any) -> list[Any]:
    """Rows, NaN as text, and zeros with their sign: such rows can be compared."""
    return [spelled(row) for row in table.to_pylist()]


def spelled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: spelled(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [spelled(one) for one in value]
    return str(value) if isinstance(value, float) else value


@given(batches(), st.integers(1, 40), st.integers(1, 64))
def test_pyarrow_reads_what_was_written_whatever_the_groups_and_pages(
    batch: pa.RecordBatch, most: int, page: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing_module, "_PAGE", page)
        table = read(
            written(batch, most=most, sought=tuple({"number", "word", "text", "float"} & set(batch.schema.names)))
        )
    table.validate()
    assert table.schema == batch.schema
    assert plain(table) == plain(batch)


@given(batches(), st.integers(1, 40))
def test_polars_reads_what_it_reads_of_a_file_of_pyarrows(batch: pa.RecordBatch, most: int) -> None:
    theirs = io.BytesIO()
    parquet.write_table(pa.Table.from_batches([batch]), theirs)
    theirs.seek(0)
    assert spelled(pl.read_parquet(io.BytesIO(written(batch, most=most))).to_dicts()) == spelled(
        pl.read_parquet(theirs).to_dicts()
    )


@given(batches())
def test_duckdb_reads_what_it_reads_of_a_file_of_pyarrows(
    tmp_path_factory: pytest.TempPathFactory, batch: pa.RecordBatch
) -> None:
    folder = tmp_path_factory.mktemp("duckdb")
    (folder / "ours").write_bytes(written(batch, most=7))
    parquet.write_table(pa.Table.from_batches([batch]), folder / "theirs")
    ours, theirs = (duckdb.read_parquet(str(folder / name)).fetchall() for name in ("ours", "theirs"))
    assert spelled(ours) == spelled(theirs)


def chunks(file: parquet.ParquetFile) -> list[parquet.ColumnChunkMetaData]:
    groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
    return [group.column(i) for group in groups for i in range(group.num_columns)]


def opened(data: bytes) -> parquet.ParquetFile:
    return parquet.ParquetFile(io.BytesIO(data))


def column(values: Any, kind: pa.DataType, **options: Any) -> pa.RecordBatch:
    return pa.record_batch([array(values, kind)], schema=pa.schema([pa.field("c", kind, **options)]))


def test_chunks_stand_one_behind_the_other_and_fill_the_file() -> None:
    rows = 1000
    batch = pa.record_batch(
        {
            "number": np.linspace(0, 1, rows),
            "word": pa.array(["a", "b"] * (rows // 2)).dictionary_encode(),
            "scores": pa.FixedSizeListArray.from_arrays(np.arange(rows * 48, dtype=np.float32), 48),
        }
    )
    data = written(batch, most=300)
    file = opened(data)
    at = 4  # behind the letters at the beginning
    for chunk in chunks(file):
        assert (chunk.dictionary_page_offset or chunk.data_page_offset) == at
        at += chunk.total_compressed_size
    assert at == len(data) - 8 - file.metadata.serialized_size
    assert [file.metadata.row_group(i).num_rows for i in range(4)] == [300, 300, 300, 100]
    assert sum(file.metadata.row_group(i).total_byte_size for i in range(4)) == sum(
        chunk.total_uncompressed_size for chunk in chunks(file)
    )
    assert file.metadata.created_by.startswith("leed version ")


@pytest.mark.parametrize("count", [1, 255, 256, 257, 65_536, 65_537])
def test_places_in_a_dictionary_take_as_many_bytes_as_they_need(count: int) -> None:
    words = [f"w{i}" for i in range(count)]
    batch = column([*words, "w0", None], WORDS)
    data = written(batch)
    assert read(data).column("c").to_pylist() == batch.column("c").to_pylist()
    assert opened(data).metadata.row_group(0).column(0).encodings == ("PLAIN", "RLE", "RLE_DICTIONARY")


def test_a_group_has_the_words_of_its_own_rows_where_others_are_many() -> None:
    batch = column([f"word {i:05}" for i in range(4000)], WORDS)
    sizes = [chunk.total_uncompressed_size for chunk in chunks(opened(written(batch, most=1000)))]
    assert max(sizes) < 1000 * (4 + len("word 00000") + 2) + 100


def test_a_word_that_stands_in_a_dictionary_twice_is_written_once() -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, 3, 1], pa.int32()), ["a", "b", "a", "c"])
    terms = pa.ListArray.from_arrays([0, 2, 5], words)
    table = read(written(pa.record_batch({"c": words.slice(0, 2), "terms": terms})))
    assert table.column("c").to_pylist() == ["a", "b"]
    assert table.column("terms").to_pylist() == [["a", "b"], ["a", "c", "b"]]
    assert read(written(pa.record_batch({"c": words}))).column("c").to_pylist() == ["a", "b", "a", "c", "b"]


def test_batches_with_other_words_stand_in_one_group() -> None:
    file = io.BytesIO()
    given_batches = [column([word, "b"], WORDS) for word in ("a", "c")]
    part = Writer(file, given_batches[0].schema)
    for batch in given_batches:
        part.write_batch(batch)
    part.close()
    assert opened(file.getvalue()).metadata.num_row_groups == 1
    assert read(file.getvalue()).column("c").to_pylist() == ["a", "b", "c", "b"]


def test_only_what_gets_smaller_is_packed() -> None:
    noise = np.random.default_rng(0).random((1000, 8), np.float32)
    batch = pa.record_batch(
        {
            "noise": pa.FixedSizeListArray.from_arrays(noise.ravel(), 8),
            "zeros": pa.FixedSizeListArray.from_arrays(np.zeros(8000, np.float32), 8),
            "words": pa.array(["a"] * 1000).dictionary_encode(),
        }
    )
    data = written(batch, most=300)
    assert [chunk.compression for chunk in chunks(opened(data))] == ["UNCOMPRESSED", "SNAPPY", "SNAPPY"] * 4
    assert read(data).column("noise").combine_chunks().flatten().to_numpy().reshape(1000, 8).tolist() == noise.tolist()


def test_a_file_without_rows_has_its_columns() -> None:
    batch = column([], KINDS["terms"])
    table = read(written(batch))
    assert table.schema == batch.schema
    assert len(table) == 0


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([2.0, None, -1.5], pa.float64(), (-1.5, 2.0, 1)),
        ([0.0, -0.0], pa.float64(), (-0.0, 0.0, 0)),
        ([0.5, 0.5], pa.float32(), (0.5, 0.5, 0)),
        (["b", "\u00e9", None, "a"], WORDS, ("a", "\u00e9", 1)),
        (["b", "a"], pa.string(), ("a", "b", 0)),
    ],
)
def test_the_least_and_greatest_value_are_told(values: list[Any], kind: pa.DataType, expected: tuple[Any, ...]) -> None:
    told = opened(written(column(values, kind), sought=("c",))).metadata.row_group(0).column(0).statistics
    assert str((told.min, told.max, told.null_count)) == str(expected)  # a zero's sign counts


@pytest.mark.parametrize(
    ("values", "kind"),
    [([1.0, float("nan")], pa.float64()), ([None, None], WORDS), (["a", "b" * 2000], WORDS)],
)
def test_none_are_told_where_there_are_none_or_too_long_ones(values: list[Any], kind: pa.DataType) -> None:
    told = opened(written(column(values, kind), sought=("c",))).metadata.row_group(0).column(0).statistics
    assert not told.has_min_max
    assert told.null_count == values.count(None)


def test_words_of_other_rows_are_not_told_as_the_greatest() -> None:
    batch = column(["a", "b", "z"], WORDS).slice(0, 2)
    told = opened(written(batch, sought=("c",))).metadata.row_group(0).column(0).statistics
    assert (told.min, told.max) == ("a", "b")


def test_readers_pass_over_groups_by_what_is_told(tmp_path: Path) -> None:
    batch = pa.record_batch({"c": np.arange(100.0), "d": np.arange(100.0)})
    (tmp_path / "a.parquet").write_bytes(written(batch, most=10, sought=("c",)))
    assert parquet.read_table(tmp_path / "a.parquet", filters=[("c", ">=", 95)]).column("d").to_pylist() == [
        *range(95, 100)
    ]
    found = pl.scan_parquet(tmp_path / "a.parquet").filter(pl.col("c") < 5).collect()
    assert found["d"].to_list() == [*range(5)]


def test_metadata_of_the_schema_is_kept() -> None:
    batch = column([1.0], pa.float64()).replace_schema_metadata({"leed.batch": '{"a": "\u00e9"}'})
    table = read(written(batch))
    assert table.schema.equals(batch.schema, check_metadata=True)


@pytest.mark.parametrize(
    "kind",
    [pa.int64(), pa.list_(pa.list_(pa.float32())), pa.large_string(), pa.map_(pa.string(), pa.string()), pa.bool_()],
)
def test_what_is_not_written_is_refused_before_anything_is_written(kind: pa.DataType) -> None:
    file = io.BytesIO()
    with pytest.raises(TypeError, match=r"^c"):
        Writer(file, pa.schema([("c", kind)]))
    assert file.getvalue() == b""


def test_what_is_missing_where_nothing_may_be_is_refused() -> None:
    with pytest.raises(ValueError, match="c: 1 row"):
        written(column([1.0, None], pa.float64(), nullable=False))
    with pytest.raises(ValueError, match="a dictionary has a place for nothing"):
        written(pa.record_batch({"c": pa.DictionaryArray.from_arrays([0, 1], ["a", None])}))


def test_a_batch_of_other_columns_is_refused() -> None:
    part = Writer(io.BytesIO(), column([1.0], pa.float64()).schema)
    with pytest.raises(ValueError, match="other columns"):
        part.write_batch(column([1.0], pa.float32()))

"""get_embedder: each different text once, whatever the input; cheap to make, copy and pickle."""

import copy
import pickle
import subprocess
import sys
from typing import Any, cast

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sklearn.base
from hypothesis import example, given
from hypothesis import strategies as st

import leed
from leed.embed import Embedder, InParts, get_embedder
from leed.errors import EmbeddingError, InputError, OptionError
from tests.support.embedders import Counting

TEXTS = ["sad", "very glad", "sad", "sad", "very glad"]


@pytest.mark.parametrize(
    "given",
    [
        TEXTS,
        tuple(TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, object),
        pd.Series(TEXTS),
        pl.Series(TEXTS),
        pa.array(TEXTS),
        pa.array(TEXTS).dictionary_encode(),
        dict.fromkeys(["sad", "very glad"]).keys(),
    ],
    ids=lambda given: type(given).__name__,
)
def test_each_different_text_is_embedded_once_whatever_the_input(given: Any) -> None:
    inner = Counting()
    vectors = get_embedder(inner).embed(given)
    assert inner.seen == ["sad", "very glad"]
    assert vectors.dtype == np.float32
    assert len(vectors) == len(given)
    assert vectors[:2].tolist() == [[3, 1], [9, 2]]


def test_rows_stand_where_their_texts_stood() -> None:
    assert get_embedder(Counting()).embed(TEXTS).tolist() == [[3, 1], [9, 2], [3, 1], [3, 1], [9, 2]]


def test_the_sentences_of_a_matrix_are_not_expanded() -> None:
    matrix = np.random.default_rng(0).random((50_000, 2), np.float32)
    sentences = leed.describe_matrix(matrix, ["Joy", "Fear"], modality="face")
    inner = Counting()
    vectors, codes = get_embedder(inner).unique(sentences)
    assert sorted(inner.seen) == sorted(sentences.unique)
    assert len(vectors) == len(sentences.unique) < 100
    assert vectors[codes[:3]].tolist() == [[len(s), len(s.split())] for s in sentences[:3]]
    assert get_embedder(Counting()).embed(sentences).shape == (50_000, 2)


def test_a_sentence_that_no_row_has_is_not_embedded() -> None:
    inner = Counting()
    sentences = leed.Sentences(np.array([2, 0, 2], np.int32), ("one", "unused", "two words"))
    assert get_embedder(inner).embed(sentences).tolist() == [[9, 2], [3, 1], [9, 2]]
    assert sorted(inner.seen) == ["one", "two words"]


def test_nothing_gives_no_rows_of_the_known_length() -> None:
    inner = Counting()
    assert get_embedder(inner).embed([]).shape == (0, 2)
    inner.dimensions = None
    assert get_embedder(inner).embed([]).shape == (0, 0)
    assert inner.seen == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("sad", "embed was given str; give a list of texts, as ['They look sad.']"),
        (b"sad", "embed was given bytes; give a list of texts, as ['They look sad.']"),
        (None, "embed was given NoneType; give a list of texts, as ['They look sad.']"),
        ({"a": "b"}, "embed was given dict; give a list of texts, as ['They look sad.']"),
        (["sad", None], "a text to embed is None (NoneType); each is a str"),
        (["sad", 3], "a text to embed is 3 (int); each is a str"),
        (["sad", ["glad"]], "a text to embed is ['glad'] (list); each is a str"),
    ],
)
def test_what_is_no_list_of_texts_is_refused(given: Any, message: str) -> None:
    with pytest.raises(InputError) as raised:
        get_embedder(Counting()).embed(given)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: get_embedder("lexica"), r"embedder 'lexica' is not known: .*did you mean 'lexical'"),
        (lambda: get_embedder("lexical:x"), "lexical takes no model behind its name"),
        (lambda: get_embedder("minilm:x"), "minilm takes no model behind its name"),
        (lambda: get_embedder("transformers"), "needs a model behind its name: 'transformers:PATH-OR-ID'"),
        (lambda: get_embedder("lexical", dimension=3), r"option of lexical 'dimension' is not known: .*'dimensions'"),
        (lambda: get_embedder("lexical", dimensions=0), "dimensions is 0; give a whole number from 1"),
        (lambda: get_embedder("lexical", ngrams=(2, 1)), "give the shortest before the longest"),
        (lambda: get_embedder("lexical", ngrams=2), "ngrams is 2; give two whole numbers"),
        (lambda: get_embedder("lexical", batch_size=True), "batch_size is True; give a whole number from 1"),
        (lambda: get_embedder("lexical", cache=cast("Any", 3)), "cache is 3; give a path, or True"),
        (lambda: get_embedder(cast("Any", 3)), "embedder is int; give a name, or an object with name, version"),
        (lambda: get_embedder(Counting(), pooling="cls"), "pooling: options are for an embedder that is given by its"),
        (lambda: get_embedder("transformers:x", pooling="max"), "pooling 'max' is not known: give one of mean, cls"),
        (lambda: get_embedder("transformers:x", dtype="int8"), "dtype 'int8' is not known"),
        (lambda: get_embedder("transformers:x", max_length=-1), "max_length is -1"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(call: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        call()


def test_an_embedder_of_ones_own_gets_so_many_texts_at_a_time() -> None:
    sizes: list[int] = []

    class Sizes(Counting):
        def embed(self, texts: Any, /) -> Any:
            sizes.append(len(texts))
            return super().embed(texts)

    get_embedder(Sizes(), batch_size=3).embed([str(i) for i in range(8)])
    get_embedder(Sizes()).embed([str(i) for i in range(300)])
    assert sizes == [3, 3, 2, 256, 44]


def test_what_get_embedder_gave_can_be_given_to_it() -> None:
    first = get_embedder(Counting(), batch_size=7)
    again = get_embedder(first)
    assert again.inner is first.inner
    assert isinstance(first, Embedder)
    assert isinstance(get_embedder("lexical").inner, InParts)
    assert (first.name, first.version, first.dimensions) == ("counting", "1", 2)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda texts: np.zeros((len(texts) - 1, 2)), r"3 texts were given, and the vectors have the shape \(2, 2\)"),
        (lambda _: np.zeros(3), r"3 texts were given, and the vectors have the shape \(3,\)"),
        (lambda _: np.zeros((3, 5)), "a vector has 5 dimensions, and not 2"),
        (lambda _: [[1, 2], [1, 2], [1]], "not numbers, or not all of one length"),
        (lambda _: np.full((3, 2), np.nan), "a vector has numbers that are not finite"),
        (lambda _: np.full((3, 2), 1e300), "a vector has numbers that are not finite"),
    ],
)
def test_vectors_that_are_none_are_an_error(answer: Any, message: str) -> None:
    inner = Counting()
    inner.embed = answer  # type: ignore[method-assign]
    with pytest.raises(EmbeddingError, match=message):
        get_embedder(inner).embed(["a", "b", "c"])


def test_vectors_of_several_lengths_are_an_error() -> None:
    inner = Counting()
    inner.dimensions = None
    inner.embed = lambda texts, /: np.zeros((1, len(texts[0])), np.float32)  # type: ignore[method-assign]
    with pytest.raises(EmbeddingError, match="a vector has 2 dimensions, and not 1; 1 of 2 different texts"):
        get_embedder(inner, batch_size=1).embed(["a", "bb"])


def test_an_embedder_that_leaves_a_text_out_is_an_error() -> None:
    class Forgets(Counting):
        def parts(self, _: Any) -> Any:
            yield [0], np.zeros((1, 2), np.float32)

    with pytest.raises(EmbeddingError, match="1 texts got no vector; 1 of 2 different texts are embedded"):
        get_embedder(Forgets()).embed(["a", "b"])


def test_an_error_says_how_far_it_came_and_how_to_go_on() -> None:
    with pytest.raises(EmbeddingError) as raised:
        get_embedder(Counting(fails_at=4), batch_size=2).embed([str(i) for i in range(10)] * 3)
    assert str(raised.value) == (
        "counting: the service is down; 4 of 10 different texts are embedded, and none is kept: "
        "with a cache (cache=True) the next run would go on from there"
    )
    assert (raised.value.done, raised.value.total) == (4, 10)
    assert isinstance(raised.value.__cause__, EmbeddingError)


@pytest.mark.parametrize("name", ["lexical", "minilm", "transformers:/no/such", "openai:m", "litellm:m"])
def test_making_copying_and_pickling_load_nothing_heavy(name: str) -> None:
    code = (
        "import copy, pickle, sys\n"
        "from leed.embed import get_embedder\n"
        f"e = get_embedder({name!r}, cache='x.sqlite')\n"
        "assert pickle.loads(pickle.dumps(e)) == e == copy.deepcopy(e) and repr(e)\n"
        "print(sorted({'torch', 'transformers', 'openai', 'litellm', 'sklearn', 'tenacity'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_copies_and_clones_share_what_was_loaded_and_pickles_leave_it_behind() -> None:
    embedder = get_embedder("lexical", dimensions=8)
    vectors = embedder.embed(["sad"])
    assert copy.deepcopy(embedder) is embedder
    assert sklearn.base.clone(embedder, safe=False) is embedder
    assert "_vectorizer" in vars(embedder.inner)
    back = pickle.loads(pickle.dumps(embedder))  # noqa: S301 - made here
    assert "_vectorizer" not in vars(back.inner)
    assert back.embed(["sad"]).tolist() == vectors.tolist()


# --- lexical


def test_lexical_vectors_are_the_same_in_every_process_and_have_length_1() -> None:
    vectors = get_embedder("lexical", dimensions=16).embed(["They sound quite sad.", "I I", ""])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 0])
    assert np.flatnonzero(vectors[1]).tolist() == [5, 14]
    assert vectors[1, [5, 14]].tolist() == pytest.approx([-0.894427, -0.447214], abs=1e-6)


def test_lexical_vectors_do_not_depend_on_the_batch() -> None:
    texts = [f"They sound {i % 7} and {i}" for i in range(50)]
    whole = get_embedder("lexical").embed(texts)
    assert np.array_equal(get_embedder("lexical", batch_size=3).embed(texts), whole)


def test_settings_are_in_the_version() -> None:
    settings: list[dict[str, Any]] = [{}, {"dimensions": 64}, {"ngrams": (1, 1)}, {"ngrams": [1, 3]}]
    versions = {get_embedder("lexical", **options).version for options in settings}
    assert len(versions) == 4
    assert get_embedder("lexical", batch_size=7).version == get_embedder("lexical").version


HOSTILE = st.text(st.characters(codec=None), max_size=30) | st.sampled_from(["", "\0", "\ud800", "\udfff\ud800", "﻿"])


@given(st.lists(HOSTILE, max_size=20))
@example(["\ud83d\ude00", "😀", "\ud800", "\ufffd", "\udc00"])
@example(["x" * 1_000_000, "x y " * 100_000, "\0" * 10_000])
def test_hostile_texts_are_embedded_each_once(texts: list[str]) -> None:
    inner = Counting()
    vectors = get_embedder(inner).embed(texts)
    assert len(set(inner.seen)) == len(inner.seen) <= len(texts)
    assert vectors.shape == (len(texts), 2)
    assert [text.encode().decode() for text in inner.seen] == inner.seen, "each can be sent"
    lexical = get_embedder("lexical", dimensions=8).embed(texts)
    assert lexical.shape == (len(texts), 8)
    assert np.isfinite(lexical).all()


def test_halves_of_characters_are_embedded_as_replacement_characters() -> None:
    inner = Counting()
    vectors = get_embedder(inner).embed(["a\ud800", "a\ufffd", "\ud83d\ude00", "😀"])
    assert inner.seen == ["a\ufffd", "😀"]
    assert vectors[:, 0].tolist() == [2, 2, 1, 1]


def test_an_estimate_counts_texts_and_tokens_before_anything_is_embedded() -> None:
    inner = Counting()
    estimate = get_embedder(inner).estimate(["They sound quite sad."] * 5 + ["They look sad."])
    assert inner.seen == []
    assert (estimate.texts, estimate.unique, estimate.uncached, estimate.paid, estimate.dollars) == (6, 2, 2, False, 0)
    assert str(estimate) in (
        "6 texts, 2 different, 2 to embed: 9 tokens",
        "6 texts, 2 different, 2 to embed: at most about 9 tokens",
    )


def test_an_embedder_that_is_handed_over_keeps_its_own_settings() -> None:
    made = get_embedder(Counting(), batch_size=5)
    assert get_embedder(made) == made
    assert get_embedder(made, batch_size=7).batch_size == 7

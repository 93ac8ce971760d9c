"""Each kind of model, tiny and with random weights, loaded as a user would and compared with transformers' own use."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from leed.errors import InputError, OptionError
from leed_adapters.transformers.hearing import Listener
from leed_adapters.transformers.loading import Loaded, load
from leed_adapters.transformers.reading import TextReader
from leed_adapters.transformers.seeing import PictureViewer
from tests.support.local_models import FEELINGS, rewritten, tiny, tone

HUB: Any = transformers  # parts of which have no types
LENGTHS = (0.7, 1.9, 0.05, 1.3, 0.7)
HEARD = [tone(seconds, 110 * (i + 1)) for i, seconds in enumerate(LENGTHS)]
SENTENCES = ["you are so happy today !", "I'm fine .", "sad ?"]


def heard(loaded: Loaded, batch_size: int) -> np.ndarray[Any, Any]:
    scored = Listener(loaded, batch_size).scored(enumerate(HEARD))
    places, scores = zip(*scored, strict=True)
    assert places == tuple(range(len(HEARD)))
    return np.stack(scores)


@pytest.mark.parametrize("kind", ["wav2vec2", "hubert", "wavlm", "whisper", "pooled"])
def test_a_voice_has_the_scores_that_transformers_gives_it_alone(tmp_path: Path, kind: str) -> None:
    folder = tiny(tmp_path / kind, kind)
    loaded = load(folder, name="tiny")
    assert (loaded.kind, loaded.head.labels, loaded.head.modality) == ("audio", FEELINGS, "prosody")
    prepare = HUB.AutoFeatureExtractor.from_pretrained(folder)
    alone = []
    for samples in HEARD:
        longer = np.pad(samples, (0, max(0, 1600 - len(samples))))
        inputs = prepare(longer, sampling_rate=16_000, return_tensors="pt")
        inputs.pop("attention_mask", None)
        with torch.inference_mode():
            alone.append(loaded.model(**inputs).logits.softmax(-1)[0].numpy())
    for batch_size in (1, 2, 8):
        np.testing.assert_allclose(heard(loaded, batch_size), np.stack(alone), atol=2e-5)
    assert np.ptp(np.log(np.stack(alone)), axis=0).max() > 0.001  # the model tells them apart


def test_words_have_the_scores_that_transformers_gives_them(tmp_path: Path) -> None:
    folder = tiny(tmp_path, "roberta")
    loaded = load(folder, name="tiny")
    pipe = HUB.pipeline("text-classification", model=folder, top_k=None)
    theirs = [{row["label"]: row["score"] for row in rows} for rows in pipe(SENTENCES)]
    scores = np.concatenate(list(TextReader(loaded, 2).scores(SENTENCES)))
    assert loaded.head.modality == "language"
    for row, expected in zip(scores, theirs, strict=True):
        np.testing.assert_allclose(row, [expected[label] for label in FEELINGS], atol=1e-6)


def test_a_text_longer_than_the_model_takes_is_the_mean_of_windows(tmp_path: Path) -> None:
    loaded = load(tiny(tmp_path, "roberta"), name="tiny")
    reader = TextReader(loaded, 4)
    words = ["you", "are", "so", "very", "happy"]
    long = " ".join(words * 9)
    (scores,) = reader.scores([long, "sad ?"])
    assert (reader.limit, reader.long, reader.cut) == (25, 1, 0)
    (short,) = TextReader(loaded, 4).scores(["sad ?"])
    np.testing.assert_allclose(scores[1], short[0], atol=1e-6)
    pieces = [" ".join(long.split()[a:b]) for a, b in ((0, 23), (13, 36), (26, 45))]
    (alone,) = TextReader(loaded, 4).scores(pieces)
    np.testing.assert_allclose(scores[0], np.average(alone, axis=0, weights=[25, 25, 21]), atol=1e-6)


def test_pictures_have_the_scores_that_transformers_gives_them(tmp_path: Path) -> None:
    folder = tiny(tmp_path, "vit")
    loaded = load(folder, name="tiny")
    rng = np.random.default_rng(0)
    shown = [rng.integers(0, 255, (40 + 10 * i, 30, 3), np.uint8) for i in range(3)]
    prepare = HUB.AutoImageProcessor.from_pretrained(folder)
    with torch.inference_mode():
        theirs = torch.stack([loaded.model(**prepare(one, return_tensors="pt")).logits[0] for one in shown]).softmax(-1)
    scores = np.concatenate(list(PictureViewer(loaded, 2).scores(shown)))
    assert loaded.head.modality == "face"
    np.testing.assert_allclose(scores, theirs.numpy(), atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "activation", "quantity"),
    [
        ({}, "softmax", "probability"),
        ({"problem_type": "single_label_classification"}, "softmax", "probability"),
        ({"problem_type": "multi_label_classification"}, "sigmoid", "probability"),
        ({"problem_type": "regression"}, "identity", None),
        ({"function_to_apply": "sigmoid"}, "sigmoid", "probability"),
        ({"leed": {"quantity": "intensity", "activation": "sigmoid", "modality": "burst"}}, "sigmoid", "intensity"),
    ],
)
def test_the_config_tells_what_makes_scores_of_outputs(
    tmp_path: Path, settings: dict[str, Any], activation: str, quantity: str | None
) -> None:
    head = load(rewritten(tiny(tmp_path, "wav2vec2"), **settings), name="tiny").head
    assert (head.activation, head.quantity) == (activation, quantity)
    assert head.modality == ("burst" if "leed" in settings else "prosody")


def test_dimensions_are_left_as_they_are(tmp_path: Path) -> None:
    head = load(tiny(tmp_path, "pooled", ("arousal", "dominance", "valence")), name="tiny").head
    assert (head.activation, head.quantity) == ("identity", None)


def test_a_preset_is_known_by_the_name_that_the_user_gives(tmp_path: Path) -> None:
    folder = tiny(tmp_path, "pooled", ("arousal", "dominance", "valence"))
    loaded = load(folder, name="audeering/wav2vec2-large-robust-12-ft-emotion-msp-dim")
    assert (loaded.head.taxonomy, loaded.licence) == ("dimensions-3", "CC-BY-NC-SA-4.0")


def test_the_card_in_the_folder_tells_the_licence(tmp_path: Path) -> None:
    folder = tiny(tmp_path, "vit")
    (tmp_path / "README.md").write_text("---\nlanguage: en\nlicense: cc-by-nc-4.0\n---\n# A model\n", encoding="utf-8")
    assert load(folder, name="tiny").licence == "cc-by-nc-4.0"


def test_a_head_without_weights_is_refused(tmp_path: Path) -> None:
    transformers.Wav2Vec2Model(
        transformers.Wav2Vec2Config(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
    ).save_pretrained(tmp_path)
    HUB.Wav2Vec2FeatureExtractor().save_pretrained(tmp_path)
    with pytest.raises(InputError) as raised:
        load(str(tmp_path), name="tiny")
    assert str(raised.value) == (
        "tiny: has no weights for classifier.bias, classifier.weight, projector.bias, ..., so its scores "
        "would be random; give a model that was trained to classify, and saved whole"
    )


def test_a_head_whose_weights_are_of_another_size_is_refused(tmp_path: Path) -> None:
    folder = rewritten(tiny(tmp_path, "roberta"), id2label={"0": "sad", "1": "happy"}, label2id={"sad": 0, "happy": 1})
    with pytest.raises(InputError, match=r"has 2 labels in its config\.json, and a head of another size"):
        load(folder, name="tiny")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ({"model_type": "no-such"}, "holds no model that transformers knows"),
        ({"model_type": None, "architectures": None}, "holds no model that transformers knows"),
        ({"id2label": {"0": "sad", "1": "sad", "2": "a", "3": "b"}}, "id2label in its config.json needs one name"),
        ({"leed": [1]}, '"leed" in its config.json is no object of words'),
        ({"leed": {"activation": "cosine"}}, "activation 'cosine' is not known"),
    ],
)
def test_a_broken_config_is_one_clear_line(tmp_path: Path, damage: dict[str, Any], said: str) -> None:
    with pytest.raises((InputError, OptionError), match=said) as raised:
        load(rewritten(tiny(tmp_path, "vit"), **damage), name="tiny")
    assert "\n" not in str(raised.value)


def test_weights_that_are_cut_off_are_one_clear_line(tmp_path: Path) -> None:
    folder = tiny(tmp_path, "vit")
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:2000])
    with pytest.raises(InputError, match="cannot be loaded") as raised:
        load(folder, name="tiny")
    assert "\n" not in str(raised.value)


def test_what_prepares_the_input_is_needed(tmp_path: Path) -> None:
    folder = tiny(tmp_path, "wav2vec2")
    (tmp_path / "preprocessor_config.json").unlink()
    with pytest.raises(InputError, match=r"lacks what prepares its input \(preprocessor_config.json\)"):
        load(folder, name="tiny")


def test_a_model_of_another_kind_says_what_it_is(tmp_path: Path) -> None:
    transformers.SpeechT5Config(hidden_size=16).save_pretrained(tmp_path)
    with pytest.raises(InputError) as raised:
        load(str(tmp_path), name="tiny")
    assert str(raised.value) == (
        "tiny: is a speecht5 model, and leed measures with models that classify audio, text or images"
    )


def test_a_device_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="device 'cuda:99' cannot be used"):
        load(tiny(tmp_path, "vit"), name="tiny", device="cuda:99")


def test_lower_precision_gives_nearly_the_same(tmp_path: Path) -> None:
    folder = tiny(tmp_path, "whisper")
    exact, near = (heard(load(folder, name="tiny", dtype=dtype), 4) for dtype in ("float32", "bfloat16"))
    np.testing.assert_allclose(near, exact, atol=0.02)
    assert not np.array_equal(near, exact)

"""Tiny classification models with random weights, saved as their own authors would; nothing is fetched."""

import json
from pathlib import Path
from typing import Any

import numpy as np

WORDS = [*"abcdefghijklmnopqrstuvwxyz", *"fine you are so very happy sad today . ? !".split()]  # noqa: SIM905 - words
FEELINGS = ("angry", "happy", "neutral", "sad")


def tiny(folder: Path, kind: str, labels: tuple[str, ...] = FEELINGS, *, seed: int = 0, **settings: Any) -> str:
    """Save a model of a kind, with what prepares its input; return the folder."""
    import torch  # noqa: PLC0415 - heavy

    torch.manual_seed(seed)
    named = {"id2label": dict(enumerate(labels)), "label2id": {label: i for i, label in enumerate(labels)}}
    model, prepare = _MADE[kind](named | settings)
    with torch.no_grad():  # as small as they are, their outputs would hardly differ
        for name, parameter in model.named_parameters():
            parameter.mul_(30.0 if name.startswith(("classifier", "projector")) else 3.0)
    model.save_pretrained(folder)
    prepare.save_pretrained(folder)
    return str(folder)


def cached(cache: Path, name: str, kind: str, labels: tuple[str, ...], **settings: Any) -> Path:
    """Save a model of a kind into a cache of Hugging Face's hub, under the name of one that is there."""
    commit = "c0ffee" * 6 + "abcd"
    folder = cache / f"models--{name.replace('/', '--')}"
    tiny(folder / "snapshots" / commit, kind, labels, **settings)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text(commit, encoding="utf-8")
    return folder / "snapshots" / commit


def rewritten(folder: str, **settings: Any) -> str:
    """Change settings in a model's config.json; None takes one out."""
    path = Path(folder, "config.json")
    config = json.loads(path.read_text(encoding="utf-8")) | settings
    path.write_text(json.dumps({k: v for k, v in config.items() if v is not None}), encoding="utf-8")
    return folder


def tone(seconds: float, pitch: float = 220.0, rate: int = 16_000) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A tone with an overtone."""
    times = np.arange(round(seconds * rate)) / rate
    return (0.3 * np.sin(2 * np.pi * pitch * times) + 0.1 * np.sin(4 * np.pi * pitch * times)).astype(np.float32)


_WAVES: dict[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "conv_dim": (8, 8),
    "conv_kernel": (10, 8),
    "conv_stride": (5, 4),
    "num_feat_extract_layers": 2,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
    "classifier_proj_size": 8,
}


def _extractor(**settings: Any) -> Any:
    import transformers  # noqa: PLC0415 - heavy

    made: Any = transformers.Wav2Vec2FeatureExtractor
    return made(**settings)


def _wav2vec2(settings: dict[str, Any]) -> tuple[Any, Any]:
    import transformers  # noqa: PLC0415 - heavy

    config = transformers.Wav2Vec2Config(**_WAVES, feat_extract_norm="layer", do_stable_layer_norm=True, **settings)
    prepare = _extractor(return_attention_mask=True)
    return transformers.Wav2Vec2ForSequenceClassification(config), prepare


def _group_norm(settings: dict[str, Any]) -> tuple[Any, Any]:
    import transformers  # noqa: PLC0415 - heavy

    config = transformers.HubertConfig(**_WAVES, feat_extract_norm="group", **settings)
    return transformers.HubertForSequenceClassification(config), _extractor()


def _wavlm(settings: dict[str, Any]) -> tuple[Any, Any]:
    import transformers  # noqa: PLC0415 - heavy

    config = transformers.WavLMConfig(**_WAVES, feat_extract_norm="layer", do_stable_layer_norm=True, **settings)
    prepare = _extractor(return_attention_mask=True)
    return transformers.WavLMForSequenceClassification(config), prepare


def _pooled(settings: dict[str, Any]) -> tuple[Any, Any]:
    import transformers  # noqa: PLC0415 - heavy

    from leed_adapters.transformers.pooled import pooled_class  # noqa: PLC0415 - loads torch

    config = transformers.Wav2Vec2Config(**_WAVES, feat_extract_norm="layer", do_stable_layer_norm=True, **settings)
    prepare = _extractor(return_attention_mask=True)
    made: Any = pooled_class(config)
    return made(config), prepare


def _whisper(settings: dict[str, Any]) -> tuple[Any, Any]:
    import transformers  # noqa: PLC0415 - heavy

    config = transformers.WhisperConfig(
        d_model=16,
        encoder_layers=1,
        encoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_layers=1,
        decoder_attention_heads=2,
        decoder_ffn_dim=16,
        num_mel_bins=80,
        classifier_proj_size=8,
        **settings,
    )
    extractor: Any = transformers.WhisperFeatureExtractor  # which has no types
    return transformers.WhisperForAudioClassification(config), extractor()


def _roberta(settings: dict[str, Any]) -> tuple[Any, Any]:
    import transformers  # noqa: PLC0415 - heavy

    vocabulary = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS])}
    prepare = transformers.BertTokenizer(vocab=vocabulary)
    config = transformers.RobertaConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=26,
        pad_token_id=0,
        **settings,
    )
    return transformers.RobertaForSequenceClassification(config), prepare


def _vit(settings: dict[str, Any]) -> tuple[Any, Any]:
    import transformers  # noqa: PLC0415 - heavy
    from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil  # noqa: PLC0415 - heavy

    config = transformers.ViTConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        image_size=32,
        patch_size=16,
        **settings,
    )
    return transformers.ViTForImageClassification(config), ViTImageProcessorPil(size={"height": 32, "width": 32})


_MADE: dict[str, Any] = {
    "wav2vec2": _wav2vec2,
    "hubert": _group_norm,
    "wavlm": _wavlm,
    "pooled": _pooled,
    "whisper": _whisper,
    "roberta": _roberta,
    "vit": _vit,
}

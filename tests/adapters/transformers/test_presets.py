"""What is known of models by name: as data, and as a table in the documentation."""

from pathlib import Path

import pytest

from leed import taxonomy
from leed_adapters.transformers.heads import ACTIVATIONS
from leed_adapters.transformers.presets import licence_issue, licence_of, preset_of, presets

PAGE = Path(__file__).parents[3] / "docs" / "local-models.md"
BEGIN, END = "<!-- presets: made by tests/adapters/transformers/test_presets.py -->\n", "<!-- /presets -->"


def table() -> str:
    rows = [
        f"| `{name}` | {p.modality} | {p.taxonomy} | {p.quantity} | {p.licence or 'none given'} | {p.citation} |"
        for name, p in presets().items()
    ]
    return (
        "\n".join(["| model | measures | labels | scores | licence | cite |", "|---|---|---|---|---|---|", *rows])
        + "\n"
    )


def test_the_documentation_lists_them() -> None:
    """`python tests/adapters/transformers/test_presets.py` writes it anew."""
    page = PAGE.read_text(encoding="utf-8")
    assert page[page.index(BEGIN) + len(BEGIN) : page.index(END)] == table()


@pytest.mark.parametrize("name", presets())
def test_each_names_what_leed_knows(name: str) -> None:
    preset = presets()[name]
    assert preset.modality in (taxonomy.get(preset.taxonomy).modalities or (preset.modality,))
    assert preset.activation in ACTIVATIONS
    assert preset.quantity == {"identity": "bipolar"}.get(preset.activation, "probability")
    assert "doi 10." in preset.citation or "https://" in preset.citation


def test_a_model_in_a_folder_is_known_by_the_name_in_its_config() -> None:
    name = "superb/hubert-large-superb-er"
    assert preset_of("/models/mine", {"_name_or_path": name}) == presets()[name]
    assert preset_of("/models/mine", {}) is None
    mine = {"_name_or_path": name, "id2label": {"0": "hap", "1": "sleepy"}}
    assert preset_of("/models/mine", mine) is None, "it was trained further, on labels of its own"
    assert preset_of(name, {"id2label": {"0": "neu", "1": "hap", "2": "ang", "3": "sad"}}) == presets()[name]


@pytest.mark.parametrize(
    ("licence", "codes"),
    [("CC-BY-NC-SA-4.0", ["licence"]), ("cc-by-nc-4.0", ["licence"]), ("apache-2.0", []), ("NCSA", []), (None, [])],
)
def test_only_licences_against_commercial_use_are_warned_of(licence: str | None, codes: list[str]) -> None:
    issue = licence_issue("a/b", licence)
    assert [i.code for i in (issue,) if i is not None] == codes


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlicense: mit\n---\ntext", "mit"),
        ("---\nlanguage: en\nlicense: 'cc-by-nc-4.0'\n---\n", "cc-by-nc-4.0"),
        ("license: mit, says the text", "Apache-2.0"),
        ("---\nlanguage: en\n---\nlicense: mit\n", "Apache-2.0"),
    ],
)
def test_a_card_says_its_licence_in_its_head_only(tmp_path: Path, card: str, licence: str) -> None:
    (tmp_path / "README.md").write_text(card, encoding="utf-8")
    assert licence_of(str(tmp_path), presets()["superb/hubert-large-superb-er"]) == licence


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page[: page.index(BEGIN) + len(BEGIN)] + table() + page[page.index(END) :], encoding="utf-8")

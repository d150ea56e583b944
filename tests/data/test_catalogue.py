"""The catalogue is whole, consistent, and found from a checkout and from an installed package."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bespoke.data import catalogue, find_entry
from bespoke.data.catalogue import PROVISIONS
from bespoke.data.columns import MISSING_HANDLING
from bespoke.errors import DatasetNotFoundError

ROOT = Path(__file__).resolve().parents[2]
WANTED = {
    "redwine", "whitewine", "cardio", "balance", "seeds", "mammographic", "pendigits", "arrhythmia", "vertebral_2c",
    "vertebral_3c", "breast_cancer", "breast_cancer_wdbc", "har", "dermatology", "ionosphere", "iris", "wine", "digits",
    "tictactoe", "monks1", "monks2", "monks3",
}  # fmt: skip


def test_all_wanted_sets_are_there() -> None:
    assert set(catalogue()) == WANTED


@pytest.mark.parametrize("name", sorted(WANTED))
def test_entry_is_consistent(name: str) -> None:
    entry = find_entry(name)
    assert all((entry.title, entry.citation, entry.licence, entry.target, entry.layout.files))
    assert entry.task == "classification"
    assert entry.provision in PROVISIONS
    assert entry.missing in MISSING_HANDLING
    assert entry.rows > 0
    assert len(set(entry.features)) == len(entry.features)
    assert set(entry.layout.drop_features) <= set(entry.features)
    assert "target" not in entry.features


def test_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(DatasetNotFoundError, match="no such data set; got 'whitewin'; did you mean 'whitewine'"):
        find_entry("whitewin")
    with pytest.raises(DatasetNotFoundError, match="allowed: redwine, whitewine, cardio"):
        find_entry("qqqq")


def test_build_puts_the_catalogue_beside_the_module() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included["datasets/catalogue.toml"] == "bespoke/data/catalogue.toml"
    assert (ROOT / "datasets" / "catalogue.toml").is_file()

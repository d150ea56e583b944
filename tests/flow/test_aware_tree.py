"""Trees grown for the converters in front of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from command_line import call

from bespoke.data import Dataset, load_dataset
from bespoke.errors import OptionError
from bespoke.families import Tree
from bespoke.families.family import Parameters
from bespoke.flow import compile_model, train_aware_tree
from bespoke.frontend import read_model


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    def candidates(_: Tree) -> Iterator[Parameters]:
        for leaves in (2, 4, 12):
            for toll in (0.0, 2.0):
                yield {"leaves": leaves, "criterion": "gini", "least_rows": 1, "toll": toll}

    monkeypatch.setattr(Tree, "candidates", candidates)


@pytest.fixture(scope="module")
def data() -> Dataset:
    """A class that two features tell equally well, one of them at a low level, and rows that are noise."""
    rng = np.random.default_rng(0)
    high = rng.integers(0, 16, 300)
    low = np.where(high >= 14, rng.integers(2, 16, 300), rng.integers(0, 2, 300))
    features = np.stack([high, low], axis=1).astype(float)
    targets = np.where(rng.random(300) < 0.05, 1 - (high >= 14), high >= 14).astype(np.int64)
    return Dataset("two", ("high", "low"), features, targets, "classification")


@pytest.mark.slow
def test_low_levels_are_preferred_and_noise_is_not_learnt(data: Dataset) -> None:
    trained = train_aware_tree(data, jobs=1)
    design = compile_model(trained.estimator, dataset=data, inputs="unary", converters="date24")
    assert [each.feature for each in design.converters.features] == ["low"]
    assert trained.validation_score is not None
    assert trained.validation_score > 0.9
    assert design.accuracies.train == trained.train_score
    assert trained.parameters["estimated_mw"] == pytest.approx(design.converters.power_mw, abs=0.02)


@pytest.mark.slow
def test_the_most_accurate_one_is_taken_without_tolerance(data: Dataset) -> None:
    near, best = (train_aware_tree(data, jobs=1, standard_errors=errors) for errors in (1.0, 0.0))
    assert best.validation_score >= near.validation_score
    assert best.parameters["estimated_mw"] >= near.parameters["estimated_mw"]


@pytest.mark.slow
def test_what_no_tree_can_be_is_said(data: Dataset) -> None:
    with pytest.raises(OptionError, match="no tree draws as little"):
        train_aware_tree(data, jobs=1, max_power_mw=1e-4)


@pytest.mark.slow
def test_the_command_writes_an_integer_model(tmp_path: Path) -> None:
    path = tmp_path / "tree.json"
    command = ("train", "iris", "--model", "tree", "--aware", "converters")
    result = call(*command, "-o", path, "--converters", "esl24")
    assert result.exit_code == 0, result.output
    assert "cross-validation" in result.stdout
    design = compile_model(read_model(path).model, dataset=load_dataset("iris"), inputs="unary")
    assert design.verify().agrees
    for wrong, message in (
        (("-o", tmp_path / "tree.skops"), "another kind of file"),
        (("-o", path, "--weight-bits", 2), "needs --aware"),
        (("-o", path, "--model", "svm"), "only trees"),
    ):
        refused = call(*command, *wrong)
        assert refused.exit_code != 0
        assert message in refused.stderr
    refused = call("train", "iris", "--model", "tree", "-o", tmp_path / "tree.skops", "--converters", "esl24")
    assert "needs --aware" in refused.stderr

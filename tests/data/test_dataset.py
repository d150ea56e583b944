"""Data sets are immutable, have a digest of their content, and split as scikit-learn does."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from bespoke.data import Dataset, load_dataset
from bespoke.errors import DataError, OptionError, SingleClassError, TargetError


def small(**changes: object) -> Dataset:
    fields = {
        "name": "small",
        "feature_names": ("a", "b"),
        "features": np.array([[0.0, 1], [2, 3], [4, 5]]),
        "targets": np.array([0, 1, 0]),
        "task": "classification",
    }
    return Dataset(**{**fields, **changes})


@pytest.mark.parametrize(("test_size", "seed"), [(0.3, 42), (0.25, 7), (0.5, 0)])
def test_split_equals_scikit_learn(test_size: float, seed: int) -> None:
    data = load_dataset("wine")
    split = data.split(test_size, seed)
    expected = train_test_split(data.features, data.targets, test_size=test_size, random_state=seed)
    found = (split.train_features, split.test_features, split.train_targets, split.test_targets)
    for mine, theirs in zip(found, expected, strict=True):
        assert np.array_equal(mine, theirs)
        assert not mine.flags.writeable


def test_arrays_are_read_only_copies() -> None:
    features = np.zeros((2, 1))
    data = Dataset("d", ("a",), features, np.array([0, 1]), "classification")
    features[0, 0] = 5
    assert data.features[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        data.features[0, 0] = 1


def test_digest_follows_content_alone() -> None:
    digest = small().digest
    assert small(name="other", source="elsewhere", notes=("n",)).digest == digest
    assert small(features=np.array([[-0.0, 1], [2, 3], [4, 5]])).digest == digest
    changed = [
        small(features=np.array([[0.0, 1], [2, 3], [4, 6]])),
        small(feature_names=("a", "c")),
        small(targets=np.array([0, 1, 1])),
        small(targets=np.array([0.0, 1, 0]), task="regression"),
        small(targets=np.array(["0", "1", "0"])),
        small(task="regression"),
    ]
    assert len({digest, *(data.digest for data in changed)}) == 7


def test_class_absent_from_training_part_is_refused() -> None:
    targets = np.arange(20) % 2
    targets[3] = 9
    data = Dataset("rare", ("a",), np.arange(20.0)[:, None], targets, "classification")
    lacking = [seed for seed in range(20) if 3 in train_test_split(np.arange(20), test_size=0.3, random_state=seed)[1]]
    assert 0 < len(lacking) < 20
    for seed in set(range(20)) - set(lacking):
        assert 9 in data.split(seed=seed).train_targets
    with pytest.raises(TargetError) as caught:
        data.split(seed=lacking[0])
    assert str(caught.value) == (
        "rare: a class has no row in the training part; "
        f"got class 9 with seed {lacking[0]}; allowed: another --seed or a smaller test share"
    )


def test_split_refuses_what_it_cannot_do() -> None:
    with pytest.raises(OptionError, match="the test share is out of range"):
        small().split(test_size=1.0)
    with pytest.raises(OptionError, match="the seed is out of range; got -1"):
        small().split(seed=-1)
    with pytest.raises(DataError, match="too few rows to split; got 3 rows"):
        small().split(test_size=0.9)
    seed = next(seed for seed in range(9) if train_test_split([0, 1, 2], test_size=0.3, random_state=seed)[1] == [1])
    with pytest.raises(SingleClassError, match="the training part has one class only; got 0"):
        small().split(seed=seed)


@pytest.mark.parametrize(
    "changes",
    [
        {"feature_names": ("a",)},
        {"targets": np.array([0, 1])},
        {"features": np.array([[np.nan, 1], [2, 3], [4, 5]])},
        {"features": np.zeros((0, 2)), "targets": np.zeros(0)},
    ],
)
def test_shapes_are_checked(changes: dict[str, object]) -> None:
    with pytest.raises(DataError):
        small(**changes)

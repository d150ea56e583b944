"""The interface of a circuit: ports, codes, and the levels that a model reads."""

from __future__ import annotations

from itertools import chain, product

import numpy as np
import pytest
from random_models import all_words, random_forest, random_model, random_shortcut, random_staged
from small_models import mlp, tree

from bespoke.errors import OptionError, StimuliError
from bespoke.model import BinaryCode, Boundary, ThermometerCode

MIXED = Boundary(("a", "b"), (BinaryCode(3), ThermometerCode(4, (2, 9))))


def test_ports_are_named_after_levels() -> None:
    assert MIXED.ports() == (("a", 3), ("b_ge_2", 1), ("b_ge_9", 1))
    assert MIXED.tops.tolist() == [7, 15]


def test_words_come_back_as_the_highest_level_that_they_reach() -> None:
    words = np.array([[5, 0], [0, 1], [7, 2], [1, 8], [2, 9], [3, 15]])
    ports = MIXED.encode(words)
    assert ports.tolist() == [[5, 0, 0], [0, 0, 0], [7, 1, 0], [1, 1, 0], [2, 1, 1], [3, 1, 1]]
    assert MIXED.decode(ports).tolist() == [[5, 0], [0, 0], [7, 2], [1, 2], [2, 9], [3, 9]]


def test_a_level_without_a_lower_one_is_refused() -> None:
    with pytest.raises(StimuliError, match="no converter gives; got 01"):
        MIXED.decode(np.array([[5, 1, 1], [5, 0, 1]]))


def test_bits_take_the_values_that_some_word_gives() -> None:
    words = all_words((3, 4))
    columns = MIXED.encode(words)
    bits = np.column_stack([columns[:, 0] >> place & 1 for place in range(3)] + [columns[:, 1], columns[:, 2]])
    for places in ([1], [4], [0, 2, 4], [0, 1, 2, 3, 4], [3, 4]):
        parts = MIXED.values_of(places, 24)
        assert parts is not None
        found = [list(chain(*rows)) for rows in product(*(part.tolist() for part in parts))]
        assert sorted(found) == np.unique(bits[:, places], axis=0).tolist()
        assert MIXED.values_of(places, len(found) - 1) is None


@pytest.mark.slow_if("random_staged")
@pytest.mark.parametrize("make", [random_model, random_staged, random_forest, random_shortcut])
def test_numbers_between_levels_look_the_same_to_a_model(make) -> None:
    for seed in range(40):
        model = make(np.random.default_rng(seed))
        words = all_words(model.coding.bits) if sum(model.coding.bits) <= 12 else None
        if words is not None:
            boundary = Boundary.of(model, "unary")
            assert (model.predict(boundary.decode(boundary.encode(words))) == model.predict(words)).all()


def test_a_tree_reads_only_levels_that_decide() -> None:
    decided = tree([(0, 6, 1, 2), (0, 9, 3, 4), (1, 3, 5, 6), 0, 1, 0, 2])
    assert Boundary.of(decided, "unary").codes == (ThermometerCode(4, (7,)), ThermometerCode(4, (4,)))
    assert Boundary.of(decided, {"f1": "unary"}).codes == (BinaryCode(4), ThermometerCode(4, (4,)))


def test_bad_choices_are_named() -> None:
    with pytest.raises(OptionError, match="unknown feature; got nobody"):
        Boundary.of(mlp(), {"nobody": "unary"})
    with pytest.raises(OptionError, match="unknown code; got grey"):
        Boundary.of(mlp(), "grey")

"""Networks with a weight for each level that an input reaches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_libraries import EGFET_COSTS

from bespoke import compile_model
from bespoke.data import Dataset, load_dataset
from bespoke.errors import OptionError
from bespoke.model import Affine, InputCoding, IntArray, Lookup
from bespoke.training import Member, NetworkOptions, NetworkRows, TrainingOptions, train_model, train_networks

BITS = (2, 3, 0)


@pytest.fixture(autouse=True)
def _with_jax() -> None:
    pytest.importorskip("jax")


def rows_of(words: IntArray) -> NetworkRows:
    coding = InputCoding(("a", "b", "c"), BITS, (0.0,) * 3, (1.0,) * 3)
    return NetworkRows(words, words[:, 0] % 2, coding, (0, 1))


def random_rows() -> NetworkRows:
    return rows_of(np.random.default_rng(0).integers(0, 1 << np.array(BITS), (60, 3)))


def network(rows: NetworkRows, **options: object):
    told = {"hidden_layer_sizes": (3,), "inputs": "unary", "epochs": 60, "batch_size": 16, **options}
    (found,) = train_networks(rows, [Member(NetworkOptions(**told))], EGFET_COSTS)
    return found


def test_a_word_that_is_odd_is_no_sum_of_words_but_one_of_levels() -> None:
    rows = random_rows()
    found = network(rows)
    assert (found.outputs == rows.labels).all()
    assert np.array_equal(found.model.predict(rows.words), found.outputs)
    assert [type(stage) for stage in found.model.stages] == [Lookup, Affine, Affine]
    assert found.model.coding == rows.coding
    plain = network(rows, inputs="binary", hidden_layer_sizes=(1,))
    assert not (plain.outputs == rows.labels).all()


def test_levels_that_no_weight_reads_are_left_out() -> None:
    dear = network(random_rows(), cost_weight=100.0).model
    first, second = dear.stages[:2]
    assert isinstance(first, Lookup)
    assert isinstance(second, Affine)
    assert len(first.tables) < 3 + 7
    assert first.tables[0].sources == () or (second.weights != 0).any(axis=0).all()


def test_words_that_never_change_leave_a_constant() -> None:
    rows = rows_of(np.zeros((20, 3), dtype=np.int64))
    model = network(rows).model
    assert (model.predict(rows.words) == 0).all()
    assert compile_model(model).estimate.area_mm2 == 0


def test_levels_of_too_large_tables_are_refused() -> None:
    words = np.arange(300)[:, None] * np.array([200])
    coding = InputCoding(("a",), (16,), (0.0,), (1.0,))
    with pytest.raises(OptionError, match="levels need too large tables; got 299 levels of words of up to 16 bits"):
        network(NetworkRows(words, words[:, 0] % 2, coding, (0, 1)))


@pytest.mark.slow
def test_with_unary_inputs_no_gate_compares() -> None:
    iris: Dataset = load_dataset("iris", folder=Path("nowhere"))
    own = NetworkOptions(inputs="unary", epochs=60, batch_size=32)
    trained = train_model(iris.split(), TrainingOptions("mlp", networks=(own,)), iris.feature_names)
    words, levels = (compile_model(trained.estimator, dataset=iris, inputs=each) for each in ("binary", "unary"))
    assert trained.train_score > 0.9
    assert levels.accuracies == words.accuracies
    assert levels.estimate.area_mm2 < words.estimate.area_mm2

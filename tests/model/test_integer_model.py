"""Models of stages: function, ranges, invariants, and asking for stages of one type."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bespoke.errors import ModelFileError, RangeError, UnsupportedModelError
from bespoke.model import (
    Affine,
    Argmax,
    Compare,
    Index,
    InputCoding,
    IntegerModel,
    Lookup,
    Origin,
    Table,
    Trees,
    Value,
    Votes,
    model_digest,
    replaced,
)
from bespoke.numeric import Interval

CODING = InputCoding(("a", "b"), (2, 3), (0.0, 0.0), (1.0, 1.0))


def two_layers():
    hidden = Affine(np.array([[1, -2], [3, 1], [0, 0]]), np.array([-1, 2, 5]), "relu", 4)
    scores = Affine(np.array([[1, 1, 0], [-1, 2, 1]]), np.array([0, -3]), "identity", 6)
    return IntegerModel(CODING, (hidden, scores), Argmax(("n", "y")), Origin("mlp", "test"))


def every_word():
    return np.stack(np.meshgrid(np.arange(4), np.arange(8)), axis=-1).reshape(-1, 2)


def test_scores_by_hand():
    model = two_layers()
    # x = (3, 1): hidden relu(0), relu(12), 5; scores 12 and 24 + 5 - 3.
    assert model.scores(np.array([[3, 1]])).tolist() == [[12, 26]]
    assert model.predict(np.array([[3, 1]])).tolist() == [1]
    assert model.predict_raw(np.array([[0.9, 0.13]])).tolist() == ["y"]


def test_ranges_hold_and_are_tight_for_the_first_layer():
    model = two_layers()
    words = every_word()
    sums = words @ model.stages[0].weights.T + model.stages[0].biases
    found = [Interval(int(column.min()), int(column.max())) for column in sums.T]
    assert list(model.stages[0].sum_intervals(CODING.intervals())) == found
    assert model.ranges[1] == tuple(interval.clipped_below(0) for interval in found)
    scores = model.scores(words)
    for column, interval in zip(scores.T, model.ranges[-1], strict=True):
        assert column.min() in interval
        assert column.max() in interval


def test_arrays_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        two_layers().stages[0].weights[0, 0] = 9


def layer(rows, columns, activation="identity"):
    return Affine(np.ones((rows, columns)), np.zeros(rows), activation, 0)


@pytest.mark.parametrize(
    ("stages", "decision", "message"),
    [
        ((), Value(), "a model needs a stage"),
        ((layer(2, 2),), Value(), "scores do not fit the decision; got 2; allowed: 1"),
        ((layer(2, 2),), Votes((0, 1, 2)), "scores do not fit the decision; got 2; allowed: 3"),
        ((layer(1, 3),), Value(), "layer sizes do not fit; got 3; allowed: 2"),
        ((layer(3, 2, "relu"), layer(1, 2)), Value(), "layer sizes do not fit; got 2; allowed: 3"),
    ],
)
def test_invariants(stages, decision, message):
    with pytest.raises(ModelFileError, match=message):
        IntegerModel(CODING, stages, decision)


def test_too_wide():
    wide = Affine(np.array([[1 << 59, 1 << 59]]), np.zeros(1), "identity", 0)
    with pytest.raises(RangeError, match="more than 62 bits"):
        IntegerModel(CODING, (wide,), Value())


def test_numbers_inside_a_model_are_as_wide_as_sums():
    leaves = Trees([-1, -1, -1], [0] * 3, [-1] * 3, [-1] * 3, [1 << 61] * 3, [0, 1, 2])
    with pytest.raises(RangeError, match="more than 62 bits"):
        IntegerModel(CODING, (leaves,), Value())
    with pytest.raises(RangeError, match="more than 62 bits"):
        IntegerModel(CODING, (Lookup((Table((), [1 << 62]),)),), Value())


def mixed():
    """Which inputs reach 2 and 5, and a sum of the two bits."""
    return IntegerModel(CODING, (Compare([0, 1], [2, 5]), layer(1, 2)), Value())


def test_stages_read_the_words_of_the_stage_before():
    model = mixed()
    words = every_word()
    bits = (words >= [2, 5]).astype(int)
    assert [found.tolist() for found in model.stage_inputs(words)] == [words.tolist(), bits.tolist()]
    assert model.predict(words).tolist() == bits.sum(axis=1).tolist()
    assert model.ranges == (CODING.intervals(), (Interval(0, 1),) * 2, (Interval(0, 2),))


def test_stages_of_one_type_are_given_or_refused():
    model = two_layers()
    assert model.all_stages(Affine, "here") == model.stages
    assert model.has_only(Affine)
    assert not mixed().has_only(Affine)
    with pytest.raises(UnsupportedModelError, match="here: needs other stages; got compare, affine; allowed: aff"):
        mixed().all_stages(Affine, "here")
    with pytest.raises(UnsupportedModelError, match="here: needs a single stage; got 2; allowed: 1"):
        model.only_stage(Affine, "here")
    single = IntegerModel(CODING, (layer(1, 2),), Value())
    assert single.only_stage(Affine, "here") is single.stages[0]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0, -1, 2, 3], "after lookup: words that no input has; got -1 to 3; allowed: 0 to 65535"),
        ([0, 1, 2, 1 << 16], "after lookup: words that no input has; got 0 to 65536; allowed: 0 to 65535"),
        ([0, 1, 2, 1], "after lookup: no model of all words of these bits; got .* class"),
    ],
)
def test_what_follows_tables_is_a_model_or_refused(values, said):
    tables = Lookup((Table(((0, 0), (0, 1)), values),))
    high = max(values)
    model = IntegerModel(CODING, (tables, layer(1, 1)), Index(tuple(range(high + 1))) if high < 3 else Value())
    with pytest.raises(UnsupportedModelError, match=said):
        model.after(Lookup)
    assert two_layers().after(Lookup)[0] == ()


def test_replaced_stages_and_origin():
    model = mixed()
    other = replace(model, stages=replaced(model.stages, {0: Compare([0, 0], [1, 3])}))
    assert other.stages[1] is model.stages[1]
    assert other.predict(np.array([[2, 7]])).tolist() == [1]
    assert model_digest(other) != model_digest(model)
    assert [str(origin) for origin in (Origin(), Origin("svm"), Origin("svm", "SVC"))] == ["model", "svm", "SVC"]

"""Decision rules, ties included."""

from __future__ import annotations

import numpy as np
import pytest

from bespoke.errors import ModelFileError
from bespoke.model import Decision
from bespoke.numeric import Interval


def decided(decision, scores):
    return decision.decide(np.array(scores, dtype=np.int64)).tolist()


def test_argmax_takes_the_first_of_equals():
    assert decided(Decision("argmax", ("a", "b", "c")), [[1, 5, 5], [7, 7, 7], [-3, -2, -1]]) == [1, 0, 2]


def test_signs_differ_at_zero():
    assert decided(Decision("sign", (0, 1)), [[-1], [0], [1]]) == [0, 0, 1]
    assert decided(Decision("sign_inclusive", (0, 1)), [[-1], [0], [1]]) == [0, 1, 1]


def test_votes():
    decision = Decision("votes", ("a", "b", "c"))
    assert decision.pairs() == ((0, 1), (0, 2), (1, 2))
    assert decision.score_count == 3
    # A cycle of equal votes goes to the first class; a score of zero votes for the second of its pair.
    assert decided(decision, [[1, -1, 1], [1, 1, -9], [-1, 4, 1], [0, 0, 0]]) == [0, 0, 1, 2]


def test_value():
    decision = Decision("value", (), 3)
    assert decided(decision, [[-5], [12]]) == [-5, 12]
    assert decision.decode(np.array([-5, 12])).tolist() == [-0.625, 1.5]
    assert decision.interval(Interval(-9, 4)) == Interval(-9, 4)
    assert not decision.is_classifier


def test_label_rounds_halves_up_and_clips():
    decision = Decision("label", (3, 4, 5), 2)
    scores = [[-100], [13], [14], [17], [18], [100]]
    assert decided(decision, scores) == [0, 0, 1, 1, 2, 2]
    assert decision.decode(np.array([0, 2])).tolist() == [3, 5]
    assert decided(Decision("label", (-1, 0, 1), 0), [[-2], [-1], [0], [1], [2]]) == [0, 0, 1, 2, 2]


@pytest.mark.parametrize(
    ("kind", "classes", "message"),
    [
        ("median", (0, 1), "unknown decision; got median"),
        ("argmax", (), "needs class labels"),
        ("label", (1, 3), "labels must be consecutive integers"),
        ("label", (2, 1), "labels must be consecutive integers"),
    ],
)
def test_invariants(kind, classes, message):
    with pytest.raises(ModelFileError, match=message):
        Decision(kind, classes)


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (("argmax", ("a", 1)), "all be texts or all be numbers"),
        (("argmax", (None, 1)), "all be texts or all be numbers"),
        (("argmax", (1, 1)), "must differ"),
        (("votes", (1,)), "a vote needs two classes"),
        (("sign", (0, 1, 2)), "a sign tells two classes apart"),
        (("label", (0, 1), 62), "more than 62 bits"),
        (("label", (0, 1), -1), "more than 62 bits"),
        (("label", (2**40, 2**40 + 1), 30), "more than 62 bits"),
        (("value", (), 2**40), "fraction bits out of range"),
        (("value", (), -901), "fraction bits out of range"),
    ],
)
def test_out_of_range(decision, message):
    with pytest.raises(ModelFileError, match=message):
        Decision(*decision)


@pytest.mark.parametrize("classes", [(0, 1), (1.0, 2.0), ("x", "y", "z"), (False, True)])
def test_json(classes):
    decision = Decision("argmax", classes)
    again = Decision.from_json(decision.to_json())
    assert again == decision
    assert [type(label) for label in again.classes] == [type(label) for label in classes]

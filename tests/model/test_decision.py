"""Decision rules, ties included."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import random_decision

from bespoke.errors import ModelFileError
from bespoke.model import DECISIONS, UNKNOWN, Argmax, Index, Label, Sign, Value, Votes
from bespoke.numeric import Interval


def decided(decision, scores):
    return decision.decide(np.array(scores, dtype=np.int64)).tolist()


def test_argmax_takes_the_first_of_equals():
    assert decided(Argmax(("a", "b", "c")), [[1, 5, 5], [7, 7, 7], [-3, -2, -1]]) == [1, 0, 2]


def test_signs_differ_at_zero():
    assert decided(Sign((0, 1)), [[-1], [0], [1]]) == [0, 0, 1]
    assert decided(Sign((0, 1), inclusive=True), [[-1], [0], [1]]) == [0, 1, 1]


def test_votes():
    decision = Votes(("a", "b", "c"))
    assert decision.pairs() == ((0, 1), (0, 2), (1, 2))
    assert decision.score_count == 3
    # A cycle of equal votes goes to the first class; a score of zero votes for the second of its pair.
    assert decided(decision, [[1, -1, 1], [1, 1, -9], [-1, 4, 1], [0, 0, 0]]) == [0, 0, 1, 2]


def test_value():
    decision = Value(frac_bits=3)
    assert decided(decision, [[-5], [12]]) == [-5, 12]
    assert decision.decode(np.array([-5, 12])).tolist() == [-0.625, 1.5]
    assert decision.interval([Interval(-9, 4)]) == Interval(-9, 4)
    assert not decision.is_classifier


def test_label_rounds_halves_up_and_clips():
    decision = Label((3, 4, 5), 2)
    scores = [[-100], [13], [14], [17], [18], [100]]
    assert decided(decision, scores) == [0, 0, 1, 1, 2, 2]
    assert decision.decode(np.array([0, 2])).tolist() == [3, 5]
    assert decided(Label((-1, 0, 1), 0), [[-2], [-1], [0], [1], [2]]) == [0, 0, 1, 2, 2]


@pytest.mark.parametrize(
    ("rule", "classes", "message"),
    [
        *((rule, (), "needs class labels") for rule in DECISIONS if rule != "value"),
        ("label", (1, 3), "labels must be consecutive integers"),
        ("label", (2, 1), "labels must be consecutive integers"),
    ],
)
def test_invariants(rule, classes, message):
    with pytest.raises(ModelFileError, match=message):
        DECISIONS[rule](classes)


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
        (("value", (), 1.5), "not a whole number; got 1.5"),
        (("argmax", (0, 1), True), "not a whole number; got True"),
        (("sign", (0, 1), 0, "no"), "inclusive or not; got no; allowed: true, false"),
        (("label", ("a", "b")), "labels must be consecutive integers"),
    ],
)
def test_out_of_range(decision, message):
    with pytest.raises(ModelFileError, match=message):
        DECISIONS[decision[0]](*decision[1:])


def test_an_index_is_the_score():
    decision = Index(("a", "b", "c"))
    assert decided(decision, [[2], [0]]) == [2, 0]
    decision.check_scores([Interval(0, 2)])
    for scores in (Interval(-1, 2), Interval(0, 3)):
        with pytest.raises(ModelFileError, match="a leaf holds a class that does not exist"):
            decision.check_scores([scores])


@pytest.mark.parametrize(
    ("decision", "classes"),
    [
        (Argmax(("a", "b", "c")), ((0,), (1,), (2,))),
        (Votes(("a", "b", "c")), ((0, 1), (0, 2), (1, 2))),
        (Sign((0, 1)), ((),)),
        (Value(), ((),)),
        (Label((3, 4)), ((),)),
        (Index((0, 1)), ((),)),
    ],
)
def test_scores_are_about_classes(decision, classes):
    assert decision.score_classes() == classes
    assert decision.score_count == len(classes)
    with pytest.raises(ModelFileError, match=f"scores do not fit the decision; got {len(classes) + 1}"):
        decision.check_scores([Interval(0, 1)] * (len(classes) + 1))
    if decision.is_classifier:
        assert decision.interval([Interval(-9, 9)] * len(classes)) == Interval(0, len(decision.classes) - 1)


@pytest.mark.parametrize(
    "decision",
    [Sign((0, 1)), Sign((0, 1), inclusive=True), Label((-2, -1, 0), 2), Label((3, 4, 5), 0), Votes((7, 8)), Value()],
)
def test_the_offset_makes_leading_bits_of_the_rule(decision):
    scores = np.arange(-40, 41)[:, np.newaxis]
    shifted = scores[:, 0] + decision.score_offset
    expected = {
        "sign": shifted >= 0,
        "votes": shifted < 0,
        "label": np.clip(shifted >> decision.frac_bits, 0, len(decision.classes) - 1),
        "value": shifted,
    }
    assert decision.decide(scores).tolist() == expected[decision.name].astype(int).tolist()


def test_wanted_words_of_targets():
    assert Argmax(("a", "b")).encode(np.array(["b", "z", "a"])).tolist() == [1, UNKNOWN, 0]
    assert Index((3, 5)).encode(np.array([5.0, 4.0, 3.0])).tolist() == [1, UNKNOWN, 0]
    assert Value(frac_bits=2).encode(np.array([0.125, -0.125, 1.1, 3.0])).tolist() == [1, 0, 4, 12]
    assert Label((3, 4, 5), 2).encode(np.array([5.0, 2.0, 3.5, 3.0])).tolist() == [2, UNKNOWN, UNKNOWN, 0]


@pytest.mark.parametrize("seed", range(10))
def test_wanted_words_of_answers_are_the_answers(seed):
    rng = np.random.default_rng(seed)
    decision = random_decision(rng)
    count = decision.score_count
    outputs = decision.decide(rng.integers(-50, 51, (30, count)))
    assert decision.encode(decision.decode(outputs)).tolist() == outputs.tolist()

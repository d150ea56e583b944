"""What input bits cost: each level for itself, or the dearest bit of a word, and what all share."""

from bespoke.prune import InputCosts, Source

LEVELS = Source((0, 1, 2), (1.0, 2.0, 4.0), 10.0, is_word=False)
WORD = Source((3, 4), (8.0, 5.0), 0.0, is_word=True)


def test_costs_of_sources():
    assert LEVELS.cost(()) == 0
    assert LEVELS.cost({0, 2, 3}) == 15
    assert WORD.cost({3, 4}) == 8
    assert WORD.cost({4}) == 5


def test_gains_are_differences_and_unknown_bits_cost_nothing():
    costs = InputCosts([LEVELS, WORD])
    assert costs.gain({0, 2}, {0}, ()) == 1
    assert costs.gain({0}, {0}, ()) == 11
    assert costs.gain({0, 3, 4}, {0, 3}, {1}) == 1 - 2 + 8 - 5
    assert costs.gain({0, 3, 4}, {4}, ()) == 0
    assert costs.gain({7}, {7}, {9}) == 0

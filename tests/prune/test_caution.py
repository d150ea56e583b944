import numpy as np
import pytest
from small_models import WORDS, mlp, svm

from bespoke.cells import GateCosts, load_library
from bespoke.errors import StimuliError
from bespoke.lowering import lower
from bespoke.prune import cautious_task, close_task, expect_words, substitute
from bespoke.prune.caution import error_steps, keep_right, words_between
from bespoke.prune.judge import accept_ranges
from bespoke.sim import simulate

MODEL = mlp(1)
COSTS = GateCosts.of(load_library("egfet"))
NETLIST = lower(MODEL, COSTS).netlist
TOPS = np.array([7, 3, 15])
NONE = WORDS[:0]


def labels_with_noise(rng):
    labels = MODEL.predict(WORDS)
    wrong = rng.random(len(WORDS)) < 0.25
    return np.where(wrong, (labels + 1) % 3, labels), wrong


def test_rows_that_were_wrong_do_not_count():
    rng = np.random.default_rng(0)
    labels, wrong = labels_with_noise(rng)
    task = cautious_task(NETLIST, WORDS, expect_words(labels), words_between(WORDS, TOPS, 200, rng), 0.4)
    rows, unlabelled = task.terms
    assert rows.counted.tolist() == [*(~wrong).tolist(), *[False] * 200]
    assert unlabelled.counted.tolist() == [*[False] * len(WORDS), *[True] * 200]
    assert rows.weight == pytest.approx(1 - wrong.mean())
    assert unlabelled.weight == 0.4
    outputs = simulate(NETLIST, task.stimuli)[:, 0]
    assert (outputs[unlabelled.counted] == unlabelled.low[unlabelled.counted]).all()


@pytest.mark.slow
def test_loss_starts_at_nothing_and_counts_damage_only():
    rng = np.random.default_rng(1)
    labels, wrong = labels_with_noise(rng)
    task = cautious_task(NETLIST, WORDS, expect_words(labels), NONE)
    assert len(task.terms) == 1
    (state,) = substitute(NETLIST, task, COSTS, [0.05])
    damaged = ~wrong & (simulate(state.netlist, WORDS)[:, 0] != labels)
    assert state.loss == pytest.approx(damaged.mean())
    assert 0 < state.loss <= 0.05


def test_ranges_of_a_regressor():
    model = svm([[3, -5, 2]], [7])
    values = model.predict(WORDS)
    term = accept_ranges(values - 2, values + np.arange(len(values)) % 7 - 3)
    kept = keep_right(term, values)
    assert kept.counted.tolist() == (np.arange(len(values)) % 7 >= 3).tolist()
    with pytest.raises(StimuliError, match="no vector"):
        keep_right(term, values - 100)


def test_steps_of_errors_are_near_their_squares():
    errors = np.arange(1, 200)
    steps = error_steps(64.0)
    assert [most for most, _ in steps] == [16, 32, 64, 128, 256, 512]
    counted = sum(np.where(errors > most, square, 0.0) for most, square in steps)
    assert (counted[errors <= 16] == 0).all()
    ratio = (counted / errors**2)[(errors > 16) & (errors <= 128)]
    assert ratio.min() >= 0.5
    assert ratio.max() <= 2
    assert error_steps(0.5) == [(0, 1.0), (1, 3.0), (2, 8.0), (4, 28.0)]
    assert sum(square for _, square in error_steps(0.5)[:2]) == 2**2


@pytest.mark.slow
def test_values_stay_close_and_the_loss_is_that_of_r2():
    model = svm([[93, -41, 7]], [60])
    lowered = lower(model, COSTS).netlist
    exact = model.predict(WORDS)
    variance = float(np.var(exact))
    allowed = 0.02
    between = words_between(WORDS, TOPS, 300, np.random.default_rng(0))
    task = close_task(lowered, WORDS, allowed, variance, between, 0.5)
    assert len(task.stimuli) == len(WORDS) + 300
    assert all((term.low <= simulate(lowered, task.stimuli)[:, 0]).all() for term in task.terms)
    (state,) = substitute(lowered, task, COSTS, [allowed])
    assert state.edits
    assert state.netlist.gate_count < 0.9 * lowered.gate_count
    lost = ((simulate(state.netlist, WORDS)[:, 0] - exact) ** 2).mean() / variance
    assert 0 < lost < 2 * allowed


def test_words_between_rows():
    words = words_between(WORDS, TOPS, 500, np.random.default_rng(2))
    assert words.shape == (500, 3)
    assert words.min() == 0
    assert words.max(axis=0).tolist() == [7, 3, 15]
    ends = np.array([[0, 0, 0], [7, 3, 15]])
    near = words_between(ends, TOPS, 500, np.random.default_rng(2))
    # Along the diagonal, but for the noise.
    assert np.abs(near[:, 0] / 7 - near[:, 2] / 15).mean() < 0.15
    assert (
        words_between(WORDS, TOPS, 9, np.random.default_rng(3))
        == words_between(WORDS, TOPS, 9, np.random.default_rng(3))
    ).all()

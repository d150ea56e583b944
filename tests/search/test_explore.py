"""Joint search: the same seed gives the same front, also when it is stopped and taken up again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_libraries import EGFET_COSTS
from small_models import WORDS, mlp

from bespoke.errors import OptionError
from bespoke.search import AffineDesigns, SearchOptions, Stream, assured_gains, explore
from bespoke.search.loss import Loss, neighbour_rows, training_rows
from bespoke.search.nsga2 import spread
from bespoke.search.searcher import non_dominated

QUICK = SearchOptions(population=8, islands=2, epochs=3, generations=2, seed=5)


@pytest.fixture(scope="module")
def task():
    model = mlp()
    targets = model.predict(WORDS).copy()
    flipped = np.random.default_rng(0).random(len(targets)) < 0.1
    targets[flipped] = (targets[flipped] + 1) % 3
    return AffineDesigns(model, WORDS, EGFET_COSTS), WORDS, targets


@pytest.mark.slow
def test_front_is_non_dominated_and_starts_with_the_exact_model(task):
    found = explore(*task, QUICK)
    space, words, _ = task
    assert np.array_equal(found.genomes[0], space.seeds()[0])
    front = np.stack([found.losses, found.costs], axis=1)[1:]
    assert (np.diff(front[:, 1]) > 0).all()
    assert (np.diff(front[:, 0]) < 0).all()
    for genome, outputs in zip(found.genomes, space.predict(found.genomes, words), strict=True):
        assert np.array_equal(space.decode(genome).predict(words), outputs)


@pytest.mark.slow
def test_taken_up_again_it_ends_at_the_same_front(task):
    states = []
    whole = explore(*task, QUICK, on_epoch=states.append)
    assert [state.epoch for state in states] == [1, 2, 3]
    rest = explore(*task, QUICK, state=states[0])
    assert np.array_equal(whole.genomes, rest.genomes)
    assert whole.state.volumes == rest.state.volumes


@pytest.mark.slow
def test_another_seed_searches_elsewhere(task):
    first, second = (explore(*task, replace(QUICK, seed=seed)) for seed in (1, 2))
    assert not np.array_equal(first.state.populations[0], second.state.populations[0])


@pytest.mark.slow
def test_it_ends_early_without_progress_or_time(task):
    assert explore(*task, replace(QUICK, epochs=50, patience=1, generations=1)).state.epoch < 50
    assert explore(*task, replace(QUICK, budget_s=1e-6)).state.epoch <= 1


@pytest.mark.slow
def test_rows_held_back_are_not_seen(task):
    space, words, targets = task
    found = explore(space, words, targets, replace(QUICK, validation_share=0.5))
    assert 0.3 < found.seen.mean() < 0.7
    other = targets.copy()
    other[~found.seen] = (other[~found.seen] + 1) % 3
    again = explore(space, words, other, replace(QUICK, validation_share=0.5))
    assert np.array_equal(found.genomes, again.genomes)


@pytest.mark.slow
def test_volume_never_falls(task):
    volumes = explore(*task, replace(QUICK, epochs=5)).state.volumes
    assert (np.diff(volumes) >= 0).all()


@pytest.mark.slow
def test_loss_counts_weighted_wrong_rows(task):
    space, words, targets = task
    rows = training_rows(words, targets, "accuracy")
    wrong = space.predict(space.seeds(), words) != targets
    assert Loss(space, rows)(space.seeds()) == pytest.approx(wrong.mean(axis=1))
    balanced = Loss(space, training_rows(words, targets, "balanced_accuracy"))(space.seeds()[:1])
    recalls = [wrong[0, targets == label].mean() for label in np.unique(targets)]
    assert balanced == pytest.approx(np.mean(recalls))


@pytest.mark.slow
def test_the_exact_model_agrees_with_itself_near_the_rows(task):
    space, words, targets = task
    rows = training_rows(words, targets, "accuracy")
    near = neighbour_rows(space, rows, 2, np.random.default_rng(0))
    assert near.weights.sum() == pytest.approx(1)
    assert Loss(space, near)(space.seeds()[:1]) == 0
    moved = np.abs(near.words - np.repeat(words, 2, axis=0))
    assert moved.max() == 1
    losses = [Loss(space, rows, near, agreement=share)(space.seeds()) for share in (0.0, 0.25, 1.0)]
    assert losses[1] == pytest.approx(0.75 * losses[0] + 0.25 * losses[2])


@pytest.mark.slow
def test_islands_differ_in_agreement_and_the_front_has_both(task):
    space, words, targets = task
    options = replace(QUICK, agreement=(0.9, 0.1), generations=6, epochs=3)
    found = explore(space, words, targets, options)
    rows = training_rows(words, targets, "accuracy")
    random = Stream.ROWS.generator(QUICK.seed)
    random.random(len(targets))  # which rows are seen
    near, fronts = neighbour_rows(space, rows, 2, random), []
    for share in options.agreements:
        losses = Loss(space, rows, near, smooth=QUICK.smooth, agreement=share)(found.genomes[1:])
        fronts.append(set(non_dominated(np.stack([losses, found.costs[1:]], axis=1)).tolist()))
    assert fronts[0] | fronts[1] == set(range(len(found.genomes) - 1))
    assert fronts[0] - fronts[1]
    assert fronts[1] - fronts[0]
    assert (np.diff(found.costs[1:]) >= 0).all()
    again = explore(space, words, targets, replace(options, epochs=2))
    assert np.array_equal(explore(space, words, targets, options, state=again.state).genomes, found.genomes)


@pytest.mark.slow
def test_each_island_follows_its_own_weight(task):
    options = replace(QUICK, epochs=1, generations=6)
    alike, apart = (explore(*task, replace(options, agreement=share)).state for share in ((0.9, 0.9), (0.9, 0.1)))
    assert np.array_equal(alike.populations[0], apart.populations[0])
    assert not np.array_equal(alike.populations[1], apart.populations[1])


@pytest.mark.slow
def test_islands_are_processes_alone_where_there_are_fewer_than_weights(task):
    options = replace(QUICK, agreement=(0.9, 0.1, 0.5), epochs=2)
    found = [explore(*task, replace(options, islands=islands)) for islands in (1, 3)]
    assert np.array_equal(found[0].genomes, found[1].genomes)
    assert len(found[0].state.populations) == 3
    again = explore(*task, replace(options, islands=1), state=explore(*task, replace(options, epochs=1)).state)
    assert np.array_equal(again.genomes, found[0].genomes)


@pytest.mark.slow
@pytest.mark.parametrize("searcher", ["greedy", "bayes"])
def test_other_searchers_take_the_first_weight(task, searcher):
    options = replace(QUICK, searcher=searcher, generations=5, epochs=1)
    first, several = (explore(*task, replace(options, agreement=share)) for share in (0.9, (0.9, 0.1)))
    assert np.array_equal(first.state.populations[0], several.state.populations[0])
    assert {genome.tobytes() for genome in first.genomes} <= {genome.tobytes() for genome in several.genomes}


def test_a_list_from_json_is_the_same_choice():
    assert SearchOptions(agreement=[0.7, 0.3]) == SearchOptions(agreement=(0.7, 0.3))


@pytest.mark.slow
def test_smooth_loss_counts_rows_near_the_border(task):
    space, words, targets = task
    rows = training_rows(words, targets, "accuracy")
    hard, smooth = (Loss(space, rows, smooth=share)(space.seeds()[:1])[0] for share in (0.0, 1.0))
    assert 0 < smooth < 1
    assert smooth != pytest.approx(hard)


def test_non_dominated_and_spread():
    objectives = np.array([[0.3, 5], [0.2, 7], [0.3, 4], [0.1, 9], [0.2, 7], [0.5, 4]])
    assert non_dominated(objectives).tolist() == [2, 1, 3]
    assert spread(len(objectives), 2).tolist() == [0, 5]
    assert spread(len(objectives), 10).tolist() == list(range(6))


def test_assured_gain_takes_off_standard_errors():
    wrong = np.zeros((3, 100), dtype=np.int64)
    wrong[0, :20] = 1
    wrong[1, :18] = 1  # two rows won, none lost
    wrong[2, 20:38] = 1  # twenty won, eighteen lost
    assert assured_gains(wrong, 0) == pytest.approx([0, 0.02, 0.02])
    gains = assured_gains(wrong, 1)
    assert gains[0] == 0
    assert gains[1] == pytest.approx(0.02 - np.sqrt(2 - 0.04) / 100)
    assert gains[2] == pytest.approx(0.02 - np.sqrt(38 - 0.04) / 100)


def test_streams_are_those_of_seed_use_and_key():
    drawn = {
        tuple(stream.generator(seed, key).integers(1 << 62, size=2))
        for stream in Stream
        for seed in (0, 1)
        for key in (1, 2)
    }
    assert len(drawn) == 4 * len(Stream)
    assert Stream.START.generator(3, 4).random() == Stream.START.generator(3, 4).random()
    assert Stream.EVOLUTION.seed(3, 4, 5) != Stream.EVOLUTION.seed(3, 5, 4)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("population", 3),
        ("epochs", 0),
        ("smooth", 1.5),
        ("validation_share", 1),
        ("budget_s", 0),
        ("metric", "auc"),
        ("agreement", -0.1),
        ("agreement", (0.3, 2.0)),
        ("agreement", ()),
        ("agreement", "0.7"),
    ],
)
def test_bad_options_are_named(field, value):
    with pytest.raises(OptionError, match=field):
        SearchOptions(**{field: value})

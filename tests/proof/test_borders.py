"""Inputs near the borders of decisions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bespoke.cells import GateCosts, load_library
from bespoke.lowering import lower
from bespoke.model import Affine, Compare, IntegerModel, Votes
from bespoke.opt import optimise
from bespoke.proof import DECISION_PROOFS, prove_mapped
from bespoke.proof.borders import vote_border_words
from bespoke.techmap import map_cheapest

EGFET = load_library("egfet")
COSTS = GateCosts.of(EGFET)


def vote_model(make_model, features=6, bits=4):
    """Four classes on wide inputs, with one pair far from ever being alone decisive at random."""
    rng = np.random.default_rng(3)
    model = next(m for m in (make_model("votes", s) for s in range(50)) if len(m.decision.classes) == 4)
    names = tuple(f"x{number}" for number in range(features))
    coding = replace(model.coding, names=names, bits=(bits,) * features, low=(0.0,) * features, span=(1.0,) * features)
    weights = rng.integers(-40, 41, (6, features))
    biases = -(weights * (1 << bits) // 2).sum(axis=1)
    return IntegerModel(coding, (Affine(weights, biases, "identity", 0),), model.decision)


def decisive_pairs(model, words):
    """Pairs whose flipped outcome changes the class while their score is small, for each input."""
    scores = model.scores(words)
    classes = model.decision.decide(scores)
    hits = []
    for pair in range(scores.shape[1]):
        flipped = scores.copy()
        flipped[:, pair] = 1 - scores[:, pair]
        hits.append((model.decision.decide(flipped) != classes) & (np.abs(scores[:, pair]) <= 4))
    return np.stack(hits, axis=1)


@pytest.mark.slow
def test_every_input_hangs_on_some_pair(make_model):
    model = vote_model(make_model)
    words = vote_border_words(model, model.decision)
    assert len(words) > 1000
    assert (words >= 0).all()
    assert (words < 1 << np.array(model.coding.bits)).all()
    hits = decisive_pairs(model, words)
    assert hits.any(axis=1).all()
    uniform = np.random.default_rng(0).integers(0, 16, (20_000, words.shape[1]))
    reached = decisive_pairs(model, uniform).any(axis=0)
    assert hits.any(axis=0)[reached].all()


def test_other_models_have_no_votes(make_model):
    searched = {rule for rule, proof in DECISION_PROOFS.items() if proof.search}
    assert searched == {Votes}
    model = vote_model(make_model)
    (affine,) = model.stages
    for other in (
        (replace(affine, dropped_bits=np.ones(6, dtype=np.int64)),),
        (replace(affine, masks=np.array([1, *affine.masks[1:]])),),
        (replace(affine, activation="relu"),),
        (Affine(np.eye(6, dtype=np.int64), np.zeros(6), "identity", 0), affine),
        (Compare(range(6), range(6)),),
    ):
        assert not len(vote_border_words(replace(model, stages=other), model.decision))


def test_no_pair_is_begun_without_time(make_model):
    model = vote_model(make_model)
    assert not len(vote_border_words(model, model.decision, limit_s=-1))


def off_by_little(model):
    """The netlist of a model, and the mapped one of the same with larger biases."""
    (affine,) = model.stages
    biases = affine.biases + 4 * (np.arange(len(affine.biases)) % 2 == 0)
    other = replace(model, stages=(replace(affine, biases=biases),))
    return lower(model, COSTS).netlist, map_cheapest([optimise(lower(other, COSTS).netlist)], EGFET)


@pytest.mark.parametrize(
    ("kind", "seed"),
    [
        pytest.param("argmax", 13, marks=pytest.mark.slow),
        ("sign", 13),
        ("value", 13),
        ("label", 4),
        pytest.param("votes", 140, marks=pytest.mark.slow),
        pytest.param("search", 140, marks=pytest.mark.slow),
    ],
)
def test_small_errors_are_found_at_borders(kind, seed, make_model, monkeypatch):
    """Neither random vectors, SAT nor inputs of open outputs; the search by integer programs must do alone, too."""
    model = make_model(kind.replace("search", "votes"), seed)
    netlist, mapped = off_by_little(model)
    monkeypatch.setattr("bespoke.proof.mapping.stimuli", lambda ports: np.zeros((0, len(ports)), dtype=np.int64))
    monkeypatch.setattr("bespoke.proof.mapping.suspect_words", lambda _ledger: iter(()))
    if kind == "search":
        nothing = np.zeros((0, model.coding.feature_count), dtype=np.int64)
        monkeypatch.setattr("bespoke.proof.decision.border_words", lambda *_: nothing)
    assert prove_mapped(netlist, mapped, EGFET, timeout_s=0).status == "not finished"
    step = prove_mapped(netlist, mapped, EGFET, model=model, timeout_s=0)
    assert step.status == "refuted"
    found = step.counterexample
    assert model.predict(np.array([list(found.features.values())]))[0] == found.expected != found.actual

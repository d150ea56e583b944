"""Models behind a detector: easy rows get the answer to the constants, all others that of the model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_models import random_sums, random_words
from small_models import mlp

from bespoke.approx import Detector, Lesson, find_detector, with_detector
from bespoke.cells import GateCosts, load_library
from bespoke.lowering import lower
from bespoke.model import Boundary
from bespoke.proof import prove_lowered

COSTS = GateCosts.of(load_library("egfet"))


@pytest.mark.parametrize("seed", range(30))
def test_function_and_proof(seed):
    rng = np.random.default_rng(seed)
    model = random_sums(rng)
    tops = (1 << np.array(model.coding.bits)) - 1
    weights = rng.choice([-4, -2, -1, 0, 1, 2, 4], len(tops))
    detector = Detector(0, weights, rng.integers(0, tops + 1), int(rng.integers(-9, 10)))
    constants = rng.integers(0, tops + 1)
    cascade = with_detector(model, detector, constants)
    words = random_words(rng, model.coding, 200)
    easy = (words & detector.masks) @ weights + detector.bias > 0
    assert np.array_equal(cascade.predict(words), np.where(easy, model.predict(constants[None]), model.predict(words)))
    inputs = "unary" if seed % 2 else "binary"
    boundary = Boundary.of(cascade, inputs)
    lowered = lower(cascade, COSTS, boundary)
    verdict = prove_lowered(cascade, lowered.netlist, lowered.certificate, boundary=boundary)
    assert verdict.status == "proven"


def lessons(words, wanted, given):
    return Lesson(words[::2], wanted[::2], given[::2]), Lesson(words[1::2], wanted[1::2], given[1::2])


@pytest.mark.parametrize("loss", [0.0, 0.05])
def test_found_detector_keeps_the_limit_and_makes_rows_easy(loss):
    rng = np.random.default_rng(4)
    model = mlp(0)
    words = random_words(rng, model.coding, 400)
    wanted = np.where(words[:, 0] >= 4, 1, rng.integers(0, 3, 400))
    given = np.where(rng.random(400) < 0.9, wanted, 0)
    parts = lessons(words, wanted, given)
    found = find_detector(parts, model, 500.0, COSTS, loss)
    assert found is not None
    assert found.label == 1
    for part in parts:
        easy = found.sums(part.words) > 0
        assert 0.2 < easy.mean() < 1
        right = np.where(easy, 1, part.given) == part.wanted
        assert right.mean() >= np.mean(part.given == part.wanted) - loss


def test_none_is_found_where_the_large_one_costs_less():
    rng = np.random.default_rng(4)
    words = random_words(rng, mlp(0).coding, 100)
    wanted = (words[:, 0] >= 4).astype(np.int64)
    assert find_detector(lessons(words, wanted, wanted), mlp(0), 1.0, COSTS, 0.0) is None
    nobody = replace(mlp(0), coding=mlp(0).coding)
    assert find_detector(lessons(words, wanted + 5, wanted + 5), nobody, 500.0, COSTS, 0.0) is None

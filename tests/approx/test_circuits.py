"""What the steps make is lowered exactly and proven."""

from __future__ import annotations

import pytest
from small_libraries import EGFET_COSTS
from small_models import WORDS, mlp

from bespoke.approx import (
    approximate_coefficients,
    correct_biases,
    limit_digits,
    simplify_structure,
    truncate_products,
)
from bespoke.lowering import lower
from bespoke.model import model_digest, model_from_text, model_to_text
from bespoke.proof import prove_lowered
from bespoke.sim import simulate

STEPS = {
    "coefficients": lambda m: approximate_coefficients(m, 4, WORDS),
    "digits": lambda m: limit_digits(m, (1, 2)),
    "products": lambda m: truncate_products(m, 0.4, 2, WORDS),
    "structure": simplify_structure,
    "bias correction": lambda m: correct_biases(m, mlp(1), WORDS),
}
CHAINS = [*([step] for step in STEPS), list(STEPS), ["digits", "products", "bias correction"]]


@pytest.mark.slow
@pytest.mark.parametrize("steps", CHAINS, ids=" + ".join)
def test_steps_lower_exactly(steps, allowed):
    model = mlp(1)
    for step in steps:
        model = STEPS[step](model)
    assert len(steps) > 1 or len(set(model.predict(WORDS).tolist())) > 1
    lowered = lower(model, EGFET_COSTS)
    assert (simulate(lowered.netlist, WORDS)[:, 0] == model.predict(WORDS)).all()
    verdict = prove_lowered(model, lowered.netlist, lowered.certificate, timeout_s=20)
    assert verdict.status in allowed("proven", "yosys-abc")
    assert model_digest(model_from_text(model_to_text(model))) == model_digest(model)


def test_every_step_gives_the_same_twice():
    for step in STEPS.values():
        assert model_to_text(step(mlp(1))) == model_to_text(step(mlp(1)))

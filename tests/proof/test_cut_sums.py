"""Masked, dropped and saturated bits: proven, and refuted where the model has others."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import mlp, on_layer

from bespoke.cells import GateCosts, load_library
from bespoke.lowering import lower
from bespoke.proof import prove_lowered

COSTS = GateCosts.of(load_library("egfet"))


def cut():
    activations = {"dropped_bits": np.array([2, 3, 1]), "saturation_bits": np.array([4, 4, 5])}
    model = on_layer(mlp(1), 0, masks=np.array([6, -1, 13]), **activations)
    return on_layer(model, 1, masks=np.array([14, -1, -1]), dropped_bits=np.array([4, 4, 4]))


def changed(field, layer, place, step):
    model = cut()
    values = np.array(getattr(model.stages[layer], field))
    values[place] += step
    return on_layer(model, layer, **{field: values})


FIRST_MASK = int(np.flatnonzero(cut().stages[0].masks > 0)[0])


def test_proven(allowed):
    lowered = lower(cut(), COSTS)
    verdict = prove_lowered(cut(), lowered.netlist, lowered.certificate, timeout_s=20)
    assert verdict.status in allowed("proven", "yosys-abc")


@pytest.mark.parametrize(
    "other",
    [
        changed("masks", 0, FIRST_MASK, -int(cut().stages[0].masks[FIRST_MASK])),
        changed("dropped_bits", 0, 0, 1),
        changed("dropped_bits", 0, 2, -1),
        changed("saturation_bits", 0, 1, -1),
        changed("saturation_bits", 0, 2, 1),
        changed("dropped_bits", 1, slice(None), 5),
    ],
    ids=["mask", "dropped", "kept", "lower limit", "higher limit", "argmax"],
)
def test_another_model_is_refuted(other):
    lowered = lower(cut(), COSTS)
    assert prove_lowered(other, lowered.netlist, lowered.certificate, timeout_s=20).status == "refuted"

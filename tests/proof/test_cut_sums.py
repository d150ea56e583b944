"""Masked, dropped and saturated bits: proven, and refuted where the model has others."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import mlp, on_layer

from bespoke.approx import (
    ActivationOptions,
    ArgmaxOptions,
    ColumnOptions,
    cut_activations,
    shorten_argmax,
    truncate_columns,
)
from bespoke.lowering import lower
from bespoke.proof import prove_lowered


def cut():
    model = truncate_columns(mlp(1), ColumnOptions(((3,), (5,)))).model
    model = cut_activations(model, ActivationOptions(0, (2, 3, 1), (4, 4, 5))).model
    return shorten_argmax(model, ArgmaxOptions(4)).model


def changed(field, layer, place, step):
    model = cut()
    values = np.array(getattr(model.layers[layer], field))
    values[place] += step
    return on_layer(model, layer, **{field: values})


FIRST_MASK = int(np.flatnonzero(cut().layers[0].masks > 0)[0])


def test_proven(allowed):
    lowered = lower(cut())
    verdict = prove_lowered(cut(), lowered.netlist, lowered.certificate, timeout_s=20)
    assert verdict.status in allowed("proven", "yosys-abc")


@pytest.mark.parametrize(
    "other",
    [
        changed("masks", 0, FIRST_MASK, -int(cut().layers[0].masks[FIRST_MASK])),
        changed("dropped_bits", 0, 0, 1),
        changed("dropped_bits", 0, 2, -1),
        changed("saturation_bits", 0, 1, -1),
        changed("saturation_bits", 0, 2, 1),
        changed("dropped_bits", 1, slice(None), 5),
    ],
    ids=["mask", "dropped", "kept", "lower limit", "higher limit", "argmax"],
)
def test_another_model_is_refuted(other):
    lowered = lower(cut())
    assert prove_lowered(other, lowered.netlist, lowered.certificate, timeout_s=20).status == "refuted"

"""Mean errors moved into the biases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bespoke.approx.change import Approximated, Change
from bespoke.errors import OptionError
from bespoke.model import Affine, IntArray, IntegerModel, replaced


def correct_biases(model: IntegerModel, reference: IntegerModel, words: IntArray) -> Approximated:
    """Give every sum the mean that it has in a reference model: ``b' = b + round(mean(s_reference - s))``.

    Stage by stage, behind corrected stages, over the training words; a stage with another number of sums than in
    the reference is left as it is (Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias
    Correction", ICCV 2019, section 4.2, with the data at hand).

    Parameters
    ----------
    model : IntegerModel
        Weighted sums after any approximation step, in the scale of the reference's.
    reference : IntegerModel
        Before the step.
    words : ndarray of int64, shape (n_samples, n_features)
        Training inputs.
    """
    where = "bias correction"
    stages, exact = model.all_stages(Affine, where), reference.all_stages(Affine, where)
    if len(stages) != len(exact):
        got, allowed = len(stages), str(len(exact))
        raise OptionError("the reference has another number of stages", where=where, got=got, allowed=allowed)
    wanted = reference.stage_inputs(words)
    values = np.asarray(words, dtype=np.int64)
    corrected: dict[int, Affine] = {}
    changed = 0
    for number, (stage, target) in enumerate(zip(stages, exact, strict=True)):
        if len(target.biases) == len(stage.biases):
            error = target.sums(wanted[number]).mean(axis=0) - stage.sums(values).mean(axis=0)
            added = np.floor(error + 0.5).astype(np.int64)
            changed += int(np.count_nonzero(added))
            corrected[number] = replace(stage, biases=stage.biases + added)
        values = corrected.get(number, stage).apply(values)
    text = f"{changed} biases corrected by the mean error"
    new = replaced(stages, corrected)
    return Approximated(replace(model, stages=new), Change(where, changed, text))

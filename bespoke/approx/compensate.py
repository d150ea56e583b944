"""Mean errors moved into the biases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bespoke.approx.change import Approximated, Change, SumModel, layer_inputs, replaced, sum_model
from bespoke.errors import OptionError
from bespoke.model import IntArray, IntegerModel


def correct_biases(
    model: IntegerModel, reference: IntegerModel, words: IntArray, reference_words: IntArray | None = None
) -> Approximated[SumModel]:
    """Give every sum the mean that it has in a reference model: ``b' = b + round(mean(s_reference - s))``.

    Layer by layer, behind corrected layers, over the training words; a layer with another number of sums than in
    the reference is left as it is (Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias
    Correction", ICCV 2019, section 4.2, with the data at hand).

    Parameters
    ----------
    model : IntegerMLP or IntegerSVM
        After any approximation step; its sums have the scale of the reference's.
    reference : IntegerMLP or IntegerSVM
        Before the step.
    words : ndarray of int64, shape (n_samples, n_features)
        Training inputs as ``model`` reads them.
    reference_words : ndarray of int64, optional
        The same rows as ``reference`` reads them; by default ``words``.
    """
    current, exact = sum_model(model, "bias correction"), sum_model(reference, "bias correction")
    if len(current.layers) != len(exact.layers):
        got, allowed = len(current.layers), str(len(exact.layers))
        raise OptionError(
            "the reference has another number of layers", where="bias correction", got=got, allowed=allowed
        )
    wanted = layer_inputs(exact, words if reference_words is None else reference_words)
    values = np.asarray(words, dtype=np.int64)
    changed = 0
    for number, layer in enumerate(current.layers):
        target = exact.layers[number]
        if len(target.biases) == len(layer.biases):
            error = target.sums(wanted[number]).mean(axis=0) - layer.sums(values).mean(axis=0)
            shift = np.floor(error + 0.5).astype(np.int64)
            changed += int(np.count_nonzero(shift))
            current = replaced(current, {number: replace(layer, biases=layer.biases + shift)})
        values = current.layers[number].apply(values)
    return Approximated(current, Change("bias correction", changed, f"{changed} biases corrected by the mean error"))

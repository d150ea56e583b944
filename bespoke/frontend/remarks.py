"""Sentences about features: constant ones, words, and those that fewer bits would do for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bespoke.frontend.floatmodel import FloatArray
from bespoke.frontend.words import is_word, word_bits
from bespoke.model import InputCoding

_NOTED_FEATURES = 8
_MOST_TRIALS = 32

Recoded = Callable[[InputCoding], NDArray[np.generic]]


def feature_remarks(features: FloatArray, coding: InputCoding) -> list[str]:
    """Sentences about features that are constant, or words already."""
    constant = [name for name, column in zip(coding.names, features.T, strict=True) if np.all(column == column[0])]
    notes = [f"constant in the training data: {_listed(constant)}"] if constant else []
    words = np.flatnonzero(is_word(coding) & (word_bits(features) > 0)).tolist()
    if words:
        named = [f"{coding.names[j]} ({coding.bits[j]} bits from {coding.low[j]:g})" for j in words]
        notes.append(f"whole numbers read as words: {_listed(named)}")
    return notes


def fewer_bits_remark(features: FloatArray, coding: InputCoding, recoded: Recoded) -> list[str]:
    """A sentence about features for which fewer bits give the same answers, if there are any.

    Parameters
    ----------
    features : ndarray of float, shape (n_samples, n_features)
        Raw training features.
    coding : InputCoding
    recoded : callable
        From a coding to the answers of the model on the rows when it is quantised with it.
    """
    trials = [
        (feature, fewer) for feature in range(coding.feature_count) for fewer in _fewer(features, coding, feature)
    ]
    if not trials:
        return []
    wanted, found, few = recoded(coding), coding, []
    for feature, narrow in trials[:_MOST_TRIALS]:
        candidate = _with_feature(found, feature, narrow)
        if np.array_equal(recoded(candidate), wanted):
            found = candidate
            values = len(np.unique(features[:, feature]))
            few.append(f"{coding.names[feature]} ({values} values, {narrow.bits[0]} of {coding.bits[feature]} bits)")
    return [f"fewer input bits give the same answers on the training data: {_listed(few)}"] if few else []


def _fewer(features: FloatArray, coding: InputCoding, feature: int) -> list[InputCoding]:
    """Narrower coding of a feature of few values that tells as many of them apart, if there is one."""
    values = np.unique(features[:, feature])[:, np.newaxis]
    bits, low, span = coding.bits[feature], coding.low[feature], coding.span[feature]
    if not 1 < len(values) <= 1 << max(bits - 1, 0):
        return []
    wide = InputCoding((coding.names[feature],), (bits,), (low,), (span,), coding.rounding)
    words = is_word(wide)[0] and word_bits(values)[0] > 0
    most = len(np.unique(wide.quantise(values)))
    for fewer in range(bits):
        start = low if values.min() >= low and values.max() < low + 2.0**fewer else float(values.min())
        narrow = (
            replace(wide, bits=(fewer,), low=(start,), span=(2.0**fewer,)) if words else replace(wide, bits=(fewer,))
        )
        if len(np.unique(narrow.quantise(values))) == most:
            return [narrow]
    return []


def _with_feature(coding: InputCoding, feature: int, one: InputCoding) -> InputCoding:
    def put(column: tuple[float, ...], value: float) -> tuple[float, ...]:
        return (*column[:feature], value, *column[feature + 1 :])

    bits = (*coding.bits[:feature], one.bits[0], *coding.bits[feature + 1 :])
    return replace(coding, bits=bits, low=put(coding.low, one.low[0]), span=put(coding.span, one.span[0]))


def _listed(items: Sequence[str]) -> str:
    more = len(items) - _NOTED_FEATURES
    return ", ".join(items[:_NOTED_FEATURES]) + (f" and {more} more" if more > 0 else "")

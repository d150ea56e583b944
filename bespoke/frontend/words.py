"""The input coding: which features are words already, and the range that the words of the others cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import DataError, OptionError
from bespoke.frontend.floatmodel import FloatArray
from bespoke.frontend.options import QuantisationOptions
from bespoke.frontend.scaling import InputRange, Scaling
from bespoke.model import MAX_INPUT_BITS, InputCoding

BoolArray = NDArray[np.bool_]
_CLIP_TOLERANCE = 1e-9
_UNSCALED = Scaling()


def data_range(features: FloatArray) -> InputRange:
    """Minimum and width of each feature; the width of a constant feature is 1.

    Raises
    ------
    DataError
        If a width is beyond the range of a float.
    """
    low = features.min(axis=0)
    with np.errstate(over="ignore"):
        span = features.max(axis=0) - low
    if not np.isfinite(span).all():
        raise DataError("a feature's range overflows", where="training features", got=span.max())
    return InputRange(low, np.where(span > 0, span, 1.0))


def input_coding(
    names: Sequence[str],
    features: FloatArray,
    options: QuantisationOptions,
    default_bits: int,
    scaling: Scaling = _UNSCALED,
) -> InputCoding:
    """How raw features become words.

    A feature that is words already is whole numbers: word ``w`` stands for ``low + w``, and ``span`` is ``2**bits``.
    ``low`` is 0 where the values fit so, else the least value. Words of other features divide their range.

    Parameters
    ----------
    names : sequence of str
    features : ndarray of float, shape (n_samples, n_features)
        Raw training features.
    options : QuantisationOptions
    default_bits : int
        Bits of a feature for which the options do not say any; fewer where it is words that need fewer.
    scaling : Scaling
        Its range, if it has one, is that of features that are no words.

    Raises
    ------
    OptionError
        If a feature that is said to be words is not whole numbers, or does not fit its bits.
    UnsupportedModelError
        If the pipeline clips what the words tell apart.
    """
    range_ = scaling.range_or(data_range(features))
    bits = np.array(options.bits_per_feature(names, default_bits))
    declared = _declared(names, options.input_words)
    is_open = ~given_bits(names, options)
    needed = word_bits(features)
    bits = np.where(is_open & declared & (needed > 0), needed, bits)
    _check_declared(names, features, bits, declared)
    is_word = declared
    if options.input_words == "auto":
        is_word = (needed > 0) & (needed <= bits) & _unclipped(features, scaling, np.where(is_open, needed, bits))
    bits = np.where(is_word & is_open, needed, bits)
    low = np.where(is_word, _word_low(features, bits), range_.low)
    span = np.where(is_word, np.exp2(bits), range_.span)
    scaling.check_clips(InputRange(low, np.where(is_word, np.maximum(span - 1.0, 1.0), span)))
    return InputCoding(tuple(names), tuple(bits.tolist()), tuple(low.tolist()), tuple(span.tolist()))


def word_bits(features: FloatArray) -> NDArray[np.int64]:
    """Fewest bits with which each feature is words, shape (n_features,); 0 where it is none or constant."""
    low, high = features.min(axis=0), features.max(axis=0)
    is_whole = (features == np.floor(features)).all(axis=0) & (high > low) & (high - low < 2.0**MAX_INPUT_BITS)
    width = np.where(is_whole, high - low, 0.0)
    return np.ceil(np.log2(width + 1.0)).astype(np.int64)


def is_word(coding: InputCoding) -> BoolArray:
    """Which features are read as words that they are already, shape (n_features,)."""
    low, span = np.array(coding.low), np.array(coding.span)
    bits = np.array(coding.bits, dtype=np.int64)
    return np.asarray((bits > 0) & (span == np.exp2(bits)) & (low == np.floor(low)))


def _declared(names: Sequence[str], words: str | tuple[str, ...]) -> BoolArray:
    if words in ("auto", "none", "all"):
        return np.full(len(names), words == "all")
    unknown = sorted(set(words) - set(names))
    if unknown:
        allowed = ", ".join([*names[:12], *(["..."] if len(names) > 12 else [])])
        raise OptionError("unknown feature", where="input words", got=unknown[0], allowed=f"all, none, auto, {allowed}")
    return np.array([name in words for name in names])


def given_bits(names: Sequence[str], options: QuantisationOptions) -> BoolArray:
    """Of which features the options say the bits."""
    bits = options.input_bits
    if isinstance(bits, Mapping):
        return np.array([name in bits for name in names])
    return np.full(len(names), bits is not None)


def _check_declared(names: Sequence[str], features: FloatArray, bits: NDArray[np.int64], declared: BoolArray) -> None:
    low, high = features.min(axis=0), features.max(axis=0)
    for number in np.flatnonzero(declared).tolist():
        column, where = features[:, number], f"input words, feature {names[number]!r}"
        fractions = column[column != np.floor(column)]
        if len(fractions):
            raise OptionError("not whole numbers", where=where, got=fractions[0], allowed="whole numbers as words")
        if high[number] - low[number] >= 2.0 ** bits[number]:
            got, allowed = f"{low[number]:g} to {high[number]:g}", f"a range of {bits[number]} bits, or more input bits"
            raise OptionError("the words do not fit", where=where, got=got, allowed=allowed)


def _word_low(features: FloatArray, bits: NDArray[np.int64]) -> FloatArray:
    low, high = features.min(axis=0), features.max(axis=0)
    return np.where((low >= 0) & (high < np.exp2(bits)), 0.0, low)


def _unclipped(features: FloatArray, scaling: Scaling, bits: NDArray[np.int64]) -> BoolArray:
    """Which features the pipeline clips nowhere between the lowest and the highest word."""
    free = ~scaling.clipped(features.shape[1])
    if scaling.range is None:
        return free
    low, slack = _word_low(features, bits), _CLIP_TOLERANCE * scaling.range.span
    high = low + np.exp2(bits) - 1.0
    return free | (low >= scaling.range.low - slack) & (high <= scaling.range.high + slack)

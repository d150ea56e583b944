"""One model with several modes: in all but the first, bits of the words that weighted sums read are held constant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bespoke.errors import UnsupportedModelError
from bespoke.model import UNLIMITED, WHOLE, Affine, InputCoding, IntArray, IntegerModel, Masks, Stage

MODE = "mode"


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """What one mode holds constant of the words that each stage of weighted sums reads.

    Attributes
    ----------
    kept : tuple of ndarray of int64
        Per stage the bits that each of its inputs keeps, -1 for all.
    held : tuple of ndarray of int64
        Per stage the bits of each input that are 1; those neither kept nor held are 0.
    """

    kept: tuple[IntArray, ...]
    held: tuple[IntArray, ...]

    @staticmethod
    def whole(model: IntegerModel) -> Mode:
        """The mode that holds nothing."""
        counts = [len(words) for words in model.ranges[:-1]]
        return Mode(tuple(np.full(n, WHOLE) for n in counts), tuple(np.zeros(n, dtype=np.int64) for n in counts))

    def keeping(self, stage: int, word: int, bits: int) -> Mode:
        """The mode that keeps no more than some bits of one word that a stage reads."""
        kept = [masks.copy() for masks in self.kept]
        kept[stage][word] &= bits
        return replace(self, kept=tuple(kept))

    def with_ones(self, word: int, width: int) -> Mode:
        """The mode that holds at 1 what it holds of an input of the model, a word of so many bits."""
        held = [masks.copy() for masks in self.held]
        held[0][word] = ~self.kept[0][word] & (1 << width) - 1
        return replace(self, held=tuple(held))

    def gone_bits(self, model: IntegerModel) -> list[list[int]]:
        """Bits that are held of each word, by stage."""
        return [
            [~int(mask) & (1 << word.width) - 1 for mask, word in zip(masks, words, strict=True)]
            for masks, words in zip(self.kept, model.ranges, strict=False)
        ]


def in_mode(model: IntegerModel, mode: Mode) -> IntegerModel:
    """The function of a model of weighted sums in one mode, with the inputs of the model alone.

    Raises
    ------
    UnsupportedModelError
        If not all stages are weighted sums.
    """
    stages = model.all_stages(Affine, "modes")
    return replace(model, stages=tuple(map(_held, stages, mode.kept, mode.held)))


def holds_nothing(mode: Mode) -> bool:
    """Whether all words keep all of their bits."""
    return all((masks == WHOLE).all() for masks in mode.kept)


def _held(stage: Affine, kept: IntArray, held: IntArray) -> Affine:
    biases = stage.biases + stage.weights @ (held[stage.sources] & stage.masks)
    return replace(stage, biases=biases, masks=stage.masks & kept[stage.sources])


def with_modes(model: IntegerModel, modes: Sequence[Mode]) -> IntegerModel:
    """The model with one more input, last, that says the mode: the first one is the model itself.

    Parameters
    ----------
    model : IntegerModel
        Of weighted sums.
    modes : sequence of Mode
        The others, of which input value ``k`` names the one with index ``k - 1``.

    Raises
    ------
    UnsupportedModelError
        If not all stages are weighted sums, or hidden words have to carry more than two modes through step functions.
    """
    whole = Mode.whole(model)
    rows = [whole, *modes]
    last = max((number for number in range(len(model.stages)) if _is_masked(rows, number)), default=-1)
    bits = max(1, len(modes).bit_length())
    stages: list[Stage] = []
    for number, stage in enumerate(model.all_stages(Affine, "modes")):
        count, passes_mode = len(model.ranges[number]), number < last
        # Up to the last masks, the mode is the word behind those of the model.
        if _is_masked(rows, number):
            kept, held = ([part[number] for part in parts] for parts in zip(*_parts(rows), strict=True))
            stages.append(_masks(np.array(kept), np.array(held), passes_mode=passes_mode))
        stages.append(_passing(stage, count, len(modes)) if passes_mode else stage)
    if last < 0:
        raise UnsupportedModelError("a mode that holds nothing", where="modes", allowed="masks of some word")
    return replace(model, coding=_with_control(model.coding, bits), stages=tuple(stages))


def _parts(rows: Sequence[Mode]) -> list[tuple[tuple[IntArray, ...], tuple[IntArray, ...]]]:
    return [(row.kept, row.held) for row in rows]


def _is_masked(rows: Sequence[Mode], number: int) -> bool:
    return any((row.kept[number] != WHOLE).any() for row in rows)


def _masks(kept: IntArray, held: IntArray, *, passes_mode: bool) -> Masks:
    """Masks of the words of a stage, with the mode behind them if later stages need it."""
    count = kept.shape[1]
    if passes_mode:
        kept = np.pad(kept, ((0, 0), (0, 1)), constant_values=WHOLE)
        held = np.pad(held, ((0, 0), (0, 1)))
    return Masks(count, np.arange(kept.shape[1]), kept, held)


def _passing(stage: Affine, count: int, largest: int) -> Affine:
    """The stage with a further input and a further output that is that input."""
    is_step = stage.activation == "step"
    if is_step and largest > 1:
        allowed = "two modes, or other activations"
        raise UnsupportedModelError("more than two modes of a network of steps", where="modes", allowed=allowed)
    return replace(
        stage,
        weights=np.pad(stage.weights, ((0, 1), (0, 1))) + _corner(stage.weights.shape),
        biases=np.append(stage.biases, -1 if is_step else 0),
        sources=np.append(stage.sources, count),
        masks=np.append(stage.masks, WHOLE),
        dropped_bits=np.append(stage.dropped_bits, 0),
        saturation_bits=np.append(stage.saturation_bits, UNLIMITED),
    )


def _corner(shape: tuple[int, ...]) -> IntArray:
    found = np.zeros((shape[0] + 1, shape[1] + 1), dtype=np.int64)
    found[-1, -1] = 1
    return found


def _with_control(coding: InputCoding, bits: int) -> InputCoding:
    """The coding with a control of so many bits whose raw value is its number."""
    name = MODE
    while name in coding.names:
        name += "_"
    return replace(
        coding,
        names=(*coding.names, name),
        bits=(*coding.bits, bits),
        low=(*coding.low, 0.0),
        span=(*coding.span, float(1 << bits)),
        controls=coding.controls + 1,
    )

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

    @property
    def holds_nothing(self) -> bool:
        """Whether all words keep all of their bits."""
        return all((masks == WHOLE).all() for masks in self.kept)

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
    if all(mode.holds_nothing for mode in modes):
        raise UnsupportedModelError("a mode that holds nothing", where="modes", allowed="masks of some word")
    rows = [Mode.whole(model), *modes]
    kept = [np.stack(words) for words in zip(*(mode.kept for mode in rows), strict=True)]
    held = [np.stack(words) for words in zip(*(mode.held for mode in rows), strict=True)]
    is_masked = [bool((words != WHOLE).any()) for words in kept]
    last = max(number for number, masked in enumerate(is_masked) if masked)
    stages: list[Stage] = []
    for number, stage in enumerate(model.all_stages(Affine, "modes")):
        # Up to the last masks, the mode is the word behind those of the model.
        passes_mode = number < last
        if is_masked[number]:
            stages.append(_masks(kept[number], held[number], passes_mode=passes_mode))
        stages.append(_passing(stage, len(model.ranges[number]), len(modes)) if passes_mode else stage)
    bits = max(1, len(modes).bit_length())
    return replace(model, coding=with_control(model.coding, bits), stages=tuple(stages))


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
    weights = np.pad(stage.weights, ((0, 1), (0, 1)))
    weights[-1, -1] = 1
    return replace(
        stage,
        weights=weights,
        biases=np.append(stage.biases, -1 if is_step else 0),
        sources=np.append(stage.sources, count),
        masks=np.append(stage.masks, WHOLE),
        dropped_bits=np.append(stage.dropped_bits, 0),
        saturation_bits=np.append(stage.saturation_bits, UNLIMITED),
    )


def with_control(coding: InputCoding, bits: int) -> InputCoding:
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

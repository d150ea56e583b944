"""Search by SAT for an input with another output, or the proof that there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bespoke.errors import ToolMissingError
from bespoke.model import IntArray
from bespoke.netlist import TRUE, NetlistBuilder
from bespoke.numeric import Interval
from bespoke.proof.cec import check_false
from bespoke.proof.converters import converted
from bespoke.proof.expand import expand
from bespoke.proof.word import Word, looked_up
from bespoke.robustness.device import Device

Box = tuple[IntArray, IntArray]  # least and greatest word of each feature
Condition = Callable[[NetlistBuilder, Sequence[Word]], int]  # from the words of the features to a literal


def _any(_builder: NetlistBuilder, _words: Sequence[Word]) -> int:
    return TRUE


def differing_input(
    device: Device, own: int, box: Box, timeout_s: float, condition: Condition = _any
) -> tuple[IntArray | None, bool]:
    """An input of a box that meets a condition and whose output is not the given one, and whether that is certain.

    Parameters
    ----------
    device : Device
    own : int
        Output word.
    box : tuple of ndarray
    timeout_s : float
        Where it is over, or without ABC, nothing is certain.
    condition : callable
        By default, any input will do.
    """
    builder, (low, high) = NetlistBuilder("box"), box
    counts = (high - low + 1).tolist()
    ports = [builder.add_input(f"f{at}", (count - 1).bit_length()) for at, count in enumerate(counts)]
    words = []
    for port, least, count, bits in zip(ports, low.tolist(), counts, device.bits, strict=True):
        values = [least + min(number, count - 1) for number in range(1 << port.width)]
        literals = looked_up(builder, values, list(port.bits), bits)
        words.append(Word(tuple(literals), Interval(0, (1 << bits) - 1), signed=False))
    outputs = expand(builder, device.mapped, device.library, converted(builder, words, device.boundary))
    differs = builder.any_of([literal ^ (own >> bit & 1) for bit, literal in enumerate(outputs)])
    wanted = builder.and_(differs, condition(builder, words))
    try:
        result = check_false(builder.build(), [wanted], timeout_s)
    except ToolMissingError:
        return None, False
    if result.answer != "different":
        return None, result.answer == "equal"
    bit_numbers = iter(range(sum(port.width for port in ports)))
    numbers = [sum(result.inputs.get(next(bit_numbers), 0) << bit for bit in range(port.width)) for port in ports]
    found = np.minimum(low + np.array(numbers, dtype=np.int64), high)
    # An answer that the simulator does not confirm is none.
    return (found, True) if int(device.outputs(found[None])[0]) != own else (None, False)

"""Models of samples of Boolean functions: gates that read bits and give the index of a class."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bespoke.families.learning import Learning
from bespoke.model import Gates, Index, IntegerModel, Origin
from bespoke.netlist import FALSE, TRUE, NetlistBuilder

_MANY_ROWS = 4000
Build = Callable[[NetlistBuilder, Sequence[int]], int]


def has_bits(learning: Learning) -> bool:
    """Whether all features are bits, or constant, and there are two classes."""
    return learning.class_count == 2 and max(learning.coding.bits) == 1


def has_many_bits(learning: Learning) -> bool:
    """Whether there are so many samples of bits that families which look at all of them often are too slow."""
    return has_bits(learning) and len(learning.targets) > _MANY_ROWS


def gates_model(learning: Learning, build: Build, name: str) -> IntegerModel:
    """The model whose class index is what ``build`` makes of the literals of all features."""
    builder = NetlistBuilder(name)
    ports = [builder.add_input(f"x{number}", bits) for number, bits in enumerate(learning.coding.bits)]
    output = build(builder, [port.bits[0] if port.bits else FALSE for port in ports])
    builder.add_output("class", [output])
    return IntegerModel(learning.coding, (Gates(builder.build()),), Index(learning.classes), Origin(name, ""))


def constant_model(learning: Learning, name: str) -> IntegerModel:
    """The model that always gives the most frequent class."""
    leading = int(np.bincount(learning.targets, minlength=2).argmax())
    return gates_model(learning, lambda _builder, _inputs: TRUE if leading else FALSE, name)

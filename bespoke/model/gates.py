"""A netlist as a stage of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ModelFileError
from bespoke.model.stage import IntArray, Stage, masked_levels
from bespoke.netlist import AND, Netlist, Port, netlist_from_json, netlist_to_json
from bespoke.numeric import Interval


@dataclass(frozen=True, slots=True, eq=False)
class Gates(Stage):
    """The function of a generic netlist, whose input ports take the input words and whose output ports give words.

    Attributes
    ----------
    netlist : Netlist
        Input port ``i`` has the width and the sign of input ``i``.
    """

    name: ClassVar[str] = "gates"

    netlist: Netlist

    @property
    def output_count(self) -> int:
        """Number of output ports."""
        return len(self.netlist.outputs)

    def output_intervals(self, inputs: Sequence[Interval]) -> tuple[Interval, ...]:
        """Every number that an output port can carry; a port of one constant bit is that constant."""
        found = [(port.width, port.signed) for port in self.netlist.inputs]
        if found != [(interval.width, interval.signed) for interval in inputs]:
            raise ModelFileError("the ports of the gates do not fit the words before", where="gates", got=found)
        return tuple(_port_interval(port) for port in self.netlist.outputs)

    def read_levels(self, inputs: Sequence[Interval]) -> tuple[tuple[int, ...], ...]:
        """Levels at which a bit changes that some output depends on."""
        live = self.netlist.live_nets()
        read = [[bit for bit, literal in enumerate(port.bits) if literal >> 1 in live] for port in self.netlist.inputs]
        return masked_levels([sum(1 << bit for bit in bits) for bits in read], inputs)

    def apply(self, inputs: IntArray) -> IntArray:
        """Output words of the netlist, evaluated gate by gate."""
        words = np.asarray(inputs, dtype=np.int64)
        netlist = self.netlist
        values: list[NDArray[np.bool_]] = [np.zeros(len(words), dtype=bool)]
        for column, port in enumerate(netlist.inputs):
            values += [(words[:, column] >> bit & 1).astype(bool) for bit in range(port.width)]
        for _, kind, a, b in netlist.gates():
            x, y = (values[literal >> 1] ^ bool(literal & 1) for literal in (a, b))
            values.append(x & y if kind == AND else x ^ y)
        outputs = np.zeros((len(words), len(netlist.outputs)), dtype=np.int64)
        for column, port in enumerate(netlist.outputs):
            for bit, literal in enumerate(port.bits):
                weight = -(1 << bit) if port.signed and bit == port.width - 1 else 1 << bit
                outputs[:, column] += weight * (values[literal >> 1] ^ bool(literal & 1))
        return outputs

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {"netlist": netlist_to_json(self.netlist)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Gates:
        """Inverse of `to_json`."""
        return cls(netlist_from_json(data["netlist"]))


def _port_interval(port: Port) -> Interval:
    if all(literal < 2 for literal in port.bits):
        value = sum((literal & 1) << bit for bit, literal in enumerate(port.bits))
        negative = port.signed and port.bits and port.bits[-1]
        return Interval.constant(value - (bool(negative) << port.width))
    half = 1 << port.width - 1
    return Interval(-half, half - 1) if port.signed else Interval.unsigned(port.width)

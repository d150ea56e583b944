"""Counts of ones, toggles and pin states while a mapped netlist is evaluated."""

from __future__ import annotations

from bespoke.netlist import Activity, Instance, joint_states
from bespoke.sim.evaluate import AND, INVERT, NAND, NOR, OR, XNOR, XOR, NetValues


def count_activity(nets: NetValues) -> Activity:
    """Evaluate a netlist to the end and count what happens on its nets and pins."""
    counter = _Counter(nets)
    counter.count_new_nets()
    for part in nets.blocks():
        counter.count_new_nets()
        counter.states += [counter.pin_states(instance) for instance in part]
    return Activity(nets.count, tuple(counter.ones), tuple(counter.toggles), tuple(counter.states))


class _Counter:
    def __init__(self, nets: NetValues) -> None:
        self.nets = nets
        self.ones: list[int] = []
        self.toggles: list[int] = []
        self.states: list[tuple[int, ...]] = []

    def count_new_nets(self) -> None:
        """Count ones and toggles of the nets evaluated since the last call."""
        new = self.nets.values[len(self.ones) :]
        last = max(self.nets.count - 1, 0)
        self.ones += [value.bit_count() for value in new]
        # The last vector has no successor: its own bit, shifted past by nothing, is taken off again.
        self.toggles += [(value ^ value >> 1).bit_count() - (value >> last) for value in new]

    def pin_states(self, instance: Instance) -> tuple[int, ...]:
        """Vectors in each joint state of the input pins, from the counts of ones where the cell's kind allows."""
        cell, fanins, fanouts = instance
        total = self.nets.count
        kind = self.nets.kinds[cell]
        if kind == INVERT:
            high = self.ones[fanins[0]]
            return total - high, high
        if kind not in _BOTH_HIGH:
            sets = joint_states([self.nets.values[net] for net in fanins], self.nets.mask)
            return tuple(vectors.bit_count() for vectors in sets)
        a, b = self.ones[fanins[0]], self.ones[fanins[1]]
        out = self.ones[fanouts[0]]
        direct, sign, divisor = _BOTH_HIGH[kind]
        out = out if direct else total - out
        both = out if not sign else (a + b - out) // divisor
        return total - a - b + both, a - both, b - both, both


# How often both pins are high, from the counts of ones of the pins (a, b) and of the output: for AND it is the
# output's, for OR a + b - output, for XOR half of that; the complements count the output's zeros instead.
# Kind -> (output's ones count, whether a + b enters, divisor).
_BOTH_HIGH = {
    AND: (True, False, 1),
    NAND: (False, False, 1),
    OR: (True, True, 1),
    NOR: (False, True, 1),
    XOR: (True, True, 2),
    XNOR: (False, True, 2),
}

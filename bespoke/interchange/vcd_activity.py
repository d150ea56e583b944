"""Activity of a netlist from the waveforms of a VCD."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from bespoke.errors import ActivityError
from bespoke.interchange.activity import ImportedActivity, ImportOptions, choose_scope, match_names
from bespoke.interchange.circuit import Circuit
from bespoke.interchange.vcd import VcdFile, Waveform
from bespoke.netlist import Activity, joint_states

MAX_BITS = 1 << 34  # 2 GiB of values


def read_vcd(path: Path, circuit: Circuit, options: ImportOptions) -> ImportedActivity:
    """Activity of a netlist from a VCD.

    It starts when all nets are known. A net's changes count at each time at which it has another value than before, so
    glitches of a simulation with delays do; those of no duration do not. The values of a missing net are its driver's
    function of the nets that it reads, without delay. If no time between two vectors is given, it is the greatest
    common divisor of the times between changes of inputs; the last vector lasts as long as the others.

    Raises
    ------
    ActivityError
        If the file cannot be read, is no VCD, is too large, or does not fit the netlist.
    """
    where = str(path)
    file = VcdFile(path)
    scope = choose_scope(circuit, file.scopes, options.scope, where)
    variables = file.scopes[scope]
    matched = match_names(circuit, variables, where, partial=options.partial)
    nets = list(matched.names)
    wave = file.waveform([variables[matched.names[net]] for net in nets])
    if circuit.mapped.net_count * len(wave.times) > MAX_BITS:
        got = f"{circuit.mapped.net_count:,} nets at {len(wave.times):,} times"
        raise ActivityError("too large", where=where, got=got, allowed=f"{MAX_BITS:,} values; dump fewer vectors")
    inputs = [number for number, net in enumerate(nets) if net < 2 + circuit.mapped.input_count]
    step = options.vector_time or _vector_time(wave, inputs)
    clock = _Clock(wave, step, inputs)
    known = {net: _packed(wave.initial[number], wave.flips[number], len(wave.times)) for number, net in enumerate(nets)}
    return ImportedActivity(_activity(circuit, known, clock), scope, step, matched.missing, matched.unknown)


def _input_times(wave: Waveform, inputs: Sequence[int]) -> list[int]:
    columns = {0}.union(*(wave.flips[number] for number in inputs))
    return [wave.times[column] for column in sorted(columns)]


def _vector_time(wave: Waveform, inputs: Sequence[int]) -> int:
    times = _input_times(wave, inputs)
    return math.gcd(*(later - earlier for earlier, later in pairwise(times))) or max(1, wave.end - wave.times[0])


class _Clock:
    """How long sets of columns last, in vectors.

    A column's duration is written in binary: ``_masks[k]`` are the columns whose duration has bit ``k``.
    """

    def __init__(self, wave: Waveform, step: int, inputs: Sequence[int]) -> None:
        end = max(wave.end, _input_times(wave, inputs)[-1] + step)
        durations = [later - earlier for earlier, later in pairwise([*wave.times, end])]
        unit = math.gcd(*durations)
        lengths = np.array([duration // unit for duration in durations], dtype=np.int64)
        bits = range(int(lengths.max()).bit_length())
        self._masks = [_from_bits((lengths >> bit & 1).astype(np.uint8)) for bit in bits]
        self._total = (end - wave.times[0]) // unit
        self.columns = len(durations)
        self.vectors = max(1, -(-(end - wave.times[0]) // step))

    def vectors_of(self, columns: int) -> float:
        """Duration of a set of columns in vectors; exact where it is a whole number."""
        time = sum((columns & mask).bit_count() << bit for bit, mask in enumerate(self._masks))
        return time * self.vectors / self._total


def _packed(initial: int, flips: array[int], columns: int) -> int:
    """Values of a bit, one bit per column."""
    changes = np.bincount(np.frombuffer(flips, dtype=np.uint32), minlength=columns) if flips else np.zeros(columns, int)
    values = np.bitwise_xor.accumulate((changes & 1).astype(np.uint8))
    return _from_bits(values ^ np.uint8(initial))


def _from_bits(bits: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> int:
    return int.from_bytes(np.packbits(bits, bitorder="little").tobytes(), "little")


def _activity(circuit: Circuit, known: Mapping[int, int], clock: _Clock) -> Activity:
    every = (1 << clock.columns) - 1
    values = [0, every] + [known[net] for net in range(2, 2 + circuit.mapped.input_count)]
    states = []
    for instance in circuit.mapped.instances:
        cell = circuit.library[instance.cell]
        parts = joint_states([values[net] for net in instance.fanins], every)
        states.append(tuple(clock.vectors_of(part) for part in parts))
        for output, net in zip(cell.outputs, instance.fanouts, strict=True):
            ones = sum(part for state, part in enumerate(parts) if output.truth >> state & 1)
            values.append(known.get(net, ones))
    toggles = tuple((value ^ value >> 1).bit_count() - (value >> clock.columns - 1) for value in values)
    return Activity(clock.vectors, tuple(map(clock.vectors_of, values)), toggles, tuple(states))

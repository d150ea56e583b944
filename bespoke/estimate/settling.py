"""When the outputs of a mapped netlist settle: timing simulation with the delays of its own arcs."""

from __future__ import annotations

from functools import cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import CellLibrary
from bespoke.compiled import compiled, entry
from bespoke.estimate.curve import TableEnds
from bespoke.estimate.timing import NEVER, analyse_timing, loaded_arcs
from bespoke.netlist import MappedNetlist

TICKS_PER_MS = 1_000_000
Integers = NDArray[np.int64]
Bits = NDArray[np.uint8]


class TimedOutputs(NamedTuple):
    """Output values of a netlist by output, each bit of a port one, where its functions have delays.

    Attributes
    ----------
    fanins : ndarray of int64, shape (n_functions, most_fanins)
        Nets that each function reads, -1 for none.
    fanouts : ndarray of int64, shape (n_functions,)
        The net that it drives; a net comes before all that read it.
    truths : ndarray of uint64, shape (n_functions,)
        Bit s is the value where fanin k is bit k of s.
    delays : ndarray of int64, shape (n_functions, most_fanins, 2, 2)
        Ticks from an edge of a fanin (0 rise, 1 fall) to one of the output, -1 where there is no arc.
    inputs, outputs : ndarray of int64
        Nets of the bits of all input ports, and of all output ports.
    net_count : int
    """

    fanins: Integers
    fanouts: Integers
    truths: NDArray[np.uint64]
    delays: Integers
    inputs: Integers
    outputs: Integers
    net_count: int


class Settled(NamedTuple):
    """What the outputs did after each change of the inputs.

    Attributes
    ----------
    last : ndarray of int64, shape (n_changes,)
        Tick of the last toggle of an output; 0 where none toggled.
    toggles : ndarray of int64, shape (n_changes,)
        Toggles of all outputs, glitches among them.
    values : ndarray of uint8, shape (n_changes, n_times, n_outputs)
        Outputs just after each of the times asked for.
    """

    last: Integers
    toggles: Integers
    values: Bits


def timed_outputs(mapped: MappedNetlist, library: CellLibrary, table_ends: TableEnds = "hold") -> TimedOutputs:
    """The netlist with the delays that its arcs have in `bespoke.estimate.analyse_timing`.

    Parameters
    ----------
    mapped : MappedNetlist
    library : CellLibrary
    table_ends : {"hold", "extrapolate"}
        Delays below zero count as zero under either.
    """
    timing = analyse_timing(mapped, library, table_ends=table_ends)
    arcs_of = cache(partial(loaded_arcs, library, table_ends))
    functions = [(each, place) for each in mapped.instances for place in range(len(each.fanouts))]
    most = max((len(each.fanins) for each, _ in functions), default=1)
    fanins = np.full((len(functions), most), -1, dtype=np.int64)
    truths = np.zeros(len(functions), dtype=np.uint64)
    delays = np.full((len(functions), most, 2, 2), -1, dtype=np.int64)
    for row, (each, place) in enumerate(functions):
        net = each.fanouts[place]
        fanins[row, : len(each.fanins)] = each.fanins
        truths[row] = library[each.cell].outputs[place].truth
        for arc in arcs_of(each.cell, place, round(timing.loads_pf[net], 9)):
            source = each.fanins[arc.pin]
            if timing.arrivals_ms[arc.cause][source] != NEVER:
                ticks = round(TICKS_PER_MS * max(0.0, arc.delay.at(timing.slews_ms[arc.cause][source])))
                kept = delays[row, arc.pin, arc.cause, arc.effect]
                delays[row, arc.pin, arc.cause, arc.effect] = max(kept, ticks)
    return TimedOutputs(
        fanins,
        np.array([each.fanouts[place] for each, place in functions], dtype=np.int64),
        truths,
        delays,
        np.arange(2, 2 + mapped.input_count, dtype=np.int64),
        np.array([net for port in mapped.outputs for net in port.bits], dtype=np.int64),
        mapped.net_count,
    )


def settle(circuit: TimedOutputs, bits: Bits, times: Integers) -> Settled:
    """Simulate the changes from each input vector to the next, each from the settled state of the one before.

    All inputs change at tick 0. A function whose value changes has its output take the value that it has when its delay
    is over, so that shorter pulses are lost: the rule of path delays (IEEE 1364-2005, 14.2) as Icarus Verilog keeps it.
    Of several fanins that change at once the longest delay counts.

    Parameters
    ----------
    circuit : TimedOutputs
    bits : ndarray of uint8, shape (n_vectors, n_input_bits)
        Two vectors or more.
    times : ndarray of int64, shape (n_times,)
        Ticks at which the outputs are looked at.
    """
    return Settled(*_settle(circuit, np.ascontiguousarray(bits, dtype=np.uint8), np.asarray(times, dtype=np.int64)))


class _Waves(NamedTuple):
    """Toggles of all nets after one change of the inputs: ``counts[net]`` ticks of the pool from ``firsts[net]`` on."""

    state: Bits
    firsts: Integers
    counts: Integers
    pool: Integers


@entry
def _settle(circuit: TimedOutputs, bits: Bits, times: Integers) -> tuple[Integers, Integers, Bits]:
    last, toggles = np.zeros(len(bits) - 1, np.int64), np.zeros(len(bits) - 1, np.int64)
    values = np.zeros((len(bits) - 1, len(times), len(circuit.outputs)), np.uint8)
    state = _settled_state(circuit, bits[0])
    firsts, counts = np.zeros(circuit.net_count, np.int64), np.zeros(circuit.net_count, np.int64)
    pool = np.zeros(1024 + len(circuit.inputs), np.int64)
    for row in range(len(bits) - 1):
        used = 0
        for place, net in enumerate(circuit.inputs):
            firsts[net], counts[net] = used, state[net] ^ bits[row + 1, place]
            pool[used] = 0
            used += counts[net]
        for function, net in enumerate(circuit.fanouts):
            pool, found = _waveform(circuit, function, _Waves(state, firsts, counts, pool), used)
            firsts[net], counts[net] = used, found
            used += found
        for place, net in enumerate(circuit.outputs):
            ticks = pool[firsts[net] : firsts[net] + counts[net]]
            toggles[row] += len(ticks)
            if len(ticks):
                last[row] = max(last[row], ticks[-1])
            for at, time in enumerate(times):
                values[row, at, place] = state[net] ^ (np.searchsorted(ticks, time, side="right") & 1)
        for net in range(circuit.net_count):
            state[net] ^= counts[net] & 1
    return last, toggles, values


@compiled
def _settled_state(circuit: TimedOutputs, bits: Bits) -> Bits:
    """Values of all nets, shape (net_count,), for one input vector."""
    state = np.zeros(circuit.net_count, np.uint8)
    state[1] = 1
    for place, net in enumerate(circuit.inputs):
        state[net] = bits[place]
    for function, net in enumerate(circuit.fanouts):
        state[net] = _value(circuit.truths[function], _index(circuit.fanins[function], state))
    return state


@compiled
def _index(fanins: Integers, state: Bits) -> int:
    """Row of the truth table of a function."""
    found = 0
    for pin, net in enumerate(fanins):
        if net >= 0 and state[net]:
            found |= 1 << pin
    return found


@compiled
def _value(truth: np.uint64, index: int) -> int:
    return int((truth >> np.uint64(index)) & np.uint64(1))


@compiled
def _waveform(circuit: TimedOutputs, function: int, waves: _Waves, used: int) -> tuple[Integers, int]:
    """Write the toggles of an output behind the used part of the pool; the pool, maybe a longer one, and their number.

    Behind them it holds the ticks at which the function changes, and those at which these delays are over.
    """
    total = 0
    for net in circuit.fanins[function]:
        total += waves.counts[net] if net >= 0 else 0
    pool = waves.pool
    if used + 3 * total > len(pool):
        pool = np.zeros(2 * len(pool) + 3 * total, np.int64)
        pool[:used] = waves.pool[:used]
    changes, ends = pool[used + total : used + 2 * total], pool[used + 2 * total : used + 3 * total]
    number = _change(circuit, function, waves, changes, ends)
    ends[:number].sort()
    shown, passed, found = 0, 0, 0
    for end in ends[:number]:
        while passed < number and changes[passed] <= end:
            passed += 1
        if passed & 1 != shown:
            pool[used + found] = end
            shown = passed & 1
            found += 1
    return pool, found


@compiled
def _change(circuit: TimedOutputs, function: int, waves: _Waves, changes: Integers, ends: Integers) -> int:
    """Write the ticks at which a function changes, and those at which its output may follow; their number."""
    fanins, truth = circuit.fanins[function], circuit.truths[function]
    seen = np.zeros(len(fanins), np.int64)
    index = _index(fanins, waves.state)
    number = 0
    while True:
        now = _next_tick(fanins, waves, seen)
        if now < 0:
            return number
        before = index
        for pin, net in enumerate(fanins):
            if net >= 0 and seen[pin] < waves.counts[net] and waves.pool[waves.firsts[net] + seen[pin]] == now:
                index ^= 1 << pin
                seen[pin] += 1
        new = _value(truth, index)
        if new != _value(truth, before):
            changes[number] = now
            ends[number] = now + _delay(circuit.delays[function], before ^ index, index, 1 - new)
            number += 1


@compiled
def _next_tick(fanins: Integers, waves: _Waves, seen: Integers) -> int:
    """The first tick of a fanin that is not seen yet, -1 for none."""
    now = -1
    for pin, net in enumerate(fanins):
        if net >= 0 and seen[pin] < waves.counts[net]:
            tick = waves.pool[waves.firsts[net] + seen[pin]]
            now = tick if now < 0 else min(now, tick)
    return now


@compiled
def _delay(delays: Integers, changed: int, index: int, effect: int) -> int:
    """Longest delay to an edge of the output from the fanins that changed."""
    most = 0
    for pin in range(len(delays)):
        if changed >> pin & 1:
            most = max(most, delays[pin, 1 - (index >> pin & 1), effect])
    return most

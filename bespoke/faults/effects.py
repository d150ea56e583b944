"""What faults do to the outputs of a circuit on rows of data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bespoke.faults.fault import Faults
from bespoke.faults.graph import Integers, Subject
from bespoke.faults.injection import Losses, set_losses, single_losses
from bespoke.faults.kernel import Floats, Judge, Words
from bespoke.sim import pack_words

BLOCK_ROWS = 1024  # simulated at a time: the values of all nodes stay in the cache of the processor
Site = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows on which faults are judged.

    Attributes
    ----------
    words : ndarray of int64, shape (n_rows, n_ports)
        Words on the input ports.
    targets : ndarray of float64, shape (n_rows,)
        Wanted output words; one that the circuit cannot give counts as missed. A value may lie between two words.
    is_value : bool
        Whether the loss of a row is the squared distance from the target; otherwise it is 1 for any other word.
    """

    words: Integers
    targets: Floats
    is_value: bool = False

    def __len__(self) -> int:
        return len(self.targets)


class Demand(NamedTuple):
    """What makes a circuit good enough: losses on rows that exceed those without a fault by no more than this."""

    rows: Rows
    most_loss: float


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Losses with faults.

    Attributes
    ----------
    base : float
        Sum of the rows' losses without a fault.
    losses : ndarray of float64, shape (n,)
        The same with each fault, or set of faults.
    changed : ndarray of int64, shape (n,)
        Rows on which the output word differs from that without a fault.
    """

    base: float
    losses: Floats
    changed: Integers

    def limit(self, most_loss: float) -> float:
        """Largest sum of losses of a circuit that is good enough: so much beyond that without a fault, and rounding."""
        return self.base + most_loss + 1e-9


def single_fault_effects(circuit: Subject, faults: Faults, rows: Rows) -> Effects:
    """What each of the single faults of a circuit does."""
    numbers = faults.representatives
    sites, stuck = faults.sites[numbers], faults.values[numbers]
    parts = [
        single_losses(circuit.graph, inputs, judge, sites, stuck) for inputs, judge in judged_blocks(circuit, rows)
    ]
    found = added(parts, len(numbers))
    return Effects(found.base, found.losses[faults.classes], found.changed[faults.classes])


def fault_set_effects(circuit: Subject, sets: Sequence[Sequence[Site]], rows: Rows) -> Effects:
    """What sets of faults do that are there together.

    Parameters
    ----------
    circuit : Subject
    sets : sequence of sequence of (int, int)
        Sites as those of `Faults`, each with the value that it keeps; a set has each site once.
    rows : Rows
    """
    starts = np.concatenate([[0], np.cumsum([len(each) for each in sets], dtype=np.int64)]).astype(np.int64)
    sites, stuck = np.array([fault for each in sets for fault in each], dtype=np.int64).reshape(-1, 2).T.copy()
    parts = [
        set_losses(circuit.graph, inputs, judge, starts, sites, stuck) for inputs, judge in judged_blocks(circuit, rows)
    ]
    return added(parts, len(sets))


def added(parts: Sequence[Losses], count: int) -> Effects:
    """The sum of the losses on all blocks of rows, with so many faults."""
    losses = sum((part.losses for part in parts), np.zeros(count))
    changed = sum((part.changed for part in parts), np.zeros(count, dtype=np.int64))
    return Effects(float(sum(part.base for part in parts)), losses, changed)


def judged_blocks(circuit: Subject, rows: Rows) -> list[tuple[Words, Judge]]:
    """Packed inputs and targets of so many rows as are simulated at a time."""
    is_signed = bool(circuit.netlist.outputs) and circuit.netlist.outputs[-1].signed
    return [
        (packed_inputs(circuit, rows.words[at : at + BLOCK_ROWS]), Judge(targets, rows.is_value, is_signed))
        for at in range(0, len(rows), BLOCK_ROWS)
        for targets in [np.ascontiguousarray(rows.targets[at : at + BLOCK_ROWS], dtype=np.float64)]
    ]


def packed_inputs(circuit: Subject, words: Integers) -> Words:
    """Input bits, 64 vectors a word: shape (n_input_bits, n_words), for words on the ports (n_vectors, n_ports)."""
    vectors, width = pack_words(words, circuit.netlist.inputs), -(-len(words) // 64)
    packed = b"".join(vector.to_bytes(8 * width, "little") for vector in vectors)
    return np.frombuffer(packed, dtype="<u8").astype(np.uint64).reshape(len(vectors), width)

"""Which vectors detect which single faults."""

from __future__ import annotations

import numpy as np

from bespoke.compiled import entry
from bespoke.faults.effects import packed_inputs
from bespoke.faults.fault import Faults
from bespoke.faults.graph import Graph, Integers, Subject
from bespoke.faults.injection import fault_reach, faulty_stems, flip_node, stem_regions
from bespoke.faults.kernel import Words, changed_rows, new_state, restore


def detecting_vectors(circuit: Subject, faults: Faults, numbers: Integers, words: Integers) -> Words:
    """Vectors on which some faults show at an output, as sets: shape (n_numbers, n_words of 64 vectors).

    Parameters
    ----------
    circuit : Subject
    faults : Faults
    numbers : ndarray of int64, shape (n_numbers,)
        The faults that are looked at.
    words : ndarray of int64, shape (n_vectors, n_ports)
    """
    found = _detections(circuit.graph, packed_inputs(circuit, words), faults.sites[numbers], faults.values[numbers])
    if len(words) & 63:
        found[:, -1] &= np.uint64((1 << (len(words) & 63)) - 1)
    return found


@entry
def _detections(graph: Graph, inputs: Words, sites: Integers, stuck: Integers) -> Words:
    state = new_state(graph, inputs)
    regions = stem_regions(graph, state)
    found = np.zeros((len(sites), inputs.shape[1]), np.uint64)
    changed = np.zeros(inputs.shape[1], np.uint64)
    stems, last = faulty_stems(graph, regions, sites), -1
    for fault in np.argsort(stems):
        if stems[fault] != last:
            last = stems[fault]
            flip_node(graph, state, last)
            changed_rows(graph, state, changed)
            restore(state)
        for word in range(len(changed)):
            found[fault, word] = fault_reach(graph, state, regions, sites[fault], stuck[fault], word) & changed[word]
    return found

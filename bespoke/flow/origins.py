"""Which part of the model each cell of a mapped netlist belongs to.

Optimisation and mapping are free to restructure a netlist, so cells carry no names of the model's parts. They are
attributed afterwards: in circuits of trees by the inputs that a cell depends on, in circuits of weighted sums by the
signal that it computes. Every cell belongs to exactly one part, so that shares add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from bespoke.cells import CellLibrary
from bespoke.flow.reference import CutList
from bespoke.flow.vectors import random_inputs
from bespoke.model import Decision, IntArray, IntegerModel, IntegerTree
from bespoke.netlist import Certificate, MappedNetlist, Netlist
from bespoke.prune import cut_network
from bespoke.sim import net_values, pack_words

INVERTED = "inputs/inverted bits"
DECISION = "decision/selection"
SHARED = "shared sums"
_RANDOM = 512
_SEED = 0


class Built(NamedTuple):
    """A circuit and what it was built from."""

    model: IntegerModel
    lowered: Netlist
    certificate: Certificate
    cuts: CutList
    mapped: MappedNetlist


def cell_origins(built: Built, library: CellLibrary, words: IntArray) -> tuple[str, ...]:
    """Origin ``stage/part`` of every instance.

    Parameters
    ----------
    built : Built
    library : CellLibrary
    words : ndarray of int64, shape (n_vectors, n_features)
        Input words that tell signals apart; 512 random ones are added.

    Returns
    -------
    tuple of str, shape (n_instances,)
        The stage is the text before the first ``/``.

    Notes
    -----
    Trees: a cell that depends on the bits of one feature alone is part of that feature's comparators, any other one
    selects among leaves. Weighted sums: a cell belongs to the first sum, ReLU or comparison of scores one of whose
    signals it computes, or the complement of one, on all vectors; a cell that computes none, being part of a larger
    one, to the first cell that it drives.
    """
    if isinstance(built.model, IntegerTree):
        return tuple(_by_support(built.mapped))
    mixed = _with_random(words, built.model.coding.bits)
    packed, count = pack_words(mixed, built.lowered.inputs), len(mixed)
    known = _signatures(built, packed, count)
    values = net_values(built.mapped, library, packed, count)
    mask = (1 << count) - 1
    own = [
        next((known[key] for net in instance.fanouts if (key := _canonical(values[net], mask)) in known), "")
        for instance in built.mapped.instances
    ]
    return tuple(_filled(built.mapped, own))


def _with_random(words: IntArray, bits: tuple[int, ...]) -> IntArray:
    return np.concatenate([words, random_inputs(bits, _RANDOM, _SEED)])


def _by_support(mapped: MappedNetlist) -> Iterator[str]:
    """One feature or more, by bit sets over the features."""
    supports = [0, 0]
    for place, port in enumerate(mapped.inputs):
        supports += [1 << place] * port.width
    names = [port.name for port in mapped.inputs]
    for instance in mapped.instances:
        support = 0
        for net in instance.fanins:
            support |= supports[net]
        supports += [support] * len(instance.fanouts)
        yield f"comparators/{names[support.bit_length() - 1]}" if support.bit_count() == 1 else DECISION


def _canonical(value: int, mask: int) -> int:
    """The same for a signal and its complement."""
    return min(value, value ^ mask)


def _signatures(built: Built, packed: Sequence[int], count: int) -> dict[int, str]:
    """Signals of the lowered netlist after its cuts, with their origins; those that are constant are left out."""
    network = cut_network(built.lowered, built.cuts.cuts, packed, count)
    known = {0: ""}
    for bit in packed:
        known.setdefault(_canonical(bit, network.mask), INVERTED)
    origins = _net_origins(built)
    for net in sorted(network.gates()):
        known.setdefault(_canonical(network.values[2 * net], network.mask), origins[net] or DECISION)
    return {key: origin for key, origin in known.items() if origin}


def _net_origins(built: Built) -> list[str]:
    """Origin of every net of the lowered netlist; empty where the certificate names none."""
    netlist = built.lowered
    first = 1 + netlist.input_count
    origins = [""] * netlist.net_count
    for origin, literals in _roots(built):
        open_nets = [literal >> 1 for literal in literals]
        while open_nets:
            net = open_nets.pop()
            if net < first or origins[net]:
                continue
            origins[net] = origin
            gate = net - first
            open_nets += [netlist.fanin_a[gate] >> 1, netlist.fanin_b[gate] >> 1]
    return origins


def _roots(built: Built) -> Iterator[tuple[str, Sequence[int]]]:
    """Origins with the literals that they compute, inputs first: what an earlier one needs is its own."""
    certificate = built.certificate
    layers = _layer_count(certificate)
    named = [(name, hint.result) for name, hint in certificate.sums.items()] + list(certificate.words.items())
    for layer in range(layers):
        for name, hint in certificate.sums.items():
            for part in hint.parts if name.startswith(f"layer{layer}.") else ():
                yield f"layer {layer + 1}/{SHARED}", part.result
        for name, literals in named:
            stage, _, place = _split(name)
            if stage == f"layer{layer}":
                label = _score(built.model.decision, place) if layer == layers - 1 else f"unit {place + 1}"
                yield f"layer {layer + 1}/{label}", literals
    for name, literals in reversed(named):
        stage, kind, place = _split(name)
        if stage == "votes":
            label = "signs of scores" if kind == "pair" else f"votes for {built.model.decision.classes[place]}"
            yield f"votes/{label}", literals
    for contest in certificate.contests:
        yield "argmax/comparisons of scores", (contest.right_wins, *contest.value)
        yield "argmax/class index", contest.index


def _layer_count(certificate: Certificate) -> int:
    stages = [name.split(".")[0] for name in (*certificate.sums, *certificate.words)]
    return max((int(stage.removeprefix("layer")) + 1 for stage in stages if stage.startswith("layer")), default=0)


def _split(name: str) -> tuple[str, str, int]:
    """``layer0.sum3`` as ``layer0``, ``sum``, 3."""
    stage, _, rest = name.partition(".")
    kind = rest.rstrip("0123456789")
    return stage, kind, int(rest[len(kind) :] or 0)


def _score(decision: Decision, place: int) -> str:
    if decision.kind == "argmax":
        return f"score of {decision.classes[place]}"
    if decision.kind == "votes":
        first, second = decision.pairs()[place]
        return f"{decision.classes[first]} against {decision.classes[second]}"
    return "score"


def _filled(mapped: MappedNetlist, own: Sequence[str]) -> list[str]:
    """Origins, with those of the first cell that is driven where a cell has none of its own."""
    found = list(own)
    users: dict[int, str] = {}
    for place in range(len(found) - 1, -1, -1):
        instance = mapped.instances[place]
        found[place] = found[place] or next((users[net] for net in instance.fanouts if net in users), DECISION)
        users |= dict.fromkeys(instance.fanins, found[place])
    return found

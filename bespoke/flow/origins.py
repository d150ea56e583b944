"""Which part of the model each cell of a mapped netlist belongs to.

Optimisation and mapping are free to restructure a netlist, so cells carry no names of the model's parts. They are
attributed afterwards: in circuits of single trees by the inputs that a cell depends on, in all others by the signal
that it computes. Every cell belongs to exactly one part, so that shares add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bespoke.flow.circuit import Circuit
from bespoke.flow.stage_facts import inner_name, score_names
from bespoke.model import IntArray, IntegerModel, Trees
from bespoke.netlist import Certificate, Key, MappedNetlist, edited_network
from bespoke.sim import literal_values, net_values, pack_words, random_inputs

INVERTED = "inputs/inverted bits"
DECODED = "inputs/words of thermometer codes"
DECISION = "decision/selection"
SHARED = "shared sums"
_RANDOM = 512
_SEED = 0


def cell_origins(circuit: Circuit, words: IntArray) -> tuple[str, ...]:
    """Origin ``stage/part`` of every instance.

    Parameters
    ----------
    circuit : Circuit
    words : ndarray of int64, shape (n_vectors, n_features)
        Input words that tell signals apart; 512 random ones are added.

    Returns
    -------
    tuple of str, shape (n_instances,)
        The stage is the text before the first ``/``.

    Notes
    -----
    A cell belongs to the first part named in the certificate one of whose signals it computes, or the complement of
    one, on all vectors; a cell that computes none, being part of a larger one, to the first cell that it drives. In
    trees whose leaves are not added up, a cell that depends on the bits of one feature alone is part of that feature's
    comparators, any other one selects among leaves.
    """
    if circuit.model.has_only(Trees) and not any(hint.adders for hint in circuit.certificate.sums.values()):
        return tuple(_by_support(circuit.mapped))
    mixed = np.concatenate([words, random_inputs(circuit.model.coding.bits, _RANDOM, _SEED)])
    packed, count = pack_words(circuit.boundary.encode(mixed), circuit.lowered.inputs), len(mixed)
    known = _signatures(circuit, packed, count)
    values = net_values(circuit.mapped, circuit.library, packed, count)
    mask = (1 << count) - 1
    own = [
        next((known[key] for net in instance.fanouts if (key := _canonical(values[net], mask)) in known), "")
        for instance in circuit.mapped.instances
    ]
    return tuple(_filled(circuit.mapped, own))


def _by_support(mapped: MappedNetlist) -> Iterator[str]:
    """One feature or more, by bit sets over the features."""
    supports = [0, 0]
    for index, port in enumerate(mapped.inputs):
        supports += [1 << index] * port.width
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


def _signatures(circuit: Circuit, packed: Sequence[int], count: int) -> dict[int, str]:
    """Signals of the lowered netlist after its edits, with their origins; those that are constant are left out."""
    mask = (1 << count) - 1
    edited, literals = edited_network(circuit.lowered, circuit.edits.edits).freeze()
    values = literal_values(edited, packed, count)
    known = {0: ""}
    for bit in packed:
        known.setdefault(_canonical(bit, mask), INVERTED)
    for net, origin in enumerate(_net_origins(circuit)):
        if net > circuit.lowered.input_count:
            known.setdefault(_canonical(values[literals[net]], mask), origin or DECISION)
    return {key: origin for key, origin in known.items() if origin}


def _net_origins(circuit: Circuit) -> list[str]:
    """Origin of every net of the lowered netlist; empty where the certificate names none."""
    netlist = circuit.lowered
    first = 1 + netlist.input_count
    origins = [""] * netlist.net_count
    for origin, literals in _roots(circuit):
        open_nets = [literal >> 1 for literal in literals]
        while open_nets:
            net = open_nets.pop()
            if net < first or origins[net]:
                continue
            origins[net] = origin
            gate = net - first
            open_nets += [netlist.fanin_a[gate] >> 1, netlist.fanin_b[gate] >> 1]
    return origins


def _roots(circuit: Circuit) -> Iterator[tuple[str, Sequence[int]]]:
    """Origins with the literals that they compute, inputs first: what an earlier one needs is its own."""
    model, certificate = circuit.model, circuit.certificate
    # A shortcut comes last: its words need those of the stages behind it.
    first = int(_is_shortcut(model))
    for number in range(first, len(model.parts[0]) + 1):
        yield from _stage_roots(model, certificate, number)
    for contest in certificate.contests:
        yield "argmax/comparisons of scores", (contest.right_wins, *contest.value)
        yield "argmax/class index", contest.index
    for number in range(first):
        yield from _stage_roots(model, certificate, number)


def _stage_roots(model: IntegerModel, certificate: Certificate, number: int) -> Iterator[tuple[str, Sequence[int]]]:
    sums = [(key, hint.result) for key, hint in certificate.sums.items()]
    named: list[tuple[Key, Sequence[int]]] = [*certificate.words.items(), *sums]
    for (_, stage, _), hint in certificate.sums.items():
        for part in hint.parts if stage == number else ():
            yield f"{_layer(model, number)}/{SHARED}", part.result
    for role in ("input", "inner", "sum", "unit", "pair", "votes"):
        for key, literals in named:
            if key[:2] == (role, number):
                yield _label(model, key), literals


def _label(model: IntegerModel, key: Key) -> str:
    """Part of the model that a signal of the certificate belongs to."""
    role, stage, index = key
    stages, decision = model.parts
    if role == "input":
        return DECODED
    if role == "pair":
        return "votes/signs of scores"
    if role == "votes":
        return f"votes/votes for {decision.classes[index]}"
    layer = _layer(model, stage)
    if role == "inner":
        return f"{layer}/{inner_name(stages[stage], index)}"
    if stage < len(stages) - 1 or role == "unit":
        return f"{layer}/unit {index + 1}"
    label = score_names(decision)[index].replace(" | ", " against ")
    return f"{layer}/{label if label == 'score' or ' against ' in label else f'score of {label}'}"


def _layer(model: IntegerModel, stage: int) -> str:
    """Stages behind a shortcut count from 1, too."""
    number = stage + 1 - int(_is_shortcut(model))
    return f"layer {number}" if number else "shortcut"


def _is_shortcut(model: IntegerModel) -> bool:
    return len(model.parts[0]) > len(model.stages)


def _filled(mapped: MappedNetlist, own: Sequence[str]) -> list[str]:
    """Origins, with those of the first cell that is driven where a cell has none of its own."""
    found = list(own)
    users: dict[int, str] = {}
    for index in range(len(found) - 1, -1, -1):
        instance = mapped.instances[index]
        found[index] = found[index] or next((users[net] for net in instance.fanouts if net in users), DECISION)
        users |= dict.fromkeys(instance.fanins, found[index])
    return found

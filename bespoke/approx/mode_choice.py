"""Which words a smaller mode does without: bit by bit, those that make most gates idle for the rows that are lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bespoke.approx.modes import Mode, in_mode
from bespoke.cells import GateCosts
from bespoke.model import Boundary, IntArray, IntegerModel
from bespoke.netlist import AND, FALSE, TRUE, Certificate, Netlist

Score = Callable[[IntArray], float]


class Idle(NamedTuple):
    """A netlist, and the literals of word ``w`` that stage ``s`` reads by ``(s, w)`` as far as they are known."""

    netlist: Netlist
    words: Mapping[tuple[int, int], Sequence[int]]
    costs: GateCosts

    @staticmethod
    def of(netlist: Netlist, certificate: Certificate, boundary: Boundary, costs: GateCosts) -> Idle:
        """For a lowered netlist of weighted sums."""
        ports, words = iter(netlist.inputs), dict[tuple[int, int], Sequence[int]]()
        for feature, (name, code) in enumerate(zip(boundary.names, boundary.codes, strict=True)):
            own = [bit for _ in code.ports(name) for bit in next(ports).bits]
            words[0, feature] = certificate.words.get(("input", 0, feature), own)
        for (role, stage, number), bits in certificate.words.items():
            if role == "unit":
                words[stage + 1, number] = bits
        return Idle(netlist, words, costs)

    def used_cost(self, model: IntegerModel, mode: Mode) -> float:
        """Cost of the gates whose value is not constant in a mode and that an output depends on, and of the masks."""
        fixed: dict[int, int] = {}
        masked = 0
        for number, words in enumerate(mode.gone_bits(model)):
            for word, gone in enumerate(words):
                masked += gone.bit_count()
                literals = self.words.get((number, word), ()) if gone else ()
                for bit, literal in enumerate(literals):
                    if gone >> bit & 1 and literal > TRUE:
                        fixed[literal >> 1] = int(mode.held[number][word]) >> bit & 1 ^ literal & 1
        return used_cost(self.netlist, fixed, self.costs) + masked * self.costs.and_


def used_cost(netlist: Netlist, fixed: Mapping[int, int], costs: GateCosts) -> float:
    """Cost of the gates that outputs depend on while some nets are constant.

    A gate that hands on a value since its other input is constant is in use, half of an XOR.

    Parameters
    ----------
    netlist : Netlist
    fixed : mapping of int to int
        Value of each net that is held.
    costs : GateCosts
    """
    now = [fixed.get(net, 2 * net) for net in range(netlist.net_count)]
    both, either = costs.generic
    used: dict[int, tuple[float, tuple[int, ...]]] = {}
    for net, kind, a, b in netlist.gates():
        if net not in fixed:
            x, y = now[a >> 1] ^ a & 1, now[b >> 1] ^ b & 1
            value = _and(x, y) if kind == AND else _xor(x, y)
            if value is not None:
                now[net] = value
            else:
                price = both if kind == AND else either if min(x, y) > TRUE else either / 2
                used[net] = price, (x >> 1, y >> 1)
    open_nets = [now[literal >> 1] >> 1 for port in netlist.outputs for literal in port.bits]
    total = 0.0
    while open_nets:
        price, fanins = used.pop(open_nets.pop(), (0.0, ()))
        total += price
        open_nets += fanins
    return total


def _and(x: int, y: int) -> int | None:
    return FALSE if FALSE in (x, y) or x == y ^ 1 else TRUE if x == y == TRUE else None


def _xor(x: int, y: int) -> int | None:
    return x ^ y if max(x, y) <= TRUE or x >> 1 == y >> 1 else None


@dataclass(slots=True)
class _Move:
    """A way to hold more of one word, with what it was last seen to be worth."""

    stage: int
    word: int
    whole: bool
    worth: float = np.inf
    seen: int = -1


def shrinking_modes(model: IntegerModel, idle: Idle, score: Score, words: IntArray, least: float) -> list[Mode]:
    """Smaller and smaller modes whose scores are at least so much, the first one whole.

    From one to the next, one word of a stage loses its lowest bit or all of its bits: the one that makes most gates
    idle for each row that is lost.

    Parameters
    ----------
    model : IntegerModel
        Of weighted sums.
    idle : Idle
        Its lowered netlist.
    score : callable
        Of output words (n_rows,).
    words : ndarray of int64, shape (n_rows, n_features)
        Training inputs.
    least : float
        Least score of a mode.
    """
    found = [Mode.whole(model)]
    cost, now = idle.used_cost(model, found[0]), score(model.predict(words))
    moves = [
        _Move(stage, word, whole)
        for stage, ranges in enumerate(model.ranges[:-1])
        for word, interval in enumerate(ranges)
        for whole in ((True, False) if interval.width > 1 else (True,))
        if (stage, word) in idle.words and not interval.signed and interval.high > 0
    ]
    # A move is looked at again only when it seems the best: what others have held since makes it worth less, mostly.
    while moves:
        best = max(moves, key=lambda move: move.worth)
        left = _left(model, found[-1], best)
        if not left or best.worth <= 0:
            moves.remove(best)
            continue
        mode = found[-1].keeping(best.stage, best.word, 0 if best.whole else left & left - 1)
        lower, then = idle.used_cost(model, mode), score(in_mode(model, mode).predict(words))
        if best.seen == len(found):
            found.append(mode)
            cost, now = lower, then
            continue
        lost = max(0.0, now - then) * len(words)
        best.worth = (cost - lower) / (1.0 + lost) if then >= least else 0.0
        best.seen = len(found)
    return found


def _left(model: IntegerModel, mode: Mode, move: _Move) -> int:
    """Bits of its word that are kept so far."""
    width = model.ranges[move.stage][move.word].width
    return int(mode.kept[move.stage][move.word]) & (1 << width) - 1

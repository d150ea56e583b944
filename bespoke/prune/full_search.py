"""Full search over two thresholds: gates that hardly ever change, with little weight in the result."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from bespoke.cells import GateCosts
from bespoke.netlist import Certificate, Edit, Netlist, apply_edits
from bespoke.prune.edits import Pruned
from bespoke.prune.judge import Judge, PruningTask
from bespoke.sim import literal_values, pack_words

Words = Sequence[Sequence[int]]
SHARES = tuple(percent / 100 for percent in range(80, 100))
_EPSILON = 1e-12


def full_search(
    netlist: Netlist,
    task: PruningTask,
    words: Words,
    costs: GateCosts,
    max_loss: float,
    shares: Sequence[float] = SHARES,
) -> tuple[Pruned, ...]:
    """Make gates constant that have tau at least ``tau_c`` and phi at most ``phi_c``, for all pairs of thresholds.

    tau is the share of vectors on which a gate's output has its more frequent value, to which it is then tied; phi is
    the most significant bit of a result that the gate reaches. Gates that reach none are not touched.

    Parameters
    ----------
    netlist : Netlist
    task : PruningTask
    words : sequence of sequence of int
        Literals of the results, least significant first and of one weight per position: see `score_words`.
    costs : GateCosts
    max_loss : float
        Largest increase of the loss over that of the original.
    shares : sequence of float
        Values of tau_c.

    Returns
    -------
    tuple of Pruned
        Mutually non-dominated in loss and cost, the least loss first; the original is among them if nothing is better
        with its loss.

    Notes
    -----
    G. Armeniakos, G. Zervakis, D. Soudris, M. B. Tahoori, J. Henkel, "Cross-layer approximation for printed machine
    learning circuits", DATE 2022.
    """
    inputs, count, judge = pack_words(task.stimuli, netlist.inputs), len(task.stimuli), Judge(netlist, task.terms)

    def loss(candidate: Netlist) -> float:
        values = literal_values(candidate, inputs, count)
        return judge.loss(judge.wrong([values[literal] for literal in candidate.output_literals()]))

    limit = loss(netlist) + max_loss + _EPSILON
    ones = [value.bit_count() for value in literal_values(netlist, inputs, count)]
    losses = {
        edits: loss(apply_edits(netlist, edits))
        for edits in _tied_gates(netlist, ones, significance(netlist, words), shares)
    }
    return _front(Pruned.of(netlist, edits, lost, costs) for edits, lost in losses.items() if lost <= limit)


def score_words(certificate: Certificate, netlist: Netlist) -> tuple[tuple[int, ...], ...]:
    """Literals of the last stage's sums, or of the output where the model has none.

    Parameters
    ----------
    certificate : Certificate
    netlist : Netlist
        As lowered: the certificate's literals are of this netlist, not of an optimised one.
    """
    sums = {key: hint.result for key, hint in certificate.sums.items() if key[0] == "sum"}
    last = max((stage for _, stage, _ in sums), default=None)
    found = tuple(result for (_, stage, _), result in sums.items() if stage == last)
    return found or tuple(port.bits for port in netlist.outputs)


def significance(netlist: Netlist, words: Words) -> list[int]:
    """Per net the most significant bit of a word that it reaches (phi); -1 for none."""
    reached = [-1] * netlist.net_count
    for word in words:
        for bit, literal in enumerate(word):
            reached[literal >> 1] = max(reached[literal >> 1], bit)
    first = 1 + netlist.input_count
    for net in range(netlist.net_count - 1, first - 1, -1):
        for literal in (netlist.fanin_a[net - first], netlist.fanin_b[net - first]):
            reached[literal >> 1] = max(reached[literal >> 1], reached[net])
    return reached


def _tied_gates(
    netlist: Netlist, ones: Sequence[int], reached: Sequence[int], shares: Sequence[float]
) -> set[tuple[Edit, ...]]:
    """The distinct edits of all pairs of thresholds; ``ones`` counts the vectors on which each literal is true."""
    tau = {net: max(ones[2 * net : 2 * net + 2]) / sum(ones[:2]) for net, *_ in netlist.gates() if reached[net] >= 0}
    found: set[tuple[Edit, ...]] = {()}
    for share in shares:
        steady = [net for net in tau if tau[net] >= share]
        for bit in {reached[net] for net in steady}:
            tied = {net for net in steady if reached[net] <= bit}
            found.add(tuple(Edit(net, int(ones[2 * net] > ones[2 * net + 1])) for net in _last_of(netlist, tied)))
    return found


def _last_of(netlist: Netlist, nets: Container[int]) -> list[int]:
    """Those of some gates whose output is read otherwise than through others of them, the last first."""
    gates = list(netlist.gates())
    live = {literal >> 1 for literal in netlist.output_literals()}
    found = []
    for net, _, a, b in reversed(gates):
        if net in live and net in nets:
            found.append(net)
        elif net in live:
            live |= {a >> 1, b >> 1}
    return found


def _front(states: Iterable[Pruned]) -> tuple[Pruned, ...]:
    """States that no other beats in loss and cost."""
    front: list[Pruned] = []
    for state in sorted(states, key=lambda state: (state.loss, state.cost, len(state.edits), state.edits)):
        if not front or state.cost < front[-1].cost:
            front.append(state)
    return tuple(front)

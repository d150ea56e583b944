"""Full search over two thresholds: gates that hardly ever change, with little weight in the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bespoke.arith import gate_cost
from bespoke.errors import OptionError
from bespoke.netlist import Certificate, GateKind, Netlist
from bespoke.opt import optimise
from bespoke.prune.cuts import Cut, Pruned
from bespoke.prune.judge import IntArray, Judge, Term
from bespoke.prune.network import PruningNetwork
from bespoke.sim import literal_values, pack_words

AND = int(GateKind.AND)
Words = Sequence[Sequence[int]]
_EPSILON = 1e-12


@dataclass(frozen=True, slots=True)
class FullSearchOptions:
    """Which circuits are wanted.

    Attributes
    ----------
    max_loss : float
        Largest increase of the loss over that of the original.
    shares : tuple of float
        Values of the threshold on tau.
    """

    max_loss: float = 0.01
    shares: tuple[float, ...] = tuple(percent / 100 for percent in range(80, 100))

    def __post_init__(self) -> None:
        if not all(0.5 <= share <= 1 for share in self.shares):
            raise OptionError("shares out of range", where="shares", got=self.shares, allowed="0.5 to 1")


def full_search(
    netlist: Netlist, stimuli: IntArray, terms: Sequence[Term], words: Words, options: FullSearchOptions | None = None
) -> tuple[Pruned, ...]:
    """Make gates constant that have tau at least ``tau_c`` and phi at most ``phi_c``, for all pairs of thresholds.

    tau is the share of vectors on which a gate's output has its more frequent value, to which it is then tied; phi is
    the most significant bit of a result that the gate reaches. Gates that reach none are not touched.

    Parameters
    ----------
    netlist : Netlist
    stimuli : ndarray of int64, shape (n_vectors, n_input_ports)
    terms : sequence of Term
        What the loss is.
    words : sequence of sequence of int
        Literals of the results, least significant first and of one weight per position: see `score_words`.
    options : FullSearchOptions, optional

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
    chosen = options or FullSearchOptions()
    circuit = _Circuit(netlist, stimuli, terms)
    limit = circuit.loss({}) + chosen.max_loss + _EPSILON
    sets = circuit.tied_gates(significance(netlist, words), chosen.shares)
    return _front([circuit.pruned(ties) for ties in sets if circuit.loss(ties) <= limit])


def score_words(certificate: Certificate, netlist: Netlist) -> tuple[tuple[int, ...], ...]:
    """Literals of the last layer's sums, or of the output where the model has none.

    Parameters
    ----------
    certificate : Certificate
    netlist : Netlist
        As lowered: the certificate's literals are of this netlist, not of an optimised one.
    """
    layers = [name.partition(".")[0] for name in certificate.sums if name.startswith("layer")]
    last = max(layers, key=lambda name: int(name.removeprefix("layer")), default=None)
    found = tuple(hint.result for name, hint in certificate.sums.items() if name.startswith(f"{last}."))
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


class _Circuit:
    """A netlist and its values on the stimuli."""

    def __init__(self, netlist: Netlist, stimuli: IntArray, terms: Sequence[Term]) -> None:
        self.netlist = netlist
        self.count = len(stimuli)
        self.inputs = pack_words(stimuli, netlist.inputs)
        self.judge = Judge(netlist, terms, self.count)

    def tied_gates(self, reached: Sequence[int], shares: Sequence[float]) -> list[dict[int, int]]:
        """The distinct sets of gates of all pairs of thresholds, each gate with the literal to which it is tied."""
        values = literal_values(self.netlist, self.inputs, self.count)
        ones = {net: values[2 * net].bit_count() for net, *_ in self.netlist.gates() if reached[net] >= 0}
        tau = {net: max(high, self.count - high) / self.count for net, high in ones.items()}
        found: dict[tuple[int, ...], dict[int, int]] = {(): {}}
        for share in shares:
            steady = [net for net in ones if tau[net] >= share]
            for bit in sorted({reached[net] for net in steady}):
                chosen = tuple(net for net in steady if reached[net] <= bit)
                found.setdefault(chosen, {net: int(2 * ones[net] > self.count) for net in chosen})
        return list(found.values())

    def loss(self, ties: Mapping[int, int]) -> float:
        """Loss with some gates tied to constants."""
        netlist, mask = self.netlist, (1 << self.count) - 1
        values = [0, mask]
        for vector in self.inputs:
            values += (vector, vector ^ mask)
        for net, kind, a, b in netlist.gates():
            if net in ties:
                value = mask if ties[net] else 0
            else:
                value = values[a] & values[b] if kind == AND else values[a] ^ values[b]
            values += (value, value ^ mask)
        return self.judge.loss(self.judge.wrong([values[literal] for literal in netlist.output_literals()]))

    def pruned(self, ties: Mapping[int, int]) -> Pruned:
        """Make the cuts one after the other, from the outputs down; gates that nothing reads any more need none."""
        network, cuts = PruningNetwork(self.netlist, self.inputs, self.count), list[Cut]()
        for net, literal in sorted(ties.items(), reverse=True):
            if network.kinds[net] < 0:
                continue
            before = network.cost
            network.replace(net, literal)
            loss = self.judge.loss(self.judge.wrong(network.output_values()))
            cuts.append(Cut(net, literal, loss, before - network.cost))
        left = optimise(network.freeze())
        return Pruned(left, tuple(cuts), self.loss(ties), gate_cost(left))


def _front(states: Iterable[Pruned]) -> tuple[Pruned, ...]:
    """States that no other beats in loss and cost."""
    front: list[Pruned] = []
    for state in sorted(states, key=lambda state: (state.loss, state.cost, len(state.cuts))):
        if not front or state.cost < front[-1].cost:
            front.append(state)
    return tuple(front)

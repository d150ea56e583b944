"""The subject graph: a netlist with every XOR also given as AND gates, for the mapper to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bespoke.netlist import XOR, Netlist
from bespoke.netlist.netlist import literal_vectors


@dataclass(slots=True)
class Subject:
    """Graph of two-input nodes with choices.

    Node 0 is the constant false, nodes ``1 .. input_count`` are the inputs, and every other node stands for a
    gate; literals are ``2 * node + complement`` as in `Netlist`. ``forms[n]`` are the ways to compute node
    ``n``: triples (kind, fanin literal a, fanin literal b); a negative kind ``~k`` computes its complement.
    Nodes are in topological order.
    """

    input_count: int
    forms: list[list[tuple[int, int, int]]]
    outputs: list[int]
    _nodes: dict[tuple[int, int], int] = field(default_factory=dict)

    def and_node(self, a: int, b: int) -> int:
        """Literal of ``a & b``."""
        key = (a, b) if a < b else (b, a)
        node = self._nodes.get(key)
        if node is None:
            node = len(self.forms)
            self._nodes[key] = node
            self.forms.append([(0, *key)])
        return 2 * node

    def values(self, stimuli: Sequence[int], vectors: int) -> list[int]:
        """Bit vector of every literal for bit vectors of the inputs."""
        return literal_vectors((forms[0] for forms in self.forms[1 + self.input_count :]), stimuli, vectors)


def subject_graph(netlist: Netlist) -> Subject:
    """Subject graph of a netlist; node order follows net order."""
    count = netlist.input_count
    subject = Subject(count, [[] for _ in range(1 + count)], [])
    literal = list(range(2 * (1 + count)))
    for kind, a, b in zip(netlist.kinds, netlist.fanin_a, netlist.fanin_b, strict=True):
        fanins = literal[a], literal[b]
        net = _xor_node(subject, *fanins) if kind == XOR else subject.and_node(*fanins)
        literal += (net, net ^ 1)
    subject.outputs = [literal[bit] for bit in netlist.output_literals()]
    return subject


def _xor_node(subject: Subject, a: int, b: int) -> int:
    """Node of ``a ^ b``: the cell itself, sums of two products, and the four-NAND form.

    With ``m = NAND(p, q)``, ``p ^ q = NAND(NAND(p, m), NAND(q, m))``; taken for (a, b) and (~a, ~b) this is the
    XOR, for (a, ~b) and (~a, b) the XNOR. The inner gate is shared with the carry of an adder.
    """
    complement = (a ^ b) & 1
    a, b = a & ~1, b & ~1
    forms = [(XOR, a, b)]
    products = {(p, q): subject.and_node(a ^ p, b ^ q) for p in (0, 1) for q in (0, 1)}
    forms.append((~0, products[0, 1] ^ 1, products[1, 0] ^ 1))
    forms.append((0, products[0, 0] ^ 1, products[1, 1] ^ 1))
    for (p, q), both in products.items():
        left, right = subject.and_node(a ^ p, both ^ 1), subject.and_node(b ^ q, both ^ 1)
        forms.append((0 if p ^ q else ~0, left ^ 1, right ^ 1))
    node = len(subject.forms)
    subject.forms.append(forms)
    return 2 * node ^ complement

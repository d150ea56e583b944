"""The networkx view of a circuit, for analysis, drawing and export; bespoke itself works on the flat lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bespoke.netlist.mapped import MappedNetlist
from bespoke.netlist.netlist import GateKind, Netlist, Port

if TYPE_CHECKING:
    import networkx as nx


def to_networkx(netlist: Netlist | MappedNetlist) -> nx.MultiDiGraph:
    """Directed graph of a circuit.

    Nodes ``0 .. net_count - 1`` are nets, and an edge runs from each net to every net computed from it. The
    attribute ``kind`` of a node is ``constant``, ``input``, ``and`` or ``xor``, or the name of the cell that drives
    it, and ``name`` is ``port[bit]`` for inputs. An output bit is a node ``(port name, bit)`` of kind ``output``.
    Edges have ``pin``, the number of the input pin, and in a generic netlist ``complement``.

    Parameters
    ----------
    netlist : Netlist or MappedNetlist

    Returns
    -------
    networkx.MultiDiGraph
        A copy: changing it does not change the netlist.
    """
    import networkx as nx

    graph = nx.MultiDiGraph(name=netlist.name)
    mapped = isinstance(netlist, MappedNetlist)
    first = 2 if mapped else 1
    graph.add_nodes_from(range(first), kind="constant")
    for number, name in enumerate(_bit_names(netlist.inputs), start=first):
        graph.add_node(number, kind="input", name=name)
    if isinstance(netlist, MappedNetlist):
        for instance in netlist.instances:
            for net in instance.fanouts:
                graph.add_node(net, kind=instance.cell)
                graph.add_edges_from((fanin, net, {"pin": pin}) for pin, fanin in enumerate(instance.fanins))
    else:
        for net, kind, a, b in netlist.gates():
            graph.add_node(net, kind=GateKind(kind).name.lower())
            graph.add_edges_from((x >> 1, net, {"pin": i, "complement": bool(x & 1)}) for i, x in enumerate((a, b)))
    for port in netlist.outputs:
        for bit, driver in enumerate(port.bits):
            graph.add_node((port.name, bit), kind="output")
            attributes = {"pin": 0} if mapped else {"pin": 0, "complement": bool(driver & 1)}
            graph.add_edge(driver if mapped else driver >> 1, (port.name, bit), **attributes)
    return graph


def _bit_names(ports: Iterable[Port]) -> Iterable[str]:
    return (f"{port.name}[{bit}]" for port in ports for bit in range(port.width))

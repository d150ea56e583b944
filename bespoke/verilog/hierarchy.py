"""Modules that contain modules, made flat."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from bespoke.errors import VerilogError
from bespoke.verilog.connectivity import Bit, FlatModule, PlacedCell
from bespoke.verilog.expression import Node
from bespoke.verilog.source import plain_name

# A few modules that hold each other twice make any number of cells.
MAX_CELLS = 2_000_000


def module_order(top: str, contents: Callable[[str], Collection[str]], where: str) -> Iterator[str]:
    """Names of the modules below one, itself last: each behind all that it contains.

    Raises
    ------
    VerilogError
        If modules contain each other.
    """
    found: dict[str, Collection[str]] = {}
    waiting = [top]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = contents(name)
            waiting += found[name]
    try:
        yield from tuple(TopologicalSorter(found).static_order())
    except CycleError as error:
        got = " > ".join(error.args[1])
        raise VerilogError("modules contain each other", where=where, got=got, allowed="a hierarchy") from None


def instantiated(tree: Node) -> set[str]:
    """Names of all that a module has instances of, from its syntax tree."""
    lists = (item for item in tree.items if type(item).__name__ == "InstanceList")
    return {plain_name(instance.module) for item in lists for instance in item.instances}


def inline(
    module: FlatModule, child: FlatModule, name: str, line: int, connections: Mapping[str, tuple[Bit, ...]]
) -> None:
    """Put the content of a child into a module: names of its nets and instances get that of the instance in front.

    Parameters
    ----------
    module, child : FlatModule
    name : str
        Of the instance.
    line : int
        Where it stands.
    connections : mapping of str to tuple of Bit
        Bits of the module by port, as wide as the port; ports that are left open are missing.

    Raises
    ------
    VerilogError
        If all becomes too large.
    """

    def inner(bit: Bit) -> Bit:
        return Bit(f"{name}.{bit.name}", bit.position) if bit.name else bit

    module.instances += [
        PlacedCell(
            f"{name}.{cell.name}",
            cell.cell,
            cell.line,
            tuple(map(inner, cell.inputs)),
            tuple(bit if bit is None else inner(bit) for bit in cell.outputs),
        )
        for cell in child.instances
    ]
    module.aliases += [(inner(driven), inner(source), at) for driven, source, at in child.aliases]
    module.vectors |= {f"{name}.{vector}" for vector in child.vectors}
    module.inner_names |= {f"{name}.{own}" for own in child.names | child.inner_names}
    for port in child.inputs:
        module.aliases += [
            (inner(bit), source, line) for bit, source in zip(port.bits, connections.get(port.name, ()), strict=False)
        ]
    for port in child.outputs:
        module.aliases += [
            (target, inner(bit), line) for bit, target in zip(port.bits, connections.get(port.name, ()), strict=False)
        ]
    if len(module.instances) > MAX_CELLS:
        raise VerilogError("too many cells", where=f"{module.where}:{line}", allowed=f"{MAX_CELLS:,}")

"""Structural Verilog to a mapped netlist: the door to pyverilog."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from bespoke.cells import Cell, CellLibrary
from bespoke.errors import VerilogError
from bespoke.netlist import MappedNetlist
from bespoke.verilog.connectivity import AMBIGUOUS, Bit, FlatModule, NamedNetlist, PlacedCell, PortBits, connect
from bespoke.verilog.expression import Node, Scope, range_of
from bespoke.verilog.hierarchy import inline, instantiated, module_order
from bespoke.verilog.instances import take_instances
from bespoke.verilog.source import ModuleText, choose_top, plain_name, split_modules

_FLAT = "structural netlists: wires, instances of library cells and modules, assigns of bits and constants"

# The parser's "line:3: before: x" and "line:3 column:4: x".
_POSITION = re.compile(r"\s*line:(\d+)(?: column:\d+)?:\s*(?:before:\s*)?(.*)", re.DOTALL)


def read_netlist(source: str | Path, library: CellLibrary, *, module: str | None = None) -> MappedNetlist:
    """Read a structural netlist of library cells.

    Accepted are the files of `write_netlist` and those that synthesis and layout tools write: instances in any order
    with named or positional connections, vectors, escaped identifiers, assigns of bits, parts, concatenations
    and constants, outputs left open, supply nets, ports and pins, tie cells, fillers. Modules that contain modules are
    made flat. Modules of cells and primitives in the file are skipped.

    Parameters
    ----------
    source : str or Path
        The text, or the path of a file. A string without a line break that does not contain ``module`` is
        a path.
    library : CellLibrary
        The cells by name; positional connections follow the order of the cell's module in the file, else that
        of the library (inputs, then outputs).
    module : str, optional
        The module to read; by default the only one that is not a cell and not used by another.

    Returns
    -------
    MappedNetlist
        Ports in the order of the module's header. What `write_netlist` wrote comes back equal, but for names
        of ports that are not legal identifiers.

    Raises
    ------
    VerilogError
        If the file cannot be read or is anything else: behavioural, with sequential or unknown cells, loops, bits
        without a driver or with several.
    """
    return _read(source, library, module)[0].mapped


def read_named_netlist(source: str | Path, library: CellLibrary, *, module: str | None = None) -> NamedNetlist:
    """Read a netlist as `read_netlist` does, and keep the names of its nets and instances.

    Raises
    ------
    VerilogError
        Also if two of its wires have one name, such as ``x[1]`` and the escaped identifier of that text.
    """
    named, where = _read(source, library, module)
    for name, net in named.bits.items():
        if net == AMBIGUOUS:
            raise VerilogError("two wires have one name", where=where, got=name)
    return named


def _read(source: str | Path, library: CellLibrary, module: str | None) -> tuple[NamedNetlist, str]:
    text, where = _load(source)
    modules = split_modules(text, where=where)
    top = choose_top(modules, library.cells, module, where=where)
    headers = {m.name: m.words for m in modules if m.name in library and m is not top}
    named = {m.name: m for m in modules if m.name not in {*library.cells, *library.left_out} or m is top}
    readers: dict[str, _ModuleReader] = {}

    def contents(name: str) -> set[str]:
        readers[name] = _ModuleReader(named[name], library, headers, where)
        return readers[name].instantiated & named.keys()

    flat: dict[str, FlatModule] = {}
    for name in module_order(top.name, contents, where):
        flat[name] = readers[name].read(flat)
    return connect(flat[top.name], library), where


def _load(source: str | Path) -> tuple[str, str]:
    if isinstance(source, str) and ("\n" in source or "module" in source.split()):
        return source, "netlist"
    try:
        return Path(source).read_text(encoding="utf-8", errors="replace"), Path(source).name
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise VerilogError("the file cannot be read", where=str(source), got=reason) from None


@cache
def _parser() -> Node:
    """The parser; its tables take 0.7 s to build, and are kept off the working folder."""
    from pyverilog.vparser.parser import VerilogParser

    with tempfile.TemporaryDirectory(prefix="bespoke-pyverilog-") as folder:
        return VerilogParser(outputdir=folder, debug=False)


def _parse(module: ModuleText, text: str, where: str) -> Node:
    """Syntax tree of the text of a module; line numbers in it count from the module's first line."""
    from pyverilog.vparser.parser import ParseError

    parser = _parser()
    parser.lexer.reset_lineno()
    try:
        tree = parser.parse(text + "\n")
    except ParseError as error:
        found = _POSITION.match(str(error))
        place = f"{where}:{int(found[1]) + module.line - 1}" if found else where
        got = f"near {found[2]}" if found else error
        raise VerilogError("cannot be parsed", where=place, got=got, allowed=_FLAT) from None
    return tree.description.definitions[0]


class _ModuleReader:
    """Walks over the syntax tree of one module."""

    def __init__(self, text: ModuleText, library: CellLibrary, headers: dict[str, list[str]], where: str) -> None:
        rest, self.plain = take_instances(text.text)
        self.tree = _parse(text, rest, where)
        self.text = text
        self.library = library
        self.headers = headers
        self.where = where
        self.scope = Scope(self._place)
        self.flat = FlatModule(text.name, where)
        self.directions: dict[str, str] = {}
        self.rails: set[Bit] = set()  # bits on supply pins
        self.signed: set[str] = set()
        self.placed: set[str] = set()  # names of instances of modules

    @property
    def instantiated(self) -> set[str]:
        """Names of all that the module has instances of."""
        return instantiated(self.tree) | {plain_name(item.module) for item in self.plain}

    def read(self, modules: Mapping[str, FlatModule]) -> FlatModule:
        """Everything that the module says; those that it contains were read before."""
        if self.tree.paramlist.params:
            raise self._error("parameters are not read", self.tree)
        self.flat.ports = tuple(self._ports())
        for statement in self._statements():
            kind = type(statement).__name__
            if kind == "Assign":
                self._assign(statement)
            elif kind != "InstanceList":
                raise self._error("behavioural code", statement, kind)
        for instance in self._instances():
            self._place_instance(instance, modules)
        for name in self.flat.ports:
            self._sort_port(name)
        self.flat.names = self.scope.names
        twice = min(self.flat.names & self.flat.inner_names, default=None)
        if twice is not None:
            raise self._error("two wires have one name", self.tree, twice)
        return self.flat

    def _instances(self) -> list[Node]:
        """All instances in the order of the text."""
        lists = ((at, item) for at, item in enumerate(self.tree.items) if type(item).__name__ == "InstanceList")
        places = [(one.lineno, one.before, one) for one in self.plain]
        places += [(one.lineno, at, one) for at, item in lists for one in item.instances]
        return [one for _, _, one in sorted(places, key=itemgetter(0, 1))]

    def _statements(self) -> list[Node]:
        """All that is no declaration; those are read first, since wires may be declared behind their use."""
        statements = []
        for item in self.tree.items:
            declares = type(item).__name__ == "Decl"
            for part in item.list if declares else (item,):
                if declares and type(part).__name__ != "Assign":
                    self._declare(part)
                else:
                    statements.append(part)
        return statements

    def _place(self, node: Node) -> str:
        return f"{self.where}:{node.lineno + self.text.line - 1}"

    def _error(self, what: str, node: Node, got: object = None) -> VerilogError:
        return VerilogError(what, where=self._place(node), got=got, allowed=_FLAT)

    def _ports(self) -> list[str]:
        names = []
        for port in self.tree.portlist.ports:
            if type(port).__name__ == "Ioport":
                for part in filter(None, (port.first, port.second)):
                    self._declare(part)
                names.append(plain_name(port.first.name))
            else:
                names.append(plain_name(port.name))
        return names

    def _declare(self, part: Node) -> None:
        kind = type(part).__name__
        name = plain_name(part.name)
        if part.width is not None:
            self.flat.vectors.add(name)
        is_supply = kind == "Inout" and self.library.rail(name) is not None and part.width is None
        if kind not in ("Input", "Output", "Wire", "Tri", "Supply") + ("Inout",) * is_supply or part.dimensions:
            raise self._error("declaration of something else than a wire", part, f"{kind.lower()} {name}")
        if kind in ("Input", "Output", "Inout"):
            if self.directions.setdefault(name, kind) != kind:
                raise self._error("a port has two directions", part, name)
            if part.signed:
                self.signed.add(name)
        self.scope.declare(name, range_of(part.width, self._place(part)), self._place(part))
        if kind == "Supply":
            constant = Bit("", int(part.value.value))
            self.flat.aliases += [(bit, constant, part.lineno + self.text.line - 1) for bit in self.scope.word(name)]

    def _sort_port(self, name: str) -> None:
        if name not in self.directions:
            raise self._error("a port without direction", self.tree, name)
        bits = () if name in self.text.zero_bits else self.scope.word(name)
        level, is_input = self.library.rail(name), self.directions[name] == "Input"
        if self.directions[name] == "Inout" or (is_input and level is not None and self.rails.issuperset(bits)):
            self.flat.supplies.add(name)
            self.flat.aliases += [(bit, Bit("", level or 0), self.text.line) for bit in bits]
            return
        ports = self.flat.inputs if is_input else self.flat.outputs
        ports.append(PortBits(name, bits, name in self.signed))

    def _assign(self, item: Node) -> None:
        target = self.scope.target(item.left.var)
        source = self.scope.bits(item.right.var, width=len(target))
        line = item.lineno + self.text.line - 1
        self.flat.aliases += [(bit, driver, line) for bit, driver in zip(target, source, strict=True)]

    def _place_instance(self, item: Node, modules: Mapping[str, FlatModule]) -> None:
        if item.array is not None or item.parameterlist:
            raise self._error("an array of instances or parameters", item, plain_name(item.name))
        child = modules.get(plain_name(item.module))
        if child is None or child.name in self.library:
            self.flat.instances.append(self._instance(item))
        else:
            self._place_module(item, child)

    def _place_module(self, item: Node, child: FlatModule) -> None:
        name, line = plain_name(item.name), item.lineno + self.text.line - 1
        if name in self.placed:
            raise self._error("two instances have one name", item, name)
        self.placed.add(name)
        nodes = {port: node for port, node in self._named(item, child.ports, child.name).items() if node is not None}
        for port in nodes.keys() - set(child.ports):
            got, allowed = f"{child.name}.{port}", ", ".join(child.ports)
            raise VerilogError("unknown port", where=self._place(item), got=got, allowed=allowed)
        for port in nodes.keys() & child.supplies:
            self._supply_pin(item, port, nodes[port])
        inputs = {port.name: len(port.bits) for port in child.inputs if port.name in nodes}
        outputs = {port.name: len(port.bits) for port in child.outputs if port.name in nodes}
        connections = {port: self.scope.bits(nodes[port], width=width) for port, width in inputs.items()}
        connections |= {port: self.scope.target(nodes[port], width=width) for port, width in outputs.items()}
        inline(self.flat, child, name, line, connections)

    def _instance(self, item: Node) -> PlacedCell:
        cell = self._cell(item)
        name = plain_name(item.name) or "without name"
        pins = self._connections(item, cell)
        inputs = []
        for pin in cell.inputs:
            if pins.get(pin.name) is None:
                raise self._error(f"input pin {pin.name} of {cell.name} is open", item, name)
            inputs.append(self.scope.bits(pins[pin.name], width=1)[0])
        outputs = [
            self.scope.target(pins[pin.name], width=1)[0] if pins.get(pin.name) is not None else None
            for pin in cell.outputs
        ]
        return PlacedCell(name, cell.name, item.lineno + self.text.line - 1, tuple(inputs), tuple(outputs))

    def _cell(self, item: Node) -> Cell:
        name = plain_name(item.module)
        if name in self.library:
            return self.library[name]
        place = self._place(item)
        if name in self.library.left_out:
            reason = f"{name}, {self.library.left_out[name]}"
            raise VerilogError(
                "a cell that cannot be used here", where=place, got=reason, allowed="combinational cells"
            )
        known = list(self.library.cells)
        near = get_close_matches(name, known, n=3, cutoff=0.5) or get_close_matches(name.upper(), known, n=3)
        what, allowed = f"unknown cell of library {self.library.name}", ", ".join(sorted(known))
        raise VerilogError(what, where=place, got=name, allowed=allowed, hint=", ".join(near))

    def _connections(self, item: Node, cell: Cell) -> dict[str, Any]:
        """Nodes by pin, supply pins left out."""
        header = [word for word in self.headers.get(cell.name, ()) if word in cell.pins or self._is_supply(word)]
        order = list(dict.fromkeys(header)) if set(header) >= set(cell.pins) else list(cell.pins)
        connections = {}
        for pin, node in self._named(item, order, cell.name).items():
            if pin in cell.pins:
                connections[pin] = node
            elif self._is_supply(pin):
                self._supply_pin(item, pin, node)
            else:
                got, allowed = f"{cell.name}.{pin}", ", ".join(cell.pins)
                raise VerilogError("unknown pin", where=self._place(item), got=got, allowed=allowed)
        return connections

    def _named(self, item: Node, order: Sequence[str], of: str) -> dict[str, Any]:
        """Nodes by the names of pins or ports."""
        connections: dict[str, Any] = {}
        for position, port in enumerate(item.portlist):
            positional = port.portname is None
            if positional and position >= len(order):
                raise self._error(f"too many connections for {of}", item, len(item.portlist))
            pin = order[position] if positional else plain_name(port.portname)
            if pin in connections:
                raise self._error("a pin is connected twice", item, f"{of}.{pin}")
            connections[pin] = port.argname
        return connections

    def _is_supply(self, pin: str) -> bool:
        return self.library.rail(pin) is not None

    def _supply_pin(self, item: Node, pin: str, node: Node) -> None:
        """Check what a supply pin is on, as far as that is known by its name."""
        bits = () if node is None else self.scope.bits(node, width=1)
        self.rails.update(bits)
        for bit in bits:
            level = self.library.rail(bit.name) if bit.name else bit.position
            if level not in (None, self.library.rail(pin)):
                raise self._error("a supply pin on the other supply", item, f"{pin} on {bit.name or bit}")

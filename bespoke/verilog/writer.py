"""Mapped netlists as flat structural Verilog-2001, and simulation models of library cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from bespoke.cells import Cell, CellLibrary, OutputPin, minterms
from bespoke.errors import NetlistError
from bespoke.netlist import Instance, MappedNetlist
from bespoke.verilog.identifiers import comment_text, free_prefix, is_legal, verbatim_identifier
from bespoke.verilog.ports import MODULE, Ports, module_identifier, netlist_ports
from bespoke.verilog.rtl_text import aligned, joined, range_text

# Marks a port without information; it stands in the netlist as one bit, and the reader makes it 0 bits again.
ZERO_BITS = "(* zero_bits *)"
_LINT_RULES = ("DECLFILENAME", "UNUSED")
_LINE_LENGTH = 110
_INVERTED = {"and": "nand", "or": "nor", "xor": "xnor", "buf": "not"}
# First words by which tools take a comment for a command.
_PRAGMA = re.compile(
    r"\s*(verilator|synopsys|synthesis|pragma|cadence|ambit|exemplar|translate|coverage|tool|lint)", re.IGNORECASE
)


def write_netlist(
    mapped: MappedNetlist, library: CellLibrary, *, module: str = MODULE, header: Sequence[str] = ()
) -> str:
    """A mapped netlist as Verilog text: one port per input and output word, one line per instance.

    Nets are called ``n<number>`` and instances ``g<number>``, in instance order. A word of 0 bits keeps its
    port, as one bit that is marked ``(* zero_bits *)`` and not read (input) or constantly 0 (output).

    Parameters
    ----------
    mapped : MappedNetlist
    library : CellLibrary
        The library whose cells it uses.
    module : str
        Name of the module.
    header : sequence of str
        Lines of text for the comment on top.

    Raises
    ------
    LibraryError
        If a cell is not in the library.
    NetlistError
        If an instance does not have the pins of its cell.
    """
    ports = netlist_ports(mapped, module=module)
    names = net_names(mapped, ports)
    # Each name with its comma, so that lines break behind commas alone.
    wires = " ".join(f"{name}," for name in names[2 + mapped.input_count :])
    lines = [f"  wire {line[:-1]};" for line in wrap(wires, _LINE_LENGTH, break_long_words=False)]
    lines += _instance_lines(mapped, library, names, free_prefix("g", ports.identifiers))
    lines += [
        f"  assign {word.identifier} = {_word_text(port.bits, names)};"
        for word, port in zip(ports.outputs, mapped.outputs, strict=True)
    ]
    return module_text(comment_lines(header), module_head(module_identifier(module), ports), lines)


def write_cells(library: CellLibrary, names: Iterable[str]) -> str:
    """Simulation models of library cells, without delays.

    Parameters
    ----------
    library : CellLibrary
    names : iterable of str
        Cells to write; duplicates and order do not matter.

    Raises
    ------
    LibraryError
        If a cell is not in the library.
    """
    lines = [line for name in sorted(set(names)) for line in ("", *_cell_lines(library[name]))]
    return _linted([f"// Simulation models of cells of {comment_text(library.name)}, without delays."], [*lines, ""])


def module_text(comments: Sequence[str], head: Sequence[str], body: Sequence[str], rules: Sequence[str] = ()) -> str:
    """A file of one module.

    Parameters
    ----------
    comments, head, body : sequence of str
        Lines of the comment on top, of `module_head`, and from there to the end of the module.
    rules : sequence of str
        Rules of Verilator that do not hold in it, besides those for any module.
    """
    lines = ["`default_nettype none", "", *head, *body, "endmodule", "", "`default_nettype wire"]
    return _linted(comments, lines, rules)


def _linted(comments: Sequence[str], lines: Sequence[str], more_rules: Sequence[str] = ()) -> str:
    off, on = ([f"// verilator lint_{to} {rule}" for rule in (*_LINT_RULES, *more_rules)] for to in ("off", "on"))
    return "\n".join([*comments, *off, *lines, *reversed(on)]) + "\n"


def comment_lines(texts: Iterable[str]) -> list[str]:
    """Comment lines for free text; nothing in it can end the comment."""
    lines = [comment_text(text)[1:-1] for text in texts]
    return [f"// {'- ' if _PRAGMA.match(line) else ''}{line}".rstrip() for line in lines]


def module_head(module: str, ports: Ports, comments: Sequence[str] = ()) -> list[str]:
    """The ``module`` statement with all ports; ``comments`` are one for each word, or none at all."""
    if not ports.words:
        return [f"module {module};"]
    directions = ["input  wire"] * len(ports.inputs) + ["output wire"] * len(ports.outputs)
    marks = [f"  {'' if word.width else f'{ZERO_BITS} '}" for word in ports.words]
    rows = [
        f"{mark}{direction}{range_text(word.width, signed=word.signed)} {word.identifier}"
        for mark, direction, word in zip(marks, directions, ports.words, strict=True)
    ]
    rows = [*(f"{row}," for row in rows[:-1]), rows[-1]]
    return [f"module {module} (", *aligned(list(zip(rows, comments or [""] * len(rows), strict=True))), ");"]


def net_names(mapped: MappedNetlist, ports: Ports) -> list[str]:
    """Verilog text of each net of a mapped netlist, constants and port bits included."""
    names = ["1'b0", "1'b1"]
    for word in ports.inputs:
        names += [word.identifier] if word.width == 1 else [f"{word.identifier}[{bit}]" for bit in range(word.width)]
    prefix = free_prefix("n", ports.identifiers)
    return names + [f"{prefix}{net}" for net in range(len(names), mapped.net_count)]


def instance_names(mapped: MappedNetlist) -> list[str]:
    """Name of each instance in what `write_netlist` writes."""
    prefix = free_prefix("g", netlist_ports(mapped).identifiers)
    return [f"{prefix}{number}" for number in range(len(mapped.instances))]


def _instance_lines(mapped: MappedNetlist, library: CellLibrary, names: Sequence[str], prefix: str) -> Iterator[str]:
    formats = {name: _connection_format(library[name]) for name in mapped.cell_histogram()}
    for number, instance in enumerate(mapped.instances):
        cell = library[instance.cell]
        _check_pins(instance, cell, f"{prefix}{number}")
        nets = [names[net] for net in instance.fanins + instance.fanouts]
        yield "  " + formats[instance.cell].format(f"{prefix}{number}", *nets)


def _connection_format(cell: Cell) -> str:
    connections = ", ".join(f".{_braced(pin)}({{}})" for pin in cell.pins)
    return f"{_braced(cell.name)} {{}} ({connections});"


def _braced(name: str) -> str:
    return verbatim_identifier(name).replace("{", "{{").replace("}", "}}")


def _check_pins(instance: Instance, cell: Cell, where: str) -> None:
    got = (len(instance.fanins), len(instance.fanouts))
    needed = (len(cell.inputs), len(cell.outputs))
    if got != needed:
        raise NetlistError(f"pins do not fit cell {cell.name}", where=where, got=got, allowed=str(needed))


def _word_text(bits: Sequence[int], names: Sequence[str]) -> str:
    return joined(names[net] for net in reversed(bits)) if bits else "1'b0"


def _cell_lines(cell: Cell) -> list[str]:
    inputs = [f"input wire {verbatim_identifier(pin.name)}" for pin in cell.inputs]
    outputs = [f"output wire {verbatim_identifier(pin.name)}" for pin in cell.outputs]
    lines = [f"module {verbatim_identifier(cell.name)} ({', '.join(inputs + outputs)});"]
    lines += [f"  {_model_statement(cell, pin)}" for pin in cell.outputs]
    return [*lines, "endmodule"]


def _model_statement(cell: Cell, output: OutputPin) -> str:
    pins = [verbatim_identifier(pin.name) for pin in cell.inputs]
    target = verbatim_identifier(output.name)
    primitive = _primitive(len(pins), output.truth)
    if primitive:
        return f"{primitive} ({target}, {', '.join(pins)});"
    return f"assign {target} = {_function_text(cell, output)};"


def _primitive(pins: int, truth: int) -> str | None:
    """Gate primitive with this truth table: Icarus simulates it faster than an expression."""
    every = (1 << (1 << pins)) - 1
    parity = sum((state.bit_count() & 1) << state for state in range(1 << pins))
    kinds = {every ^ every >> 1: "and", every - 1: "or", parity: "xor"} if pins > 1 else {0b10: "buf"}
    inverted = {every ^ table: _INVERTED[kind] for table, kind in kinds.items()}
    return (kinds | inverted).get(truth)


def _function_text(cell: Cell, output: OutputPin) -> str:
    if all(is_legal(pin.name) for pin in cell.inputs):
        return output.function
    pins = [verbatim_identifier(pin.name) for pin in cell.inputs]
    return " | ".join(f"({product})" for product in minterms(output.truth, pins, "~", " & ")) or "1'b0"

"""Mapped netlists as flat structural Verilog-2001, and simulation models of library cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from bespoke.cells import Cell, CellLibrary, OutputPin
from bespoke.errors import NetlistError
from bespoke.netlist import Instance, MappedNetlist
from bespoke.verilog.boundary import MODULE, Boundary, Word, module_identifier, netlist_boundary
from bespoke.verilog.identifiers import comment_text, free_prefix, is_legal, verbatim_identifier

# Marks a port without information; it stands in the netlist as one bit, and the reader makes it 0 bits again.
ZERO_BITS = "(* zero_bits *)"
LINT_OFF = ("// verilator lint_off DECLFILENAME", "// verilator lint_off UNUSED")
LINT_ON = ("// verilator lint_on UNUSED", "// verilator lint_on DECLFILENAME")
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
    boundary = netlist_boundary(mapped, module=module)
    names = net_names(mapped, boundary)
    lines = [*comment_lines(header), *LINT_OFF, "`default_nettype none", ""]
    lines += module_head(module_identifier(module), boundary)
    # Each name with its comma, so that lines break behind commas alone.
    wires = " ".join(f"{name}," for name in names[2 + mapped.input_count :])
    lines += [f"  wire {line[:-1]};" for line in wrap(wires, _LINE_LENGTH, break_long_words=False)]
    lines += _instance_lines(mapped, library, names, free_prefix("g", boundary.identifiers))
    lines += [
        f"  assign {word.identifier} = {_word_text(port.bits, names)};"
        for word, port in zip(boundary.outputs, mapped.outputs, strict=True)
    ]
    lines += ["endmodule", "", "`default_nettype wire", *LINT_ON]
    return "\n".join(lines) + "\n"


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
    lines = [f"// Simulation models of cells of {comment_text(library.name)}, without delays.", *LINT_OFF]
    for name in sorted(set(names)):
        lines += ["", *_cell_lines(library[name])]
    return "\n".join([*lines, "", *LINT_ON]) + "\n"


def comment_lines(texts: Iterable[str]) -> list[str]:
    """Comment lines for free text; nothing in it can end the comment."""
    lines = [comment_text(text)[1:-1] for text in texts]
    return [f"// {'- ' if _PRAGMA.match(line) else ''}{line}".rstrip() for line in lines]


def module_head(module: str, boundary: Boundary, comments: Sequence[str] = ()) -> list[str]:
    """The ``module`` statement with all ports; ``comments`` are one for each word, or none at all."""
    count = len(boundary.words)
    if not count:
        return [f"module {module};"]
    directions = ["input  wire"] * len(boundary.inputs) + ["output wire"] * len(boundary.outputs)
    rows = [
        f"  {ZERO_BITS + ' ' if word.width == 0 else ''}{direction} {_declared(word)}{',' if position < count else ''}"
        for position, (direction, word) in enumerate(zip(directions, boundary.words, strict=True), 1)
    ]
    if comments:
        column = max(map(len, rows))
        rows = [f"{row.ljust(column)}  // {comment}" for row, comment in zip(rows, comments, strict=True)]
    return [f"module {module} (", *rows, ");"]


def net_names(mapped: MappedNetlist, boundary: Boundary) -> list[str]:
    """Verilog text of each net of a mapped netlist, constants and port bits included."""
    names = ["1'b0", "1'b1"]
    for word in boundary.inputs:
        names += [word.identifier] if word.width == 1 else [f"{word.identifier}[{bit}]" for bit in range(word.width)]
    prefix = free_prefix("n", boundary.identifiers)
    return names + [f"{prefix}{net}" for net in range(len(names), mapped.net_count)]


def _declared(word: Word) -> str:
    return f"{word.range_text} {word.identifier}".strip()


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
    if not bits:
        return "1'b0"
    texts = [names[net] for net in reversed(bits)]
    return texts[0] if len(texts) == 1 else "{" + ", ".join(texts) + "}"


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
    terms = [
        "(" + " & ".join(f"{'' if state >> position & 1 else '~'}{pin}" for position, pin in enumerate(pins)) + ")"
        for state in range(1 << len(pins))
        if output.truth >> state & 1
    ]
    return " | ".join(terms) or "1'b0"

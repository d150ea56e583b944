"""Other gates of small circuits: what ABC maps them to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bespoke.cells import GateCosts
from bespoke.errors import ToolMissingError, ToolTimeoutError
from bespoke.external import run_program, scratch_folder
from bespoke.netlist import Netlist, SimpleGates, SimpleKind, to_aiger
from bespoke.opt.abc import ABC, WIRE, genlib
from bespoke.opt.table_circuit import MOST_TABLE_BITS
from bespoke.opt.value_search import inputs_of

MOST_RESTARTED_GATES = 200
_TIMEOUT_S = 30.0  # a script takes some 50 ms on so few gates
# Ways to map that do not end in the same gates; the first is what Yosys does by default.
_SCRIPTS = (
    "strash; &get -n; &fraig -x; &put; scorr; dc2; dretime; strash; dch -f; map -B 0.9",
    "strash; ifraig; scorr; dc2; dch -f; map -a",
    "strash; ifraig; scorr; dc2; dc2; resub -K 8; rewrite; refactor; resub -K 8; dch -f; amap -m",
)
_FUNCTIONS = {
    SimpleKind.INV: "!a",
    SimpleKind.NAND: "!(a*b)",
    SimpleKind.NOR: "!(a+b)",
    SimpleKind.AND: "a*b",
    SimpleKind.OR: "a+b",
}


def restarted(netlist: Netlist, gates: SimpleGates, costs: GateCosts) -> list[SimpleGates]:
    """Gates that ABC maps a small circuit to.

    None if it has `MOST_RESTARTED_GATES` or more, reads `MOST_TABLE_BITS` inputs or fewer, on all values of which
    `annealed_on_values` looks, or ABC is not installed.

    Parameters
    ----------
    netlist : Netlist
    gates : SimpleGates
        With its function.
    costs : GateCosts
    """
    is_small = len(gates.kinds) < MOST_RESTARTED_GATES
    return _from_abc(netlist, costs) if is_small and len(inputs_of(gates)) > MOST_TABLE_BITS else []


def _from_abc(netlist: Netlist, costs: GateCosts) -> list[SimpleGates]:
    with scratch_folder("bespoke-") as folder:
        (folder / "in.aig").write_bytes(to_aiger(netlist, netlist.output_literals()))
        gates = [(kind.name, costs.simple[kind], text) for kind, text in _FUNCTIONS.items()]
        (folder / "gates.genlib").write_text(genlib(gates), encoding="ascii")
        try:
            return list(dict.fromkeys(_mapped(folder, netlist)))
        except ToolMissingError:
            return []


def _mapped(folder: Path, netlist: Netlist) -> Iterator[SimpleGates]:
    """What ABC maps a netlist to, of each script that ends with gates that are proven equivalent."""
    for script in _SCRIPTS:
        commands = f"read_genlib gates.genlib; read_aiger in.aig; {script}; write_blif out.blif; cec -n in.aig"
        if "Networks are equivalent" in _said(folder, commands):
            yield from _read(folder / "out.blif", netlist)


def _said(folder: Path, commands: str) -> str:
    """What ABC prints; nothing if it takes too long."""
    try:
        return run_program(ABC, ["-q", commands], folder=folder, timeout_s=_TIMEOUT_S).stdout
    except ToolTimeoutError:
        return ""


def _read(path: Path, netlist: Netlist) -> Iterator[SimpleGates]:
    """Gates of a mapped BLIF file of ABC; none if there is anything but simple gates."""
    lines = [line.split() for line in path.read_text(encoding="ascii").replace("\\\n", " ").splitlines()]
    names = {key: row[1:] for row in lines if row and (key := row[0]) in {".inputs", ".outputs"}}
    signals = {name: 2 + number for number, name in enumerate(names[".inputs"])}
    gates: list[tuple[int, int, int]] = []
    for row in (row for row in lines if row and row[0] == ".gate"):
        pins = dict(pin.split("=") for pin in row[2:])
        if row[1] in {"zero", "one"}:
            signals[pins["Y"]] = int(row[1] == "one")
        elif row[1] not in {WIRE, *SimpleKind.__members__} or pins["a"] not in signals:
            return
        elif row[1] == WIRE:
            signals[pins["Y"]] = signals[pins["a"]]
        else:
            first = signals[pins["a"]]
            gates.append((SimpleKind[row[1]], first, signals[pins["b"]] if "b" in pins else first))
            signals[pins["Y"]] = 1 + netlist.input_count + len(gates)
    kinds, left, right = (tuple(int(gate[place]) for gate in gates) for place in range(3))
    yield SimpleGates(netlist.input_count, kinds, left, right, tuple(signals[name] for name in names[".outputs"]))

"""Circuits for the tests of interchange formats, and small readers of these formats."""

from __future__ import annotations

import re
from functools import cache, partial
from pathlib import Path

import numpy as np
from verilog_samples import NASTY_NAMES, random_mapped, small_library

from bespoke.cells import load_library
from bespoke.interchange import circuit_of
from bespoke.sim import pack_words
from bespoke.verilog import read_named_netlist, write_netlist

ADDER = Path(__file__).parents[1] / "golden" / "adder.v"
# Vectors, an escaped name like a bit of one, names with characters of every format's syntax, names that differ in
# case alone, a net that is an output itself, outputs that are an input, a constant, and the same net twice.
FOREIGN = r"""
module \top#1 (input [3:0] x, input \x.3 , input \a=b , input A, input a, output [1:0] \y"z , output p, q, r, s);
  wire \n<5> , \N<5> , \u/v[2] ;
  NAND2X1 \g.0 (.A(x[3]), .B(\x.3 ), .Y(\n<5> ));
  XOR2X1 \g_0 (.A(\a=b ), .B(\n<5> ), .Y(\N<5> ));
  NAND2X1 g (.A(A), .B(a), .Y(\u/v[2] ));
  NOR2X1 G (.A(\N<5> ), .B(1'b0), .Y(p));
  HA h (.A(x[0]), .B(x[1]), .S(\y"z [0]));
  assign \y"z [1] = \u/v[2] ;
  assign q = \u/v[2] ;
  assign r = x[2];
  assign s = 1'b1;
endmodule
"""


@cache
def adder():
    library = load_library("egfet")
    return circuit_of(read_named_netlist(ADDER, library), library)


@cache
def foreign():
    return circuit_of(read_named_netlist(FOREIGN, small_library()), small_library())


def random_circuit(seed, *, gates=40, cells=None, nasty=True):
    """A random netlist of bespoke's own Verilog; its raw port names are nasty ones."""
    rng = np.random.default_rng(seed)
    names = [NASTY_NAMES[i] for i in rng.choice(len(NASTY_NAMES), size=4, replace=False)] if nasty else None
    mapped = random_mapped(rng, gates=gates, names=names, cells=cells)
    return circuit_of(read_named_netlist(write_netlist(mapped, small_library()), small_library()), small_library())


# By name, made when a test asks for one.
CIRCUITS = {
    "adder": adder,
    "foreign": foreign,
    **{f"random {seed}": cache(partial(random_circuit, seed)) for seed in range(4)},
}


def input_vectors(circuit, words):
    """Bit vectors of `Circuit.input_bits`; unread ports are 0."""
    packed = pack_words(words, circuit.mapped.inputs)
    return [packed[bit.net - 2] if bit.net < circuit.mapped.net_count else 0 for bit in circuit.input_bits]


def random_inputs(circuit, count, seed=0):
    rng = np.random.default_rng(seed)
    columns = [rng.integers(0, 1 << port.width, size=count) for port in circuit.mapped.inputs]
    return np.column_stack(columns).astype(np.int64)


def read_aiger(data):
    """Literals of outputs, gates (variable, literal, literal), and symbols, of either form of the format."""
    head, _, rest = data.partition(b"\n")
    magic, top, inputs, latches, outputs, ands = (head.split()[0].decode(), *map(int, head.split()[1:]))
    assert (latches, top) == (0, inputs + ands)
    gates = []
    if magic == "aag":
        lines = rest.decode().split("\n")
        assert lines[:inputs] == [str(2 * (i + 1)) for i in range(inputs)]
        ends = [int(line) for line in lines[inputs : inputs + outputs]]
        for line in lines[inputs + outputs :][:ands]:
            left, a, b = map(int, line.split())
            gates.append((left >> 1, a, b))
        symbols = lines[inputs + outputs + ands :]
    else:
        *lines, rest = rest.split(b"\n", outputs)
        ends = [int(line) for line in lines]
        place = 0
        for gate in range(ands):
            deltas = []
            for _ in range(2):
                value = shift = 0
                while rest[place] & 0x80:
                    value |= (rest[place] & 0x7F) << shift
                    shift, place = shift + 7, place + 1
                value |= rest[place] << shift
                place += 1
                deltas.append(value)
            left = 2 * (inputs + 1 + gate)
            gates.append((left >> 1, left - deltas[0], left - deltas[0] - deltas[1]))
        symbols = rest[place:].decode().split("\n")
    return inputs, ends, gates, dict(line.split(" ", 1) for line in symbols if line)


def evaluate_aiger(data, vectors, mask):
    inputs, ends, gates, _ = read_aiger(data)
    values = [0, *vectors]
    assert len(vectors) == inputs

    def literal(number):
        return values[number >> 1] ^ (mask if number & 1 else 0)

    for variable, a, b in gates:
        assert len(values) == variable
        assert a >= b
        assert a < 2 * variable
        values.append(literal(a) & literal(b))
    return [literal(end) for end in ends]


def evaluate_blif(text, vectors, mask, library):
    """Values of the outputs of a BLIF with .names and .gate in topological order."""
    lines = text.replace("\\\n", " ").splitlines()
    values, outputs, place = {}, [], 0
    while place < len(lines):
        words = lines[place].split()
        place += 1
        if words[0] == ".inputs":
            assert len(set(words[1:])) == len(vectors)
            values = dict(zip(words[1:], vectors, strict=True))
        elif words[0] == ".outputs":
            outputs = words[1:]
        elif words[0] == ".names":
            rows = []
            while place < len(lines) and not lines[place].startswith("."):
                rows.append(lines[place].split())
                place += 1
            values[words[-1]] = _table(rows, [values[name] for name in words[1:-1]], mask)
        elif words[0] == ".gate":
            cell = next(c for c in library.cells.values() if re.sub(r"\W", "_", c.name) == words[1])
            actual = dict(word.split("=", 1) for word in words[2:])
            pins = [values[actual[pin.name]] for pin in cell.inputs]
            for pin in cell.outputs:
                states = [[str(state >> i & 1) for i in range(len(pins))] for state in range(1 << len(pins))]
                rows = [["".join(s), "1"] for n, s in enumerate(states) if pin.truth >> n & 1] if pins else [["1"]]
                values[actual[pin.name]] = _table(rows, pins, mask)
    assert len(set(outputs)) == len(outputs)
    return [values[name] for name in outputs]


def _table(rows, pins, mask):
    total, inverted = 0, False
    for row in rows:
        cube, value = (row[0], row[1]) if len(row) == 2 else ("", row[0])
        inverted = value == "0"
        product = mask
        for character, pin in zip(cube, pins, strict=True):
            product &= pin if character == "1" else pin ^ mask
        total |= product
    return total ^ mask if inverted else total

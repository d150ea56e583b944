"""BLIF, AIGER and Yosys' JSON have the function and the names of the netlist."""

import json
from functools import partial

import pytest
from exchange_samples import (
    CIRCUITS,
    evaluate_aiger,
    evaluate_blif,
    foreign,
    input_vectors,
    random_circuit,
    random_inputs,
    read_aiger,
)
from verilog_samples import small_library

from bespoke.interchange import circuit_of
from bespoke.interchange.aiger import aiger
from bespoke.interchange.blif import logic_blif, mapped_blif
from bespoke.interchange.yosys_json import yosys_json
from bespoke.sim import net_values, pack_words
from bespoke.verilog import read_named_netlist

COUNT = 200


def expected(circuit, words):
    values = net_values(circuit.mapped, circuit.library, pack_words(words, circuit.mapped.inputs), COUNT)
    return [values[bit.net] for bit in circuit.output_bits]


@pytest.fixture(scope="module", params=CIRCUITS)
def case(request):
    circuit = CIRCUITS[request.param]()
    words = random_inputs(circuit, COUNT)
    return circuit, input_vectors(circuit, words), expected(circuit, words)


@pytest.mark.parametrize("write", [mapped_blif, logic_blif])
def test_blif_has_the_function(case, write):
    circuit, vectors, outputs = case
    assert evaluate_blif(write(circuit), vectors, (1 << COUNT) - 1, circuit.library) == outputs


@pytest.mark.parametrize("write", [aiger, partial(aiger, is_ascii=True)])
def test_aiger_has_the_function(case, write):
    circuit, vectors, outputs = case
    assert evaluate_aiger(write(circuit), vectors, (1 << COUNT) - 1) == outputs


def test_aiger_has_the_names(case):
    circuit, _, _ = case
    symbols = read_aiger(aiger(circuit, is_ascii=True))[3]
    assert symbols == read_aiger(aiger(circuit))[3]
    assert [symbols[f"i{n}"] for n in range(len(circuit.input_bits))] == [bit.name for bit in circuit.input_bits]
    assert [symbols[f"o{n}"] for n in range(len(circuit.output_bits))] == [bit.name for bit in circuit.output_bits]


def test_json_is_the_netlist(case):
    circuit, _, _ = case
    (name, module), *others = json.loads(yosys_json(circuit))["modules"].items()
    assert not others
    assert name == circuit.mapped.name
    cells = [(circuit.names.instances[n], i.cell, i.fanins, i.fanouts) for n, i in enumerate(circuit.mapped.instances)]
    assert list(module["cells"]) == [name for name, *_ in cells]
    for name, kind, fanins, fanouts in cells:
        cell = module["cells"][name]
        pins = circuit.library[kind]
        bits = {pin.name: net for pin, net in zip(pins.inputs, fanins, strict=True)}
        bits |= {pin.name: net for pin, net in zip(pins.outputs, fanouts, strict=True)}
        assert (cell["type"], cell["connections"]) == (kind, {p: [n if n > 1 else str(n)] for p, n in bits.items()})
        assert cell["port_directions"] == {p: "input" if p in {i.name for i in pins.inputs} else "output" for p in bits}
    for port, terminals in zip(circuit.mapped.outputs, circuit.outputs, strict=True):
        bits = [t.net if t.net > 1 else str(t.net) for t in terminals]
        assert module["ports"][port.name]["bits"] == bits
        assert ("signed" in module["ports"][port.name]) == port.signed


def test_names_of_other_tools_survive_where_a_format_allows_them():
    circuit = foreign()
    blif = mapped_blif(circuit)
    assert ".model top_1\n.inputs x[0] x[1] x[2] x[3] x.3 a_b A a\n" in blif
    assert ".outputs y_z[0] y_z[1] p q r s\n" in blif
    assert "=n_5_\n" in blif
    assert "=N_5_\n" in blif
    ports = json.loads(yosys_json(circuit))["modules"]["top#1"]["ports"]
    assert list(ports) == ["x", "x.3", "a=b", "A", "a", 'y"z', "p", "q", "r", "s"]


def test_names_stay_distinct():
    circuit = random_circuit(7, gates=3)
    terminals = len(circuit.input_bits) + len(circuit.output_bits)
    assert len({bit.name for bit in (*circuit.input_bits, *circuit.output_bits)}) == terminals


@pytest.mark.parametrize("write", [mapped_blif, logic_blif])
def test_nets_called_as_the_constants_of_blif_are_not_these(write):
    text = r"""
module top (input \$true , input b, output y, output z);
  wire \$false ;
  NAND2X1 g (.A(\$true ), .B(b), .Y(\$false ));
  NOR2X1 h (.A(\$false ), .B(1'b0), .Y(y));
  XOR2X1 i (.A(\$false ), .B(1'b1), .Y(z));
endmodule
"""
    circuit = circuit_of(read_named_netlist(text, small_library()), small_library())
    both = 0b1010 & 0b1100
    assert evaluate_blif(write(circuit), [0b1010, 0b1100], 0b1111, circuit.library) == [both, both]

"""Liberty, SPICE, DOT, SAIF, constraints and scripts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from exchange_samples import CIRCUITS, adder, foreign, random_circuit, random_inputs

from bespoke.cells import load_libraries, read_liberty
from bespoke.errors import NetlistError, OptionError
from bespoke.interchange import FORMATS, MAX_CELLS, Subject, export_files, liberty_text, svg_text
from bespoke.interchange.dot import dot_text
from bespoke.interchange.saif import saif_text
from bespoke.interchange.sdc import sdc_text
from bespoke.interchange.spice import spice_cells, spice_netlist
from bespoke.sim import simulate_mapped

LIBRARIES = {f"{lib.name} {lib.vdd}": lib for name in ("egfet", "cnt_tft") for lib in load_libraries(name)}


@pytest.mark.parametrize("library", LIBRARIES.values(), ids=LIBRARIES.keys())
def test_liberty_reads_back_as_the_library(library, tmp_path):
    path = tmp_path / "library.lib"
    path.write_text(liberty_text(library))
    found = read_liberty(path)
    assert found.left_out == {}
    # Functions are other texts of the same truth tables.
    texts = {name: [pin.function for pin in cell.outputs] for name, cell in library.cells.items()}
    cells = {
        name: replace(
            cell,
            outputs=tuple(replace(pin, function=text) for pin, text in zip(cell.outputs, texts[name], strict=True)),
        )
        for name, cell in found.cells.items()
    }
    assert (found.name, found.vdd) == (library.name, library.vdd)
    assert cells == library.cells


def nodes_of(text):
    """Tokens of each statement of a SPICE file."""
    joined = re.sub(r"\n\+ ", " ", text)
    return [line.split() for line in joined.splitlines() if line and not line.startswith("*")]


@pytest.mark.parametrize("name", CIRCUITS)
def test_spice_connects_what_the_netlist_connects(name):
    circuit = CIRCUITS[name]()
    statements = nodes_of(spice_netlist(circuit))
    head = next(words for words in statements if words[0] == ".subckt")
    instances = [words for words in statements if words[0].startswith("X")]
    joins = [words for words in statements if words[0].startswith("Vjoin")]
    nodes = {node.casefold() for words in instances for node in words[1:-1]} | {node.casefold() for node in head[2:]}
    spelled = {node for words in instances for node in words[1:-1]} | set(head[2:])
    assert len(nodes) == len(spelled), "two nodes differ in case alone"
    assert all(re.fullmatch(r"[A-Za-z_]\w*", word, re.ASCII) for words in (*instances, head[1:]) for word in words)
    assert len(set(head[2:])) == len(head[2:])
    assert len({words[0].casefold() for words in instances}) == len(instances)
    ends = {1: "VDD", 0: "VSS"}
    ends |= {bit.net: node for bit, node in zip(circuit.input_bits, head[2:], strict=False)}
    for words, instance in zip(instances, circuit.mapped.instances, strict=True):
        for net, node in zip((*instance.fanins, *instance.fanouts), words[1:], strict=False):
            assert ends.setdefault(net, node) == node
    assert len(set(ends.values())) == len(ends)
    joined = {words[1]: words[2] for words in joins}
    outputs = head[2 + len(circuit.input_bits) : -2]
    for bit, node in zip(circuit.output_bits, outputs, strict=True):
        assert ends[bit.net] == joined.get(node, node)


def test_spice_cells_have_the_pins_of_the_instances():
    circuit = foreign()
    boxes = {words[1]: words[2:] for words in nodes_of(spice_cells(circuit)) if words[0] == ".subckt"}
    assert boxes["HA"] == ["A", "B", "S", "C", "VDD", "VSS"]
    for words in nodes_of(spice_netlist(circuit)):
        if words[0].startswith("X"):
            assert len(words) - 2 == len(boxes[words[-1]])


def test_dot_quotes_names():
    text = dot_text(foreign())
    assert 'label="y\\"z[0]"' in text
    assert 'label="g.0\\nNAND2X1"' in text
    assert text.count("->") == 2 + 2 + 2 + 2 + 2 + 6
    assert dot_text(adder()).count("->") == 20


def test_saif_escapes_names():
    circuit = foreign()
    activity = simulate_mapped(circuit.mapped, circuit.library, random_inputs(circuit, 9)).activity
    text = saif_text(circuit, activity, 0.0)
    for name in (r"x\[3\]", r"x\.3", r"y\"z\[0\]", r"\<5\>", r"u\/v\[2\]", r"a\=b"):
        assert name in text
    assert "(DURATION 9)" in text
    assert "LEAKAGE" not in text


def test_saif_has_states_of_cells_that_need_them():
    circuit = random_circuit(1, cells=["AOI21", "NAND2X1"], nasty=False)
    activity = simulate_mapped(circuit.mapped, circuit.library, random_inputs(circuit, 9)).activity
    text = saif_text(circuit, activity, 1.0)
    assert text.count("LEAKAGE") == circuit.mapped.cell_histogram()["AOI21"]
    assert "(COND (A * !B * C) " in text


def test_constraints_state_the_period():
    assert "create_clock -name sampling -period 2500000\n" in sdc_text(adder(), 2.5)
    assert "set_max_delay 7360186.41 -from" in sdc_text(adder())


@pytest.mark.slow
def test_formats_are_chosen_by_name():
    circuit = adder()

    def no_activity():
        raise AssertionError

    subject = Subject(circuit, "", no_activity, 1.0)
    assert list(export_files(subject, ("json", "blif"))) == ["netlist.blif", "netlist.json"]
    with pytest.raises(OptionError, match=r"--format: unknown format; got jsn; did you mean 'json'\?"):
        export_files(subject, ("jsn",))
    with pytest.raises(OptionError, match=r"unknown format; got ; allowed: blif, blif-logic, aig, .*, all"):
        export_files(subject, ("",))
    large = Subject(random_circuit(1, gates=500), "", lambda: simulate(large.circuit), 1.0)
    files = {name for entry in FORMATS.values() for name in entry.files}
    assert set(export_files(large, ("all",))) == files - {"netlist.svg"}


@pytest.mark.slow
def test_large_circuits_are_not_drawn():
    circuit = random_circuit(3, gates=MAX_CELLS + 1)
    with pytest.raises(NetlistError, match=r"too large to draw; got 401 cells; allowed: 400 cells; .*dot or json"):
        svg_text(circuit)


def simulate(circuit):
    return simulate_mapped(circuit.mapped, circuit.library, random_inputs(circuit, 9)).activity

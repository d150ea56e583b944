"""Activities that come back from SAIF and VCD files are those of the simulator."""

from __future__ import annotations

import re
from functools import partial

import numpy as np
import pytest
from exchange_samples import adder, foreign, random_circuit, random_inputs

from bespoke.errors import ActivityError
from bespoke.estimate import estimate
from bespoke.interchange import ImportOptions, read_saif, read_vcd
from bespoke.interchange.activity import is_determined, joint_states
from bespoke.interchange.saif import saif_text
from bespoke.sim import net_values, pack_words, simulate_mapped

COUNT = 50
CIRCUITS = {
    "adder": adder,
    "foreign": foreign,
    "random": partial(random_circuit, 1),
    "large": partial(random_circuit, 2, gates=200),
}


@pytest.fixture(scope="module", params=CIRCUITS)
def circuit(request):
    return CIRCUITS[request.param]()


def simulated(circuit, words):
    return simulate_mapped(circuit.mapped, circuit.library, words).activity


def vcd_text(circuit, words, *, step=1, start=0, names=None, scope=("top", "dut")):
    """A VCD of the nets, and of a clock beside the netlist, as a simulator without delays writes it."""
    values = net_values(circuit.mapped, circuit.library, pack_words(words, circuit.mapped.inputs), len(words))
    named = {name: net for name, net in circuit.names.bits.items() if names is None or name in names}
    codes = {name: f"v{number}" for number, name in enumerate(named)}
    lines = ["$date today $end", "$timescale 1 ns $end", f"$scope module {scope[0]} $end", "$var reg 1 c clk $end"]
    lines += [f"$scope module {name} $end" for name in scope[1:]]
    lines += [f"$var wire 1 {codes[name]} \\{name} $end" for name in named]
    lines += ["$upscope $end"] * len(scope) + ["$enddefinitions $end", "#0", "$dumpvars"]
    lines += [f"x{code}" for code in codes.values()] + ["$end"] * bool(codes) + ["1c"] * (start > 0)
    for row in range(len(words)):
        lines.append(f"#{start + row * step}")
        for name, net in named.items():
            now, before = values[net] >> row & 1, values[net] >> (row - 1) & 1 if row else None
            if now != before:
                lines.append(f"{now}{codes[name]}")
    return "\n".join([*lines, f"#{start + len(words) * step}"]) + "\n"


def stored(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_saif_comes_back_as_it_was(circuit, tmp_path):
    words = random_inputs(circuit, COUNT)
    activity = simulated(circuit, words)
    path = stored(tmp_path, "a.saif", saif_text(circuit, activity, 3.5))
    found = read_saif(path, circuit, ImportOptions())
    assert found.activity == activity
    assert estimate(circuit.mapped, circuit.library, found.activity) == estimate(
        circuit.mapped, circuit.library, activity
    )
    assert (found.vector_time, found.missing, found.unknown) == (3_500_000, (), ())


@pytest.mark.parametrize(("step", "start"), [(1, 0), (1, 1), (7, 3), (1000, 10)])
def test_vcd_gives_the_activity_of_the_simulator(circuit, tmp_path, step, start):
    words = random_inputs(circuit, COUNT)
    found = read_vcd(
        stored(tmp_path, "a.vcd", vcd_text(circuit, words, step=step, start=start)), circuit, ImportOptions()
    )
    assert found.activity == simulated(circuit, words)
    assert (found.vector_time, found.scope) == (step, "top.dut")


def test_repeated_vectors_of_a_vcd_count(circuit, tmp_path):
    words = np.repeat(random_inputs(circuit, 12), [3, 1, 2, 1, 1, 5, 1, 2, 1, 1, 1, 4], axis=0)
    path = stored(tmp_path, "a.vcd", vcd_text(circuit, words, step=4))
    found = read_vcd(path, circuit, ImportOptions(vector_time=4))
    assert found.activity == simulated(circuit, words)


def test_missing_nets_of_a_vcd_follow_from_the_inputs(circuit, tmp_path):
    words = random_inputs(circuit, COUNT)
    inputs = {name for port in circuit.names.inputs for name in port}
    path = stored(tmp_path, "a.vcd", vcd_text(circuit, words, names=inputs))
    with pytest.raises(ActivityError, match=r"nets of the netlist are missing; got .*--partial"):
        read_vcd(path, circuit, ImportOptions())
    found = read_vcd(path, circuit, ImportOptions(partial=True))
    assert found.activity == simulated(circuit, words)
    assert found.missing


def test_glitches_of_a_vcd_count(tmp_path):
    circuit = adder()
    words = np.array([[0, 0, 0], [1, 1, 0]])
    lines = vcd_text(circuit, words, step=10).splitlines()
    net = circuit.names.bits["n13"]
    code = next(line.split()[3] for line in lines if line.endswith("\\n13 $end"))
    lines[-1:] = ["#12", f"1{code}", "#15", f"0{code}", "#15", f"1{code}", f"0{code}", "#20", ""]
    found = read_vcd(stored(tmp_path, "a.vcd", "\n".join(lines)), circuit, ImportOptions(vector_time=10)).activity
    assert (found.toggles[net], found.ones[net]) == (2, pytest.approx(0.3))
    assert found.vectors == 2


def test_vectors_of_a_vcd_are_read_bit_by_bit(tmp_path):
    circuit = foreign()
    text = vcd_text(circuit, random_inputs(circuit, 1), names=set(circuit.names.bits) - {f"x[{i}]" for i in range(4)})
    text = text.replace("$enddefinitions", "$scope module top $end $scope module dut $end\n$var wire 4 w x [3:0] $end\n"
                        "$upscope $end $upscope $end\n$enddefinitions")  # fmt: skip
    head = text.partition("$dumpvars")[0]
    body = "b101 w\n" + "".join(f"0{code}\n" for code in re.findall(r"\$var wire 1 (v\d+) ", head))
    path = stored(tmp_path, "a.vcd", head + body + "#1\nb1 w\n#2\nbx w\n")
    with pytest.raises(ActivityError, match="#2: a net becomes unknown; got x"):
        read_vcd(path, circuit, ImportOptions())
    path.write_text(head + body + "#1\nb1 w\n#2\n")
    found = read_vcd(path, circuit, ImportOptions()).activity
    assert [found.ones[circuit.names.bits[f"x[{bit}]"]] for bit in range(4)] == [2, 0, 1, 0]


def test_the_scope_may_be_given(tmp_path):
    circuit = adder()
    words = random_inputs(circuit, COUNT)
    path = stored(tmp_path, "a.vcd", vcd_text(circuit, words, scope=("tb", "u1", "dut")))
    assert read_vcd(path, circuit, ImportOptions()).scope == "tb.u1.dut"
    with pytest.raises(ActivityError, match=r"no such scope; got tb.u1.dud; did you mean 'tb.u1.dut'\?"):
        read_vcd(path, circuit, ImportOptions(scope="tb.u1.dud"))
    with pytest.raises(ActivityError, match="inputs of the netlist are missing; got a, b, c"):
        read_vcd(path, circuit, ImportOptions(scope="tb", partial=True))


def test_unknown_names_are_refused_unless_that_is_stated(tmp_path):
    small, large = adder(), random_circuit(2)
    words = random_inputs(small, COUNT)
    text = vcd_text(small, words).replace("\\n9 $end", "\\other $end")
    path = stored(tmp_path, "a.vcd", text)
    with pytest.raises(ActivityError, match="nets of the netlist are missing; got n9;"):
        read_vcd(path, small, ImportOptions())
    found = read_vcd(path, small, ImportOptions(partial=True))
    assert (found.missing, found.unknown) == (("n9",), ("other",))
    assert found.activity == simulated(small, words)
    with pytest.raises(ActivityError, match="no scope has all inputs of the netlist; got top without"):
        read_vcd(path, large, ImportOptions())
    more = text.replace("$scope module dut $end", "$scope module dut $end $var wire 1 zz \\n9 $end")
    more = more.replace("#0\n", "#0\n1zz\n")
    with pytest.raises(ActivityError, match="names that are no nets of the netlist; got other;"):
        read_vcd(stored(tmp_path, "b.vcd", more), small, ImportOptions())


def test_a_saif_of_another_tool_needs_the_vector_time(tmp_path):
    circuit = adder()
    activity = simulated(circuit, random_inputs(circuit, COUNT))
    text = re.sub(r'PROGRAM_NAME ".*"', 'PROGRAM_NAME "other"', saif_text(circuit, activity, 2e-3))
    text = text.replace("(NET\n", "(NET\n /* a remark */ (extra (T0 1) (T1 1) (TC 1))\n").replace("(n9 ", "(n99 ")
    text = text.replace("(INSTANCE classifier", '(INSTANCE tb (INSTANCE "module" dut').replace(")\n)\n", ")\n))\n")
    path = stored(tmp_path, "a.saif", text)
    with pytest.raises(ActivityError, match="nets of the netlist are missing; got n9"):
        read_saif(path, circuit, ImportOptions(vector_time=2000))
    with pytest.raises(ActivityError, match="how long one vector lasts; allowed: --vector-time"):
        read_saif(path, circuit, ImportOptions(partial=True))
    found = read_saif(path, circuit, ImportOptions(vector_time=2000, partial=True))
    assert (found.scope, found.missing, found.unknown) == ("tb/dut", ("n9",), ("extra", "n99"))
    net = circuit.names.bits["n9"]
    known = [other for other in range(circuit.mapped.net_count) if other != net]
    assert [found.activity.ones[other] for other in known] == [activity.ones[other] for other in known]
    assert found.activity.ones[net] == pytest.approx(activity.ones[net], rel=0.05)
    assert 0 < found.activity.toggles[net] <= COUNT - 1


def test_joint_states_of_cells_of_two_pins_leave_no_freedom():
    rng = np.random.default_rng(0)
    library = foreign().library
    for cell in library.cells.values():
        if len(cell.inputs) == 2:
            assert is_determined(cell)
            counts = rng.integers(0, 9, size=4)
            pins = [sum(counts[s] for s in range(4) if s >> place & 1) for place in range(2)]
            outputs = [sum(counts[s] for s in range(4) if pin.truth >> s & 1) for pin in cell.outputs]
            assert joint_states(cell, pins, outputs, counts.sum()) == counts.tolist()
    assert not is_determined(library["AOI21"])


def test_joint_states_of_larger_cells_fit_what_is_known():
    cell = foreign().library["AOI21"]
    found = joint_states(cell, [50, 50, 0], [75], 100)
    assert sum(found) == pytest.approx(100)
    assert found[4:] == pytest.approx([0] * 4)
    assert found[3] == pytest.approx(25)
    assert all(count >= 0 for count in found)

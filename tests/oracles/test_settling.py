"""Timing simulation has the waveforms that Icarus Verilog has with the delays of every arc written as path delays."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from small_models import WORDS, mlp, tree
from verilog_samples import random_mapped, small_library

from bespoke.cells import CellLibrary, GateCosts, load_library
from bespoke.estimate import Settled, TimedOutputs, settle, timed_outputs
from bespoke.lowering import lower
from bespoke.model import Boundary
from bespoke.netlist import MappedNetlist
from bespoke.sim import mapped_outputs, port_bits, random_inputs
from bespoke.techmap import map_cheapest

pytestmark = pytest.mark.oracle
PRINTED = load_library("egfet")
MODELS = {"tree": (tree, "binary"), "tree of levels": (tree, "unary"), "network": (mlp, "binary")}
TREE = [(0, 3, 1, 2), (1, 7, 3, 4), (1, 2, 5, 6), 0, 1, 2, (0, 9, 7, 8), 0, 1]


def circuit(name: str) -> tuple[MappedNetlist, CellLibrary, np.ndarray]:
    """A circuit, its library, and words on its ports."""
    if name == "random":
        mapped = random_mapped(np.random.default_rng(3), gates=120)
        return mapped, small_library(), random_inputs([port.width for port in mapped.inputs], 60, 5)
    build, inputs = MODELS[name]
    model = build() if build is mlp else build(TREE)
    boundary = Boundary.of(model, inputs)
    netlist = lower(model, GateCosts.of(PRINTED), boundary).netlist
    words = WORDS[::7] if build is mlp else random_inputs(model.coding.bits, 60, 5)
    return map_cheapest([netlist], PRINTED), PRINTED, boundary.encode(words)


def apart(timed: TimedOutputs) -> TimedOutputs:
    """The same with odd delays, and a buffer at each input, so that no two things happen at one tick.

    No standard says in which order they would.
    """
    rng = np.random.default_rng(7)
    count, pins = len(timed.inputs), timed.fanins.shape[1]
    raw = timed.net_count + np.arange(count)
    fanins, delays = np.full((count, pins), -1), np.full((count, pins, 2, 2), -1)
    fanins[:, 0], delays[:, 0, [0, 1], [0, 1]] = raw, 0
    delays = np.concatenate([delays, timed.delays])
    scale = 10_000_000 // max(1, int(timed.delays.max()))
    odd = rng.integers(1, 100_000, delays.shape)
    return timed._replace(
        fanins=np.concatenate([fanins, timed.fanins]),
        fanouts=np.concatenate([timed.inputs, timed.fanouts]),
        truths=np.concatenate([np.full(count, 2, dtype=np.uint64), timed.truths]),
        delays=np.where(delays >= 0, scale * delays + odd, -1),
        inputs=raw,
        net_count=timed.net_count + count,
    )


def modules(timed: TimedOutputs) -> Iterator[str]:
    """One module per function, with its truth table and the delay of each of its arcs."""
    for row, fanins in enumerate(timed.fanins):
        pins = [f"i{pin}" for pin, net in enumerate(fanins) if net >= 0]
        yield f"module f{row}({', '.join(f'input {pin}' for pin in pins)}{', ' if pins else ''}output y);"
        yield f"  wire [{(1 << len(pins)) - 1}:0] t = {1 << len(pins)}'h{int(timed.truths[row]):x};"
        yield f"  assign y = t[{{{', '.join(reversed(pins))}}}];" if pins else "  assign y = t[0];"
        arcs = [
            f"    ({edge} {pin} => (y +: {pin})) = ({', '.join(str(d if d >= 0 else max(delays)) for d in delays)});"
            for number, pin in enumerate(pins)
            for edge, delays in zip(("posedge", "negedge"), timed.delays[row, number].tolist(), strict=True)
            if max(delays) >= 0
        ]
        yield "\n".join(["  specify", *arcs, "  endspecify"] if arcs else [])
        yield "endmodule"


def bench(timed: TimedOutputs, bits: np.ndarray, wait: int) -> str:
    """All modules, and a test bench that prints each change of the outputs: number of the change, tick and values."""
    nets = ", ".join(f"n{net}" for net in reversed(timed.outputs.tolist()))
    calls = [
        f"  f{row} c{row}({', '.join(f'n{net}' for net in fanins if net >= 0)}"
        f"{', ' if (fanins >= 0).any() else ''}n{timed.fanouts[row]});"
        for row, fanins in enumerate(timed.fanins)
    ]
    drives = [f"  assign n{net} = x[{place}];" for place, net in enumerate(timed.inputs.tolist())]
    vectors = [
        f"    x = {len(bits[0])}'b{''.join(map(str, row[::-1]))}; k = {at}; s = $time; #(64'd{wait});"
        for at, row in enumerate(bits)
    ]
    lines = [
        *modules(timed),
        "module bench;",
        f"  reg [{len(bits[0]) - 1}:0] x; integer k; time s;",
        f"  wire {', '.join(f'n{net}' for net in range(timed.net_count))}; assign n0 = 1'b0; assign n1 = 1'b1;",
        f"  wire [{len(timed.outputs) - 1}:0] o = {{{nets}}};",
        *drives,
        *calls,
        '  always @(o) if (k > 0) $display("%0d %0d %b", k - 1, $time - s, o);',
        "  initial begin",
        *vectors,
        "    $finish;",
        "  end",
        "endmodule",
    ]
    return "\n".join(lines) + "\n"


def simulated(folder: Path, text: str) -> list[tuple[int, int, str]]:
    """What Icarus prints: of several changes of the outputs at a tick the last one."""
    (folder / "bench.v").write_text(text)
    build = ["iverilog", "-g2012", "-gspecify", "-o", "bench.vvp", "bench.v"]
    subprocess.run(build, cwd=folder, check=True, capture_output=True, timeout=120)
    done = subprocess.run(
        ["vvp", "-n", "bench.vvp"], cwd=folder, check=True, capture_output=True, text=True, timeout=120
    )
    seen = {}
    for line in done.stdout.splitlines():
        if len(parts := line.split()) == 3 and parts[0].isdigit():
            seen[int(parts[0]), int(parts[1])] = parts[2]
    return [(change, tick, values) for (change, tick), values in seen.items()]


def ours(found: Settled, change: int, at: int) -> str:
    return "".join(map(str, found.values[change, at][::-1].tolist()))


@pytest.mark.parametrize("name", [*MODELS, "random"])
def test_waveforms_are_those_of_icarus(name: str, require_program: Callable[[str], Path], tmp_path: Path) -> None:
    require_program("iverilog")
    mapped, library, words = circuit(name)
    timed, bits = apart(timed_outputs(mapped, library)), port_bits(words, mapped.inputs)
    wait = 10_000_000 * (2 + len(timed.fanouts))
    events = simulated(tmp_path, bench(timed, bits, wait))
    assert len(events) > 20
    times = np.array(sorted({tick for _, tick, _ in events} | {tick - 1 for _, tick, _ in events}))
    found = settle(timed, bits, times)
    places = {int(tick): place for place, tick in enumerate(times)}
    state = found.values[:, -1]
    before = mapped_outputs(mapped, library, words)
    assert state.shape[0] == len(before) - 1
    last = np.zeros(len(bits) - 1, dtype=np.int64)
    toggles = np.zeros(len(bits) - 1, dtype=np.int64)
    for change, tick, values in events:
        assert ours(found, change, places[tick]) == values
        changed = sum(a != b for a, b in zip(values, ours(found, change, places[tick - 1]), strict=True))
        toggles[change] += changed
        last[change] = max(last[change], tick if changed else 0)
    assert found.last.tolist() == last.tolist()
    assert found.toggles.tolist() == toggles.tolist()

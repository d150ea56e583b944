"""What a page has of its circuit: the gates of the netlist, and nothing that a text could break out of."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exchange_samples import random_circuit
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from bespoke.drawing.markup import data_block
from bespoke.flow import compile_model, read_folder
from bespoke.netlist import MappedNetlist
from bespoke.report import panel as panel_module
from bespoke.report import save_design
from bespoke.report.panel import packed, panel_data, panel_section
from bespoke.sim import mapped_outputs

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
HOSTILE = ("</script><script>alert(1)</script>", "<!--", "]]>", "a & b", "\u2028", "é")


def unpacked(text: str) -> list[int]:
    numbers, number, shift = [], 0, 0
    for digit in map(DIGITS.index, text):
        number |= (digit & 31) << shift
        shift += 5
        if digit < 32:
            numbers.append(number)
            number = shift = 0
    return numbers


def manifest_of(names: tuple[str, ...], mapped: MappedNetlist) -> dict[str, Any]:
    inputs = [
        {"feature": name, "low": 0.0, "span": 1.0, "bits": port.width, "port": port.name}
        for name, port in zip(names, mapped.inputs, strict=False)
    ]
    output = {"port": "q", "bits": 1, "signed": False, "classes": ["no", *HOSTILE]}
    return {"inputs": inputs, "output": output, "input_formula": "clip(floor(x))"}


def outputs_of(data: dict[str, Any], inputs: list[int], first: int) -> list[int]:
    """Bits of the output, as the page evaluates the gates."""
    nets, code = [0, 1, *inputs], unpacked(data["gates"])
    assert len(nets) == first
    while code:
        pins, *tables = data["cells"][code.pop(0)]
        fanins, code = [len(nets) - back for back in code[:pins]], code[pins:]
        state = sum(nets[net] << pin for pin, net in enumerate(fanins))
        nets += [int(table[state]) for table in tables]
    return [nets[net] for net in data["output"]]


def test_numbers_come_back() -> None:
    numbers = [0, 1, 31, 32, 33, 1023, 1024, 20_000, 1 << 40, 5]
    assert unpacked(packed(numbers)) == numbers
    assert len(packed([31])) == 1


@pytest.mark.parametrize("seed", range(6))
def test_the_page_has_the_gates_of_the_netlist(seed: int) -> None:
    circuit = random_circuit(seed, gates=60)
    mapped = circuit.mapped
    data = panel_data(manifest_of(("a", "b", "c", "d"), mapped), circuit)
    rng = np.random.default_rng(seed)
    words = np.stack([rng.integers(0, 1 << port.width, 40) for port in mapped.inputs], axis=1)
    wanted = mapped_outputs(mapped, circuit.library, words)[:, 0]
    for row, word in zip(words.tolist(), wanted.tolist(), strict=True):
        bits = [x >> bit & 1 for x, port in zip(row, mapped.inputs, strict=True) for bit in range(port.width)]
        found = outputs_of(data, bits, 2 + mapped.input_count)
        assert sum(bit << place for place, bit in enumerate(found)) == word % (1 << len(found))


def test_texts_of_the_data_stay_texts() -> None:
    circuit = random_circuit(0, gates=10)
    section = panel_section(manifest_of(HOSTILE, circuit.mapped), circuit)
    (block,) = re.findall(r'<script type="application/json" id="gates">(.*?)</script>', section, re.DOTALL)
    assert not re.search(r"[<>&\u2028]", block)
    assert json.loads(block)["classes"] == ["no", *HOSTILE]
    assert data_block("x", {"a": 1}) == '<script type="application/json" id="x">{"a":1}</script>'


def test_a_large_circuit_is_left_out_and_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = random_circuit(0, gates=10)
    monkeypatch.setattr(panel_module, "MAX_TRIED_CELLS", len(circuit.mapped.instances) - 1)
    section = panel_section(manifest_of(("a", "b"), circuit.mapped), circuit)
    assert "<script" not in section
    assert "cells" in section


@pytest.mark.slow_if("binary")
@pytest.mark.parametrize("inputs", ["binary", "unary"])
def test_a_folder_gives_the_panel_that_its_design_gave(tmp_path: Path, inputs: str) -> None:
    features, labels = load_iris(return_X_y=True)
    design = compile_model(
        DecisionTreeClassifier(random_state=0).fit(features, labels), features, labels, inputs=inputs
    )
    save_design(design, tmp_path / "design")
    stored = read_folder(tmp_path / "design")
    data = panel_data(stored.manifest, stored.circuit)
    assert data == panel_data(stored.manifest, design.circuit)
    assert json.dumps(data["gates"]) in (tmp_path / "design" / "report.html").read_text()

"""Schematics show every cell once, and their wires end where pins are."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest

from bespoke.report import schematic as schematic_module
from bespoke.report.schematic import _levels, _order, _Sheet, schematic


def random_circuit(seed: int) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    inputs = [{"name": "a", "nets": [2, 3, 4]}, {"name": "<b>", "nets": [5]}]
    cells, nets = [], [0, 1, 2, 3, 4, 5]
    for net in range(6, 6 + int(random.integers(1, 60))):
        kind, count = [("nand", 2), ("not", 1), ("xor", 2), ("", 3)][random.integers(4)]
        fanins = [int(x) for x in random.choice(nets, count)]
        cells.append({"cell": f"{kind}X1", "kind": kind, "inputs": fanins, "outputs": [net], "group": "x/<y>"})
        nets.append(net)
    outputs = [{"name": "q", "nets": [int(x) for x in random.choice(nets, 3)]}]
    return {"inputs": inputs, "cells": cells, "outputs": outputs}


@pytest.mark.parametrize("seed", range(20))
def test_every_cell_stands_behind_what_it_reads(seed: int) -> None:
    circuit = random_circuit(seed)
    sheet = _Sheet(_levels(circuit))
    _order(sheet)
    drivers: set[int] = set()
    for nodes in sheet.levels:
        # Wires carry every net from level to level, so that each level reads the one before it alone.
        assert all(net in drivers for node in nodes for net in node.inputs)
        drivers = {net for node in nodes for net in node.outputs}
        rows = sorted(node.row for node in nodes)
        assert all(b - a >= 1 for a, b in itertools.pairwise(rows))
    drawn = schematic(circuit)
    assert drawn.count('class="cell"') == len(circuit["cells"])
    assert len(re.findall(r">q\[\d\]<", drawn)) == 3
    assert "<b>" not in drawn
    assert "<y>" not in drawn
    assert "nan" not in drawn.replace("nand", "")


@pytest.mark.parametrize("seed", range(20))
def test_no_two_nets_lie_on_one_another(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Horizontal lines between two levels: to the track of a net at the height of its start, from there to its pins."""
    channels = []
    plain = schematic_module._tracks

    def watched(nets: Any, starts: Any, ends: Any) -> Any:
        tracks, steps = plain(nets, starts, ends)
        channels.append(tracks)
        assert sorted((*tracks.values(), *steps.values())) == list(range(len(tracks) + len(steps)))
        for a in nets:
            row_end = steps.get(a, tracks[a])
            for b in nets:
                if a != b and starts[a] in ends[b]:
                    assert row_end < tracks[b]
                if a in steps:
                    assert starts[a] + schematic_module._STEP not in ends[b]
        return tracks, steps

    monkeypatch.setattr(schematic_module, "_tracks", watched)
    schematic(random_circuit(seed))
    assert channels

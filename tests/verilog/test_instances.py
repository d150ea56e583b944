"""Plain instances are read as the parser reads them, whatever is done to the text."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest
from verilog_samples import random_mapped, small_library

from bespoke.errors import VerilogError
from bespoke.netlist import MappedNetlist
from bespoke.verilog import read_netlist, write_netlist

LIBRARY = small_library()
TOKEN = re.compile(r"\\\S+\s|[A-Za-z_$][\w$]*|\d+'\w+|\d+|\S", re.ASCII)
BETWEEN = (
    *(" ", "\t", "\n", " /* ; INVX1 q (.A(a), .Y(b)); */ ", " // x; INVX1 q (.A(p), .Y(b));\n"),
    ' (* k = "a; INVX1 z (.A(c), .Y(d));" *) ',
)
PIECES = (
    *("[0]", "[1]", "[00]", "[-1]", "[3:0]", ";", ",", ".A(", "(", ")", "\\", "\\g0 ", "{", "}", "-1", "\x00", "é"),
    *("assign n1 = 1'b0;", "wire n3;", "INVX1", "g0", "1'b1", "/*", "//", "endmodule", "module", "(*", "`define x"),
)


def odd_text(seed: int) -> str:
    """A netlist in another layout, with up to three faults."""
    rng, chance = np.random.default_rng(seed), random.Random(seed)
    widths = tuple(int(width) for width in rng.integers(0, 4, size=3))
    text = write_netlist(random_mapped(rng, gates=chance.randrange(1, 12), widths=widths, out_widths=(3, 1)), LIBRARY)
    if chance.random() < 0.5:
        plain = "\n".join(line for line in text.splitlines() if not line.startswith("//"))
        text = "".join(
            token + chance.choice(BETWEEN[:5] if chance.random() < 0.9 else BETWEEN) for token in TOKEN.findall(plain)
        )
    for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
        start = chance.randrange(len(text))
        end = start + chance.randrange(1, 12)
        lines = text.splitlines(keepends=True)
        text = chance.choice(
            (
                text[:start] + text[end:],
                text[:start] + chance.choice(PIECES) + text[start:],
                text[:start] + text[start:end] * 2 + text[end:],
                "".join(lines[:3] + lines[4:] + lines[3:4]),
            )
        )
    return text


def outcome(text: str) -> MappedNetlist | None:
    try:
        return read_netlist(text, LIBRARY)
    except VerilogError:
        return None


@pytest.mark.slow
def test_with_and_without_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [odd_text(seed) for seed in range(200)]
    plain = [outcome(text) for text in texts]
    monkeypatch.setattr("bespoke.verilog.reader.take_instances", lambda text: (text, []))
    assert [outcome(text) for text in texts] == plain
    assert 30 < sum(found is not None for found in plain) < 170

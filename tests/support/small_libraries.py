"""Small cell libraries for tests, with invented figures, and the costs of a real one."""

from __future__ import annotations

from bespoke.cells import Cell, CellLibrary, GateCosts, InputPin, OutputPin, load_library

EGFET_COSTS = GateCosts.of(load_library("egfet"))

# name: (pins, truth table, area)
NAND_ONLY = {"INV": (1, 0b01, 0.9), "NAND2": (2, 0b0111, 1.0)}
NOR_ONLY = {"INV": (1, 0b01, 0.9), "NOR2": (2, 0b0001, 1.0)}
PRINTED = {
    **NAND_ONLY,
    "NOR2": (2, 0b0001, 1.6),
    "AND2": (2, 0b1000, 1.7),
    "OR2": (2, 0b1110, 2.3),
    "XOR2": (2, 0b0110, 4.2),
    "XNOR2": (2, 0b1001, 5.4),
}
SILICON = {
    **PRINTED,
    "NAND3": (3, 0x7F, 1.3),
    "NOR3": (3, 0x01, 1.5),
    "AOI21": (3, 0b00000111, 1.3),
    "MUX2": (3, 0b11001010, 2.0),
    "AOI22": (4, 0x0777, 1.6),
}


def library(cells: dict[str, tuple[int, int, float]]) -> CellLibrary:
    made = {}
    for name, (pins, truth, area) in cells.items():
        inputs = tuple(InputPin(f"A{pin}", 1.0) for pin in range(pins))
        made[name] = Cell(name, area, inputs, (OutputPin("Y", truth, ""),), (1.0,) * (1 << pins))
    return CellLibrary("test", 1.0, made, "invented", {})

"""Make the data files of the built-in technologies from the published Liberty files.

Run as ``python benchmarks/make_technologies.py FOLDER``, where FOLDER holds ``egfet/*.lib`` and ``cnt_tft/*.lib``.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from bespoke.cells import library_to_json, read_liberty

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "bespoke" / "cells" / "data"
DESCRIPTIONS = {
    "egfet": {
        "title": "Inkjet-printed electrolyte-gated transistors (EGFET), n-type, resistor pull-ups",
        "default_vdd": 1.0,
        "source": "EGFET_PDK standard cell library (Bleier et al., Printed Microprocessors, ISCA 2020), typical, 25 C; "
        "area, capacitance, static power, timing and internal energy converted from its Liberty files",
    },
    "cnt_tft": {
        "title": "Carbon-nanotube thin-film transistors (CNT-TFT), pseudo-CMOS",
        "default_vdd": 3.0,
        "source": "CNT_TFT pseudo-CMOS standard cell library (Bleier et al., Printed Microprocessors, ISCA 2020), "
        "typical, 25 C; area, capacitance, static power, timing and internal energy converted from its Liberty files",
    },
}


def main(folder: Path) -> None:
    """Write one folder per technology and one file per supply voltage."""
    for name, description in DESCRIPTIONS.items():
        target = DATA / name
        target.mkdir(parents=True, exist_ok=True)
        (target / "technology.json").write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")
        for path in sorted((folder / name).glob("*.lib")):
            library = replace(read_liberty(path), name=name)
            file = target / f"{library.vdd!r}V.json"
            file.write_text(library_to_json(library), encoding="utf-8")
            print(f"{file.relative_to(ROOT)}: {file.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Circuits in the formats of other tools, and switching activities from them."""

from bespoke.interchange.activity import ImportedActivity, ImportOptions
from bespoke.interchange.circuit import Circuit, Terminal, circuit_of
from bespoke.interchange.formats import FORMATS, Format, Subject, export_files
from bespoke.interchange.liberty import liberty_text
from bespoke.interchange.saif_reader import read_saif
from bespoke.interchange.svg import MAX_CELLS, svg_text
from bespoke.interchange.vcd_activity import read_vcd

__all__ = [
    "FORMATS",
    "MAX_CELLS",
    "Circuit",
    "Format",
    "ImportOptions",
    "ImportedActivity",
    "Subject",
    "Terminal",
    "circuit_of",
    "export_files",
    "liberty_text",
    "read_saif",
    "read_vcd",
    "svg_text",
]

"""Circuits in the formats of other tools, and switching activities from them."""

from bespoke.interchange.activity import ImportedActivity, ImportOptions
from bespoke.interchange.circuit import Circuit, circuit_of
from bespoke.interchange.formats import FORMATS, Subject, export_files
from bespoke.interchange.liberty import liberty_text
from bespoke.interchange.saif_reader import read_saif
from bespoke.interchange.svg import MAX_CELLS, svg_text
from bespoke.interchange.vcd_activity import read_vcd

"""Cell libraries: built-in technologies and a Liberty reader."""

from bespoke.cells.completeness import check_complete, inverter
from bespoke.cells.expression import minterms
from bespoke.cells.gate_costs import GateCosts
from bespoke.cells.imports import import_liberty
from bespoke.cells.liberty import SAME_VOLTAGE_V, read_liberty
from bespoke.cells.library import NO_TABLE, Arc, Cell, CellLibrary, Energy, InputPin, OutputPin, Table
from bespoke.cells.technologies import built_in_library, load_libraries, load_library, technologies
from bespoke.cells.text import library_from_json, library_to_json

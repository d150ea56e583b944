"""Cell libraries: built-in technologies and a Liberty reader."""

from bespoke.cells.library import Arc, Cell, CellLibrary, Energy, InputPin, OutputPin, Table

__all__ = ["Arc", "Cell", "CellLibrary", "Energy", "InputPin", "OutputPin", "Table"]

"""Converters in front of a circuit: what the levels that it reads cost."""

from bespoke.converters.cost import ConverterCost, Gate, Reading, conventional, converter_cost
from bespoke.converters.files import converter_names, load_converters
from bespoke.converters.model import ConverterModel

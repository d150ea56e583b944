"""One trained model to one verified design."""

from bespoke.flow.approximate import approximate
from bespoke.flow.approximate_options import CAUTION_HELD_OUT, CAUTION_SEEN, ApproximateOptions
from bespoke.flow.compile import compile_model
from bespoke.flow.constraint import Constraint
from bespoke.flow.design import Design
from bespoke.flow.estimation import EstimateOptions, estimate_netlist
from bespoke.flow.exchange import export_folder
from bespoke.flow.front import FrontPoint, ParetoFront, unmet
from bespoke.flow.options import CompileOptions
from bespoke.flow.recipes import RECIPES
from bespoke.flow.scoring import Accuracies
from bespoke.flow.texts import MANIFEST, MANIFEST_FORMAT, design_texts, json_text, report
from bespoke.flow.verification import Check, Verification
from bespoke.flow.verify import read_folder, verify_folder

__all__ = [
    "CAUTION_HELD_OUT",
    "CAUTION_SEEN",
    "MANIFEST",
    "MANIFEST_FORMAT",
    "RECIPES",
    "Accuracies",
    "ApproximateOptions",
    "Check",
    "CompileOptions",
    "Constraint",
    "Design",
    "EstimateOptions",
    "FrontPoint",
    "ParetoFront",
    "Verification",
    "approximate",
    "compile_model",
    "design_texts",
    "estimate_netlist",
    "export_folder",
    "json_text",
    "read_folder",
    "report",
    "unmet",
    "verify_folder",
]

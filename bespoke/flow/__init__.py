"""One trained model to one verified design."""

from bespoke.flow.compile import compile_model
from bespoke.flow.design import Design
from bespoke.flow.estimation import EstimateOptions, estimate_netlist
from bespoke.flow.options import CompileOptions
from bespoke.flow.scoring import Accuracies
from bespoke.flow.texts import MANIFEST, MANIFEST_FORMAT, design_texts, report
from bespoke.flow.verification import Check, Verification
from bespoke.flow.verify import read_folder, verify_design, verify_folder

__all__ = [
    "MANIFEST",
    "MANIFEST_FORMAT",
    "Accuracies",
    "Check",
    "CompileOptions",
    "Design",
    "EstimateOptions",
    "Verification",
    "compile_model",
    "design_texts",
    "estimate_netlist",
    "read_folder",
    "report",
    "verify_design",
    "verify_folder",
]

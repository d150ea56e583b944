"""One trained model to one verified design."""

from bespoke.flow.analyse import ANALYSES, AnalyseOptions, analyse, analyse_folder
from bespoke.flow.answer import Answer, AnswerPoint
from bespoke.flow.approximate import approximate
from bespoke.flow.aware_tree import AwareTreeOptions, train_aware_tree
from bespoke.flow.check import Check, Verification
from bespoke.flow.compile import compile_model
from bespoke.flow.design import Design
from bespoke.flow.design_options import DesignOptions
from bespoke.flow.exchange import EstimateOptions, estimate_netlist, export_folder
from bespoke.flow.folder import REPORT, StoredDesign, read_folder
from bespoke.flow.from_data import design_from_data
from bespoke.flow.front import FrontPoint, ParetoFront, unmet
from bespoke.flow.operators import operator_circuit, operator_facts, operator_files, operator_table
from bespoke.flow.options import (
    CAUTION_HELD_OUT,
    CAUTION_SEEN,
    ApproximateOptions,
    CompileOptions,
    Constraint,
    PrintedOptions,
)
from bespoke.flow.recipes import RECIPES
from bespoke.flow.records import Accuracies
from bespoke.flow.stored_check import verify_folder
from bespoke.flow.texts import MANIFEST, MANIFEST_FORMAT, analyses_report, design_texts, json_text, report

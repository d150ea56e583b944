"""What can be found out about a finished circuit beside its figures; one finding is an `Analysis`."""

from bespoke.analysis.cascade import Cascade
from bespoke.analysis.copies import CopiedCells
from bespoke.analysis.detection import FaultTests
from bespoke.analysis.differences import BRIEFLY, Examinee, OutputErrors, output_errors
from bespoke.analysis.finding import Analysis, Section
from bespoke.analysis.inputs import Inputs
from bespoke.analysis.modes import ModeFigures, Modes
from bespoke.analysis.nearness import (
    LabelledWords,
    Nearest,
    Robustness,
    nearest_to_circuit,
    nearest_to_tree,
    robustness,
)
from bespoke.analysis.rules import Rule, Side, find_rules
from bespoke.analysis.settling import Settling, settling_analysis
from bespoke.analysis.several_faults import SeveralFaults, several_faults_analysis
from bespoke.analysis.shorts import Shorts, shorts_analysis
from bespoke.analysis.stuck_at import InMode, Judged, StuckAtFaults, stuck_at_analysis
from bespoke.analysis.variation import Variation, VariationOptions, variation_analysis
from bespoke.analysis.yields import Stated, YieldCurve, YieldOptions, yield_curve

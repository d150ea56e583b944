"""Proof that a circuit has the function of its integer model; trusts nothing that built it."""

from bespoke.proof.carriers import carriers
from bespoke.proof.cec import check_equal
from bespoke.proof.chain import prove_lowered
from bespoke.proof.converters import with_converters
from bespoke.proof.decision import DECISION_PROOFS, DecisionProof, Scores
from bespoke.proof.expand import expand
from bespoke.proof.mapping import prove_mapped
from bespoke.proof.shortcut import STAGE_PROOFS
from bespoke.proof.stages import InnerWords, claim_inner
from bespoke.proof.verdict import Counterexample, Step, Verdict

"""Proof that a circuit has the function of its integer model; trusts nothing that built it."""

from bespoke.proof.chain import prove, prove_lowered
from bespoke.proof.expand import expand
from bespoke.proof.mapping import prove_mapped
from bespoke.proof.verdict import Counterexample, Step, Verdict

__all__ = ["Counterexample", "Step", "Verdict", "expand", "prove", "prove_lowered", "prove_mapped"]

"""Every stage and every decision has its line in each table, and a new one needs no more than these lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, ClassVar

import numpy as np
import pytest

from bespoke.approx import DECISION_COSTS, SCORE_IS_OUTPUT
from bespoke.arith import Word
from bespoke.flow import compile_model
from bespoke.flow.input_entries import CODE_ENTRIES
from bespoke.flow.stage_facts import STAGE_FACTS, StageFacts
from bespoke.lowering import DECISION_LOWERINGS, STAGE_LOWERINGS
from bespoke.lowering.affine import Sums
from bespoke.lowering.inputs import CODE_WORDS
from bespoke.model import (
    DECISIONS,
    STAGES,
    Affine,
    Argmax,
    InputCode,
    InputCoding,
    IntArray,
    IntegerModel,
    Stage,
    model_from_text,
    model_to_text,
)
from bespoke.numeric import Interval
from bespoke.proof import DECISION_PROOFS, STAGE_PROOFS, InnerWords, claim_inner
from bespoke.proof.converters import CONVERTERS
from bespoke.report import save_design
from bespoke.search import DECISION_MARGINS, GENES, SCALE_FREE, SPACES
from bespoke.verilog import DECISION_RTL, STAGE_RTL
from bespoke.verilog.rtl_inputs import CODE_RTL

BY_STAGE = {
    "lowering": STAGE_LOWERINGS,
    "proof": STAGE_PROOFS,
    "rtl": STAGE_RTL,
    "facts": STAGE_FACTS,
    "genes": GENES,
    "spaces": SPACES,
}
BY_DECISION = {
    "lowering": DECISION_LOWERINGS,
    "proof": DECISION_PROOFS,
    "rtl": DECISION_RTL,
    "costs": DECISION_COSTS,
    "margins": DECISION_MARGINS,
    "score is output": SCORE_IS_OUTPUT,
    "scale free": SCALE_FREE,
}


@pytest.mark.parametrize("table", BY_STAGE.values(), ids=BY_STAGE)
def test_every_stage_is_in_the_table(table: dict[type, Any]) -> None:
    assert set(table) == set(STAGES.values())


@pytest.mark.parametrize("table", BY_DECISION.values(), ids=BY_DECISION)
def test_every_decision_is_in_the_table(table: dict[type, Any]) -> None:
    assert set(table) == set(DECISIONS.values())


@pytest.mark.parametrize("table", [CODE_WORDS, CONVERTERS, CODE_RTL, CODE_ENTRIES])
def test_every_input_code_is_in_the_table(table: dict[type, Any]) -> None:
    # A class with slots stands there twice: before and after they were added.
    assert {code.__name__ for code in table} == {code.__name__ for code in InputCode.__subclasses__()}


@dataclass(frozen=True, slots=True, eq=False)
class Parity(Stage):
    """The toy: output ``j`` is 1 where input ``j`` has an odd number of ones."""

    name: ClassVar[str] = "parity"

    count: int

    @property
    def output_count(self) -> int:
        return self.count

    def output_intervals(self, inputs: Sequence[Interval]) -> tuple[Interval, ...]:
        return (Interval(0, 1),) * len(inputs)

    def apply(self, inputs: IntArray) -> IntArray:
        return np.vectorize(lambda word: int(word).bit_count() & 1)(inputs)

    def to_json(self) -> dict[str, Any]:
        return {"count": self.count}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Parity:
        return cls(int(data["count"]))


def _xor_all(builder: Any, literals: Sequence[int]) -> int:
    return reduce(builder.xor, literals)


def _lower(draft: Any, _stage: Parity, number: int, inputs: Sequence[Word]) -> Sums:
    words = tuple(Word((_xor_all(draft.builder, word.bits),), Interval(0, 1)) for word in inputs)
    draft.note("inner", number, words)
    return Sums(Affine.adding(len(words)), words, number)


def _prove(walk: Any, _stage: Parity, number: int, inputs: Sequence[Any]) -> tuple[tuple[Any, ...], Affine]:
    def logic(builder: Any, words: Sequence[Any]) -> list[list[int]]:
        return [[_xor_all(builder, words[0].literals)]]

    found: tuple[Any, ...] = ()
    for index, word in enumerate(inputs):
        found += claim_inner(walk, number, index, InnerWords([Interval(0, 1)], [word], logic))
    return found, Affine.adding(len(found))


def _write(stage: Parity, operands: Sequence[Any], scope: Any) -> tuple[list[str], list[Any], Affine]:
    words = scope.words("parity", stage.output_intervals([operand.interval for operand in operands]))
    lines = [word.declared(f"^{operand.name}") for word, operand in zip(words, operands, strict=True)]
    return lines, words, Affine.adding(len(words))


LINES = {
    "lowering": _lower,
    "proof": _prove,
    "rtl": _write,
    "facts": StageFacts(lambda stage, _: {"parities": stage.count}, *[lambda *_: None] * 2, lambda *_: "parities"),
    "genes": (),
    "spaces": None,
}


@pytest.fixture
def with_parity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STAGES, Parity.name, Parity)
    for name, table in BY_STAGE.items():
        monkeypatch.setitem(table, Parity, LINES[name])


@pytest.mark.usefixtures("with_parity")
def test_a_new_stage_is_its_file_and_a_line_in_each_table(tmp_path: Any, allowed: Any) -> None:
    coding = InputCoding(("a", "b", "c"), (3, 2, 4), (0.0,) * 3, (1.0,) * 3)
    votes = Affine(np.array([[1, -2, 3], [2, 1, -1]]), np.array([0, 1]), "identity", 0)
    model = IntegerModel(coding, (Parity(3), votes), Argmax(("n", "y")))
    words = np.array([[7, 1, 0], [3, 2, 8], [0, 0, 0]])
    assert model.predict(words).tolist() == [1 if y > n else 0 for n, y in ((-1, 4), (1, 1), (0, 1))]
    again = model_from_text(model_to_text(model))
    assert np.array_equal(again.predict(words), model.predict(words))
    design = compile_model(model)
    assert np.array_equal(design.outputs(words), model.predict(words))
    found = design.verify()
    assert found.simulator.status == "agree"
    assert found.icarus.status in allowed("agree", "iverilog")
    assert found.formal.status in allowed("proven", "yosys-abc")
    assert "wire parity0_0 = ^a;" in design.circuit.rtl
    assert "netlist.v" in {file.name for file in save_design(design, tmp_path / "out")}

"""Readable behavioural Verilog-2001 with the exact function of an IntegerModel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bespoke.model import Decision, InputCoding, IntegerModel
from bespoke.verilog.boundary import MODULE, Boundary, model_boundary, module_identifier
from bespoke.verilog.identifiers import comment_text
from bespoke.verilog.rtl_decision import DECISION_RTL
from bespoke.verilog.rtl_stages import STAGE_RTL
from bespoke.verilog.rtl_sums import affine_lines
from bespoke.verilog.rtl_text import Names, Operand, Scope
from bespoke.verilog.writer import comment_lines, module_head, module_text

# A model may compare constants, such as the scores of weights that are all 0.
_CONSTANTS = ("CMPCONST", "UNSIGNED")


def write_rtl(model: IntegerModel, *, module: str = MODULE, header: Sequence[str] = ()) -> str:
    """Behavioural Verilog of a model, with feature names, class labels and real weights in comments.

    Ports are those of the netlist. Signed widths come from the exact ranges of the sums, so that nothing is
    cut off or extended silently.

    Parameters
    ----------
    model : IntegerModel
    module : str
        Name of the module.
    header : sequence of str
        Lines of text for the comment on top.
    """
    boundary = model_boundary(model, module=module)
    names = Names(boundary.identifiers | {module_identifier(module)})
    head = module_head(module_identifier(module), boundary, _port_comments(model, boundary))
    return module_text(comment_lines(header or [_title(model)]), head, _body(model, boundary, names), _CONSTANTS)


def _body(model: IntegerModel, boundary: Boundary, names: Names) -> list[str]:
    """Lines from the input ports to the output port: the stages, then the decision."""
    lines: list[str] = []
    decision, last = model.decision, len(model.stages) - 1
    rule = DECISION_RTL[type(decision)]
    words: Sequence[Operand] = _features(model, boundary)
    for number, stage in enumerate(model.stages):
        scope = Scope(number, names, partial(rule.note, decision)) if number == last else Scope(number, names)
        before, operands, affine = STAGE_RTL[type(stage)](stage, words, scope)
        sums, words = affine_lines(affine, operands, _score_labels(decision) if number == last else (), scope)
        lines += ["", *before, *sums]
    return [*lines, "", *rule.lines(decision, boundary.outputs[0], words, names)]


def _features(model: IntegerModel, boundary: Boundary) -> list[Operand]:
    """Operands of the first stage."""
    coding, operands = model.coding, []
    early = 0.5 if coding.rounding == "nearest" else 0.0
    for index, (word, interval) in enumerate(zip(boundary.inputs, coding.intervals(), strict=True)):
        span, scale = coding.span[index], 2.0**-word.width
        note, low = comment_text(word.name), coding.low[index] - early * span * scale
        operands.append(Operand(word.identifier, interval, word.port_width, word.signed, note, scale, low, span))
    return operands


def _score_labels(decision: Decision) -> list[tuple[str, str]]:
    """Name and comment of each score, by the classes that it is about."""
    return [
        ("_".join(["score", *map(str, indices)]), " against ".join(comment_text(decision.classes[i]) for i in indices))
        for indices in decision.score_classes()
    ]


def _title(model: IntegerModel) -> str:
    return f"{model.origin}: {model.origin.kind}, {model.coding.feature_count} features."


def _port_comments(model: IntegerModel, boundary: Boundary) -> list[str]:
    comments = [_feature_comment(model.coding, index) for index in range(model.coding.feature_count)]
    decision = model.decision
    if decision.is_classifier:
        labels = ", ".join(f"{index} = {comment_text(label)}" for index, label in enumerate(decision.classes))
        return [*comments, f"class: {labels}"]
    return [*comments, f"{boundary.outputs[0].identifier} / 2**{decision.frac_bits}"]


def _feature_comment(coding: InputCoding, index: int) -> str:
    low, span = coding.low[index], coding.span[index]
    text = f"feature {index} {comment_text(coding.names[index])}"
    if coding.bits[index] == 0:
        return f"{text}, constant: not read"
    return f"{text}, {low:.6g} to {low + span:.6g}"

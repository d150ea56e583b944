"""Readable behavioural Verilog-2001 with the exact function of an IntegerModel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bespoke.model import Boundary, Decision, IntegerModel
from bespoke.verilog.identifiers import comment_text
from bespoke.verilog.ports import MODULE, Ports, model_ports, module_identifier
from bespoke.verilog.rtl_decision import DECISION_RTL
from bespoke.verilog.rtl_inputs import feature_operands, port_comments
from bespoke.verilog.rtl_stages import STAGE_RTL
from bespoke.verilog.rtl_sums import affine_lines
from bespoke.verilog.rtl_text import Names, Operand, Scope
from bespoke.verilog.writer import comment_lines, module_head, module_text

# A model may compare constants, such as the scores of weights that are all 0.
_CONSTANTS = ("CMPCONST", "UNSIGNED")


def write_rtl(
    model: IntegerModel, boundary: Boundary | None = None, *, module: str = MODULE, header: Sequence[str] = ()
) -> str:
    """Behavioural Verilog of a model, with feature names, class labels and real weights in comments.

    Ports are those of the netlist. Signed widths come from the exact ranges of the sums, so that nothing is
    cut off or extended silently.

    Parameters
    ----------
    model : IntegerModel
    boundary : Boundary, optional
        How the features come to the circuit; by default, as a binary word each.
    module : str
        Name of the module.
    header : sequence of str
        Lines of text for the comment on top.
    """
    codes = boundary or Boundary.binary(model.coding)
    ports = model_ports(model, codes, module=module)
    names = Names(ports.identifiers | {module_identifier(module)})
    lines, features = feature_operands(model.coding, codes, ports, names)
    comments = [*port_comments(model.coding, codes), _output_comment(model.decision, ports)]
    head = module_head(module_identifier(module), ports, comments)
    body = [*lines, *_body(model, features, ports, names)]
    return module_text(comment_lines(header or [_title(model)]), head, body, _CONSTANTS)


def _body(model: IntegerModel, features: Sequence[Operand], ports: Ports, names: Names) -> list[str]:
    """Lines from the input ports to the output port: the stages, then the decision."""
    lines: list[str] = []
    decision, last = model.decision, len(model.stages) - 1
    rule = DECISION_RTL[type(decision)]
    words: Sequence[Operand] = features
    for number, stage in enumerate(model.stages):
        scope = Scope(number, names, partial(rule.note, decision)) if number == last else Scope(number, names)
        before, operands, affine = STAGE_RTL[type(stage)](stage, words, scope)
        sums, words = affine_lines(affine, operands, _score_labels(decision) if number == last else (), scope)
        lines += ["", *before, *sums]
    return [*lines, "", *rule.lines(decision, ports.outputs[0], words, names)]


def _score_labels(decision: Decision) -> list[tuple[str, str]]:
    """Name and comment of each score, by the classes that it is about."""
    return [
        ("_".join(["score", *map(str, indices)]), " against ".join(comment_text(decision.classes[i]) for i in indices))
        for indices in decision.score_classes()
    ]


def _title(model: IntegerModel) -> str:
    return f"{model.origin}: {model.origin.kind}, {model.coding.feature_count} features."


def _output_comment(decision: Decision, ports: Ports) -> str:
    if decision.is_classifier:
        labels = ", ".join(f"{index} = {comment_text(label)}" for index, label in enumerate(decision.classes))
        return f"class: {labels}"
    return f"{ports.outputs[0].identifier} / 2**{decision.frac_bits}"

"""Readable behavioural Verilog-2001 with the exact function of an IntegerModel."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.model import InputCoding, IntegerModel, IntegerTree
from bespoke.verilog.boundary import MODULE, Boundary, model_boundary, module_identifier
from bespoke.verilog.identifiers import comment_text
from bespoke.verilog.rtl_decision import decision_lines
from bespoke.verilog.rtl_sums import layer_lines
from bespoke.verilog.rtl_text import Names
from bespoke.verilog.rtl_tree import tree_lines
from bespoke.verilog.writer import LINT_OFF, LINT_ON, comment_lines, module_head

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
    lines = [*comment_lines(header or [_title(model)]), *LINT_OFF]
    lines += [f"// verilator lint_off {rule}" for rule in _CONSTANTS]
    lines += ["`default_nettype none", ""]
    lines += module_head(module_identifier(module), boundary, _port_comments(model, boundary))
    if isinstance(model, IntegerTree):
        lines += tree_lines(model, boundary, names)
    else:
        sums, scores = layer_lines(model, boundary, names)
        lines += [*sums, *decision_lines(model, boundary, scores, names)]
    lines += ["endmodule", "", "`default_nettype wire"]
    lines += [f"// verilator lint_on {rule}" for rule in reversed(_CONSTANTS)]
    return "\n".join([*lines, *LINT_ON]) + "\n"


def _title(model: IntegerModel) -> str:
    return f"{model.origin or 'Integer model'}: {model.kind}, {model.coding.feature_count} features."


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

"""Readable behavioural Verilog-2001 with the exact function of an IntegerModel."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.model import Boundary, Decision, IntegerModel
from bespoke.verilog.identifiers import comment_text
from bespoke.verilog.ports import MODULE, Ports, model_ports, module_identifier
from bespoke.verilog.rtl_inputs import feature_operands, port_comments
from bespoke.verilog.rtl_shortcut import stages_lines
from bespoke.verilog.rtl_text import Names
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
    stages = stages_lines(enumerate(model.stages), model.decision, features, ports.outputs[0], names)
    body = [*lines, *stages]
    return module_text(comment_lines(header or [_title(model)]), head, body, _CONSTANTS)


def _title(model: IntegerModel) -> str:
    return f"{model.origin}: {model.origin.kind}, {model.coding.feature_count} features."


def _output_comment(decision: Decision, ports: Ports) -> str:
    if decision.is_classifier:
        labels = ", ".join(f"{index} = {comment_text(label)}" for index, label in enumerate(decision.classes))
        return f"class: {labels}"
    return f"{ports.outputs[0].identifier} / 2**{decision.frac_bits}"

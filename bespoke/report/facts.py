"""The figures of a report in words, for tables and pages alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bespoke.drawing import NOT_STATED, area_words, power_text, score_words

_SMALL_SHARE = 0.05
_TABLE_ENDS = {"hold": "tables held at their ends", "extrapolate": "tables extrapolated"}
_STATUS_WORDS = {"agree": "agrees", "refuted": "REFUTED"}  # the others are words already


def design_facts(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name and value of what a user looks at first.

    Parameters
    ----------
    report : mapping
        Content of ``report.json``.
    """
    facts = [("model", model_words(report["model"]))]
    if report["dataset"]:
        data = report["dataset"]
        facts.append(("data", f"{data['name']}, {data['train_rows']} training and {data['test_rows']} test rows"))
    return facts + accuracy_facts(report["accuracy"]) + approximation_facts(report) + estimate_facts(report)


def estimate_facts(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Technology, size, power and delay of a circuit."""
    estimate = report["estimate"]
    return [
        ("technology", f"{estimate['technology']} at {estimate['vdd']:g} V"),
        ("gates", f"{report['gates']:,}"),
        ("area", area_words(estimate["area_mm2"])),
        ("power", power_words(estimate)),
        *converter_facts(report),
        ("delay", delay_words(estimate)),
        ("power source", source_words(report)),
        *yield_facts(report),
        *mode_facts(report),
        *cascade_facts(report),
    ]


def yield_facts(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The functional yield at the density of defects that was asked for; nothing where none was."""
    found = report.get("analyses", {}).get("functional_yield", {})
    stated = found.get("stated")
    if not stated:
        return []
    words = f"{stated['share']:.1%} ({100 * stated['low']:.1f} to {100 * stated['high']:.1f})"
    return [("functional yield", f"{words} at {stated['defects_per_cm2']:g} defects per cm2, {found['rows']}")]


def mode_facts(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What each mode gives and takes; nothing for a circuit without modes."""
    found = report.get("analyses", {}).get("modes", {})
    facts = []
    if found:
        facts.append(("without modes", f"{area_words(found['plain_area_mm2'])}, {power_text(found['plain_power_mw'])}"))
    for mode in found.get("modes", []):
        scores = ", ".join(f"{part} {score_words(mode[part])}" for part in ("train", "test") if mode[part] is not None)
        energy = NOT_STATED if mode["energy_uj"] is None else f"{mode['energy_uj']:.3g} uJ"
        used = f"{power_text(mode['used_power_mw'])} without its {mode['idle_cells']:,} idle cells"
        facts.append((f"mode {mode['mode']}", f"{scores}; {power_text(mode['power_mw'])}, {energy}; {used}"))
    return facts


def cascade_facts(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a cascade saves; nothing for a circuit without one."""
    found = report.get("analyses", {}).get("cascade", {})
    if not found:
        return []
    easy = f"a tree answers {found['easy_train']:.1%} of the training rows"
    powers = f"{power_text(found['power_mw'])}, {power_text(found['used_power_mw'])} with idle cells off on these"
    return [("cascade", f"{easy}; {powers}; without it {power_text(found['plain_power_mw'])}")]


def printed_facts(search: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How defects come about, of what the record of a search has of it; nothing where none were asked for."""
    words = {"defects": "defects per cm²", "clustering": "clustering of defects", "tolerance": "tolerance of yields"}
    found = search.get("printed", {})
    return [(name, f"{found[key]:g}") for key, name in words.items() if found.get(key) is not None]


def converter_facts(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is in front of the circuit, and both together; nothing where converters are not counted."""
    converters = report.get("converters", {})
    if not converters or converters["model"] == "none":
        return []
    gates = f", {converters['encoder_gates']} gates of encoders" if converters["encoder_gates"] else ""
    parts = f"{converters['model']}: {converters['comparators']} comparators{gates}"
    return [("converters", f"{parts}, {sizes_words(converters)}"), ("system", sizes_words(report["system"]))]


def sizes_words(sizes: Mapping[str, Any]) -> str:
    """Area and power."""
    return f"{area_words(sizes['area_mm2'])}, {power_text(sizes['power_mw'])}"


def sizes_of(report: Mapping[str, Any]) -> dict[str, Any]:
    """Area in mm2 and power in mW (None if not stated), with converters in reports that have them."""
    whole = report.get("system", report["estimate"])
    return {name: whole[name] for name in ("area_mm2", "power_mw")}


def approximation_facts(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an approximate design is held for, and what it saves; nothing for an exact one."""
    data = report.get("approximation", {})
    if not data or data["exact"]:
        return []
    gain = f"({data['assured_gain']:+.3f} against exact, {data['judged_on']})"
    facts = [("assured", f"{score_words(data['assured_score'])} {gain}")]
    exact_mm2 = data["exact_area_mm2"]
    share = sizes_of(report)["area_mm2"] / exact_mm2 if exact_mm2 else 1.0
    facts.append(("against exact", f"{share:.3f} of {area_words(exact_mm2)}"))
    return [*facts, ("gate-level edits", str(data["edits"]))]


def guarantee_facts(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How an approximate design compares with the exact circuit and the float model; nothing for an exact one."""
    data = report.get("approximation", {})
    if not data or data["exact"]:
        return []
    found = data["guarantees"]
    facts = [(name, f"{before:,} to {after:,}") for name, (before, after) in data["changes"].items() if before != after]
    for part, test in found.get("against_exact", {}).items():
        words = f"{test['won_rows']} rows won, {test['lost_rows']} lost of {test['rows']:,}"
        facts.append((f"against exact, {part}", f"{words} (McNemar p = {test['p_value']:.2g})"))
    for part, rows in found.get("confusion_with_float", {}).items():
        facts.append((f"as the float model, {part}", f"{rows['agree']:,} of {rows['rows']:,} rows"))
    for part, rows in found.get("changed_by_edits", {}).items():
        facts.append((f"changed by edits, {part}", f"{rows['changed']:,} of {rows['rows']:,} rows"))
    return facts


def accuracy_facts(accuracy: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Scores of the float model and of the circuit."""
    name = "accuracy" if accuracy["metric"] == "accuracy" else "R2"
    interval = accuracy["test_interval"]
    spread = f" (95 % interval {interval[0]:.3f} to {interval[1]:.3f})" if interval else ""
    words = {"float": ("float model", ""), "train": ("training", ""), "test": ("test", spread)}
    known = {score: pair for score, pair in words.items() if accuracy[score] is not None}
    return [(f"{name}, {what}", score_words(accuracy[score]) + more) for score, (what, more) in known.items()]


def title_words(report: Mapping[str, Any]) -> str:
    """Model and data of a design."""
    name, model = report["dataset"].get("name", ""), report["model"]["origin"] or report["model"]["kind"]
    return f"{model} on {name}" if name else str(model)


def model_words(model: Mapping[str, Any]) -> str:
    """Kind, origin and size of a model."""
    bits = model["input_bits"]
    width = f"{bits[0]}" if len(set(bits)) == 1 else f"{min(bits)} to {max(bits)}"
    classes = f", {len(model['classes'])} classes" if model["classes"] else ""
    origin = f" ({model['origin']})" if model["origin"] else ""
    return f"{model['kind']}{origin}, {model['features']} features of {width} bits{classes}"


def power_words(estimate: Mapping[str, Any]) -> str:
    """Power with its two parts."""
    whole, static, dynamic = (estimate[name] for name in ("power_mw", "static_power_mw", "dynamic_power_mw"))
    parts = [NOT_STATED if value is None else f"{value:.3g}" for value in (static, dynamic)]
    if set(parts) == {NOT_STATED}:
        return NOT_STATED
    return f"{NOT_STATED if whole is None else f'{whole:.3g} mW'} (static {parts[0]}, dynamic {parts[1]})"


def delay_words(estimate: Mapping[str, Any]) -> str:
    """Delay, and that under the other rule for the ends of tables where both differ by more than 5 %."""
    delay, rule = estimate["delay_ms"], estimate.get("table_ends")
    if delay is None:
        return NOT_STATED
    others = {name: other for name, other in estimate.get("delays_ms", {}).items() if name != rule}
    far = [(name, other) for name, other in others.items() if abs(other - delay) > _SMALL_SHARE * max(delay, other)]
    return f"{delay:.4g} ms" + "".join(f" ({_TABLE_ENDS[name]}: {other:.4g} ms)" for name, other in far)


def source_words(report: Mapping[str, Any]) -> str:
    """Name of the power source that suffices."""
    return report["power_source"] or ("none suffices" if sizes_of(report)["power_mw"] is not None else NOT_STATED)


def check_words(check: Mapping[str, Any]) -> str:
    """Status of a verification and how much was compared."""
    text = _STATUS_WORDS.get(check["status"], check["status"])
    if "vectors" in check:
        text += f", {check['vectors']:,} vectors"
    if check.get("mismatches"):
        text += f", {check['mismatches']:,} mismatches"
    return f"{text} ({check['detail']})" if check.get("detail") else text


def icarus_words(check: Mapping[str, Any]) -> str:
    """The same for Icarus Verilog: of both files together, or of each where they differ."""
    parts = [check_words(check[name]) for name in ("netlist", "rtl") if name in check]
    if len(parts) < 2:
        return check_words(check)
    netlist, rtl = parts
    return netlist if netlist == rtl else f"netlist.v {netlist}; rtl.v {rtl}"


def verification_facts(verification: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name and outcome of each check, one counterexample if there is one, and remarks."""
    facts = [
        ("simulator", check_words(verification["simulator"])),
        ("Icarus Verilog", icarus_words(verification["icarus"])),
        ("proof", check_words(verification["formal"])),
    ]
    examples = [verification[name].get("counterexample") for name in ("simulator", "icarus", "formal")]
    facts += [("differs at", example_words(example)) for example in examples if example][:1]
    facts += [("differs", difference) for difference in verification.get("differences", ())]
    return facts + [("note", note) for note in verification["notes"]]


def example_words(example: Mapping[str, Any], limit: int = 24) -> str:
    """A counterexample: inputs, expected and actual output."""
    inputs = [f"{name}={value}" for name, value in example["inputs"].items()]
    more = ", ..." if len(inputs) > limit else ""
    return f"{', '.join(inputs[:limit])}{more}: expected {example['expected']}, got {example['got']}"

"""A design's report as one self-contained HTML page; a view of its ``report.json`` and ``manifest.json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bespoke.drawing import NOT_STATED, Diagram, Gate, area_words, metric_words, schematic, score_words
from bespoke.drawing.markup import bullets, code_block, facts_list, figure, page, paragraph, part, plain_table, section
from bespoke.report.coefficients import coefficients_section
from bespoke.report.explained import explained_section
from bespoke.report.facts import (
    accuracy_facts,
    converter_facts,
    delay_words,
    design_facts,
    guarantee_facts,
    model_words,
    sizes_of,
    source_words,
    title_words,
    verification_facts,
)
from bespoke.report.front_page import front_figure
from bespoke.report.panel import Wired, panel_section
from bespoke.report.reproduce import command_line
from bespoke.report.scores import accuracy_section
from bespoke.report.sensors import sensors_section
from bespoke.report.shares import critical_path_section, shares_section

_MARKED = 5  # critical cells
_KINDS = {"REFUTED": "bad", "agrees": "good", "proven": "good"}
_MODEL = "MODEL is the file of the trained model, or model.json for the integer model as it is compiled."
_CHECK = "The files of this folder are checked against each other, with the same executors as above, by:"


def design_page(report: Mapping[str, Any], manifest: Mapping[str, Any], circuit: Wired) -> str:
    """HTML text of a design's report.

    Parameters
    ----------
    report : mapping
        Content of ``report.json``.
    manifest : mapping
        Content of ``manifest.json``.
    circuit : Wired
        The circuit, which can be tried on the page.
    """
    sections = [
        section("Summary", facts_list(_summary(report))),
        panel_section(manifest, circuit),
        explained_section(report),
        _schematic(report.get("circuit", {}), report.get("analyses", {}).get("faults", {})),
        accuracy_section(report),
        section("Front", _front(report)),
        section("Approximation", facts_list(guarantee_facts(report))),
        *(_finding(analysis["section"]) for analysis in report.get("analyses", {}).values()),
        shares_section(report),
        coefficients_section(report),
        critical_path_section(report),
        section("Verification", facts_list(verification_facts(report["verification"]), _KINDS)),
        section("Notes", bullets(report["notes"])),
        sensors_section(report),
        section("Ports", part("Inputs", _inputs(manifest)), part("Output", _output(manifest["output"]))),
        _reproduce(report),
    ]
    return page(title_words(report), model_words(report["model"]), headline(report), sections, extra="panel")


def _front(report: Mapping[str, Any]) -> str:
    """The front that the design stands on, if any, on which it stands out."""
    rows = report.get("approximation", {}).get("front", [])
    accuracy = report["accuracy"]
    figures: dict[str, Any] = {**sizes_of(report), "gates": report["gates"], "train": accuracy["train"]}
    own = next((row for row in rows if figures.items() <= row.items()), None)
    return front_figure(rows, accuracy["metric"], own)


def _summary(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The facts that stand nowhere else."""
    elsewhere = {name for name, _ in (*accuracy_facts(report["accuracy"]), *headline(report))} - {"power"}
    return [fact for fact in design_facts(report) if fact[0] not in elsewhere]


def headline(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures that a reader looks for first."""
    estimate, accuracy = report["estimate"], report["accuracy"]
    name = metric_words(accuracy["metric"])
    part_name = "test" if accuracy["test"] is not None else "train"
    value = accuracy[part_name]
    sizes, including = sizes_of(report), " with converters" if converter_facts(report) else ""
    scores = [] if value is None else [(f"{name}, {'test' if part_name == 'test' else 'training'}", score_words(value))]
    return [
        *scores,
        (f"area{including}", area_words(sizes["area_mm2"])),
        (f"power{including}", _power(sizes["power_mw"])),
        ("delay", delay_words(estimate)),
        ("gates", f"{report['gates']:,}"),
        ("power source", source_words(report)),
    ]


def _power(power_mw: float | None) -> str:
    return NOT_STATED if power_mw is None else f"{power_mw:.3g} mW"


def _finding(shown: Mapping[str, Any]) -> str:
    """What an analysis found."""
    return section(shown["title"], plain_table(shown["head"], shown["rows"]), paragraph(shown["remark"], "note"))


def _schematic(circuit: Mapping[str, Any], faults: Mapping[str, Any]) -> str:
    """The drawing of a circuit from the ``circuit`` of ``report.json``; nothing for an empty one.

    Cells whose faults cost most are marked where the ``faults`` were analysed.
    """
    if not circuit or not circuit["cells"]:
        return ""
    critical = {cell["number"]: cell for cell in faults.get("critical", [])[:_MARKED]}
    titles = {at: f"\nwith a fault {cell['mean']:.3f} on average" for at, cell in critical.items()}
    gates = [
        Gate(
            cell["cell"],
            cell["kind"],
            tuple(cell["inputs"]),
            tuple(cell["outputs"]),
            f"{cell['cell']}\n{cell['group'].replace('/', ': ', 1)}".strip() + titles.get(number, ""),
            number in critical,
        )
        for number, cell in enumerate(circuit["cells"])
    ]
    inputs, outputs = (
        tuple(
            (port["name"] if len(port["nets"]) == 1 else f"{port['name']}[{bit}]", net)
            for port in circuit[side]
            for bit, net in enumerate(port["nets"])
        )
        for side in ("inputs", "outputs")
    )
    drawn = schematic(Diagram(inputs, tuple(gates), outputs, {net: name for name, net in inputs}))
    words = f"All {len(gates)} cells, inputs at the left. Hover over a cell for its name and its part."
    words += f" Those whose faults cost most are marked: {len(critical)}." if critical else ""
    return section("Circuit", figure(f'<div class="scroll">{drawn}</div>', words), wide=True)


def _reproduce(report: Mapping[str, Any]) -> str:
    facts = [("seed", str(report["seed"]))]
    facts += [(f"{name} SHA-256", digest) for name, digest in report["digests"].items()]
    facts.append(("versions", ", ".join(f"{name} {version}" for name, version in report["versions"].items())))
    stimuli = report["stimuli"]
    facts.append(("power measured on", f"{stimuli['source']}, {stimuli['vectors']:,} vectors"))
    return section(
        "How to reproduce it",
        code_block(command_line(report)),
        paragraph(_MODEL, "note"),
        paragraph(_CHECK, "note"),
        code_block("bespoke verify ."),
        facts_list(facts),
    )


def _inputs(manifest: Mapping[str, Any]) -> str:
    """A table of words and one of wires, as far as there are any."""
    words = [
        [word["feature"], word["port"], str(word["bits"]), f"{word['low']:.6g}", f"{word['low'] + word['span']:.6g}"]
        for word in manifest["inputs"]
        if "port" in word
    ]
    wires = [
        [word["feature"], wire["port"], f"{wire['value']:.6g}", str(wire["level"]), str(word["bits"])]
        for word in manifest["inputs"]
        for wire in word.get("levels", ())
    ]
    unread = [word["feature"] for word in manifest["inputs"] if not word.get("levels", True)]
    formula = paragraph(f"Word at a port: {manifest['input_formula']}", "note")
    parts = [
        plain_table(["feature", "port", ">bits", ">from", ">to"], words) + formula if words else "",
        plain_table(["feature", "port", ">1 from", ">level", ">bits of the grid"], wires) if wires else "",
        paragraph(f"Not read: {', '.join(unread)}", "note") if unread else "",
    ]
    return "".join(parts)


def _output(output: Mapping[str, Any]) -> str:
    facts = [("port", f"{output['port']}, {output['bits']} bits{', signed' if output['signed'] else ''}")]
    facts.append(("meaning", output["meaning"]))
    if "classes" in output:
        facts += [(f"word {number}", f"class {label}") for number, label in enumerate(output["classes"])]
    else:
        facts.append(("fraction bits", str(output["frac_bits"])))
    return facts_list(facts)

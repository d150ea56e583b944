"""A design's report as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from string import Template
from typing import Any

from bespoke.report.facts import (
    accuracy_facts,
    area_words,
    design_facts,
    guarantee_facts,
    model_words,
    score_words,
    verification_facts,
)

Rows = Sequence[Sequence[str]]


def design_page(report: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """HTML text of a design's report.

    Parameters
    ----------
    report : mapping
        Content of ``report.json``.
    manifest : mapping
        Content of ``manifest.json``.
    """
    title = _title(report)
    sections = [
        _section("Figures", _facts(design_facts(report))),
        _section("Verification", _facts(verification_facts(report["verification"]))),
        _section("Approximation", _facts(guarantee_facts(report))),
        _section("Notes", _list(report["notes"])),
        _section("Cells", _cells(report["estimate"]["shares"])),
        _section("Inputs", _inputs(manifest)),
        _section("Output", _output(manifest["output"])),
        _section("Provenance", _facts(_provenance(report))),
    ]
    return _PAGE.substitute(
        title=escape(title),
        subtitle=escape(model_words(report["model"])),
        tiles="".join(_tile(name, value) for name, value in _tiles(report)),
        sections="\n".join(section for section in sections if section),
    )


def _title(report: Mapping[str, Any]) -> str:
    name = report["dataset"].get("name", "")
    model = report["model"]["origin"] or report["model"]["kind"]
    return f"{model} on {name}" if name else model


def _tiles(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    estimate = report["estimate"]
    scores = accuracy_facts(report["accuracy"])
    tiles = [(scores[-1][0], score_words(report["accuracy"]["test"] or report["accuracy"]["train"]))] if scores else []
    return [
        *tiles,
        ("area", area_words(estimate["area_mm2"])),
        ("power", f"{estimate['power_mw']:.3g} mW"),
        ("delay", f"{estimate['delay_ms']:.3g} ms"),
        ("gates", f"{report['gates']:,}"),
        ("power source", report["power_source"] or "none"),
    ]


def _provenance(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    facts = [("seed", str(report["seed"]))]
    facts += [(f"{name} SHA-256", digest) for name, digest in report["digests"].items()]
    facts.append(("versions", ", ".join(f"{name} {version}" for name, version in report["versions"].items())))
    stimuli = report["stimuli"]
    facts.append(("power measured on", f"{stimuli['source']}, {stimuli['vectors']:,} vectors"))
    return facts


def _tile(name: str, value: str) -> str:
    return f'<div class="tile"><b>{escape(value)}</b><span>{escape(name)}</span></div>\n'


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>\n{body}</section>" if body else ""


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd{_mark(value)}>{escape(value)}</dd>\n" for name, value in facts)
    if not rows:
        return ""
    return f"<dl>\n{rows}</dl>\n"


def _mark(value: str) -> str:
    if value.startswith("REFUTED"):
        return ' class="bad"'
    return ' class="good"' if value.startswith(("agrees", "proven")) else ""


def _list(items: Sequence[str]) -> str:
    return "<ul>\n" + "".join(f"<li>{escape(item)}</li>\n" for item in items) + "</ul>\n" if items else ""


def _cells(shares: Mapping[str, Mapping[str, float]]) -> str:
    largest = max((share["area_mm2"] for share in shares.values()), default=1)
    rows = "".join(
        f'<tr><td>{escape(name)}</td><td class="number">{share["count"]:,}</td>'
        f'<td class="number">{area_words(share["area_mm2"])}</td>'
        f'<td class="number">{share["static_power_mw"] + share["dynamic_power_mw"]:.3g} mW</td>'
        f'<td class="bar"><i style="width:{100 * share["area_mm2"] / largest:.0f}%"></i></td></tr>\n'
        for name, share in sorted(shares.items(), key=lambda item: (-item[1]["area_mm2"], item[0]))
    )
    head = "".join(f'<th class="number">{name}</th>' for name in ("count", "area", "power"))
    return f'<div class="wide"><table><tr><th>cell</th>{head}<th></th></tr>\n{rows}</table></div>\n' if shares else ""


def _inputs(manifest: Mapping[str, Any]) -> str:
    rows = [
        [word["feature"], word["port"], str(word["bits"]), f"{word['low']:.6g}", f"{word['low'] + word['span']:.6g}"]
        for word in manifest["inputs"]
    ]
    formula = f"<p>Word at a port: <code>{escape(manifest['input_formula'])}</code></p>\n"
    return formula + _table(["feature", "port", "bits", "from", "to"], rows)


def _output(output: Mapping[str, Any]) -> str:
    facts = [("port", f"{output['port']}, {output['bits']} bits{', signed' if output['signed'] else ''}")]
    facts.append(("meaning", output["meaning"]))
    if "classes" in output:
        facts += [(f"word {number}", f"class {label}") for number, label in enumerate(output["classes"])]
    else:
        facts.append(("fraction bits", str(output["frac_bits"])))
    return _facts(facts)


def _table(columns: Sequence[str], rows: Rows) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    return f'<div class="wide"><table><tr>{head}</tr>\n{body}</table></div>\n'


_PAGE = Template("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5d6877; --paper: #fbfbf9; --line: #dcdfe3; --tile: #fff;
  --bar: #3f7fb5; --good: #1d7a46; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ee; --soft: #9aa5b4; --paper: #14181e; --line: #2c333d; --tile: #1b2129;
    --bar: #5b9bd1; --good: #5fc58d; --bad: #ff8a80; } }
body { margin: 0 auto; max-width: 56rem; padding: 2rem 1.2rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.7rem; }
h2 { margin: 2.2rem 0 .6rem; font-size: 1.1rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
header p { margin: .2rem 0 1.4rem; color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.2rem, 1fr)); gap: .7rem; }
.tile { background: var(--tile); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .9rem; }
.tile b { display: block; font-size: 1.2rem; }
.tile span, dt, th { color: var(--soft); font-size: .88rem; font-weight: normal; }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .25rem 1.2rem; margin: 0; }
dt { padding-top: .1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.good { color: var(--good); } .bad { color: var(--bad); font-weight: bold; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th { text-align: left; } th.number { text-align: right; }
th, td { padding: .2rem 1.2rem .2rem 0; border-bottom: 1px solid var(--line); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.bar { width: 14rem; } .bar i { display: block; height: .7rem; border-radius: .2rem; background: var(--bar); }
code { font-size: .9em; }
</style>
</head>
<body>
<header><h1>$title</h1><p>$subtitle</p></header>
<div class="tiles">
$tiles</div>
$sections
</body>
</html>
""")

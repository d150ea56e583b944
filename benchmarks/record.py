"""Results of a benchmark: tables, bars, JSON per revision and the difference to the last ones in git."""

from __future__ import annotations

import json
import math
import os
import platform
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bespoke.external import program_version

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PACKAGES = ("numpy", "scikit-learn", "pyosys", "alkaid")
PROGRAMS = ("verilator",)
SMALLEST_CHANGE = 0.005  # relative; below it a figure counts as unchanged
SMALLEST_TIME_CHANGE = 0.25  # the same for measured times and memory, which depend on what else the machine does
_TIME = re.compile(r"second|compilation|memory|MB| us$| bytes$|time", re.IGNORECASE)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure with the limit that it has to keep: ``at_most`` or, if false, at least."""

    name: str
    value: float
    limit: float
    at_most: bool = True

    @property
    def met(self) -> bool:
        """Whether the figure keeps its limit."""
        return self.value <= self.limit if self.at_most else self.value >= self.limit

    def __str__(self) -> str:
        relation = "at most" if self.at_most else "at least"
        return f"{'met    ' if self.met else 'NOT MET'}  {self.name}: {self.value:.4g} ({relation} {self.limit:g})"


def geometric_mean(values: Iterable[float]) -> float:
    """Geometric mean of positive numbers; NaN without any."""
    logs = [math.log(value) for value in values]
    return math.exp(math.fsum(logs) / len(logs)) if logs else math.nan


def table(rows: Mapping[str, Row], columns: Iterable[str]) -> str:
    """Rows as text, one column per key, floats with four significant digits."""
    heads = list(columns)
    cells = [["", *heads], *([name, *(_text(row.get(key)) for key in heads)] for name, row in rows.items())]
    widths = [max(len(line[column]) for line in cells) for column in range(len(heads) + 1)]
    lines = []
    for line in cells:
        first, *others = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        lines.append("  ".join([line[0].ljust(len(first)), *others]).rstrip())
    return "\n".join(lines)


def record(
    name: str,
    rows: Mapping[str, Row],
    bars: Iterable[Bar],
    *,
    seed: int | Row | None,
    keep: bool = True,
    timed: bool = False,
) -> None:
    """Print the bars and the difference to the last results in git; write ``results/<name>.json`` if to be kept.

    ``timed`` says that all figures are measured times or rates. In the place of the seed, all settings with which rows
    were made may be given, the seed among them.
    """
    bars = list(bars)
    document = {
        "revision": revision(),
        "versions": versions(),
        "machine": machine(),
        **(seed if isinstance(seed, Mapping) else {"seed": seed}),
        "rows": rows,
        "summary": {bar.name: asdict(bar) | {"met": bar.met} for bar in bars},
    }
    print("\n" + "\n".join(map(str, bars)))
    path = RESULTS / f"{name}.json"
    print("\n" + "\n".join(difference(_last(path), document, timed=timed)))
    if not keep:
        return
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(_rounded(document), indent=1) + "\n", encoding="utf-8")
    print(f"written: {path.relative_to(ROOT)}")


def resumed(
    name: str, cases: Iterable[tuple[str, Callable[[], Row]]], *, resume: bool, settings: Row | None = None
) -> dict[str, Row]:
    """Rows of all cases; those that are done are kept in ``build/<name>.json``, from where ``resume`` goes on.

    Rows that were made with other settings end the program: they are no rows of the same table.
    """
    path = ROOT / "build" / f"{name}.json"
    own = json.loads(json.dumps(dict(settings or {})))
    document: dict[str, Any] = {"settings": own, "rows": {}}
    if resume and path.exists():
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.get("settings") != own:
            raise SystemExit(
                f"{path}: made with {document.get('settings')}, not {own}; leave out --resume to begin anew"
            )
    done, wanted = document["rows"], {}
    for label, run in cases:
        if label not in done:
            done[label] = run()
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(document), encoding="utf-8")
            print(label, done[label], flush=True)
        wanted[label] = done[label]
    return wanted


def difference(old: Mapping[str, Any] | None, new: Mapping[str, Any], *, timed: bool = False) -> list[str]:
    """Lines that tell which figures changed since the old document."""
    if old is None:
        return ["no earlier results in git"]
    before, after = _figures(old), _figures(new)
    lines = []
    for key, value in after.items():
        known = before.get(key)
        smallest = SMALLEST_TIME_CHANGE if timed or _TIME.search(key[1]) else SMALLEST_CHANGE
        if known is not None and abs(value - known) > smallest * max(abs(known), abs(value)):
            change = f" ({100 * (value / known - 1):+.1f} %)" if known else ""
            lines.append(f"  {key[0]}, {key[1]}: {known:.4g} -> {value:.4g}{change}")
    gone = {key[0] for key in before} - {key[0] for key in after}
    lines += [f"  {row}: not measured now" for row in sorted(gone)]
    return [f"changes since {old['revision']}:", *lines] if lines else [f"no change since {old['revision']}"]


def revision() -> str:
    """Short git revision, with ``+`` where tracked files differ from it."""
    commit = _git("rev-parse", "--short", "HEAD").strip() or "unknown"
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", "bespoke", "benchmarks/*.py").strip()
    return commit + ("+" if changed else "")


def versions() -> dict[str, str]:
    """Versions of Python and of the packages and programs that matter."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found | {name: line for name in PROGRAMS if (line := program_version(name))}


def machine() -> str:
    """Processor, number of cores and system."""
    try:
        info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        info = ""
    model = re.search(r"model name\s*:\s*(.*)", info)
    name = model.group(1).strip() if model else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def _last(path: Path) -> dict[str, Any] | None:
    text = _git("show", f"HEAD:{path.relative_to(ROOT).as_posix()}")
    return json.loads(text) if text else None


def _git(*args: str) -> str:
    try:
        run = subprocess.run(["git", *args], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607  as found
    except OSError:
        return ""
    return run.stdout if run.returncode == 0 else ""


def _figures(document: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    found = {("summary", name): bar["value"] for name, bar in document["summary"].items()}
    return found | {
        (name, key): value
        for name, row in document["rows"].items()
        for key, value in row.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def _text(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _rounded(value: Any) -> Any:  # noqa: ANN401  plain data
    if isinstance(value, Mapping):
        return {key: _rounded(inner) for key, inner in value.items()}
    return float(f"{value:.6g}") if isinstance(value, float) else value

"""The guide builds without a warning, runs its tutorial, and needs nothing from the network."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from guide_pages import ROOT

# What a browser fetches by itself; links that a reader may follow are something else.
FETCHED = re.compile(r"""(?:<(?:script|img|iframe|source)\b[^>]*\bsrc|<link\b[^>]*\bhref)=["'](?:https?:)?//[^"']+""")
IMPORTED = re.compile(r"""(?:@import|url\()\s*["']?(?:https?:)?//[^)]*""")


@pytest.mark.slow
def test_the_guide_builds(tmp_path: Path) -> None:
    # One test, so that parallel workers build it once.
    if os.environ.get("BESPOKE_REQUIRE_TOOLS") != "1" and not all(map(find_spec, ("sphinx", "myst_nb", "furo"))):
        pytest.skip("the guide needs pip install 'bespoke[docs]'")
    call = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(ROOT / "docs"), str(tmp_path)]
    done = subprocess.run(call, capture_output=True, text=True, timeout=400, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    check_pages(tmp_path)
    check_addresses(tmp_path)
    check_tutorial(tmp_path)
    check_figures(tmp_path)


def check_pages(site: Path) -> None:
    sources = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert sources <= {path.stem for path in site.glob("*.html")}
    assert (site / "searchindex.js").is_file()


def check_addresses(site: Path) -> None:
    files = [*((path, FETCHED) for path in site.glob("*.html")), *((path, IMPORTED) for path in site.rglob("*.css"))]
    found = {path.name: pattern.findall(path.read_text(encoding="utf-8")) for path, pattern in files}
    assert {name: addresses for name, addresses in found.items() if addresses} == {}


def check_tutorial(site: Path) -> None:
    (notebook,) = site.rglob("tutorial.ipynb")
    cells = [cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert cells
    assert all(cell["execution_count"] for cell in cells)
    assert any("image/png" in output.get("data", {}) for cell in cells for output in cell["outputs"])


def check_figures(site: Path) -> None:
    results = json.loads((ROOT / "benchmarks" / "results" / "exact.json").read_text(encoding="utf-8"))
    page = (site / "effects.html").read_text(encoding="utf-8")
    assert f"{results['summary']['area ratio, geometric mean']['value']:.3f}" in page
    assert "{result}" not in page

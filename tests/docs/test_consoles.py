"""The consoles of the guide: what a command prints there is what it prints.

``BESPOKE_UPDATE_GUIDE=1 pytest tests/docs/test_consoles.py`` writes into the pages what the commands print now.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path

import pytest
from guide_pages import ROOT, Call, Console, blocks, calls, named_files

pytestmark = [pytest.mark.slow, pytest.mark.oracle]


@pytest.mark.parametrize("name", ["README.md", "docs/start.md", "docs/technologies.md", "docs/troubleshooting.md"])
def test_commands_print_what_the_page_says(name: str, tmp_path: Path, require_program: Callable[[str], Path]) -> None:
    require_program("iverilog")
    page = ROOT / name
    text, console = page.read_text(encoding="utf-8"), Console(tmp_path)
    for file, content in named_files(text).items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(content, encoding="utf-8")
    found = [
        (block, [(call, console.run(call.command)) for call in calls(block.text)])
        for block in blocks(text)
        if block.language == "console"
    ]
    assert found
    if os.environ.get("BESPOKE_UPDATE_GUIDE") == "1":
        for block, results in reversed(found):
            new = "".join(f"$ {call.command}\n{_kept(call, output)}" for call, output in results)
            text = text[: block.start] + new + text[block.end :]
        page.write_text(text, encoding="utf-8")
        return
    for _, results in found:
        for call, output in results:
            assert _agrees(call, output), f"{name}: $ {call.command}\n{output}\nthe page says:\n{call.output}"


def _agrees(call: Call, output: str) -> bool:
    return output == call.output or OutputChecker().check_output(call.output, output, ELLIPSIS)


def _kept(call: Call, output: str) -> str:
    return call.output if call.output and _agrees(call, output) else output

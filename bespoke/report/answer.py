"""The folder of what a search from data found: the chosen circuit as from `bespoke compile`, the others below it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bespoke.drawing import area_words, power_text, score_words, yield_words
from bespoke.estimate import POWER_SOURCES
from bespoke.files import write_folder
from bespoke.flow import Answer, AnswerPoint, json_text, report
from bespoke.report.answer_page import answer_page
from bespoke.report.folder import ANSWER_KIND, csv_text, design_files

ANSWER = "answer.json"
ANSWER_FORMAT = "bespoke-answer"
ANSWER_VERSION = 1
ANSWER_PAGE = "answer.html"
ANSWER_TABLE = "answer.csv"
ANSWER_STATE = "search.jsonl"  # of a search that runs, beside its folder, whose name stands before this one


def save_answer(answer: Answer, folder: str | Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write all files of an answer into a folder.

    The chosen circuit stands in the folder itself, every other one in ``front/<number>``. If no circuit keeps the
    limits, all stand there. ``force`` is that of `save_design`.

    Raises
    ------
    OutputError
        If the folder holds something else, a file in it was edited, or it cannot be written.
    """
    return write_folder(Path(folder), answer_files(answer), ANSWER_KIND, force=force)


def answer_files(answer: Answer) -> dict[str, str | bytes]:
    """Every file by its path below the folder; all but ``seconds`` is the same in every run."""
    rows = answer.rows()
    files: dict[str, str | bytes] = {}
    for row, point in zip(rows, answer.points, strict=True):
        below = "" if row["chosen"] else f"{row['folder']}/"
        files |= {below + name: text for name, text in design_files(point.design).items()}
    facts = answer_report(answer)
    files[ANSWER] = json_text(facts)
    files[ANSWER_TABLE] = csv_text([{name: _plain(value) for name, value in row.items()} for row in rows])
    files[ANSWER_PAGE] = answer_page(facts, [report(point.design) for point in answer.points])
    return files


def answer_report(answer: Answer) -> dict[str, Any]:
    """The figures of an answer as plain data: the content of ``answer.json``."""
    log = dict(answer.log)
    seconds = log.pop("seconds", {})
    return {
        "format": ANSWER_FORMAT,
        "version": ANSWER_VERSION,
        "constraint": answer.constraint.to_json(),
        "met": answer.chosen is not None,
        "designs": answer.rows(),
        "sources": {name: _number(answer, point) for name, point in answer.by_source().items()},
        "float_models": dict(answer.float_models),
        "search": log,
        "seconds": seconds,
    }


def source_table(answer: Answer) -> tuple[list[str], list[list[str]]]:
    """Columns and rows for people: what each power source can run, and the most accurate circuit of all."""
    printed = [">yield"] if any(point.design.functional_yield for point in answer.points) else []
    columns = ["power source", ">no.", "family", ">promised", ">test", ">area", ">power", ">gates", *printed]
    limits = {source.name: f"{source.name}, {source.power_mw:g} mW" for source in POWER_SOURCES}
    found = [_line(limits[name], answer, point) for name, point in answer.by_source().items()]
    return columns, [line[: len(columns)] for line in found]


def _line(name: str, answer: Answer, point: AnswerPoint | None) -> list[str]:
    if point is None:
        return [name, "", "none", *[""] * 6]
    return [
        name,
        str(_number(answer, point)),
        point.family,
        score_words(point.promised),
        score_words(point.design.accuracies.test),
        area_words(point.size("area")),
        power_text(point.design.system.power_mw),
        f"{point.design.gate_count:,}",
        yield_words(point.design.yield_row()),
    ]


def _number(answer: Answer, point: AnswerPoint | None) -> int | None:
    return None if point is None else answer.points.index(point) + 1


def _plain(value: object) -> object:
    return " ".join(f"{name}={each}" for name, each in value.items()) if isinstance(value, dict) else value

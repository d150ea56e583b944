"""Columns of texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from bespoke.data import Dataset, load_dataset
from bespoke.errors import BespokeError


def read(folder: Path, text: str, **options: str) -> Dataset:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return load_dataset(path, **options)


def test_of_two_texts_the_later_one_is_1(tmp_path: Path) -> None:
    data = read(tmp_path, "age,history,sick\n50,Present,1\n40,Absent,0\n30,Present,0\n")
    assert data.feature_names == ("age", "history=Present")
    assert data.features[:, 1].tolist() == [1, 0, 1]
    assert data.notes[0] == "the text column 'history' is read as 1 for 'Present' and 0 for 'Absent'"


def test_more_texts_have_a_column_each(tmp_path: Path) -> None:
    data = read(tmp_path, "sick,colour,size\n1,red,1\n0,blue,2\n1,green,3\n0,red,4\n", target="sick")
    assert data.feature_names == ("colour=blue", "colour=green", "colour=red", "size")
    assert data.features.tolist() == [[0, 0, 1, 1], [1, 0, 0, 2], [0, 1, 0, 3], [0, 0, 1, 4]]
    assert "one column of 0 and 1 for each of its 3 texts" in data.notes[0]


def test_a_text_target_and_truth_values_stay(tmp_path: Path) -> None:
    data = read(tmp_path, "smokes,place,label\ntrue,Rome,yes\nFalse,Oslo,no\nTRUE,Rome,no\n")
    assert data.feature_names == ("smokes", "place=Rome")
    assert data.features.tolist() == [[1, 1], [0, 0], [1, 1]]
    assert data.targets.tolist() == ["yes", "no", "no"]


def test_rows_without_a_text_are_missing_values(tmp_path: Path) -> None:
    text = "age,history,sick\n50,Present,1\n40,Absent,0\n30,?,0\n"
    with pytest.raises(BespokeError, match=r"values are missing; got 1 of 3 rows \('history=Present' 1\)"):
        read(tmp_path, text)
    assert read(tmp_path, text, missing="drop").features.tolist() == [[50, 1], [40, 0]]


def test_a_missing_text_is_no_text_where_gaps_are_values(tmp_path: Path) -> None:
    data = read(tmp_path, "age,history,sick\n50,Present,1\n40,Absent,0\n30,?,0\n", missing="low")
    assert data.feature_names == ("age", "history=Absent", "history=Present")
    assert data.features.tolist() == [[50, 0, 1], [40, 1, 0], [30, 0, 0]]
    assert data.notes[0].endswith("for each of its 2 texts, all 0 where it has no value")
    without = read(tmp_path, "age,history,sick\n50,Present,1\n40,Absent,0\n", missing="low")
    assert without.feature_names == ("age", "history=Present")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "name,sick\n" + "".join(f"p{n}q,{n % 2}\n" for n in range(17)),
            "column 'name': too many texts; got 17; allowed",
        ),
        ("a,a=y,sick\nx,1,0\ny,0,1\n", "a column has the name that a text of another one is given; got 'a=y'"),
        (
            "a,sick\nx,0\n3,1\n",
            r"line 2, column 'a': not a number; got 'x'; allowed: numbers .*, or texts in every one",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BespokeError, match=message):
        read(tmp_path, text)

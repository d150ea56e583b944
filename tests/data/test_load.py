"""Forms of files, loading order, and what a data set holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bespoke.data import load_dataset
from bespoke.data.load import datasets_folder
from bespoke.errors import MissingValuesError

ROWS = [("1", "2", "0"), ("3", "4.5", "1"), ("5", "6", "0"), ("7", "8", "2")]


def table_text(delimiter: str, names: tuple[str, ...] = ("a b", "c", "target")) -> str:
    quoted = [f'"{name}"' for name in names]
    return "\n".join(delimiter.join(row) for row in [quoted, *ROWS]) + "\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_delimiters_line_ends_and_byte_order_mark(delimiter: str, newline: str, mark: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(mark + table_text(delimiter).replace("\n", newline).encode())
    data = load_dataset(path)
    assert data.name == "mine"
    assert data.feature_names == ("a b", "c")
    assert data.features.tolist() == [[1, 2], [3, 4.5], [5, 6], [7, 8]]
    assert data.targets.tolist() == [0, 1, 0, 2]
    assert data.targets.dtype == np.int64


def test_whitespace_between_cells(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("a  b target\n1 2   0\n\n  3 4 1\n")
    assert load_dataset(path).features.tolist() == [[1, 2], [3, 4]]


def test_target_by_name_and_text_classes(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("kind,a,b\nred,1,2\nblue,3,4\nred,5,6\n")
    data = load_dataset(path, target="kind")
    assert data.feature_names == ("a", "b")
    assert data.targets.tolist() == ["red", "blue", "red"]
    assert data.classes == ("blue", "red")


def test_task_follows_targets(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,target\n" + "".join(f"{i},{i}\n" for i in range(32)))
    assert load_dataset(path).task == "classification"
    path.write_text("a,target\n" + "".join(f"{i},{i}\n" for i in range(33)))
    assert load_dataset(path).task == "regression"
    assert load_dataset(path, task="classification").task == "classification"
    path.write_text("a,target\n1,0.5\n2,1\n")
    assert load_dataset(path).targets.dtype == np.float64


def test_missing_rows_are_dropped_on_request(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,b,target\n1,?,0\n3,4,1\n5,6,0\n,8,1\n7,8,\n")
    data = load_dataset(path, missing="drop")
    assert data.features.tolist() == [[3, 4], [5, 6]]
    assert data.notes == ("rows with missing values left out: 3 of 5 rows ('a' 1, 'b' 1, 'target' 1)",)


GAPS = "a,b,target\n1,?,0\n3,0.5,1\n5,1.9,0\n,1.0,1\n7,0.8,\n"


@pytest.mark.parametrize(
    ("side", "features"),
    [("low", [[1, 0.4], [3, 0.5], [5, 1.9], [0, 1]]), ("high", [[1, 2.0], [3, 0.5], [5, 1.9], [8, 1]])],
)
def test_missing_features_are_values_one_step_beyond_all_others(
    tmp_path: Path, side: str, features: list[list[float]]
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(GAPS)
    data = load_dataset(path, missing=side)
    assert data.features == pytest.approx(np.array(features))
    a, b = features[-1][0], features[0][1]
    assert data.notes == (
        f"missing values of 'a' are read as {a:g}: 1 of 5 rows",
        f"missing values of 'b' are read as {b:g}: 1 of 5 rows",
        "rows with missing values left out: 1 of 5 rows ('target' 1)",
    )
    with pytest.raises(MissingValuesError, match="3 of 5 rows"):
        load_dataset(path)


@pytest.mark.parametrize("decimals", [0, 9])
def test_a_missing_value_has_a_word_of_its_own_in_four_bits(tmp_path: Path, decimals: int) -> None:
    path = tmp_path / "mine.csv"
    values = np.random.default_rng(0).uniform(-3, 40, 50).round(decimals)
    path.write_text("a,target\n" + "".join(f"{value},{row % 2}\n" for row, value in enumerate(values)) + ",0\n,1\n")
    for side, own in (("low", 0), ("high", 15)):
        column = load_dataset(path, missing=side).features[:, 0]
        low, span = column.min(), column.max() - column.min()
        words = np.clip(np.floor((column - low) / span * 16), 0, 15)
        assert np.flatnonzero(words == own).tolist() == [50, 51]


@pytest.mark.parametrize("side", ["low", "high"])
def test_a_missing_value_is_one_float_away_where_floats_are_far_apart(tmp_path: Path, side: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(f"a,target\n{2**53},0\n{2**53 + 2},1\n,0\n")
    column = load_dataset(path, missing=side).features[:, 0]
    assert column.tolist() == [2**53, 2**53 + 2, 2**53 - 1 if side == "low" else 2**53 + 4]


def test_constant_feature_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,b,target\n1,2,0\n1,4,1\n")
    assert load_dataset(path).notes == ("1 constant feature(s) carry no information: a",)


def test_folder_comes_before_bundled_and_generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_dataset("iris", folder=tmp_path).source == "scikit-learn"
    (tmp_path / "iris.csv").write_text("a,b,c,d,target\n1,2,3,4,0\n5,6,7,8,1\n")
    assert load_dataset("iris", folder=tmp_path).features.shape == (2, 4)
    monkeypatch.setenv("BESPOKE_DATASETS", str(tmp_path))
    assert datasets_folder() == tmp_path
    assert load_dataset("iris").features.shape == (2, 4)
    monkeypatch.delenv("BESPOKE_DATASETS")
    assert datasets_folder() == Path("datasets")


def test_other_names_are_found_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("a,target\n1,0\n2,1\n")
    assert load_dataset("mine", folder=tmp_path).name == "mine"


def test_differing_copy_is_noted(tmp_path: Path) -> None:
    (tmp_path / "balance.csv").write_text(
        "left_weight,left_distance,right_weight,right_distance,target\n1,1,1,1,2\n1,1,1,2,1\n"
    )
    notes = load_dataset("balance", folder=tmp_path).notes
    assert any(note.startswith("the content differs from the known table of balance") for note in notes)


@pytest.mark.slow
def test_every_reference_file_loads_under_its_name(shared: Path) -> None:
    folder = shared / "data" / "uci"
    for path in folder.glob("*.csv"):
        data = load_dataset(path.stem, folder=folder)
        assert data.source == str(path)
        assert not [note for note in data.notes if "differs" in note]
        assert data.feature_names == tuple(path.read_text().split("\n", 1)[0].split(",")[:-1])

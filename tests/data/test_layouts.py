"""Official UCI files load into this project's own form: small made-up files in each official layout."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from bespoke.data import Dataset, load_dataset
from bespoke.data.layouts import archive_members
from bespoke.errors import DataFileError, MissingValuesError


def cells(count: int, first: int = 1) -> str:
    return ",".join(str(first + i) for i in range(count))


WINE = (
    '"fixed acidity";"volatile acidity";"citric acid";"residual sugar";"chlorides";"free sulfur dioxide";'
    '"total sulfur dioxide";"density";"pH";"sulphates";"alcohol";"quality"\n'
    "7.4;0.7;0;1.9;0.076;11;34;0.9978;3.51;0.56;9.4;5\n7.8;0.88;0;2.6;0.098;25;67;0.9968;3.2;0.68;9.8;6\n"
)
HAR = "UCI HAR Dataset/"

# Name -> official files, expected first row of features, expected targets.
OFFICIAL = {
    "redwine": (
        {"winequality-red.csv": WINE},
        [7.4, 0.7, 0, 1.9, 0.076, 11, 34, 0.9978, 3.51, 0.56, 9.4],
        [5, 6],
    ),
    "cardio": (
        {
            "CTG.csv": ",,AC,LB,AC,FM,UC,DL,DS,DP,ASTV,MSTV,ALTV,MLTV,,Width,Min,Max,Nmax,Nzeros,"
            "Mode,Mean,Median,Variance,Tendency,CLASS,NSP\n"
            f"x,1,9,{cells(11)},,{cells(10, 12)},7,2\n"
            f"x,1,9,{cells(11, 2)},,{cells(10, 12)},7,1\n" + "," * 26 + "\n"
        },
        list(range(1, 22)),
        [2, 1],
    ),
    "balance": ({"balance-scale.data": "B,1,1,1,1\nR,1,1,1,2\nL,5,1,2,2\n"}, [1, 1, 1, 1], [2, 1, 0]),
    "seeds": (
        {"seeds_dataset.txt": "15.26\t14.84\t0.871\t5.763\t\t3.312\t2.221\t5.22\t1\n" + "1\t2\t3\t4\t5\t6\t7\t2\n"},
        [15.26, 14.84, 0.871, 5.763, 3.312, 2.221, 5.22],
        [1, 2],
    ),
    "mammographic": (
        {"mammographic_masses.data": "5,67,3,5,3,1\n4,43,1,1,?,1\n4,28,1,1,3,0\n"},
        [5, 67, 3, 5, 3],
        [1, 0],
    ),
    "pendigits": (
        {"pendigits.tra": f" {cells(16)}, 8\n", "pendigits.tes": f" {cells(16, 3)}, 0\n"},
        list(range(1, 17)),
        [8, 0],
    ),
    "arrhythmia": (
        {
            "arrhythmia.data": f"{cells(13)},?,{cells(265, 15)},8\n{cells(13)},52,{cells(265, 15)},6\n"
            f"{cells(10)},?,12,13,?,{cells(265, 15)},1\n"
        },
        [*range(1, 14), *range(15, 280)],
        [8, 6],
    ),
    "vertebral_2c": (
        {"column_2C.dat": "63.03 22.55 39.61 40.48 98.67 -0.25 AB\n1 2 3 4 5 6 NO\n"},
        [63.03, 22.55, 39.61, 40.48, 98.67, -0.25],
        [1, 0],
    ),
    "vertebral_3c": (
        {"column_3C.dat": "1 2 3 4 5 6 DH\n1 2 3 4 5 6 SL\n1 2 3 4 5 6 NO\n"},
        [1, 2, 3, 4, 5, 6],
        [0, 1, 2],
    ),
    "breast_cancer": (
        {"breast-cancer-wisconsin.data": "1000025,5,1,1,1,2,1,3,1,1,2\n7,1,1,1,1,2,?,3,1,1,2\n8,8,8,8,8,8,8,8,8,8,4\n"},
        [5, 1, 1, 1, 2, 1, 3, 1, 1],
        [2, 4],
    ),
    "breast_cancer_wdbc": ({"wdbc.data": f"842302,M,{cells(30)}\n9,B,{cells(30, 2)}\n"}, list(range(1, 31)), [0, 1]),
    "iris": ({"iris.data": "5.1,3.5,1.4,0.2,Iris-setosa\n7,3,4,1,Iris-virginica\n\n"}, [5.1, 3.5, 1.4, 0.2], [0, 2]),
    "wine": ({"wine.data": f"1,{cells(13)}\n3,{cells(13)}\n"}, list(range(1, 14)), [0, 2]),
    "digits": ({"optdigits.tes": f"{cells(64)},3\n{cells(64)},9\n"}, list(range(1, 65)), [3, 9]),
    "har": (
        {
            HAR + "features.txt": "1 tBodyAcc-mean()-X\n2 bands,1,8\n3 bands,1,8\n",
            HAR + "train/X_train.txt": "  2.8858451e-001 -2.0294171e-002 1.0\n",
            HAR + "train/y_train.txt": "5\n",
            HAR + "test/X_test.txt": " 1 2 3\n 4 5 6\n",
            HAR + "test/y_test.txt": "1\n2\n",
        },
        [0.28858451, -0.020294171, 1],
        [5, 1, 2],
    ),
    "dermatology": (
        {"dermatology.data": f"{cells(33)},55,2\n{cells(33)},?,1\n{cells(33)},8,1\n"},
        [*range(1, 34), 55],
        [2, 1],
    ),
    "ionosphere": ({"ionosphere.data": f"{cells(34)},g\n{cells(34)},b\n"}, list(range(1, 35)), [1, 0]),
    "tictactoe": (
        {"tic-tac-toe.data": "x,x,x,x,o,o,x,o,b,positive\no,x,o,x,x,o,x,o,x,negative\n"},
        [2, 2, 2, 2, 1, 1, 2, 1, 0],
        [1, 0],
    ),
    "monks1": (
        {"monks-1.test": " 1 1 1 1 1 3 1 data_5\n 0 1 2 1 1 2 1 data_9\n"},
        [1, 1, 1, 1, 3, 1],
        [1, 0],
    ),
}


def check(data: Dataset, name: str) -> None:
    _, row, targets = OFFICIAL[name]
    assert data.name == name
    assert data.features[0].tolist() == row
    assert data.targets.tolist() == targets
    assert any(note.startswith("the table has") for note in data.notes)  # made-up files are shorter


def write(name: str, folder: Path) -> None:
    for file, text in OFFICIAL[name][0].items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize("name", OFFICIAL)
def test_official_files_in_the_folder(name: str, tmp_path: Path) -> None:
    write(name, tmp_path)
    check(load_dataset(name, folder=tmp_path), name)


@pytest.mark.parametrize("name", [name for name in OFFICIAL if name != "har"])
def test_official_file_named_by_the_user(name: str, tmp_path: Path) -> None:
    write(name, tmp_path)
    check(load_dataset(tmp_path / next(iter(OFFICIAL[name][0]))), name)


@pytest.mark.parametrize("name", [name for name, (files, _, _) in OFFICIAL.items() if len(files) == 1])
def test_official_file_under_the_catalogue_name(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.csv").write_text(next(iter(OFFICIAL[name][0].values())))
    check(load_dataset(name, folder=tmp_path), name)


def zip_bytes(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def test_official_archive_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "wine+quality.zip").write_bytes(zip_bytes({"winequality.names": "x", **OFFICIAL["redwine"][0]}))
    check(load_dataset("redwine", folder=tmp_path), "redwine")


def test_archive_inside_an_archive(tmp_path: Path) -> None:
    inner = zip_bytes(OFFICIAL["har"][0])
    path = tmp_path / "human+activity+recognition+using+smartphones.zip"
    path.write_bytes(zip_bytes({"UCI HAR Dataset.names": "x", "UCI HAR Dataset.zip": inner}))
    data = load_dataset("har", folder=tmp_path)
    check(data, "har")
    assert data.feature_names == ("tBodyAcc-mean()-X", "bands,1,8", "bands,1,8_2")


def test_wine_with_commas_as_others_spread_it(tmp_path: Path) -> None:
    (tmp_path / "winequality-red.csv").write_text(WINE.replace(";", ","))
    check(load_dataset("redwine", folder=tmp_path), "redwine")
    data = load_dataset(tmp_path / "winequality-red.csv", target="alcohol")
    assert data.name == "winequality-red"
    assert data.targets.tolist() == [9.4, 9.8]


def test_user_may_refuse_missing_values(tmp_path: Path) -> None:
    write("mammographic", tmp_path)
    with pytest.raises(MissingValuesError, match="1 of 3 rows"):
        load_dataset("mammographic", folder=tmp_path, missing="error")


BROKEN = {
    "seeds": ({"seeds_dataset.txt": "1 2 3\n"}, "not the official layout of seeds; got 3 cells; allowed: 8 cells"),
    "cardio": (
        {"CTG.csv": "LB,AC,NSP\n1,2,3\n"},
        "not the official layout of cardio; got other column names; allowed: lb,",
    ),
    "pendigits": ({"pendigits.tra": f"{cells(17)}\n"}, "an official file is missing; got no pendigits.tes"),
    "har": (
        {**OFFICIAL["har"][0], HAR + "test/y_test.txt": "1\n"},
        "features and targets differ in length; got 2 and 1 rows",
    ),
    "redwine": ({"wine+quality.zip": "no archive"}, "the zip archive is damaged; got File is not a zip file"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_official_files(name: str, tmp_path: Path) -> None:
    files, message = BROKEN[name]
    for file, text in files.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text)
    with pytest.raises(DataFileError) as caught:
        load_dataset(name, folder=tmp_path)
    assert message in str(caught.value)


def test_damaged_member_of_an_archive() -> None:
    content = bytearray(zip_bytes({"a.txt": "hello hello hello"}))
    content[36] ^= 0xFF
    with pytest.raises(DataFileError, match="the zip archive is damaged"):
        archive_members(bytes(content), "a.zip")("a.txt")

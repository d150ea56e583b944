"""Samples of Boolean functions: PLAs and archives of packed bits, and what is no such file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bespoke.data import Dataset, load_dataset
from bespoke.data.npz import _LARGEST_ARRAY
from bespoke.errors import BespokeError, DataError, DataFileError, OptionError, SingleClassError, TargetError

Arrays = dict[str, np.ndarray]
PLA = """# majority of three
.i 3
.o 1
.ilb a b c
.ob m
.p 4
.type fr
11- 1
1-1 1
011 1
00- | 0
.e
anything
"""


def pla(tmp_path: Path, text: str) -> Dataset:
    path = tmp_path / "f.pla"
    path.write_text(text)
    return load_dataset(path)


def test_rows_of_a_pla_stand_for_all_that_they_cover(tmp_path: Path) -> None:
    found = pla(tmp_path, PLA)
    assert found.feature_names == ("a", "b", "c")
    rows = {(*map(int, row), int(output)) for row, output in zip(found.features, found.targets, strict=True)}
    assert rows == {(1, 1, 0, 1), (1, 1, 1, 1), (1, 0, 1, 1), (0, 1, 1, 1), (0, 0, 0, 0), (0, 0, 1, 0)}
    assert found.notes == (
        "3 rows with - among their inputs stand for all that they cover: 7 samples in all",
        "1 samples are there already and are left out",
    )
    assert len(found.targets) == 6
    assert found.parts is None
    assert found.split().test_features.shape == (2, 3)


def test_a_pla_without_a_type_is_a_list_of_samples(tmp_path: Path) -> None:
    found = pla(tmp_path, ".i 2\n.o 1\n0 0 0\n011\n10-\n11~\n")
    assert found.features.tolist() == [[0, 0], [0, 1]]
    assert found.notes[0] == "2 rows with an output of - or ~ are left out"


HEAD = ".i 2\n.o 1\n.type fr\n"
BAD_PLAS = {
    "no inputs": (".o 1\n11 1\n", "{path}, line 2: a row before the sizes; allowed: .i and .o first"),
    "two outputs": (".i 1\n.o 2\n1 11\n", "{path}, line 2: wrong number of outputs; got 2; allowed: 1"),
    "no number": (".i 2x\n.o 1\n", "{path}, line 1: not a count; got .i 2x; allowed: .i N"),
    "huge number": (
        ".i 99999999999\n.o 1\n",
        "{path}, line 1: not a count; got .i 99999999999; allowed: .i N",
    ),
    "too wide": (
        ".i 99999999\n.o 1\n1 1\n",
        "{path}, line 1: wrong number of inputs; got 99999999; allowed: 1 to 65536",
    ),
    "twice": (".i 2\n.i 3\n.o 1\n", "{path}, line 2: a line is there twice; got .i; allowed: one .i"),
    "on-set alone": (
        ".i 2\n.o 1\n.type fd\n11 1\n",
        "{path}, .type: the type does not state where the function is 0; got fd; allowed: fr or fdr",
    ),
    "one output alone": (
        ".i 2\n.o 1\n11 1\n10 1\n",
        "{path}: no rows of the other output; got 1; allowed: .type fr, and rows of both outputs",
    ),
    "row count": (HEAD + ".p 3\n11 1\n", "{path}: wrong number of rows; got 1; allowed: 3, as .p says"),
    "no rows": (HEAD + ".e\n", "{path}: no row states an output; got 0 of - or ~; allowed: rows of 0 and of 1"),
    "short row": (
        HEAD + "1 1\n",
        "{path}, line 4: wrong number of signs; got 2; allowed: 2 of inputs and 1 of outputs",
    ),
    "unknown sign": (HEAD + "1x 1\n", "{path}, line 4: unknown sign; got 'x' in column 2; allowed: 0, 1, -, 2"),
    "unknown output": (
        HEAD + "11 5\n",
        "{path}, line 4: unknown sign; got '5' in column 3; allowed: 0, 3, 1, 4, -, 2, ~",
    ),
    "type twice": (HEAD + ".type fdr\n", "{path}, line 4: a line is there twice; got .type; allowed: one .type"),
    "contradiction": (
        HEAD + "11 1\n0- 0\n01 4\n",
        "{path}, line 6: an earlier row states the other output of a sample; got 01 1; allowed: one output for each",
    ),
    "silent": (HEAD + "11 -\n", "{path}: no row states an output; got 1 of - or ~; allowed: rows of 0 and of 1"),
    "unknown line": (
        HEAD + ".phase 1\n11 1\n",
        "{path}, line 4: unknown line of a PLA; got .phase 1; allowed: .i, .o, .p, .type, .ilb, .ob, .e",
    ),
    "names": (
        HEAD + ".ilb a a\n11 1\n",
        "{path}, .ilb: wrong names of inputs; got 1 different ones; allowed: 2",
    ),
    "name of the output": (
        HEAD + ".ilb a b\n.ob a\n11 1\n",
        "{path}, .ob: the output is called as an input; got 'a'",
    ),
    "scientific number": (".i 1e9\n.o 1\n", "{path}, line 1: not a count; got .i 1e9; allowed: .i N"),
    "covers too much": (
        ".i 13\n.o 1\n" + "-" * 13 + " 1\n",
        "{path}, line 3: the row covers too many samples; got 13 inputs of -; allowed: up to 12",
    ),
    "empty": ("\n", "{path}: the file is empty; allowed: a header line and rows of numbers"),
}


@pytest.mark.parametrize("name", BAD_PLAS)
def test_what_is_no_pla(name: str, tmp_path: Path) -> None:
    text, message = BAD_PLAS[name]
    with pytest.raises(DataFileError) as caught:
        pla(tmp_path, text)
    assert str(caught.value).startswith(message.format(path=tmp_path / "f.pla"))


def test_signs_that_espresso_writes_otherwise(tmp_path: Path) -> None:
    found = pla(tmp_path, HEAD + "02 3\n11 4\n10 2\n")
    rows = {(*map(int, row), int(output)) for row, output in zip(found.features, found.targets, strict=True)}
    assert rows == {(0, 0, 0), (0, 1, 0), (1, 1, 1)}


def test_samples_have_no_missing_values(tmp_path: Path) -> None:
    path = tmp_path / "f.pla"
    path.write_text(PLA)
    with pytest.raises(OptionError, match=r"samples of bits have no missing values; got 'drop'; allowed: no --missing"):
        load_dataset(path, missing="drop")


def test_lines_about_long_texts_are_short(tmp_path: Path) -> None:
    with pytest.raises(DataFileError) as caught:
        pla(tmp_path, HEAD.replace("fr", "f" * 200_000) + "11 1\n")
    assert len(str(caught.value)) < 1000
    with pytest.raises(DataFileError) as caught:
        npz(tmp_path, {"inputs": np.array("\x1b[31m" * 9)})
    assert str(caught.value).isprintable()


def test_outputs_that_are_all_the_same(tmp_path: Path) -> None:
    with pytest.raises(SingleClassError, match="all outputs are the same; got 1"):
        pla(tmp_path, HEAD + "11 1\n10 1\n")


def test_the_target_of_samples_is_their_output(tmp_path: Path) -> None:
    path = tmp_path / "f.pla"
    path.write_text(PLA)
    assert len(load_dataset(path, target="m", task="classification").targets) == 6
    with pytest.raises(TargetError, match="no such target; got 'a'; allowed: 'm'"):
        load_dataset(path, target="a")
    with pytest.raises(TargetError, match="the outputs are bits; got regression"):
        load_dataset(path, task="regression")


def arrays(width: int = 11, rows: int = 20) -> Arrays:
    random = np.random.default_rng(0)
    found: Arrays = {"inputs": np.array(width)}
    for part in ("train", "validation", "test"):
        bits = random.integers(2, size=(rows, width))
        found[f"{part}_X"] = np.packbits(bits, axis=-1)
        found[f"{part}_y"] = np.packbits(bits[:, 0] ^ bits[:, -1])
    return found


def npz(tmp_path: Path, content: Arrays) -> Dataset:
    path = tmp_path / "f.npz"
    np.savez_compressed(path, **content)
    return load_dataset(path)


def test_an_archive_has_its_own_parts(tmp_path: Path) -> None:
    found = npz(tmp_path, arrays())
    assert found.features.shape == (60, 11)
    assert (found.targets == (found.features[:, 0] != found.features[:, -1])).all()
    split = found.split(seed=7)
    assert len(split.train_targets) == 40
    assert np.array_equal(split.test_features, found.features[40:])
    assert found.validating is not None
    assert found.validating.tolist() == [False] * 20 + [True] * 20
    with pytest.raises(OptionError, match="the data have a test part of their own; got test size"):
        found.split(0.2)


def test_parts_are_of_the_digest(tmp_path: Path) -> None:
    found = npz(tmp_path, arrays())
    plain = Dataset("f", found.feature_names, found.features, found.targets, found.task)
    assert plain.digest != found.digest


@pytest.mark.parametrize("parts", [[0, 0, 1], [2, 2, 1], [0, 3, 2], [0, 2]])
def test_parts_without_rows_and_rows_without_a_part(parts: list[int]) -> None:
    with pytest.raises(DataError, match="part"):
        Dataset("f", ("a",), np.eye(3)[:, :1], np.arange(3), "classification", parts=np.array(parts, dtype=np.int8))


def changed(name: str, value: object) -> Callable[[Arrays], Arrays]:
    return lambda given: {**given, name: np.asarray(value)}


PACKED = np.zeros((20, 2), dtype=np.uint8)
BAD_ARRAYS = {
    "missing": (
        lambda given: {name: given[name] for name in given if name != "test_y"},
        "{path}: an array is missing; got no test_y; allowed: inputs, and train_X",
    ),
    "inputs of text": (
        changed("inputs", "many"),
        "{path}, inputs: not a number of inputs; got many; allowed: a whole number from 1 to 65536",
    ),
    "inputs of objects": (
        changed("inputs", np.array([{}], dtype=object)),
        "{path}, inputs: not an array of whole numbers row by row; got objects",
    ),
    "no inputs": (changed("inputs", 0), "{path}, inputs: not a number of inputs; got 0"),
    "too many inputs": (changed("inputs", 1 << 40), "{path}, inputs: not a number of inputs; got 1099511627776"),
    "several inputs": (changed("inputs", [3, 4]), "{path}, inputs: not a number of inputs; got int64 of shape (2,)"),
    "other width": (
        changed("inputs", 20),
        "{path}, train_X: not 20 packed bits a row; got uint8 of shape (20, 2); allowed: uint8 of shape (samples, 3)",
    ),
    "not packed": (
        changed("validation_X", PACKED.astype(np.int64)),
        "{path}, validation_X: not 11 packed bits a row; got int64 of shape (20, 2)",
    ),
    "by column": (
        changed("train_X", np.asfortranarray(PACKED)),
        "{path}, train_X: not an array of whole numbers row by row; got uint8, column by column",
    ),
    "few outputs": (
        changed("test_y", np.zeros(2, dtype=np.uint8)),
        "{path}, test_y: not an output bit for each sample; got uint8 of shape (2,); allowed: 20 bits packed into",
    ),
    "bits beyond the inputs": (
        changed("train_X", PACKED + 16),
        "{path}, train_X: bits are set beyond the stated ones; got 20 of 20 last bytes, of 11 bits; allowed: 0 there",
    ),
    "bits beyond the samples": (
        changed("test_y", np.array([0, 0, 1], dtype=np.uint8)),
        "{path}, test_y: bits are set beyond the stated ones; got 1 of 1 last bytes, of 20 bits; allowed: 0 there",
    ),
    "no rows": (changed("train_X", PACKED[:0]), "{path}, train_X: not 11 packed bits a row; got uint8 of shape (0, 2)"),
}


@pytest.mark.parametrize("name", BAD_ARRAYS)
def test_arrays_that_are_no_samples(name: str, tmp_path: Path) -> None:
    change, message = BAD_ARRAYS[name]
    with pytest.raises(DataFileError) as caught:
        npz(tmp_path, change(arrays()))
    assert str(caught.value).startswith(message.format(path=tmp_path / "f.npz"))


def member(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def archive(tmp_path: Path, members: dict[str, bytes]) -> Path:
    path = tmp_path / "f.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(f"{name}.npy", content)
    return path


def test_a_header_that_lies_about_the_size_takes_no_memory(tmp_path: Path) -> None:
    lie = member(PACKED).replace(b"(20, 2), }" + b" " * 12, b"(20000000000000, 2), }")
    assert lie != member(PACKED)
    path = archive(tmp_path, {"inputs": member(np.array(11)), "train_X": lie})
    with pytest.raises(DataFileError, match="the array does not have the size that it states; got 40 bytes"):
        load_dataset(path)


def test_an_array_that_is_too_large_is_not_unpacked(tmp_path: Path) -> None:
    path = archive(tmp_path, {"inputs": member(np.array(11)), "train_X": bytes(_LARGEST_ARRAY + 1)})
    with pytest.raises(DataFileError, match="train_X: the array is too large"):
        load_dataset(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rest", b"\x93NUMPY"])
def test_what_is_no_archive(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "f.npz"
    path.write_bytes(content)
    with pytest.raises(DataFileError, match="not an archive of arrays"):
        load_dataset(path)


def test_a_damaged_member(tmp_path: Path) -> None:
    for content in (b"", b"no array", member(PACKED)[:40], b"\x93NUMPY\x03\x00" + member(PACKED)[8:]):
        path = archive(tmp_path, {"inputs": content})
        with pytest.raises(BespokeError, match="inputs: not an array"):
            load_dataset(path)


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': (",
        "{'descr': '|u1",
        "-" * 9000 + "1",
        "(" * 9000,
        "{'descr': '|u1', 'fortran_order': False, 'shape': (True,), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1L,), }",
        "{'descr': '|u1', 'fortran_order': False, 3: (1,), }",
        "{'descr': '|u3', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 999999999999999999, 999999999999999999), }",
        "x" * 70_000,
    ],
)
def test_a_forged_header(header: str, tmp_path: Path) -> None:
    text = header.encode() + b"\n"
    path = archive(tmp_path, {"inputs": b"\x93NUMPY\x02\x00" + len(text).to_bytes(4, "little") + text})
    with pytest.raises(DataFileError, match=r"inputs: (not an array|the array does not have the size)") as caught:
        load_dataset(path)
    assert len(str(caught.value)) < 1000


def test_members_packed_by_other_methods(tmp_path: Path) -> None:
    path = tmp_path / "f.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as target:
        target.writestr("inputs.npy", member(np.array(11)))
    with pytest.raises(DataFileError, match="packed in another way; got compression 14; allowed: stored or deflated"):
        load_dataset(path)


def test_test_samples_that_were_seen_are_counted(tmp_path: Path) -> None:
    given = arrays()
    given["test_X"][:2] = given["train_X"][:2]
    given["test_X"][2] = given["validation_X"][0]
    assert npz(tmp_path, given).notes[0].startswith("the inputs of 3 of 20 test samples stand among those of training")
    assert not npz(tmp_path, arrays()).notes

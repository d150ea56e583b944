"""Files that are no activity of the netlist: one line that says what is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from exchange_samples import adder, random_inputs

from bespoke.errors import ActivityError
from bespoke.interchange import ImportOptions, read_saif, read_vcd
from bespoke.interchange.saif import saif_text
from bespoke.sim import simulate_mapped

CIRCUIT = adder()
NAMES = list(CIRCUIT.names.bits)
HEAD = "$scope module m $end\n" + "".join(f"$var wire 1 {chr(65 + n)} {name} $end\n" for n, name in enumerate(NAMES))
HEAD = HEAD.replace("total[0] $end", "total [0] $end").replace("total[1] $end", "total [1] $end")
START = "#0\n" + "".join(f"0{chr(65 + n)}\n" for n in range(len(NAMES)))
VCD = HEAD + "$upscope $end $enddefinitions $end\n" + START + "#5\n1A\n#10\n"
SAIF = saif_text(CIRCUIT, simulate_mapped(CIRCUIT.mapped, CIRCUIT.library, random_inputs(CIRCUIT, 8)).activity, 1.0)

VCDS = {
    "empty": ("", "not a VCD file; got 'nothing'"),
    "prose": ("Dear reader", "not a VCD file; got 'Dear'"),
    "binary": (bytes(range(256)) * 100, "not a VCD file; got binary data"),
    "zeros": (bytes(100_000), "not a VCD file"),
    "a word without end": (b"$" + b"x" * (9 << 20), "not a VCD file; got a word without end"),
    "too late": (VCD.replace("#10", f"#{2**62}"), "not a time; got #4611686018427387904"),
    "header cut": (VCD[:60], "truncated: "),
    "header without end": (HEAD, "truncated: the header has no end"),
    "no declaration": (VCD.replace("$upscope", "upscope"), "not a declaration; got upscope"),
    "cut in a value": (VCD[:-6], "truncated: the last line has no end; got 1"),
    "cut in a comment": (VCD + "$comment hello\n", r"truncated: \$comment has no \$end"),
    "cut in a vector": (VCD + "b1\n", "truncated: the value of a vector has no identifier"),
    "time back": (VCD + "#7\n", "time goes back; got #7 after #10"),
    "time no number": (VCD + "#seven\n", "not a time; got #seven"),
    "time too long": (VCD + "#" + "9" * 5000 + "\n", "not a time"),
    "junk between values": (VCD + "hello\n", "not a value change; got hello"),
    "unknown again": (VCD + "xA\n", "#10: a net becomes unknown; got x"),
    "never known": (VCD.replace("0A\n", "").replace("1A\n", ""), "some nets are unknown to the end; got 1 of 12"),
    "width": (VCD.replace("wire 1 A", "wire 99999999999 A"), "not a declaration of a variable"),
    "two widths": (VCD.replace("wire 1 B", "wire 2 A"), "an identifier stands for variables of two widths; got A"),
    "other design": (VCD.replace(" a $end", " q $end"), "no scope has all inputs of the netlist; got m without a"),
    "no net": (VCD.replace(" n9 $end", " q $end"), "nets of the netlist are missing; got n9"),
}
SAIFS = {
    "empty": ("", "not a SAIF file; got nothing"),
    "prose": ("Dear reader", "not a SAIF file; got 'Dear'"),
    "binary": (bytes(range(256)) * 100, "not a SAIF file; got binary data"),
    "truncated": (SAIF[: len(SAIF) // 2], "truncated: a parenthesis is not closed"),
    "too many parentheses": (SAIF + ")", "a parenthesis that closes nothing"),
    "two files": (SAIF + SAIF, "not a SAIF file"),
    "too deep": ("(" * 5000, "not a SAIF file|nested too deeply"),
    "deep inside": ("(SAIFILE " + "(" * 5000, "nested too deeply"),
    "forward": (SAIF.replace("backward", "forward"), 'not a SAIF of activities; got "forward"'),
    "no duration": (SAIF.replace("DURATION", "DURATIONS"), "DURATION: not a number of time units; got no DURATION"),
    "bad duration": (SAIF.replace("(DURATION 8000000)", "(DURATION x)"), "not a number of time units; got x"),
    "negative": (SAIF.replace("(T1 ", "(T1 -", 1), "a: not a number of time units; got -"),
    "infinite": (SAIF.replace("(T1 ", "(T1 1e999", 1), "a: not a number of time units"),
    "too long": (SAIF.replace("(DURATION 8000000)", f"(DURATION {'9' * 400})"), "not a number of time units; got 999"),
    "too long for numpy": (SAIF.replace("(DURATION 8000000)", f"(DURATION {2**62})"), "DURATION: not a number"),
    "too many changes": (SAIF.replace("(TC ", f"(TC {'9' * 400}", 1), "a: not a number of time units; got 999"),
    "no count": (SAIF.replace("(TC ", "(TX ", 1), "a: a net without figures; got no TC"),
    "longer than it lasts": (
        SAIF.replace("(DURATION 8000000)", "(DURATION 80)"),
        "times do not fit the duration; got ",
    ),
    "no instance": (SAIF.replace("(INSTANCE classifier", "(INSTANCE"), "an INSTANCE without a name"),
    "other design": (SAIF.replace("(a (", "(q ("), "no scope has all inputs of the netlist; got classifier without a"),
    "no net": (SAIF.replace("(n9 (", "(q ("), "nets of the netlist are missing; got n9"),
    "flat net": (SAIF.replace("(NET", "(NET x"), "malformed; got x"),
}


def check(reader, tmp_path, content, message, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ActivityError, match=message) as caught:
        reader(path, CIRCUIT, ImportOptions())
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(("content", "message"), VCDS.values(), ids=VCDS.keys())
def test_bad_vcd(tmp_path, content, message):
    check(read_vcd, tmp_path, content, message, ".vcd")


@pytest.mark.parametrize(("content", "message"), SAIFS.values(), ids=SAIFS.keys())
def test_bad_saif(tmp_path, content, message):
    check(read_saif, tmp_path, content, message, ".saif")


def test_the_files_are_good_before_they_are_spoiled(tmp_path):
    (tmp_path / "a.vcd").write_text(VCD)
    (tmp_path / "a.saif").write_text(SAIF)
    assert read_vcd(tmp_path / "a.vcd", CIRCUIT, ImportOptions()).activity.vectors == 2
    assert read_saif(tmp_path / "a.saif", CIRCUIT, ImportOptions()).activity.vectors == 8


@pytest.mark.parametrize("reader", [read_vcd, read_saif])
def test_files_that_cannot_be_opened(tmp_path, reader):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(ActivityError, match="cannot be read"):
            reader(path, CIRCUIT, ImportOptions())


@pytest.mark.parametrize(("text", "reader"), [(VCD, read_vcd), (SAIF, read_saif)])
def test_damaged_files_are_read_or_refused(tmp_path, text, reader):
    rng = np.random.default_rng(0)
    path = tmp_path / "a"
    messages = []
    for _ in range(300):
        data = bytearray(text.encode())
        for place in rng.integers(0, len(data), size=rng.integers(1, 4)):
            data[place] = rng.integers(0, 256)
        path.write_bytes(data[: rng.integers(0, len(data) + 1)])
        try:
            reader(path, CIRCUIT, ImportOptions())
        except ActivityError as error:
            messages.append(str(error))
    assert messages
    assert not [message for message in messages if "\n" in message]

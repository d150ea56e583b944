"""Messages of errors that are raised on purpose."""

import pickle

import pytest

from bespoke.errors import BespokeError, OptionError


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({}, "wrong"),
        ({"where": "file", "got": 0, "allowed": "1 or 2"}, "file: wrong; got 0; allowed: 1 or 2"),
        ({"allowed": "did you mean it"}, "wrong; allowed: did you mean it"),
        ({"got": "onne", "allowed": "one, two", "hint": "one"}, "wrong; got onne; did you mean one?"),
        ({"got": "x", "allowed": "one, two", "hint": ""}, "wrong; got x; allowed: one, two"),
        ({"got": "two\n  lines"}, "wrong; got two lines"),
    ],
)
def test_message(parts, message):
    assert str(BespokeError("wrong", **parts)) == message


def test_errors_travel_between_processes():
    error = pickle.loads(pickle.dumps(OptionError("wrong", where="here", hint="right")))
    assert (type(error), str(error), error.where, error.hint) == (OptionError, str(error), "here", "right")
    assert str(error).endswith("; did you mean right?")

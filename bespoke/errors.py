"""Every error that bespoke raises on purpose.

The class names the fault; the message says what is wrong, where, what was found and what is allowed,
in one line.
"""

from __future__ import annotations

_LONGEST = 400  # letters of what was found


class BespokeError(Exception):
    """Root of all errors raised on purpose.

    Parameters
    ----------
    what : str
        What is wrong, as a short sentence without a full stop.
    where : str, optional
        The file, option, feature, cell or line concerned.
    got : object, optional
        What was found there.
    allowed : str, optional
        What would have been accepted, or what to do.
    hint : str, optional
        What was probably meant; it is shown instead of all that is allowed.

    Examples
    --------
    >>> from bespoke import BespokeError, CompileOptions
    >>> try:
    ...     CompileOptions(effort="hihg")
    ... except BespokeError as error:
    ...     print(error)
    effort: unknown choice; got hihg; allowed: fast, high
    """

    def __init__(
        self, what: str, *, where: str | None = None, got: object = None, allowed: str | None = None, hint: str = ""
    ) -> None:
        self.what = what
        self.where = where
        self.got = got
        self.allowed = allowed
        self.hint = hint
        super().__init__(self._message())

    def _message(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        if self.got is not None:
            text += f"; got {_cut(str(self.got))}"
        if self.hint:
            text += f"; did you mean {self.hint}?"
        elif self.allowed:
            text += f"; allowed: {self.allowed}"
        return _printable(" ".join(text.split()))


def _cut(text: str) -> str:
    """The start of a text that is too long for a line."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text):,} characters)"


def _printable(text: str) -> str:
    """What a terminal would obey is shown, not sent."""
    return text if text.isprintable() else "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


class BespokeWarning(UserWarning):
    """What a caller in Python should know of a circuit that was made all the same; commands print it as a remark.

    Examples
    --------
    >>> import warnings
    >>> from bespoke import BespokeWarning
    >>> warnings.simplefilter("error", BespokeWarning)  # to refuse circuits that lose much, such as those of 1 bit
    >>> warnings.simplefilter("default", BespokeWarning)
    """


class OptionError(BespokeError):
    """An option has a value outside what it allows."""


class ModelError(BespokeError):
    """A model cannot be compiled."""


class UnsupportedModelError(ModelError):
    """The kind of estimator, or one of its settings, is not supported."""


class NotFittedModelError(ModelError):
    """The estimator was not fitted."""


class MultiOutputModelError(ModelError):
    """The estimator predicts more than one target."""


class NonFiniteModelError(ModelError):
    """A coefficient is NaN or infinite."""


class FeatureCountError(ModelError):
    """Model and data differ in the number of features."""


class ModelInputsError(ModelError):
    """It cannot be told whether a bare model was trained on raw or on scaled features."""


class ModelFileError(ModelError):
    """A model file cannot be read, or holds something that is not a model."""


class UntrustedFileError(ModelFileError):
    """Reading the file could run code, and the user did not allow that."""


class RangeError(ModelError):
    """An integer model needs numbers beyond 62 bits."""


class DataError(BespokeError):
    """A data set cannot be used."""


class DatasetNotFoundError(DataError):
    """No file and no catalogue entry has that name."""


class DataFileError(DataError):
    """A data file cannot be read as a table."""


class TargetError(DataError):
    """The target column is missing or unusable."""


class MissingValuesError(DataError):
    """A data set has missing values."""


class NonNumericError(DataError):
    """A feature column holds something that is not a number."""


class SingleClassError(DataError):
    """A classification target has one class only."""


class FetchError(DataError):
    """A data set could not be downloaded."""


class TechnologyError(BespokeError):
    """A technology or cell library cannot be used."""


class UnknownTechnologyError(TechnologyError):
    """No technology has that name."""


class VoltageError(TechnologyError):
    """The technology has no figures for that supply voltage."""


class LibertyError(TechnologyError):
    """A Liberty file is malformed or lacks what is needed."""


class LibraryError(TechnologyError):
    """A cell library lacks a cell or a figure that is needed."""


class ConverterError(BespokeError):
    """A model of converters cannot be used, or has no figure for what is asked."""


class NetlistError(BespokeError):
    """A netlist breaks one of its invariants."""


class OpenConeError(NetlistError):
    """A literal depends on a net that is no function of the given leaves."""


class HintError(BespokeError):
    """A certificate lacks a hint without which a step of the proof cannot go on; ``where`` is the step."""


class VerilogError(NetlistError):
    """Verilog text cannot be read as a flat structural netlist of known cells."""


class StimuliError(BespokeError):
    """Input vectors do not fit the netlist."""


class ActivityError(StimuliError):
    """A file of switching activity cannot be read, or is that of another netlist."""


class ToolError(BespokeError):
    """An external program is missing or failed."""


class ToolMissingError(ToolError):
    """An external program is not installed."""


class ToolTimeoutError(ToolError):
    """An external program did not finish within its time limit."""


class OutputError(BespokeError):
    """An output directory or file cannot be written or read."""


class VerificationError(BespokeError):
    """Two executors disagree about a circuit's function."""


class ConstraintError(BespokeError):
    """No design keeps the limits that were asked for."""


class SweepError(BespokeError):
    """Cells of a sweep failed."""


class ClusterError(BespokeError):
    """A cluster cannot be reached, or cannot run what it should."""


class ProcessLostError(BespokeError):
    """A process that worked for this one was ended from outside."""


class FrontError(BespokeError):
    """Designs do not form a front."""

"""The command line: arguments to calls. The only room that prints."""

from bespoke.cli.commands import bespoke


def main() -> None:
    """Run the command line with the arguments of the process."""
    bespoke(prog_name="bespoke")

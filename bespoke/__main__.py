"""``python -m bespoke`` is the command line."""

from bespoke.cli import main

if __name__ == "__main__":
    main()

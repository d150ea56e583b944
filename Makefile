# `make demo` and `make test` work from a clean clone on a machine with Python >= 3.11 and git.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: help demo test check lint format bench fuzz clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## */: /' | column -t -s: 2>/dev/null || grep -E '^[a-z]+:.*##' Makefile

$(VENV)/.installed: pyproject.toml .ci/environment
	bash .ci/environment "$(PYTHON)" "$(VENV)" '.[formal]'
	@touch $@

$(VENV)/.developer: pyproject.toml .ci/environment
	bash .ci/environment "$(PYTHON)" "$(VENV)" '.[dev,formal,plots]'
	@touch $@ $(VENV)/.installed

demo: $(VENV)/.installed  ## install, then train, compile and verify a few models on embedded data
	$(BIN)/bespoke demo -o out/demo

test: $(VENV)/.developer  ## everything: tools, lint, types, all tests
	bash .ci/tests "$(BIN)"

check: $(VENV)/.developer lint  ## lint, types and the fast tests, under a minute
	$(BIN)/pytest -n 2 -m "not slow and not oracle"

lint: $(VENV)/.developer  ## lint and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.developer  ## rewrite the sources in the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.developer  ## compile the reference models, compare with the published figures
	$(BIN)/python benchmarks/exact.py

fuzz: $(VENV)/.developer  ## seeded random models through every executor
	$(BIN)/python benchmarks/fuzz.py

clean:  ## remove the environment and everything generated
	rm -rf "$(VENV)" out/demo dist build .mypy_cache .ruff_cache .pytest_cache

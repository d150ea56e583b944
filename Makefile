# `make demo` and `make test` work from a clean clone on a machine with Python >= 3.11 and git.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# The tests start many processes, which read what is compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check lint format docs bench bench-proofs bench-sides bench-ablation bench-speed bench-faults bench-approx fuzz clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## */: /' | column -t -s: 2>/dev/null || grep -E '^[a-z-]+:.*##' Makefile

$(VENV)/.installed: pyproject.toml .ci/environment
	bash .ci/environment "$(PYTHON)" "$(VENV)" '.[formal]'
	@touch $@

$(VENV)/.developer: pyproject.toml .ci/environment
	bash .ci/environment "$(PYTHON)" "$(VENV)" '.[dev,docs,formal,plots]'
	@touch $@ $(VENV)/.installed

demo: $(VENV)/.installed  ## install, then go from data and from models to circuits, on embedded data
	$(BIN)/bespoke demo -o out/demo

test: $(VENV)/.developer  ## everything: tools, lint, types, all tests
	bash .ci/tests "$(BIN)"

check: $(VENV)/.developer lint  ## lint, types and the fast tests, under a minute
	$(BIN)/pytest -n 2 --dist worksteal --brief -m "not slow and not oracle"

lint: $(VENV)/.developer  ## lint and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.developer  ## rewrite the sources in the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.developer  ## the user guide in build/guide; warnings are errors
	$(BIN)/sphinx-build -W --keep-going -q -b html docs build/guide
	@echo build/guide/index.html

bench: $(VENV)/.developer  ## compile the reference models and trees, compare with the published figures
	$(BIN)/python benchmarks/exact.py
	$(BIN)/python benchmarks/exact.py --trees --high

bench-proofs: $(VENV)/.developer  ## the same, each circuit verified and proven, and with --effort high
	$(BIN)/python benchmarks/exact.py --prove --high
	$(BIN)/python benchmarks/exact.py --prove --high --trees

bench-sides: $(VENV)/.developer  ## side by side with alkaid (installed for this only) and with Yosys
	$(BIN)/python -m pip install --quiet --disable-pip-version-check alkaid
	$(BIN)/python benchmarks/side_alkaid.py
	$(BIN)/python benchmarks/side_yosys.py
	$(BIN)/python benchmarks/side_opensta.py

bench-ablation: $(VENV)/.developer  ## what each technique of the exact compiler is worth
	$(BIN)/python benchmarks/ablation.py

bench-speed: $(VENV)/.developer  ## the simulator beside Verilator, and growth to 200,000 gates
	$(BIN)/python benchmarks/simulator.py
	$(BIN)/python benchmarks/growth.py

bench-faults: $(VENV)/.developer  ## faults at size, test sets, functional yields
	$(BIN)/python benchmarks/faults.py

bench-approx: $(VENV)/.developer  ## approximate circuits beside the published ones, the search by itself, the cost model
	$(BIN)/python benchmarks/approximate.py
	$(BIN)/python benchmarks/approximate.py --trees
	$(BIN)/python benchmarks/search.py
	$(BIN)/python benchmarks/search.py --searchers
	$(BIN)/python benchmarks/cost_model.py

fuzz: $(VENV)/.developer  ## seeded random models through every executor
	$(BIN)/python benchmarks/fuzz.py
	$(BIN)/python benchmarks/fuzz.py --ensembles

clean:  ## remove the environment and everything generated
	rm -rf "$(VENV)" out/demo dist build .mypy_cache .ruff_cache .pytest_cache

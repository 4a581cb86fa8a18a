# Every target makes what it needs; `make demo` and `make test` are all that a newcomer types.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo test bench-processing check format lint types imports clean

help: ## Show the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

# One environment for all; made again only when the requirements change.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "xtreme-edge's host needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[host,fetch,dev]'
	@touch $@

demo: $(STAMP) ## Set up and run the whole loop on a virtual device
	$(BIN)/host demo

test: $(STAMP) ## Set up and run the tests
	$(BIN)/python -m pytest

# XTREME_EDGE_DATA names the folder with xtreme_r_sample and tokenizers.
bench-processing: $(STAMP) ## Measure tokenising and decoding against int8 inference
	$(BIN)/python -m benchmarks.processing

check: format lint types imports test ## All that must hold before a commit

format: $(STAMP)
	$(BIN)/ruff format --check .

lint: $(STAMP)
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports

clean: ## Remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

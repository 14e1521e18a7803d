# Every command of a day's work. Installs are remembered by stamp files and repeated only when pyproject.toml changes.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo ui web test check fix cov bench docs clean

VENV ?= .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export MYPY_CACHE_DIR ?= $(VENV)/mypy-cache
export RUFF_CACHE_DIR ?= $(VENV)/ruff-cache

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(BIN)/python:
	@for python in $(PYTHON) python3.14 python3.13 python3.12 python3.11 python3; do \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making $(VENV) with $$("$$python" --version)"; exec "$$python" -m venv $(VENV); \
	  fi; \
	done; \
	echo "No Python 3.11 or newer with the venv module was found. Install one, or name it: make $(MAKECMDGOALS) PYTHON=..." >&2; \
	exit 1

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[demo]'
	@touch $@

$(VENV)/.page: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[demo,page]'
	@touch $@ $(VENV)/.demo

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.demo $(VENV)/.page

demo: $(VENV)/.demo ## Train a dozen models on real data, record them, list and compare them
	@$(BIN)/python examples/digits/demo.py

web: $(VENV)/.page ## Build the page, where its source has changed
	$(BIN)/python web/backend.py

ui: web ## Look at the runs of the demo on the page
	@$(BIN)/python -m setpoint --store examples/digits/.setpoint ui

test: check web ## Run the checks, then every test in random order
	$(BIN)/python web/backend.py test
	$(BIN)/python -W error -m pytest

check: $(VENV)/.dev ## Format, lint, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-cache
	$(BIN)/python web/backend.py check

fix: $(VENV)/.dev ## Format, and mend what the linters can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python web/backend.py fix

cov: web ## Measure branch coverage; _core and _journal must be covered whole
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report || true
	$(BIN)/coverage report --fail-under=100 --include='*/setpoint/_core/*,*/setpoint/_journal/*'

bench: web ## Measure the speed claims of docs/performance.md
	$(BIN)/python benchmarks/run.py

docs: $(VENV)/.dev ## Build the documentation into site/, warnings are errors
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

clean: ## Remove everything that was made here
	rm -rf $(VENV) site build dist web/node_modules src/setpoint/_web/static .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

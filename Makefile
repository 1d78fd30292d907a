# Karama's commands. `make` alone lists them. Only `python3` (3.11 or later) is needed; `uv` is used when it is there.
#
#   make demo          installs, makes a synthetic register, applies the law month by month, shows the result
#   make demo SERVE=0  the same, and stops before serving
#   make test          installs, runs the tests
#   make test-all      the long tests too, Spark among them, with branch coverage
#   make check         linter, formatter, types and floors
#   make bench         the full-size month beside its peers (PART=, HOUSEHOLDS=, RUNS=, REGISTER= choose)
#   make oracle        all months and clocks against the independent implementation
#   make reference     writes the generated pages of the reference again
#   make lock          resolves the dependencies again (needs uv)
#   make clean         removes what the other commands made

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
SERVE ?= 1
VENV := .venv
BIN := $(VENV)/bin
BENCH_VENV := .venv-bench
UV := $(shell uv --version >/dev/null 2>&1 && echo uv)

# Says what a target does, and at its end how long that took, whether it went well or not.
say = echo "make $@: $(1)"; trap 'code=$$?; echo "make $@: $$( [ $$code = 0 ] && echo done || echo failed ) after $$SECONDS s"' EXIT

.PHONY: help demo test test-all check bench oracle reference lock clean install install-dev install-spark

help:
	@sed -n 's/^#   //p' Makefile

demo: install
	@$(call say,a register fitted to the census with the law applied to it month by month)
	$(BIN)/karama demo $(if $(filter 0,$(SERVE)),--no-serve)

test: install-dev
	@$(call say,the tests without the long ones)
	$(BIN)/python -m pytest -m "not long" -n 2 --dist loadfile

test-all: install-dev install-spark
	@$(call say,all the tests with branch coverage)
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=json:coverage.json
	$(BIN)/python -m tests.house.coverage_of_floors coverage.json

check: install-dev
	@$(call say,linter then formatter then types then floors)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# PART, HOUSEHOLDS, RUNS, REGISTER, SCRATCH and RESUME=1 choose; the peers live in an environment of their own.
bench: install-dev $(BENCH_VENV)/installed
	@$(call say,the month beside scan and SQL and Polars and PostgreSQL and OpenFisca and Django)
	$(BIN)/python -m benchmarks $(foreach part,$(PART),--part $(part)) $(if $(HOUSEHOLDS),--households $(HOUSEHOLDS)) \
		$(if $(RUNS),--runs $(RUNS)) $(if $(REGISTER),--register $(REGISTER)) $(if $(SCRATCH),--scratch $(SCRATCH)) \
		$(if $(RESUME),--resume)

oracle: install-dev
	@$(call say,all months and clocks against the independent implementation)
	$(BIN)/python -m tests.oracles.run_all_months

reference: install-dev
	@$(call say,the pages that are generated from the program and its law)
	$(BIN)/python -m tests.house.generated_pages

# The run-time closure is locked first; every other file keeps its versions.
lock:
	@$(call say,resolving the dependencies and their hashes into requirements/)
	[ -n "$(UV)" ] || { echo "make lock: uv is needed to resolve for every platform at once: pip install uv" >&2; exit 1; }
	compile() {
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
			--no-emit-index-url --no-emit-find-links --output-file "requirements/$$1" "$${@:2}"
		sed -i '1i # Locked by `make lock` from pyproject.toml; not edited by hand.' "requirements/$$1"
	}
	compile run.txt pyproject.toml
	compile dev.txt pyproject.toml --constraint requirements/run.txt --extra dev --extra docs
	compile spark.txt pyproject.toml --constraint requirements/dev.txt --extra spark
	compile build.txt --group build --constraint requirements/dev.txt
	compile bench.txt --group bench --constraint requirements/dev.txt

clean:
	@$(call say,removing the environment and what the tools left)
	rm -rf $(VENV) $(BENCH_VENV) build demo dist out coverage.json .coverage .coverage.* htmlcov \
		.hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# ---------------------------------------------------------------------------------------------------------- installation
# A stamp for each set, so that installation happens once and again only when a locked file changes.
install: $(VENV)/installed-run
install-dev: $(VENV)/installed-dev
install-spark: $(VENV)/installed-spark

$(BIN)/python:
	@$(call say,making the environment $(VENV))
	"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
		echo "Karama needs Python 3.11 or later; $(PYTHON) is older or missing." \
			"Install one and say 'make PYTHON=python3.11 ...'." >&2; exit 1; }
	if [ -n "$(UV)" ]; then uv venv --quiet --allow-existing --python "$$(command -v "$(PYTHON)")" $(VENV); exit; fi
	"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || {
		echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv (as root)." >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/installed-%: requirements/%.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@$(call say,installing the locked packages of requirements/$*.txt)
	[ -n "$(UV)" ] || $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	installer=$(if $(UV),"uv pip install --quiet --python $(BIN)/python","$(BIN)/python -m pip install --quiet --disable-pip-version-check")
	$$installer --require-hashes -r requirements/build.txt -r requirements/$*.txt
	$$installer --no-deps --no-build-isolation --editable .
	touch $@

# The peers of the benchmarks; one that cannot be installed is told as "not run" by the benchmarks themselves.
$(BENCH_VENV)/installed: requirements/bench.txt | $(BIN)/python
	@$(call say,installing the peers of the benchmarks into $(BENCH_VENV))
	if [ -n "$(UV)" ]; then
		uv venv --quiet --allow-existing --python $(BIN)/python $(BENCH_VENV)
		installer="uv pip install --quiet --python $(BENCH_VENV)/bin/python"
	else
		$(BIN)/python -m venv $(BENCH_VENV)
		installer="$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check"
	fi
	if $$installer --require-hashes -r requirements/bench.txt; then touch $@
	else echo "make bench: THE PEERS ARE NOT INSTALLED; those whose library is missing will be 'not run'" >&2; fi

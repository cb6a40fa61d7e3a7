# Two commands matter: `make test` and, once there is a product to serve, `make run`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: test check lock clean
.DEFAULT_GOAL := test

.venv/bin/python:
	$(PYTHON) -m venv .venv || { echo "Python's venv module is missing: apt-get install python3-venv" >&2; rm -rf .venv; exit 1; }

.venv/.dev: requirements/dev.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

test: .venv/.dev
	$(BIN)/pytest

check: .venv/.dev
	$(BIN)/ruff check src tests
	$(BIN)/lint-imports

lock:
	tools/lock.sh

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .import_linter_cache

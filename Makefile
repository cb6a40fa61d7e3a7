# Two commands matter: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
ASSETS := src/hengwei/ui/static/hengwei/app.js
FRONT := $(wildcard frontend/src/*.ts frontend/src/*.css frontend/*.mjs frontend/package-lock.json) \
	$(shell find src/hengwei -name '*.html' -o -name '*.py')
WORDS := $(wildcard src/hengwei/*/locale/*/LC_MESSAGES/django.po)

# A dozen processes are one start after another: what the first has compiled the others need not compile anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test walks check bench wheel lock pictures docs messages clean
.DEFAULT_GOAL := run

.venv/bin/python:
	$(PYTHON) -m venv .venv || { echo "Python's venv module is missing: apt-get install python3-venv" >&2; rm -rf .venv; exit 1; }

.venv/.dev: requirements/dev.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@ .venv/.run

.venv/.run: requirements/run.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

# What the pages load, and the words in their compiled form. Neither is committed; the wheel carries both.
$(ASSETS): $(FRONT) tools/frontend.py
	$(BIN)/python tools/frontend.py
	touch $@

.venv/.words: $(WORDS)
	$(BIN)/python tools/messages.py compile
	touch $@

run: .venv/.run $(ASSETS) .venv/.words
	$(BIN)/hengwei serve --demo

test: .venv/.dev $(ASSETS) .venv/.words
	$(BIN)/pytest -n 2 --dist loadfile

# The walks in a browser once more, each in both languages; `make test` makes them by turns.
walks: .venv/.dev $(ASSETS) .venv/.words
	$(BIN)/pytest -n 2 --dist loadfile --both-languages tests/browser

check: .venv/.dev $(ASSETS) .venv/.words
	$(BIN)/ruff check src tests tools bench
	$(BIN)/lint-imports
	$(BIN)/python tools/messages.py check
	$(BIN)/mypy

bench: .venv/.dev $(ASSETS) .venv/.words
	$(BIN)/python -m bench

wheel: .venv/.dev $(ASSETS) .venv/.words
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

pictures: .venv/.dev $(ASSETS) .venv/.words
	$(BIN)/python tools/pictures.py

docs: .venv/.dev .venv/.words
	$(BIN)/python tools/docs.py

messages: .venv/.dev
	$(BIN)/python tools/messages.py extract

lock:
	tools/lock.sh

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .import_linter_cache frontend/node_modules src/hengwei/ui/static/hengwei

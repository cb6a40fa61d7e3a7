#!/bin/sh
# Pin every dependency by version and hash, without naming where it comes from. Needs uv; installing needs pip alone.
set -eu
cd "$(dirname "$0")/.."
options="--quiet --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.11"
uv pip compile $options pyproject.toml requirements/run.in -o requirements/run.lock
uv pip compile $options pyproject.toml requirements/run.in requirements/dev.in -c requirements/run.lock -o requirements/dev.lock

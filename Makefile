PY := .venv/bin/python
DEMO ?=
WORKERS ?= 2

.PHONY: demo up test bench lint lock catalogues help

help:            ## what can be made here
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo:            ## install, make the sample sub-district, solve today's roster, print it and the address
	@.ci/install run
	@.venv/bin/matcher demo $(DEMO)

up:              ## the whole program on this machine: queue, worker, sweeper, web
	@.ci/install run
	@.venv/bin/matcher up

test:            ## every test, on SQLite and Postgres, with a real queue and a real browser
	@.ci/install dev
	$(PY) -m pytest -n $(WORKERS) --dist loadfile

bench:           ## solve the public instances and the lab days, print the gaps
	@.ci/install dev
	$(PY) -m tests.benchmarks

lint:            ## style, types, import contracts
	@.ci/install dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

lock:            ## pin the packages of pyproject.toml anew, with hashes
	uv pip compile -q --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --extra build pyproject.toml -o requirements.lock
	uv pip compile -q --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

PY := .venv/bin/python
DEMO ?=
WORKERS ?= 2

.PHONY: demo up test storm bench bench-full lint lock catalogues help

help:            ## what can be made here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo:            ## install, make the sample sub-district, solve today's roster, print it and the address
	@.ci/install run
	@.venv/bin/matcher demo $(DEMO)

up:              ## the whole program on this machine: queue, worker, sweeper, web
	@.ci/install run
	@.venv/bin/matcher up

test:            ## every test, on SQLite and Postgres, with a real queue and a real browser
	@.ci/install dev
	$(PY) -m pytest -n $(WORKERS) --dist loadfile

KILLS = MATCHER_KILLS=25 MATCHER_REDIS_KILLS=5 MATCHER_FLUSHES=3 MATCHER_FROZEN=5 MATCHER_RESTARTS=2

storm:           ## the day's life under fire: 500 rounds of each race, 300 interleavings, 100 sequences, 150 hits (hours)
	@.ci/install dev
	MATCHER_ROUNDS=500 MATCHER_INTERLEAVINGS=300 MATCHER_EXAMPLES=100 $(PY) -m pytest --timeout 0 tests/matcher/test_offers.py tests/api/test_offers.py tests/api/test_life.py
	for part in 1 2 3 4; do $(KILLS) MATCHER_STORM_SEED=$$part $(PY) -m pytest --timeout 0 tests/storm -s || exit 1; done

bench:           ## solve public instances and drawn days beside four other engines, print the gaps (half an hour)
	@.ci/install bench
	$(PY) -m tests.benchmarks

bench-full:      ## the same with every public instance, every size and three seeds (most of a day); writes RESULTS.md
	@.ci/install bench
	$(PY) -m tests.benchmarks full --write

lint:            ## style, types, import contracts
	@.ci/install dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

lock:            ## pin the packages of pyproject.toml anew, with hashes
	uv pip compile -q --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --extra build pyproject.toml -o requirements.lock
	uv pip compile -q --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	uv pip compile -q --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --extra build --extra dev --extra bench -c requirements-dev.lock pyproject.toml -o .ci/requirements-bench.lock

# Two commands for users: make demo, make test. Each does all its set-up in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test corpus-check train test-crash services test-faults lint types card lock clean bench-reuters bench-stages bench-store fuzz-api load soak

$(READY): pyproject.toml requirements.lock large/pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e . -e ./large
	@touch $(READY)

demo: $(READY)
	@$(BIN)/communique demo --into out/demo

test: $(READY) services lint types
	COMMUNIQUE_SERVICES=required $(BIN)/python -m pytest

# Debian packages of servers that the tests start
services:
	@tools/setup_services.sh

# kill -9 at 200 points of a run, and every system call of its writes failing once (make test takes a sample of both)
test-crash: $(READY)
	$(BIN)/python -m tests.run.crash --points 200 --log build/crash.log
	COMMUNIQUE_TEST_FAULTS=0 $(BIN)/python -m pytest tests/run/test_crash.py -k write

# every system call of a write fails once, at every point where it is made (make test takes a sample)
test-faults: $(READY)
	COMMUNIQUE_FAULTS=all $(BIN)/python -m pytest tests/store/test_failures.py

lint: $(READY)
	$(BIN)/ruff check src tests tools
	PYTHONPATH=src $(BIN)/lint-imports --no-cache

types: $(READY)
	$(BIN)/pyright

# measured on the sets under COMMUNIQUE_DATA (default ../shared/data); writes docs/accuracy.md
card: $(READY)
	$(BIN)/python tools/make_card.py

# `communique run` over all Reuters stories of 1987 with 1 and 2 workers; writes docs/scaling-figures.md
bench-reuters: $(READY)
	$(BIN)/python tools/bench_reuters.py --whole --write docs/scaling-figures.md

# the coder's processor time by stage; writes docs/stage-figures.md
bench-stages: $(READY)
	$(BIN)/python tools/bench_stages.py --write docs/stage-figures.md

# times of the store up to a million events; writes docs/store-figures.md
bench-store: $(READY)
	$(BIN)/python benchmarks/bench_store.py build/bench-store

# 10,000 cases from the OpenAPI of the desk (make test sends 400)
fuzz-api: $(READY)
	COMMUNIQUE_FUZZ_CASES=10000 $(BIN)/python -m pytest tests/serve/test_fuzz.py -s

# twenty readers over a million synthetic events: a minute, with figures in docs/desk-figures.md; and half an hour
load: $(READY)
	$(BIN)/python benchmarks/bench_desk.py build/bench-desk --write docs/desk-figures.md

soak: $(READY)
	$(BIN)/python benchmarks/bench_desk.py build/bench-desk --seconds 1800

# quotas, format and repeated frames of our own corpus (Python alone, no set-up)
corpus-check:
	@$(MAKE) -s -C training corpus-check

# from the corpus to a finished bundle; torch is installed in training/.venv
train:
	$(MAKE) -C training train

lock:
	$(BIN)/python -m pip install -q pip-tools
	$(BIN)/pip-compile -q --extra dev --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis

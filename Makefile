# What people type; .ci/run calls check and test.
VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo serve image chromium pgbouncer test check bench examples lock clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(STAMP): requirements.lock
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $(STAMP)

setup: $(STAMP) ## an environment of its own in .venv, from pinned and hashed packages

demo: $(STAMP) ## the shop's brief becomes a proven persistence architecture
	$(PYTHON) -m flows design examples/shop/INITIAL.md --output applications

serve: $(STAMP) ## Prefect's UI with the deployments, for this machine alone
	$(PYTHON) -m flows serve

image: ## the image in which a Docker work pool runs flows
	docker build --tag persistence-architect:latest .

chromium: ## a browser for the tests in tests/browser, on Debian and Ubuntu
	command -v chromium || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; }

pgbouncer: ## the pooler for tests/engines/test_pooler.py, on Debian and Ubuntu
	test -x /usr/sbin/pgbouncer || { apt-get update -qq && apt-get install -y -qq --no-install-recommends pgbouncer; }

test: $(STAMP) ## all tests; those that need an engine which is not here are skipped and say so
	$(PYTHON) -m pytest -q -n 2 --dist loadfile

check: $(STAMP) ## style, types and the direction of imports
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

bench: $(STAMP) ## how fast the spine is, with the machine it ran on
	$(PYTHON) -m benchmarks.spine
	$(PYTHON) -m benchmarks.proofs
	$(PYTHON) -m benchmarks.handover
	$(PYTHON) -m benchmarks.analysis
	$(PYTHON) -m benchmarks.orchestration
	$(PYTHON) -m benchmarks.scale
	$(PYTHON) -m benchmarks.indexes
	$(PYTHON) -m benchmarks.references
	$(PYTHON) -m benchmarks.evolution
	$(PYTHON) -m benchmarks.attacks
	$(PYTHON) -m benchmarks.mutations
	$(PYTHON) -m benchmarks.families

examples: $(STAMP) ## generates the examples' documents again; review the difference
	for name in shop clinic habits; do \
		$(PYTHON) -m flows design examples/$$name/INITIAL.md --project $$name --output examples --date 2026-11-01 --direct || exit 1; \
	done

lock: ## pins requirements.lock again from pyproject.toml, for every platform and Python from 3.11.0
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11.0 --extra dev --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) applications

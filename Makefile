# 守线: every task of the repository. `make help` lists them.

PYTHON ?= python3
PORT ?= 8000
DATA ?= var
TODAY ?=
NODES ?= 1
WORKERS ?= auto
HOUSEHOLDS ?= 100000
SEED ?= 1
DAYS ?= 30

UV_VERSION := 0.13.9
VENV := .venv
RUN := $(VENV)/bin/python
COMPILE = $(VENV)/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"
INSTALL = $(RUN) -m pip install --quiet --disable-pip-version-check
BUSINESS_DATE = $(if $(TODAY),SHOUXIAN_TODAY=$(TODAY))

# Whatever is started again and again finds its modules compiled.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo partner population status test check lint licences format lock kafka postgres run-distributed bench soak docs clean kafka-jars

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run ## all five houses in one process, with demo data (PORT=8000 DATA=var TODAY=2026-11-15)
	SHOUXIAN_ENV=development $(BUSINESS_DATE) $(RUN) -m services --port $(PORT) --data $(DATA) --demo

demo: $(VENV)/.run ## in a second terminal: a collapse, an illness, the task each opens, and income that comes home (DATA=var)
	$(RUN) -m services.demo --data $(DATA)

partner: $(VENV)/.run ## in a second terminal: a month of a partner city over a bad line, and whether the books agree (DAYS=30 SEED=1 DATA=var)
	$(RUN) -m services.partner --data $(DATA) --days $(DAYS) --seed $(SEED)

population: $(VENV)/.run ## fill the database of a stopped system with invented households (HOUSEHOLDS=100000 DATA=var TODAY=2026-11-15 SEED=1)
	SHOUXIAN_ENV=development $(BUSINESS_DATE) $(RUN) -m services.population --households $(HOUSEHOLDS) --seed $(SEED) --data $(DATA)

status: $(VENV)/.run ## in a second terminal: each house, its lag, unsent events and dead letters (PORT=8000 ARGS=--json)
	$(RUN) -m services status --url http://127.0.0.1:$(PORT) $(ARGS)

test: $(VENV)/.dev ## the whole suite (WORKERS=1 one test after the other, ARGS='-k name' for a part of it)
	$(RUN) -m pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist loadscope --no-loadscope-reorder $(ARGS)

check: lint licences test ## what has to pass before a change lands: lint, licences and test

lint: $(VENV)/.dev ## style, types and import rules
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

licences: $(VENV)/.dev ## the licences of what the houses run on; one that pyproject.toml does not allow is an error
	$(VENV)/bin/pip-licenses --packages $$(sed -n 's/^\([A-Za-z0-9._-]*\)==.*/\1/p' requirements-tracing.lock)

format: $(VENV)/.dev ## rewrite the code in the one style
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

lock: $(VENV)/.uv-$(UV_VERSION) ## pin the dependencies of pyproject.toml by version and hash
	$(COMPILE) -o requirements.lock
	$(COMPILE) --extra tracing -o requirements-tracing.lock
	$(COMPILE) --extra tracing --group dev -o requirements-dev.lock

kafka: $(VENV)/.run ## a Kafka broker on free loopback ports until Ctrl-C (NODES=3 for a replicated cluster)
	$(RUN) -m deploy.local.kafka --nodes $(NODES)

kafka-jars: $(VENV)/.run ## fetch the broker's jars with Maven into build/kafka
	$(RUN) -m deploy.local.kafka --resolve-only

postgres: $(VENV)/.dev ## a PostgreSQL server on a free loopback port until Ctrl-C
	$(RUN) -m deploy.local.postgres

run-distributed: $(VENV)/.dev ## PostgreSQL, Kafka, ten processes and a gateway (PORT=8000 DATA=var TODAY=2026-11-15)
	SHOUXIAN_ENV=development $(BUSINESS_DATE) $(RUN) -m deploy.distributed --port $(PORT) --data $(DATA)

bench: $(VENV)/.dev ## measure the aims beside the bare limits of this machine (ARGS=--scale at the size of a prefecture)
	$(RUN) -m tests.load.bench $(ARGS)

soak: $(VENV)/.dev ## the crash test at length, also with three brokers
	$(RUN) -m tests.load.soak

docs: $(VENV)/.run ## write the generated reference again
	$(RUN) -m deploy.reference

clean: ## remove the virtual environment, caches and Kafka's jars; data folders stay
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find services shared deploy tests -type d -name __pycache__ -prune -exec rm -rf {} +

# The stamps say what the virtual environment holds; pip runs again only after a lock file has changed.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is not. Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: requirements.lock | $(VENV)/.made
	$(INSTALL) --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.uv-$(UV_VERSION): | $(VENV)/.made
	$(INSTALL) uv==$(UV_VERSION)
	@touch $@

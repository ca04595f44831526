# Everything a person does here, on a machine with git, make and a python3 of 3.11 or newer.
# `make demo` shows what the library is for; `make test` proves that it works.

PYTHON ?= python3
VENV ?= .venv
PYTEST_ARGS ?= -n auto --maxprocesses 4 --dist worksteal
DEMO ?= examples/sales_call
DEMO_NOW ?= --now 2026-11-23T07:00:00Z
DEMO_START ?= 2026-11-24T14:00:00Z

BIN := $(VENV)/bin
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check install -qq
TYPED := $(wildcard src tests typing_tests examples benchmarks docs)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo site test lint docs pictures examples bench clean

help:
	@echo "make demo      find the times that suit the example team, and book one"
	@echo "make site      a booking site to click through, on port 8000"
	@echo "make test      all tests"
	@echo "make lint      style, types and the order of the rooms"
	@echo "make docs      the documentation, into docs/_build/html"
	@echo "make pictures  the pictures and tables of the documentation that code draws"
	@echo "make examples  every example runs"
	@echo "make bench     the benchmark, beside its peers"
	@echo "make clean     take away what all of these made"

demo: $(VENV)/.has-cli
	@rm -rf .demo && cp -r $(DEMO) .demo && rm -rf .demo/bookings.* .demo/outbox
	$(BIN)/collective-booking show .demo/team.toml $(DEMO_NOW)
	$(BIN)/collective-booking slots .demo/team.toml $(DEMO_NOW) --first 12
	$(BIN)/collective-booking slots .demo/support.toml $(DEMO_NOW) --from 2026-11-24 --to 2026-11-24
	$(BIN)/collective-booking book .demo/team.toml $(DEMO_START) --name "Kim Lee" --email kim@example.com $(DEMO_NOW)
	@echo; cd .demo && find outbox -type f | sort; echo; sed '/text\/html/,$$d' outbox/*owner*.eml; echo; cat outbox/ben/*.ics
	@echo "And the team that shares Ben no longer offers that time:"
	$(BIN)/collective-booking slots .demo/support.toml $(DEMO_NOW) --from 2026-11-24 --to 2026-11-24

site: $(VENV)/.has-site
	$(PY) -m examples.booking_site

test: $(VENV)/.has-test $(VENV)/.has-caldav $(VENV)/.has-frameworks $(VENV)/.has-browser
	$(PY) -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.has-test $(VENV)/.has-caldav $(VENV)/.has-frameworks $(VENV)/.has-browser $(VENV)/.has-lint $(VENV)/.has-bench
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict $(TYPED)
	rm -rf .pages && $(PY) -m tests.pages .pages
	$(BIN)/mypy --allow-untyped-defs --allow-untyped-calls --allow-incomplete-defs .pages
	PATH="$(CURDIR)/$(BIN):$$PATH" pyright --verifytypes collective_booking --ignoreexternal
	$(BIN)/lint-imports --no-logo

docs: $(VENV)/.has-docs
	$(PY) -m sphinx --fail-on-warning --keep-going --fresh-env --quiet -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

pictures: $(VENV)/.has-cli
	$(PY) -m docs.pictures
	$(BIN)/collective-booking show examples/sales_call/team.toml --now 2026-11-23T07:00:00Z --svg docs/week.svg
	$(PY) -m docs.errors_table

examples: $(VENV)/.has-cli $(VENV)/.has-test
	@set -e; for example in examples/*.py examples/use_cases/*.py; do echo "$$example"; $(PY) -W error "$$example" >/dev/null; done

bench: $(VENV)/.has-test $(VENV)/.has-bench
	$(PY) -m benchmarks

clean:
	rm -rf $(VENV) .demo .pages .site docs/_build .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests typing_tests examples benchmarks docs -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# One stamp an extra: a second run finds it and goes straight to work.
$(VENV)/.has-%: pyproject.toml $(VENV)/.made
	$(PIP) --editable '.[$*]'
	@touch $@

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "collective_booking needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ": name another with make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

.PRECIOUS: $(VENV)/.has-% $(VENV)/.made

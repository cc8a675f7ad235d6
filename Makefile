# The same targets serve people, hooks and CI. Each does its own set-up.
SHELL := /bin/bash
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE :=
export OMP_NUM_THREADS := 1

.PHONY: setup demo test check fix golden bench up lock services services-stop services-status

setup: $(VENV)/.ready

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "sohoa needs Python 3.11, 3.12 or 3.13; %s is %d.%d. Name another with: make PYTHON=python3.12 ..." % (sys.executable, *v))'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements-dev.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q flows ocr search signing sohoa storage
	@touch $@

demo: setup
	@$(BIN)/sohoa demo

test: setup
	@$(BIN)/pytest -n 2 --dist loadfile tests/unit tests/contract tests/integration tests/golden tests/e2e

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest tests/architecture

fix: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

golden: setup
	@SOHOA_TEST_WRITE_GOLDEN=1 $(BIN)/pytest tests -k golden

bench: setup
	@$(BIN)/python -m bench.$(or $(NAME),ocr)

up: setup
	@$(BIN)/sohoa up

services: setup
	@infra/services.sh start $(NAME)

services-stop:
	@infra/services.sh stop $(NAME)

services-status:
	@infra/services.sh status $(NAME)

lock: setup
	@$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --quiet -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --quiet --group dev -c requirements.lock -o requirements-dev.lock

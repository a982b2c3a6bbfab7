# Only python3 (3.11 or newer) and make are needed; everything else goes into .venv.

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test quick slow check format messages clean

help:  ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

demo: .venv/.demo  ## build the demo shop, train on it and serve it (ARGS="--no-serve" stops before serving)
	@$(BIN)/python manage.py demo $(ARGS)

test: .venv/.dev  ## run the tests: quick, services, hosts and browser
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

quick: .venv/.dev  ## run the quick tests only
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow and not services and not browser and not hosts" $(ARGS)

slow: .venv/.dev  ## run kills, large data and real data
	@$(BIN)/python -m pytest -m slow $(ARGS)

check: .venv/.dev  ## run the linters, the type checker, the layer rules and the migration check
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/python manage.py makemigrations --check --dry-run

format: .venv/.dev  ## format the code and mend what the linter can mend
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

messages: .venv/.dev  ## gather and compile the translations (needs gettext)
	@cd insights && ../$(BIN)/django-admin makemessages -l zh_Hans --no-obsolete --no-location --no-wrap && ../$(BIN)/django-admin compilemessages
	@cd shop_demo && ../$(BIN)/django-admin makemessages -l zh_Hans --no-obsolete --no-location --no-wrap && ../$(BIN)/django-admin compilemessages

clean:  ## remove the demo's data and all caches, but not .venv
	@rm -rf var build dist .coverage* htmlcov .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with make PYTHON=python3.12")'
	@echo "Making .venv …"
	@$(PYTHON) -m venv .venv
	@$(PIP) --upgrade "pip>=25.1"

.venv/.demo: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing what the demo needs …"
	@$(PIP) --constraint constraints.txt --editable ".[excel]" --group demo
	@touch $@

.venv/.dev: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing what the tests need …"
	@$(PIP) --constraint constraints.txt --editable ".[excel,mysql,openai,postgres,redis]" --group demo --group dev --group hosts
	@touch $@ .venv/.demo

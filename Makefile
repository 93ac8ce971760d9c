# One way to run each thing. `make` alone lists the targets.
PYTHON ?= python3
VENV ?= .venv
PYTEST_ARGS ?=

BIN := $(VENV)/bin
# -qq hides pip's notes and warnings; its errors stay.
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
SETTINGS := pyproject.toml constraints.txt hatch_build.py $(wildcard leed/accelerator/*.[ch])
# litellm's proxy and OpenAI's client 3 want packages that the main environment has in other versions.
PROXY_VENV := .venv-proxy
OPENAI3_VENV := .venv-openai3

# Timings and results do not depend on how many cores the machine has.
export OMP_NUM_THREADS ?= 1
# pyright's wrapper would ask PyPI for news at each run; constraints.txt says which version is meant.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-openai3 bench evals lint types build check clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '%-12s %s\n' "$$name" "$$text"; done

demo: $(VENV)/.leed-core ## describe a bundled sample (installs the core only)
	@$(BIN)/leed demo

test: $(VENV)/.leed-dev $(PROXY_VENV)/.leed-proxy $(OPENAI3_VENV)/.leed-openai3 ## run the whole test suite (PYTEST_ARGS="-k floors" for a part of it)
	@$(BIN)/python -m pytest $(PYTEST_ARGS)
	@if [ -z "$(PYTEST_ARGS)" ]; then $(MAKE) --no-print-directory test-openai3; fi

test-openai3: $(OPENAI3_VENV)/.leed-openai3 # the OpenAI adapter once more, with openai 3
	@echo "tests/adapters/test_openai*.py with openai 3" >&2
	@$(OPENAI3_VENV)/bin/python -m pytest tests/adapters/test_openai*.py

bench: $(VENV)/.leed-dev $(PROXY_VENV)/.leed-proxy ## print benchmark ratios
	@$(BIN)/python -m tests.benchmarks

evals: $(VENV)/.leed-dev ## measure what words keep, into docs/faithful.md and docs/evals.md (needs ../shared/data; half an hour)
	@$(BIN)/python -m leed_evals faithful -o docs/faithful.md
	@$(BIN)/python -m leed_evals table1 -o build/evals --page docs/evals.md

lint: $(VENV)/.leed-dev ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.leed-dev ## mypy and pyright
	@$(BIN)/mypy
	@$(BIN)/pyright

build: $(VENV)/.leed-dev ## sdist, and the wheel from the sdist, into dist/
	@$(BIN)/python -m build

check: lint types test ## lint, types and test

clean: ## remove the environment, caches and builds
	@rm -rf $(VENV) $(PROXY_VENV) $(OPENAI3_VENV) dist build .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find leed adapters prompts evals tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.leed-venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "leed needs Python 3.11 or newer, and $(PYTHON) is not: name another one with make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "$(PYTHON) cannot make a virtual environment: on Debian and Ubuntu, apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.leed-core: $(VENV)/.leed-venv $(SETTINGS)
	@echo "installing leed into $(VENV) (a minute at most, once)" >&2
	@$(PIP) install -e . -c constraints.txt
	@touch $@

# The development set holds the core, so its stamp serves for both.
$(VENV)/.leed-dev: $(VENV)/.leed-venv $(SETTINGS)
	@echo "installing leed and what its tests need into $(VENV) (minutes at most, once)" >&2
	@$(PIP) install -e '.[dev]' -c constraints.txt
	@touch $(VENV)/.leed-core $@

$(PROXY_VENV)/.leed-proxy: $(VENV)/.leed-venv pyproject.toml constraints-proxy.txt
	@echo "installing litellm's proxy into $(PROXY_VENV) (minutes at most, once)" >&2
	@$(PYTHON) -m venv $(PROXY_VENV)
	@$(PROXY_VENV)/bin/python -m pip -qq --disable-pip-version-check install -e . 'litellm[proxy]' -c constraints-proxy.txt
	@touch $@

$(OPENAI3_VENV)/.leed-openai3: $(VENV)/.leed-venv pyproject.toml constraints-openai3.txt
	@echo "installing openai 3 into $(OPENAI3_VENV) (a minute at most, once)" >&2
	@$(PYTHON) -m venv $(OPENAI3_VENV)
	@$(OPENAI3_VENV)/bin/python -m pip -qq --disable-pip-version-check install -e . 'openai>=3,<4' pytest pytest-asyncio hypothesis tenacity -c constraints-openai3.txt
	@touch $@

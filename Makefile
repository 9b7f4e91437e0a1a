# Kortisto: one command for each thing to do. Type `make` to read them.

VENV := .venv
BIN := $(VENV)/bin
LOCKED := uv pip compile --quiet --universal --generate-hashes --no-header \
	--no-annotate --python-version 3.11

# Bytes must not depend on who builds: no user site, no PYTHONPATH of a shell.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP
export PYTHONNOUSERSITE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests demo test check soak coverage fix bench lock

help:  ## Show what there is to do (this text)
	@echo "Kortisto, a library system for a consortium of municipal libraries."
	@echo
	@sed -n 's/^\([a-z][a-z-]*\):.*##  *\(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) \
		| while IFS='|' read -r name text; do printf '%-14s %s\n' "$$name" "$$text"; done
	@echo
	@echo "Nothing is needed but make, git and Python 3.11 or newer. README.md says more."

setup: $(VENV)/.runtime $(VENV)/.messages  ## Make .venv and install Kortisto in it, nothing else

setup-tests: setup $(VENV)/.tests

demo: setup  ## Build the demo consortium once and serve it on this machine
	@$(BIN)/kortisto demo $(DEMO)

test: setup-tests  ## Run every check and test (what CI runs)
	@scripts/prepare_tests
	@$(BIN)/python scripts/test

check: setup-tests  ## Style, types, import contracts and the quick tests
	@$(BIN)/python scripts/test --quick

soak: setup-tests  ## Run the state machines at full length on both databases
	@scripts/prepare_tests
	@$(BIN)/python scripts/test --soak

coverage: setup-tests  ## Show which lines the tests never reach
	@$(BIN)/python scripts/test --coverage

fix: setup-tests  ## Put right what a tool can: format and simple lint
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

bench: setup-tests  ## Run the published benchmark and write docs/benchmark.md
	@$(BIN)/python -m bench $(BENCH)

# Needs `uv` (https://docs.astral.sh/uv/); docs/how-to/make-the-lock.md says when.
# The locks hold names, versions and hashes, and no address of any registry.
lock:  ## Write both lock files anew from pyproject.toml
	@command -v uv >/dev/null || { echo "uv is needed: pip install uv"; exit 1; }
	$(LOCKED) --extra build -o requirements.lock pyproject.toml
	$(LOCKED) --extra build --extra dev -o requirements-dev.lock pyproject.toml

$(VENV)/.runtime: requirements.lock pyproject.toml scripts/install
	@scripts/install requirements.lock
	@touch $@

$(VENV)/.messages: $(wildcard kortisto/locale/*/LC_MESSAGES/*.po) $(VENV)/.runtime
	@$(BIN)/python scripts/compile_messages kortisto/locale
	@touch $@

$(VENV)/.tests: requirements-dev.lock $(VENV)/.runtime
	@scripts/install requirements-dev.lock
	@touch $@

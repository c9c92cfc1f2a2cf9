# Every chore has a one-word command. `make run` and `make test` are all a newcomer needs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: run test lint format bench translations browser clean

run: $(VENV)/.runs translations
	@$(BIN)/python app.py

test: $(VENV)/.tests translations browser
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(TESTS) || { [ $$? -eq 1 ] && \
	  echo "Once more, alone: what failed may only have been short of time." && \
	  $(BIN)/python -m pytest --last-failed --last-failed-no-failures none $(TESTS); }

lint: $(VENV)/.tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(VENV)/.tests
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.tests translations browser
	@$(BIN)/python -m tests.benchmarks

translations: $(VENV)/.runs
	@$(BIN)/python -m dashboard.web.translate compile

browser: $(VENV)/.tests
	@$(BIN)/python -m tests.browser.chromium

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Tallydeck needs Python 3.11 or newer; choose one with PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "This Python cannot make environments (on Debian: apt install python3-venv)"; rm -rf $(VENV); exit 1; }

$(VENV)/.runs: requirements.txt | $(VENV)/bin/python
	@echo "Installing what Tallydeck runs on …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

$(VENV)/.tests: requirements-dev.txt $(VENV)/.runs
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@

# Everything a fresh machine needs: Python 3.11 or later and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
OUT ?= demo_output

.PHONY: demo test test-heavy lint samples bench clean help

help:
	@echo "make demo   set up, then write real reports from the sample data into $(OUT)/"
	@echo "make test   set up, then lint, check types and run all tests"
	@echo "make test-heavy  the tests that take minutes each, and that others check in short"
	@echo "make lint   set up, then lint and check types only"
	@echo "make bench  set up, then measure the program beside what one would use instead (about 15 minutes)"
	@echo "make clean  remove the virtual environment and everything generated"

$(BIN)/cxassess: pyproject.toml constraints.txt
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'cxassess needs Python 3.11 or later')"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.test: $(BIN)/cxassess
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test]"
	@touch $@

demo: $(BIN)/cxassess
	$(BIN)/cxassess report data_samples/nordvand.csv --context data_samples/nordvand.context.yaml --language en --out $(OUT)/nordvand-en --format pdf,html
	$(BIN)/cxassess report data_samples/nordvand.csv --context data_samples/nordvand.context.yaml --language da --out $(OUT)/nordvand-da
	$(BIN)/cxassess report data_samples/nordvand.csv --context data_samples/nordvand.context.yaml --language sv --out $(OUT)/nordvand-sv
	$(BIN)/cxassess report data_samples/small_team.csv --context data_samples/small_team.context.yaml --language sv --out $(OUT)/small-team
	@echo "Done. The reports are in $(OUT)/:" && find $(OUT) -name "*.pdf" | sort

test: $(VENV)/.test lint
	$(BIN)/python -m pytest -n auto --dist loadgroup

test-heavy: $(VENV)/.test
	$(BIN)/python -m pytest -n auto --dist loadgroup -m heavy

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

samples: $(BIN)/cxassess
	$(BIN)/python data_samples/generate.py

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) $(OUT) build dist *.egg-info

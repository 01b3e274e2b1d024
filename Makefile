# `make serve` and `make test` do everything, from a fresh clone, with Python 3.11 or newer.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := .venv-bench
OPTIONS ?=

.PHONY: help serve check test lint unit notebooks browser bench load lock build chromium clean

help: ## Show the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(READY): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $(READY)

serve: $(READY) ## Open the dashboard in a browser (OPTIONS="--port 9000" for more)
	$(BIN)/ivig-explainer serve $(OPTIONS)

check: $(READY) ## Validate the tables in data/
	$(BIN)/ivig-explainer check

test: lint unit notebooks browser ## Run every test

lint: $(READY) ## Check style and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

unit: $(READY) ## Test the package without a browser
	$(BIN)/pytest --ignore=tests/browser -n 2 --dist loadfile

notebooks: $(READY) ## Prove that the notebooks run, and that the tour's outputs are as saved
	$(BIN)/pytest --nbval -o addopts=-q notebooks/table_tour.ipynb
	$(BIN)/pytest --nbval-lax -o addopts=-q notebooks/dashboard.ipynb notebooks/lecture.ipynb

browser: $(READY) chromium ## Test the served page in Chromium
	$(BIN)/pytest tests/browser -n 2 --dist loadfile

chromium:
	@command -v chromium >/dev/null || { apt-get update && apt-get install -y chromium; } || { echo "install Debian's package chromium, then run this again"; exit 1; }

bench: $(READY) $(PEERS)/.ready chromium ## Measure this page beside Dash, Panel and Streamlit (OPTIONS="--rounds 1 --only ours dash")
	$(BIN)/python -m bench.measure $(OPTIONS)

$(PEERS)/.ready: pyproject.toml bench/requirements.lock
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.lock
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $(PEERS)/.ready

load: $(READY) ## Let many visitors come at once (OPTIONS="--visitors 100 --seconds 120")
	$(BIN)/python -m bench.load $(OPTIONS)

lock: ## Lock the versions of all packages
	uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-annotate --group test pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-annotate bench/requirements.in -o bench/requirements.lock

build: ## Build plotly.min.js with the traces that our charts draw (needs npm)
	cd frontend && npm ci --ignore-scripts && npm run build

clean: ## Remove what the other commands made
	rm -rf $(VENV) $(PEERS) bench/peers/dash_assets .pytest_cache .ruff_cache .hypothesis frontend/node_modules

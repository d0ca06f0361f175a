# Everything that is done to this checkout. `make` lists it; `make demo` and `make test` need nothing but Python 3.11+.

SHELL  := /bin/sh
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
ARGS   ?=

GENERATOR := backend/client_generator
GENERATOR_BIN := $(VENV)/client_generator/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check conformance bench format released schema client docs screenshots migration migrate wheel lock clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv from requirements.lock, with the project in it

# Done again only when the lock or the project's own description changes. --no-deps: the lock is complete, and an older
# pip must not look for more. --no-build-isolation: the build backend is in the lock, so nothing unhashed is fetched.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Rollbook needs Python 3.11 or newer. Name one: make $(or $(firstword $(MAKECMDGOALS)),setup) PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up $(VENV) (once, and again when requirements.lock changes) ..."
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "This Python cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PIP) install --no-deps --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## Start Rollbook with a sample organization and play Okta against it (ARGS=--exit ends by itself)
	@$(BIN)/rollbook demo $(ARGS)

run: $(READY) ## Serve on the embedded database (ARGS="--port 9000")
	@$(BIN)/rollbook serve $(ARGS)

test: $(READY) ## Run the tests, on every core (ARGS="tests/scim -k rename -n 0" for some of them, one by one)
	@$(BIN)/pytest -n auto $(ARGS)

check: $(READY) ## Everything that can be said without running the tests: style, types, layers, snapshots, migrations
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/rollbook schema --check schema.graphql --released docs/released.graphql
	@$(BIN)/python $(GENERATOR)/manifest.py --check
	@$(BIN)/pytest tests/architecture tests/migrations

conformance: $(READY) ## Audit GraphQL over HTTP, and sign in at a strict OpenID provider (needs Node.js and its registry)
	@npm ci --prefix tests/conformance/graphql_http --ignore-scripts --no-audit --no-fund --loglevel error
	@npm ci --prefix tests/conformance/oidc --ignore-scripts --no-audit --no-fund --loglevel error
	@$(BIN)/python -m tests.conformance.graphql_http
	@STRICT_PROVIDER=required $(BIN)/pytest tests/browser/test_sso_strict_provider.py

bench: $(READY) ## Measure, beside a bare app and the peers, into docs/performance.md (ARGS=--quick; ARGS="speed growth")
	@$(BIN)/python -W ignore -m benchmarks $(ARGS)

released: ## Keep schema.graphql as the one of the last release, which `make check` compares with
	@cp schema.graphql docs/released.graphql

format: $(READY) ## Put the code into its one form
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

schema: $(READY) ## Write schema.graphql from the code
	@$(BIN)/rollbook schema --output schema.graphql

client: $(READY) $(GENERATOR_BIN)/.ready ## Generate rollbook.client from schema.graphql and its operations (needs the package index once)
	@rm -rf build/generated && mkdir -p build
	@PYTHONPATH=$(GENERATOR) $(GENERATOR_BIN)/ariadne-codegen --config $(GENERATOR)/config.toml >/dev/null
	@rm -rf backend/rollbook/client/generated && mv build/generated backend/rollbook/client/generated
	@$(BIN)/python $(GENERATOR)/manifest.py

# An environment of its own: the generator needs another graphql-core than the server.
$(GENERATOR_BIN)/.ready: $(GENERATOR)/requirements.lock
	@$(BIN)/python -m venv $(VENV)/client_generator
	@$(GENERATOR_BIN)/python -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes --requirement $<
	@touch $@

docs: $(READY) ## Write docs/errors.md, the tables of docs/scim.md, and the list of the pages' operations
	@$(BIN)/python docs/print_errors.py
	@$(BIN)/python docs/print_scim.py
	@$(BIN)/python docs/print_operations.py

screenshots: $(READY) ## Take a picture of every screen into docs/screenshots/ (needs Chromium)
	@PYTHONPATH=. $(BIN)/python docs/take_screenshots.py

migration: $(READY) ## Draft a migration from the tables (m="add invitation")
	@test -n "$(m)" || { echo 'Say what it does: make migration m="add invitation"' >&2; exit 2; }
	@$(BIN)/alembic revision --autogenerate --message "$(m)"

migrate: $(READY) ## Bring the database that ROLLBOOK_* names up to date
	@$(BIN)/rollbook migrate

wheel: $(READY) ## Build Rollbook and GraphiQL for it into dist/, each as a wheel and a source distribution
	@$(BIN)/python -m hatchling build
	@cd backend/graphiql && ../../$(BIN)/python -m hatchling build --directory ../../dist

lock: $(READY) ## Resolve the dependencies anew into requirements.lock, with hashes and without index addresses
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
		--no-emit-index-url --no-header --no-annotate pyproject.toml --output-file requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate $(GENERATOR)/requirements.in --output-file $(GENERATOR)/requirements.lock

clean: ## Remove .venv and everything that was built
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .import_linter_cache

# Two commands: `make serve` and `make test`. Needs Python 3.11+ with pip, git and make.

PYTHON ?= python3
UV := .uv/bin/uv
BIN := .venv/bin

.PHONY: serve test lint lock install

serve: .venv/.serve
	@$(BIN)/kewen serve

test: .venv/.test
	@$(BIN)/python -m pytest -n 2

install: .venv/.serve

lint: .venv/.test
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format -q --check .
	@$(BIN)/mypy --no-error-summary

# Debian's pip refuses to install into the system, so uv goes into a folder of its own.
$(UV):
	@$(PYTHON) -m pip install -q --disable-pip-version-check --target .uv uv

.venv/bin/python: | $(UV)
	@$(UV) venv -q --python $(PYTHON) .venv

.venv/.serve: requirements.lock pyproject.toml | .venv/bin/python
	@$(UV) pip install -q --python .venv -r requirements.lock
	@$(UV) pip install -q --python .venv --no-deps --editable .
	@touch $@

.venv/.test: requirements-test.lock .venv/.serve
	@$(UV) pip install -q --python .venv -r requirements-test.lock
	@touch $@

# After a change of pyproject.toml: hashed locks without the address of any registry.
COMPILE = $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --no-annotate --extra int8 --extra postgres

lock: | $(UV)
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) --extra evaluate --extra test pyproject.toml -o requirements-test.lock

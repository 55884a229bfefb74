# Two commands: `make serve` and `make test`. Needs Python 3.11 or newer with pip, git and make.

PYTHON ?= python3
UV := .uv/bin/uv
BIN := .venv/bin
# Compiled once, every start saves two seconds; images of containers often forbid it for all programs.
RUN := env -u PYTHONDONTWRITEBYTECODE

.PHONY: serve test lint lock install train

serve: .venv/.serve
	@$(RUN) $(BIN)/kewen serve

test: .venv/.test
	@$(RUN) $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

install: .venv/.serve

lint: .venv/.test
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format -q --check .
	@$(RUN) $(BIN)/mypy --no-error-summary

# The learned parts, from training/data; needs an index in data/ (see training/README.md).
train: .venv/.train
	@$(RUN) $(BIN)/python -m training.encoder
	@$(RUN) $(BIN)/python -m training.talk
	@$(RUN) $(BIN)/python -m training.statement_encoder
	@$(RUN) $(BIN)/python -m training.frame
	@$(RUN) $(BIN)/python -m training.parts
	@$(RUN) $(BIN)/python -m training.pinyin
	@$(RUN) $(BIN)/python -m training.roles
	@$(RUN) $(BIN)/python -m training.role_encoder
	@$(RUN) $(BIN)/python -m training.heads
	@$(RUN) $(BIN)/python -m training.memory
	@$(RUN) $(BIN)/python -m training.support
	@$(RUN) $(BIN)/python -m training.choosing
	@$(RUN) $(BIN)/python -m training.readings
	@$(RUN) $(BIN)/python -m training.kinds
	@$(RUN) $(BIN)/python -m training.verdicts
	@$(RUN) $(BIN)/python -m training.claims
	@$(RUN) $(BIN)/python -m training.absence

define CHECK_PYTHON
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "Kewen needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>/dev/null || echo missing)." \
		"Install one and name it: make PYTHON=python3.11" >&2; exit 1; }
endef

# uv does not read pip's settings, and where PyPI is far those name the mirror to use.
define FIND_INDEX
index=$$($(PYTHON) -m pip config get global.index-url 2>/dev/null) || index=; \
[ -n "$${UV_DEFAULT_INDEX:-}$${UV_INDEX_URL:-}" ] || [ -z "$${PIP_INDEX_URL:-$$index}" ] || \
	export UV_DEFAULT_INDEX="$${PIP_INDEX_URL:-$$index}";
endef

# Debian's pip refuses to install into the system, so uv goes into a folder of its own; it is told by hash.
$(UV): requirements-uv.lock
	$(CHECK_PYTHON)
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { \
		echo "$(PYTHON) has no pip. Install it (on Debian: apt-get install python3-pip)," \
			"or name another Python: make PYTHON=python3.12" >&2; exit 1; }
	@PIP_ROOT_USER_ACTION=ignore $(PYTHON) -m pip install -q --disable-pip-version-check --upgrade --target .uv \
		--no-deps --only-binary :all: --require-hashes -r requirements-uv.lock
	@touch $@

# --clear: what is there without a Python is the rest of a creation that was interrupted.
.venv/bin/python: | $(UV)
	$(CHECK_PYTHON)
	@$(UV) venv -q --clear --python $(PYTHON) .venv

.venv/.serve: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing what Kewen needs into .venv, 0.7 GB, once."
	@$(FIND_INDEX) $(UV) pip install -q --python .venv -r requirements.lock && \
		$(UV) pip install -q --python .venv --no-deps --editable .
	@touch $@

.venv/.test: requirements-test.lock .venv/.serve
	@$(FIND_INDEX) $(UV) pip install -q --python .venv -r requirements-test.lock
	@touch $@

.venv/.train: requirements-train.lock .venv/.test
	@$(FIND_INDEX) $(UV) pip install -q --python .venv -r requirements-train.lock
	@touch $@

# After a change of pyproject.toml: hashed locks without the address of any registry.
COMPILE = $(FIND_INDEX) $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --extra int8 --extra postgres

lock: | $(UV)
	@$(COMPILE) pyproject.toml -o requirements.lock
	@$(COMPILE) --extra evaluate --extra test pyproject.toml -o requirements-test.lock
	@$(COMPILE) --extra evaluate --extra train pyproject.toml -o requirements-train.lock

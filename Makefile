# make demo: try it. make test: test it. Both set up everything they need in .venv, from hash-locked requirements.
PYTHON ?= python3
VENV := .venv/bin

.PHONY: demo test faults lint lock vendor

demo: .venv/run.done
	$(VENV)/python -m web demo

test: .venv/dev.done
	$(VENV)/python -m pytest -n 2 --dist worksteal $(TESTS)

# The fault tests for long: many more courses, cuts, kills and clients than in `make test`.
faults: .venv/dev.done
	DIEMCAU_TEST_ROUNDS=$(or $(ROUNDS),20) $(VENV)/python -m pytest -n 2 tests/faults $(TESTS)

lint: .venv/dev.done
	$(VENV)/ruff check .
	$(VENV)/mypy

.venv/pip.done:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (set PYTHON=...)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' || { echo "Python's venv module is needed (on Debian: apt install python3-venv)"; exit 1; }
	$(PYTHON) -m venv .venv
	touch $@

.venv/run.done: .venv/pip.done requirements.txt
	$(VENV)/python -m pip install --quiet --require-hashes -r requirements.txt
	touch $@

.venv/dev.done: .venv/pip.done requirements-dev.txt
	$(VENV)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@ .venv/run.done

# For developers: needs uv (python -m pip install uv within .venv) and, for vendor, Node.js.
lock:
	$(VENV)/uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url -q pyproject.toml -o requirements.txt
	$(VENV)/uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url -q pyproject.toml --group dev -o requirements-dev.txt

vendor:
	cd vendor && npm ci --no-audit --no-fund && node build.mjs

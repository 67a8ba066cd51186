# Two commands do everything on a fresh Debian machine with Python, git, gcc and make:
#   make demo    the main job on every target this machine can have
#   make test    the tests, on every target this machine can have
# What they need (a virtual environment, the MicroPython unix port, the emulated RP2040) is made once, under build/.

PYTHON ?= python3
BIN := build/venv/bin
VENV := build/venv/.installed

.PHONY: demo test test-newer nightly lint bench targets all-targets clean

demo: targets
	$(BIN)/twincore demo

test: all-targets
	$(BIN)/python -m pytest $(ARGS)

# The tests of the library on MicroPython, all of them on the newer version that Debian has.
test-newer: all-targets
	TWINCORE_MICROPYTHON=1.26 $(BIN)/python -m pytest -k "unix or rp2040-seed1- or rp2040-seed1]" \
		tests/core tests/threadsafe tests/primitives tests/drivers tests/offload $(ARGS)

# What takes hours: more interleavings, generated programs and schedules, and 10^8 items through every form of a queue, and
# 10^6 inputs to each parser.
nightly: targets
	TWINCORE_SEEDS=300 $(BIN)/python -m pytest tests/threadsafe/test_queue_stress.py
	TWINCORE_PROGRAMS=100000 $(BIN)/python -m pytest --timeout 0 tests/core/test_differential.py
	TWINCORE_EXPLORE_BOUND=3 $(BIN)/python -m pytest tests/explore/test_threadsafe.py
	TWINCORE_MIP="threadsafe primitives offload drivers package" $(BIN)/python -m pytest tests/desktop/deploy/test_mip.py
	$(BIN)/python tests/soak --items 1e8
	$(BIN)/python tests/fuzz parsers --inputs 1000000

lint: $(VENV)
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)
	$(BIN)/python -m benchmarks $(ARGS)

# A target that cannot be had here is reported, and its tests are skipped with the reason; CI makes that a failure.
targets: $(VENV)
	$(BIN)/twincore fetch

all-targets: $(VENV)
	$(BIN)/twincore fetch all

$(VENV): pyproject.toml setup.py setup.cfg $(wildcard core/*.p* threadsafe/*.p* primitives/*.p* drivers/*.p* offload/*.p*)
	@mkdir -p build && test -d build/venv || $(PYTHON) -m venv build/venv
	@echo "installing into build/venv, compiling the hot modules: a minute or two (log: build/pip.log)"
	@{ $(BIN)/pip install --upgrade pip && $(BIN)/pip install -e '.[cli,board,test,lint,bench]'; } \
		> build/pip.log 2>&1 || { cat build/pip.log; exit 1; }
	@touch $@

clean:
	rm -rf build core/*.so threadsafe/*.so primitives/*.so drivers/*.so offload/*.so

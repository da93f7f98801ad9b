# `make demo` and `make test` need Python 3.11 to 3.13 with venv, and nothing else.

VENV := .venv
PY := $(VENV)/bin/python
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && { echo $$p; break; }; done)

# What `make demo ARGS="..."` adds to the command, and what `make test TESTS="tests/test_ink.py"` narrows down.
ARGS ?=
TESTS ?= tests

.DEFAULT_GOAL := help
.PHONY: help demo test test-opencv4 lint docs reference clean

help:
	@echo "make demo          read handwritten digits from the built-in camera (a window where there is a display)"
	@echo "make test          run the tests (TESTS=tests/test_ink.py for some of them)"
	@echo "make test-opencv4  run the tests that depend on OpenCV with OpenCV 4"
	@echo "make lint          ruff and mypy"
	@echo "make docs          make the pictures of the documents and the notebook anew"
	@echo "make reference     write the API reference of the docstrings to build/reference; warnings are errors"
	@echo "make clean         remove the environment and everything built, never data or results"

demo: $(VENV)/installed
	$(PY) cam.py demo $(ARGS)

test: $(VENV)/installed-dev
	$(PY) -m pytest -q -rs $(TESTS)

lint: $(VENV)/installed-dev
	$(PY) -m ruff check .
	$(PY) -m mypy digitcam cam.py train.py evaluate.py

docs: $(VENV)/installed-dev
	$(PY) docs/make_how.py
	$(PY) docs/make_pictures.py

# Pages of modules that are gone would stay, so that all are written anew.
reference: $(VENV)/installed-dev
	rm -rf build/reference docs/reference/modules
	TF_CPP_MIN_LOG_LEVEL=3 $(PY) -m sphinx -j 2 -W --keep-going -q -b html docs/reference build/reference
	@echo "written: build/reference/index.html"

# OpenCV 4 lies in a folder of its own that comes first on the path: a second environment would be 2 GB.
OPENCV4 := $(VENV)/opencv4
OPENCV4_SKIPS := $(foreach name,architectures bench cascade classifier dataset download export fit folder glyph_folder how mnist packaging plots train record screening transfer watch web,\
	--ignore-glob=tests/test_$(name)*.py)

test-opencv4: $(OPENCV4)/installed
	PYTHONPATH=$(CURDIR)/$(OPENCV4) $(PY) -c 'import cv2; assert cv2.__version__[0] == "4", cv2.__version__'
	PYTHONPATH=$(CURDIR)/$(OPENCV4) $(PY) -m pytest -q -rs -p no:cacheprovider $(OPENCV4_SKIPS) $(TESTS)

$(OPENCV4)/installed: $(VENV)/installed-dev
	rm -rf $(OPENCV4)
	$(PY) -m pip install -q --disable-pip-version-check --no-deps --target $(OPENCV4) 'opencv-python>=4.9,<5'
	@touch $@

# A stamp is touched last, so that an installation that was broken off is taken up again.
$(VENV)/installed: setup.cfg pyproject.toml | $(PY)
	@echo "installing into $(VENV) (TensorFlow is large: some minutes the first time)"
	$(PY) -m pip install -q --disable-pip-version-check -e '.[web]'
	@$(MAKE) --no-print-directory check-opencv
	@touch $@

$(VENV)/installed-dev: setup.cfg pyproject.toml $(VENV)/installed
	$(PY) -m pip install -q --disable-pip-version-check -e '.[dev,web]'
	@$(MAKE) --no-print-directory check-opencv
	@touch $@

# Bare servers and containers lack libGL, which OpenCV with windows asks for; such a machine has no display.
.PHONY: check-opencv
check-opencv:
	@$(PY) -c 'import cv2' 2>/dev/null || { \
		echo "OpenCV with windows does not load here (Debian, Ubuntu: apt install libgl1 libglib2.0-0):"; \
		echo "taking OpenCV without windows"; \
		version=$$($(PY) -c 'from importlib.metadata import version; print(version("opencv-python"))') && \
		$(PY) -m pip uninstall -q -y opencv-python && \
		$(PY) -m pip install -q --disable-pip-version-check --no-deps --force-reinstall "opencv-python-headless==$$version" && \
		$(PY) -c 'import cv2'; }

$(PY):
	@test -n "$(PYTHON)" || { echo "no Python 3.11 to 3.13 found: install one, or make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make an environment (Debian, Ubuntu: apt install python3-venv)"; exit 1; }

clean:
	rm -rf $(VENV) build dist docs/reference/modules *.egg-info .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

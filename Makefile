# One word per chore. `make test` and `make demo` install what they need into .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: help install test demo gallery check docs bench clean

help:
	@echo "make test   install into .venv and run the tests"
	@echo "make demo   compare today's flow with one automated step and with self-service"
	@echo "make gallery  the shipped comparison as pictures and page, into results/gallery"
	@echo "make check  format, lint, types and import borders"
	@echo "make docs   write the generated pages again"
	@echo "make bench  how fast the engines are, beside SimPy by hand, C and Ciw"

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

install: $(INSTALLED)

test: $(INSTALLED)
	$(BIN)/python -m pytest -n auto

demo: $(INSTALLED)
	$(BIN)/sim compare scenarios/current_state.yaml scenarios/patches/automated_provisioning.yaml \
		scenarios/self_service.yaml --replications 5

gallery: $(INSTALLED)
	$(BIN)/python results/make_gallery.py

check: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(INSTALLED)
	$(BIN)/python -m sim.scenario.reference > docs/reference.md

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks.engine_speed

clean:
	rm -rf $(VENV)

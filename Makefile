# Targets for people; what each does lies in scripts/ and tests/lab/.
PYTHON := .venv/bin/python
# Tools for the lab and for sshd on loopback; installed only as root on Debian, Ubuntu.
TOOLS := iproute2 mmdebstrap openssh-server

.PHONY: help venv tools demo test lint bench lab-up lab-down clean

help:
	@echo 'make demo      audit the lab, or its recorded snapshots; leaves demo/report.html'
	@echo 'make test      all tests; those that need root or the lab say why they skip'
	@echo 'make lint      ruff and mypy'
	@echo 'make bench     the ratios of the benchmark, and the report'\''s sizes and times'
	@echo 'make lab-up    boot the lab and keep it running; make lab-down ends it'
	@echo 'make clean     remove what was built; .venv stays'

venv:
	@scripts/venv

tools:
	@scripts/apt-packages $(TOOLS)

demo: venv tools
	@$(PYTHON) -m scripts.demo

test: venv tools
	@scripts/npm-packages
	@$(PYTHON) -m pytest --numprocesses=auto

lint: venv
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy

bench: venv tools
	@$(PYTHON) -m scripts.bench

lab-up: venv tools
	@$(PYTHON) tests/lab/lab up

lab-down:
	@tests/lab/lab down

clean:
	@if [ -d .cache/lab ]; then tests/lab/lab down --all; fi
	@rm -rf .cache/lab demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

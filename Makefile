# Thin: every target calls what is below it. `make help` lists them.
# Debian's own is what the packages below belong to. Another one: make PYTHON=...
PYTHON ?= $(shell for one in /usr/bin/python3 python3; do \
	$$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$one && break; done)
MINUTES ?= 10
BIN    := .venv/bin
# What Debian or Ubuntu must have; integration/setup/packages installs what is missing.
APT_RUN  := python3-venv python3-dev gcc libc6-dev libmilter-dev libarchive13
APT_MAIL := postfix
APT_TEST := $(APT_MAIL) opendkim opendkim-tools postgresql chromium chromium-driver fonts-noto-cjk prometheus strace zip p7zip-full qpdf gcab genisoimage zstd slapd
APT_BENCH := rspamd
# What a package of the tests is compiled with.
APT_BUILD := libldap-dev libsasl2-dev

.PHONY: help demo test venv lint bench bench-quick score fuzz torture docs lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

demo: .cache/apt-demo .cache/venv ## real mail through a private Postfix: rewritten, held, released, counted
	@$(BIN)/python -m integration.demo

test: .cache/apt-test .cache/venv-test lint ## everything: types, style, unit tests, cases on real Postfix
	$(BIN)/python -Im pytest -q -n 2 --dist worksteal

venv: .cache/apt-run .cache/venv ## .venv/bin/sekisho, ready to run

lint: .cache/venv-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p sekisho
	$(BIN)/mypy tests integration

bench: .cache/apt-test .cache/apt-bench .cache/venv-test ## speed as ratios against peers; writes docs/benchmarks.md
	@$(BIN)/python -m integration.bench

bench-quick: .cache/apt-test .cache/apt-bench .cache/venv-test ## less of it in less than two minutes, rougher; writes nothing
	@$(BIN)/python -m integration.bench --quick

score: .cache/venv-test ## precision and recall of each finding on labelled mail; writes docs/detection.md
	@$(BIN)/python -m integration.score

fuzz: .cache/venv-test ## new cases for every parser, MINUTES=10; keeps what breaks one in .cache/fuzz
	@$(BIN)/python -m tests.fuzz $(MINUTES) $(TARGET)

torture: .cache/apt-test .cache/venv-test ## kill -9 at random moments under load; prints what became of every message
	@$(BIN)/python -m integration.torture
	@$(BIN)/python -m integration.torture --shared --rounds 60

docs: .cache/venv ## the generated reference
	$(BIN)/python -Im sekisho.config.describe docs/reference

lock: .cache/venv-test ## requirements.lock from what is installed now
	$(BIN)/pip freeze --exclude-editable > requirements.lock

clean: ## remove everything that make made
	rm -rf .venv .cache build dist milter/*.egg-info

.cache/apt-run: Makefile integration/setup/packages
	@integration/setup/packages $(APT_RUN) && mkdir -p .cache && touch $@

.cache/apt-demo: .cache/apt-run
	@integration/setup/packages $(APT_MAIL) && touch $@

.cache/apt-test: .cache/apt-run
	@integration/setup/packages $(APT_TEST) && touch $@

# A peer that cannot be installed is named in the table.
.cache/apt-bench: .cache/apt-run
	@integration/setup/packages $(APT_BENCH) || echo "going on without $(APT_BENCH)"
	@touch $@

.cache/venv: .cache/apt-run setup.cfg requirements.lock
	@test -x $(BIN)/python || $(or $(PYTHON),$(error Sekisho needs Python 3.11 or later: name one with PYTHON=)) -m venv .venv
	@echo "installing sekisho and what it needs into .venv"
	@$(BIN)/pip install --quiet --disable-pip-version-check -c requirements.lock -e .
	@touch $@

.cache/apt-build: .cache/apt-run
	@integration/setup/packages $(APT_BUILD) && touch $@

.cache/venv-test: .cache/venv .cache/apt-build
	@$(BIN)/pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[test]'
	@touch $@

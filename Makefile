PYTHON ?= python3
PY := .venv/bin/python
LAUNCHER := $(PY) -m storyforge.launcher
UV ?= $(or $(shell command -v uv 2>/dev/null),.venv/uv/bin/uv)
COMPILE := $(UV) pip compile --quiet --only-binary :all: --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links
# Word lists of other languages are no misspellings.
SPELLING := --skip '*/tests/*,*/prose/*,*/readers/*,*/archetypes.py,worldgen/rules/*,*/vendor/*,*/fonts/*,*.pyc,*.yaml' \
	-L ontext,wit,empress,curios,revered,discreet *.md Makefile .ci/run docs frontend/*.js scripts static storyforge canon scriptwriter worldgen \
	templates tests
BOOK ?=
CHAPTER ?=
OUT ?= out/demo

# The launcher and the tests start processes by the dozen: modules are compiled once, not in each.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run demo demo-world test lint types compiled openapi bench worlds-acceptance chaos fuzz lock sbom audit vendor shots

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

setup:  ## install what running needs into .venv
	@$(PYTHON) scripts/environment.py requirements.txt

setup-dev:  ## install the development tools as well
	@$(PYTHON) scripts/environment.py requirements-dev.txt

run: setup  ## start everything; PORT=8000
	@exec $(LAUNCHER) up

demo: setup  ## from a book to its results; BOOK=file CHAPTER=1 OUT=out/demo KEEP=1
	@exec $(LAUNCHER) demo --out '$(OUT)' $(if $(BOOK),--book '$(BOOK)') \
		$(if $(CHAPTER),--chapter '$(CHAPTER)') $(if $(KEEP),--keep)

demo-world: setup  ## from a premise to a world; PREMISE="…" PARTY=party.json SEED=1 SIZE=standard OUT=out/world
	@exec $(LAUNCHER) demo-world $(if $(PREMISE),--premise '$(PREMISE)') $(if $(PARTY),--party '$(PARTY)') \
		$(if $(SEED),--seed '$(SEED)') $(if $(SIZE),--size '$(SIZE)') --out '$(if $(filter file,$(origin OUT)),out/world,$(OUT))'

# Three processes on two processors: one of them often waits, for a lease or a browser.
test: setup-dev  ## every check; what CI runs
	@$(MAKE) --no-print-directory -j 3 lint types compiled
	@$(PY) -m pytest -n 3 --dist worksteal

lint: setup-dev  ## style, imports between layers, spelling, risky code
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .
	@.venv/bin/lint-imports && $(PY) -m codespell_lib $(SPELLING)
	@$(PY) -m bandit -q -lll -r storyforge canon scriptwriter worldgen scripts -x '*/tests/*'

types: setup-dev  ## types
	@SECRET_KEY=unused $(PY) -m mypy storyforge canon scriptwriter worldgen scripts

# Once, while a processor waits for the types; else each of the three processes does it.
compiled: setup-dev
	@said=$$($(PY) -m pytest --collect-only -qq) || { echo "$$said" | tail -40; exit 1; }

openapi: setup-dev  ## write docs/openapi.yaml from the code
	@$(LAUNCHER) servers $(PY) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

bench: setup-dev  ## measure; prints tables
	@for file in tests/bench/bench_*.py; do name=$${file%.py}; \
		$(LAUNCHER) servers $(PY) -m $$(echo $$name | tr / .) || exit; done

worlds-acceptance: setup-dev  ## worlds by a model that errs; SEEDS=200 FIRST=1 EVERY=10 OUT=out/worlds-acceptance.json
	@$(if $(SEEDS),SEEDS='$(SEEDS)') $(if $(FIRST),FIRST='$(FIRST)') $(if $(EVERY),EVERY='$(EVERY)') \
		OUT='$(if $(filter file,$(origin OUT)),out/worlds-acceptance.json,$(OUT))' WHOLE_WORLDS=1 \
		$(PY) -m pytest -q -s worldgen/tests/test_two_modes.py tests/bench/worlds_acceptance.py

KILLS ?= 100

chaos: setup-dev  ## kill everything while jobs run, and count; KILLS=500 SEED=7 REPORT=docs/chaos.md
	@$(PY) -m tests.chaos --kills '$(KILLS)' $(if $(SEED),--seed '$(SEED)') \
		$(if $(REPORT),--report '$(REPORT)')

CASES ?= 50000

fuzz: setup-dev  ## made-up requests, edits of a world, schedules of money and orders of events, other ones each time; CASES=50000 SEED=7
	@FUZZ_CASES='$(CASES)' FUZZ_SEED='$(or $(SEED),$(shell date +%s))' JOB_MACHINES=200 WORLD_EDITS=1000 \
		MONEY_SCHEDULES=5000 \
		$(PY) -m pytest -n 2 tests/contracts/test_fuzz.py tests/contracts/test_evil_provider.py \
		tests/contracts/test_memberships.py storyforge/jobs/tests/test_machine.py \
		storyforge/money/tests/test_quotas.py worldgen/tests/api/test_thousand_edits.py

lock:  ## write the requirements*.txt from the *.in
	@for file in requirements*.in; do $(COMPILE) $$file -o $${file%.in}.txt || exit; done

sbom:  ## list all libraries with their hashes as CycloneDX; OUT=out/sbom.json
	@$(PYTHON) scripts/sbom.py '$(if $(filter file,$(origin OUT)),out/sbom.json,$(OUT))'

audit:  ## compare all locked libraries with the flaws that are known today; needs the network
	@$(PYTHON) scripts/audit.py

vendor:  ## fetch the browser's files into static/vendor; needs node
	@cd frontend && npm ci --ignore-scripts && npm run vendor

shots: setup-dev  ## pictures of every screen into out/shots, and those of the docs anew
	@STORYFORGE_SHOTS=out/shots $(PY) -m pytest -q tests/e2e/test_every_page.py
	@for picture in docs/img/*.png; do cp out/shots/$${picture##*/} $$picture; done

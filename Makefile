# Everything sets itself up: `make demo` and `make test` need Python 3.11+ and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin

# Python versions that are declared beside the one of .venv
VERSIONS ?= 3.12 3.13

# `corpus` rewrites evidence: look at its diff before committing it.
.PHONY: tools chromium composer pyz languages long models versions lock packaging spark catalogue docs terminal browser loop draws hostile detection prism corpus help demo test lint types unit coverage specs bench mutation reference clean

help:  ## say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.venv/.installed: pyproject.toml requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/pip install --quiet --constraint requirements.lock --editable '.[sandbox,fuzz,record,pytest,bulk,mcp,images]' --group test
	@touch $@

demo: .venv/.installed  ## the main job from end to end, on the sandbox, in under a minute
	@$(BIN)/sellerspec demo

test: lint types unit  ## all that CI asks for but the long runs; about 8 minutes on 2 cores

lint: .venv/.installed  ## style, spelling, and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell $$(git ls-files)
	$(BIN)/lint-imports --no-cache

types: .venv/.installed  ## mypy --strict
	$(BIN)/mypy

unit: .venv/.installed  ## the tests, with branch coverage
	$(BIN)/pytest -n 3 --dist worksteal -m "not no_cover" --cov --cov-report=term

long: .venv/.installed  ## the tests that draw and repeat much, without coverage; 13 minutes
	$(BIN)/pytest -n 3 --dist worksteal -m no_cover

versions:  ## all tests on the other Python versions that are declared (not in CI; ten minutes each)
	@for version in $(VERSIONS); do \
		python$$version -m venv .venv-$$version \
		&& .venv-$$version/bin/pip install --quiet --upgrade "pip>=25.1" \
		&& .venv-$$version/bin/pip install --quiet --editable '.[sandbox,fuzz,record,pytest,bulk,mcp,images]' --group test \
		&& .venv-$$version/bin/python -m pytest -n 2 -p no:cacheprovider || exit 1; \
	done

bench: .venv/.bench  ## print the budgets as ratios
	@missed=; for benchmark in $(filter-out benchmarks/detection.py,$(wildcard benchmarks/[a-z]*.py)); do \
		echo "== $$benchmark"; $(BIN)/python $$benchmark || missed="$$missed $$benchmark"; done; \
		test -z "$$missed" || { echo "a budget is not met:$$missed"; exit 1; }

.venv/.bench: .venv/.installed
	$(BIN)/pip install --quiet --group bench
	@touch $@

corpus: .venv/.installed  ## record the cassettes anew from the sandboxes (by hand)
	PYTHONPATH=tests $(BIN)/python -m support.record_corpus

specs: .venv/.installed  ## lint the specs with Redocly and Spectral (needs Node.js)
	npx --yes @redocly/cli@2.77.0 lint --extends recommended openapi/*.yaml schemas/sellerspec/control.yaml
	npx --yes @stoplight/spectral-cli@6.16.3 lint --ruleset openapi/.spectral.yaml openapi/*.yaml schemas/sellerspec/control.yaml
	$(BIN)/sellerspec specs lint
	$(BIN)/python .ci/prism_serves.py @stoplight/prism-cli@5.14.2

lock: .venv/.installed  ## write requirements.lock anew: the versions that the development environment has
	$(BIN)/pip install --quiet --group lock
	$(BIN)/uv pip compile --quiet --universal --no-emit-index-url --custom-compile-command "make lock" --python-version 3.11 \
		--all-extras --group test --group packaging \
		--output-file requirements.lock pyproject.toml

reference: .venv/.installed  ## write the pages that are generated from rules, specs and commands
	$(BIN)/python docs/generate.py

mutation: .venv/.installed  ## change the rule functions one by one in a copy, and see that a test fails (RULES=tiki, or RULES=tiki/update.py)
	$(BIN)/pip install --quiet --group mutation
	rm -rf mutants && mkdir mutants && cp -Rp src tests openapi schemas docs pyproject.toml mutants/
	sed 's#/marketplaces"#/marketplaces/$(RULES)"#' tests/support/mutation.toml > mutants/mutation.toml
	cd mutants && PATH="$(CURDIR)/$(BIN):$$PATH" && cosmic-ray baseline mutation.toml \
		&& cosmic-ray init mutation.toml session.sqlite && cr-filter-operators session.sqlite mutation.toml \
		&& cosmic-ray exec mutation.toml session.sqlite && cr-rate session.sqlite \
		&& cr-report --surviving-only --show-diff session.sqlite > survivors.txt \
		&& python tests/support/dropped_statements.py $(RULES) | tee dropped.txt

loop: .venv/.installed  ## our fuzzer against our sandboxes, ten seeds: no finding, every rule kept and broken
	PYTHONPATH=tests $(BIN)/python -m support.fuzz_loop

hostile: .venv/.installed  ## 2,000 hostile inputs over all readers, options, files and the sandboxes: bounded, no traceback
	PYTHONPATH=tests $(BIN)/python -m support.hostile

draws: .venv/.installed  ## 10,000 draws of payloads, responses and texts, 2,000 of schemas: the strategies, both engines, the quick path
	SELLERSPEC_DRAWS=10000 $(BIN)/pytest -n 2 --dist worksteal --timeout 1800 tests/test_strategies.py tests/test_strategies_responses.py \
		tests/test_schema_reading.py
	SELLERSPEC_DRAWS=2000 $(BIN)/pytest -n 2 --dist worksteal --timeout 1800 tests/test_schema_fast.py \
		tests/test_schema_engines.py

detection: .venv/.installed  ## each seeded defect in turn, next to plain schemathesis (an hour)
	$(BIN)/python benchmarks/detection.py --schemathesis

prism: .venv/.installed  ## fuzz a Prism mock of each spec (needs Node.js)
	$(BIN)/python benchmarks/_prism.py

docs: .venv/.docs  ## build the site into site/, strictly: a broken link fails
	$(BIN)/zensical build --strict
	@! grep -rlF '```' site --include='*.html' || { echo "a fence of these pages is not rendered as code"; exit 1; }

.venv/.docs: .venv/.installed
	$(BIN)/pip install --quiet --group docs
	@touch $@

terminal: .venv/.installed  ## record the terminal of the README anew
	$(BIN)/python docs/terminal.py

chromium:
	@command -v chromium >/dev/null || { apt-get update -q && apt-get install -y -q --no-install-recommends chromium; }

composer:
	@command -v composer >/dev/null || { apt-get update -q && apt-get install -y -q --no-install-recommends composer php-cli; }

tools: .venv/.packaging .venv/.models .venv/.docs .venv/.spark node_modules/.installed chromium composer  ## install what the long runs need, one after the other

browser: .venv/.installed node_modules/.installed chromium  ## the report in a real Chromium, with axe-core; SARIF and JUnit against their schemas
	SELLERSPEC_BROWSER=1 $(BIN)/pytest tests/test_reporting_formats.py tests/test_reporting_junit.py

languages: .venv/.installed composer  ## the workflows of connectors in other languages: real Node and PHP; 3 minutes
	$(BIN)/pytest -n 2 --dist worksteal --timeout 900 tests/languages

pyz: .venv/.packaging  ## dist/sellerspec.pyz: command line, sandbox and proxy as one file, for python3 alone; a minute
	$(BIN)/python -m hatchling build -t wheel -d dist/pyz
	$(BIN)/pex "$$(ls -t dist/pyz/*.whl | head -n 1)[sandbox,record]" --script sellerspec --output-file dist/sellerspec.pyz \
		--constraints requirements.lock --use-pip-config --resolver-version pip-2020-resolver \
		--python-shebang "/usr/bin/env python3" \
		$$($(BIN)/python -c 'import re, sysconfig; name = re.sub("[-.]", "_", sysconfig.get_platform()); \
			print(*(f"--platform {name}-cp-3.{minor}.0-cp3{minor}" for minor in (11, 12, 13)))')
	@ls -l dist/sellerspec.pyz

packaging: pyz  ## lint the Dockerfile and run what it says; the pre-commit hooks; wheel and pyz in fresh environments
	$(BIN)/hadolint Dockerfile
	$(BIN)/pre-commit run --all-files
	$(BIN)/pytest tests/packaging

.venv/.packaging: .venv/.installed
	$(BIN)/pip install --quiet --constraint requirements.lock --group packaging
	@touch $@

node_modules/.installed: tests/browser/package.json
	npm install --prefix tests/browser --no-audit --no-fund --no-package-lock --omit=peer
	rm -rf node_modules && mv tests/browser/node_modules node_modules
	@touch $@

models: .venv/.models  ## models that datamodel-code-generator makes of the bundled specs accept what the contract allows
	$(BIN)/pytest -n 2 --dist worksteal tests/models --timeout 900

.venv/.models: .venv/.installed
	$(BIN)/pip install --quiet --constraint requirements.lock --group models
	@touch $@

spark: .venv/.spark  ## the data frame functions on a real Spark of two executors (needs Java 17)
	.venv-spark/bin/python -m pytest tests/spark --timeout 900 -o addopts=--import-mode=importlib

.venv/.spark: pyproject.toml
	$(PYTHON) -m venv .venv-spark
	.venv-spark/bin/pip install --quiet --upgrade "pip>=25.1"
	.venv-spark/bin/pip install --quiet --editable '.[bulk]' --group spark
	@mkdir -p .venv && touch $@

catalogue: .venv/.installed  ## generate 1,000,000 products with known faults, and find exactly those
	$(BIN)/python benchmarks/_catalogue.py 1000000

clean:  ## remove what was made
	rm -rf .venv .venv-* dist site mutants .pytest_cache .mypy_cache .ruff_cache .coverage*

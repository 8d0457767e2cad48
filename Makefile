# Every target is a script in scripts/, so that each can be read, run and debugged on its own.
.DEFAULT_GOAL := help
.PHONY: help setup demo test storm check bench lock messages format

help:  ## Show this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## Create .venv, install the locked packages and system libraries, compile translations
	@scripts/setup.sh

demo:  ## Run the demo association on http://localhost:8000 (RESET=1 starts over, PORT=… moves it, HOST=… opens it, GATEWAY=toss pays there)
	@RESET="$(RESET)" PORT="$(PORT)" HOST="$(HOST)" GATEWAY="$(GATEWAY)" scripts/demo.sh

test:  ## Run all tests on SQLite and PostgreSQL (ARGS="tests/members -k x", DB=sqlite|postgresql, QUICK=1: on PostgreSQL only what could differ)
	@ARGS="$(ARGS)" DB="$(DB)" QUICK="$(QUICK)" scripts/test.sh

storm:  ## 500 payments while web and worker are killed, on both databases (PAYMENTS=…)
	@code=0; for db in $(or $(DB),sqlite postgresql); do \
		STORM="$(or $(PAYMENTS),500)" ARGS="tests/storm" WORKERS=1 DB="$$db" scripts/test.sh || code=1; \
	done; exit $$code

check:  ## Lint, format, types, layers, migrations, translations, production settings
	@scripts/check.sh

bench:  ## Measure speed on both databases, as ratios to the machine's own limits
	@ARGS="$(ARGS)" DB="$(DB)" scripts/bench.sh

lock:  ## Write requirements*.txt anew from requirements*.in (UPGRADE=1 takes newer releases)
	@UPGRADE="$(UPGRADE)" scripts/lock.sh

messages:  ## Bring locale/ko up to date with the strings in the code
	@scripts/setup.sh && scripts/messages.sh . && scripts/compile-messages.sh

format:  ## Format Python and templates
	@scripts/setup.sh && .venv/bin/ruff check --fix . && .venv/bin/ruff format . \
		&& git ls-files -z 'templates/*.html' | xargs -0 -r .venv/bin/djade

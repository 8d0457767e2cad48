#!/usr/bin/env bash
# `make bench`: the same measurements on SQLite and on PostgreSQL (DB=… for one of them).
set -euo pipefail
cd "$(dirname "$0")/.."
REQUIRE_ALL=1 scripts/setup.sh test
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export KOSNA_VAR="$work" STATIC_ROOT="$work/static" KOSNA_ENV=demo LOG_LEVEL=ERROR
# shellcheck disable=SC2206 # ARGS is several words
bench=(.venv/bin/python -m tests.bench ${ARGS:-})
if [ "${DB:-sqlite}" = sqlite ]; then
    DATABASE_URL="sqlite:///$work/bench.sqlite3" "${bench[@]}"
fi
if [ "${DB:-postgresql}" = postgresql ]; then
    scripts/postgresql.sh "${bench[@]}"
fi

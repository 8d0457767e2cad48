#!/usr/bin/env bash
# `make test`: the whole suite, Chromium included, on SQLite and on PostgreSQL. QUICK=1 leaves out on
# PostgreSQL what could not differ there (tests/conftest.py), and of Chromium all but the main story.
# The two run side by side, for each of them waits now and then; PostgreSQL's report comes second.
# ARGS passes through to pytest; DB=sqlite or DB=postgresql runs one of the two.
# REQUIRE_ALL=1 (CI): what could not run is a failure, and so is a skipped test.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh test
work="$(mktemp -d)"
beside=
finish() {
    [ -z "$beside" ] || { kill "$beside" && wait "$beside"; } 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
# A database, clock or key of the caller's environment must not leak into the tests: nothing that the
# settings read, each of which .env.example lists (tests/test_project.py).
while IFS= read -r line; do
    if [[ "$line" =~ ^#?([A-Z0-9_]+)= ]]; then unset "${BASH_REMATCH[1]}"; fi
done <.env.example
# Compiling anew what did not change, for each worker and each process that a test starts, takes a
# minute of processor: bytecode is kept, whatever the caller's environment says.
export KOSNA_VAR="$work/var" REQUIRE_ALL="${REQUIRE_ALL:-}" QUICK="${QUICK:-}" PYTHONWARNINGS= \
    PYTHONDONTWRITEBYTECODE=
mkdir -p "$KOSNA_VAR"
# shellcheck disable=SC2206 # ARGS is several words
pytest=(.venv/bin/python -m pytest -n "${WORKERS:-2}" --dist loadfile --no-loadscope-reorder ${ARGS:-})
failed=() not_run=()

if [ "${DB:-postgresql}" = postgresql ]; then
    KOSNA_VAR="$work/beside" scripts/postgresql.sh "${pytest[@]}" >"$work/postgresql" &
    beside=$!
fi
if [ "${DB:-sqlite}" = sqlite ]; then
    echo "=== SQLite, with Chromium"
    "${pytest[@]}" || failed+=("SQLite")
fi
if [ -n "$beside" ]; then
    code=0
    wait "$beside" || code=$?
    beside=
    echo "=== PostgreSQL"
    cat "$work/postgresql"
    # 5: ARGS chose only what is the same on both, and that ran above.
    case "$code" in
        0 | 5) ;;
        97) not_run+=("PostgreSQL: no server, and no initdb (apt-get install postgresql)") ;;
        *) failed+=("PostgreSQL") ;;
    esac
fi

for what in "${not_run[@]}"; do
    printf '\n################  NOT RUN  ################\n%s\n' "$what" >&2
done
for what in "${failed[@]}"; do
    printf '\nFAILED on %s\n' "$what" >&2
done
[ "${#failed[@]}" = 0 ] || exit 1
[ "${#not_run[@]}" = 0 ] || [ -z "$REQUIRE_ALL" ] || exit 1

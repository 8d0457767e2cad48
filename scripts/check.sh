#!/usr/bin/env bash
# `make check`: everything that can be said about the code without running a test.
# Runs every check, then names those that failed.
set -uo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh || exit 1
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
bin=.venv/bin
failed=()

check() {
    local name="$1" output
    shift
    if output="$("$@" 2>&1)"; then
        printf '  ok      %s\n' "$name"
    else
        printf '  FAILED  %s\n%s\n\n' "$name" "$output"
        failed+=("$name")
    fi
}
templates() { git ls-files -z 'templates/*.html' | xargs -0 -r "$bin/djade" --check; }
shells() { local file; for file in scripts/*.sh .ci/run; do bash -n "$file" || return 1; done; }
manage() { env KOSNA_ENV=development KOSNA_VAR="$work" "$bin/python" manage.py "$@"; }
types() { env KOSNA_ENV=development KOSNA_VAR="$work" "$bin/mypy"; }
migrations() { manage makemigrations --check --dry-run; }
# .env.example is the production sample; only its secrets, and who the association is, are blank.
production() {
    (
        while IFS= read -r line; do
            case "$line" in [A-Z]*) export "${line?}" ;; esac
        done <.env.example
        export KOSNA_VAR="$work"
        SECRET_KEY="$("$bin/python" -c 'import secrets; print(secrets.token_urlsafe(64))')"
        FIELD_KEYS="$("$bin/python" -c 'import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())')"
        export SECRET_KEY FIELD_KEYS ASSOCIATION_TAX_NUMBER=123-82-45678 \
            ASSOCIATION_PHONE=02-123-4567 ASSOCIATION_EMAIL=office@example.org \
            ASSOCIATION_PRIVACY_OFFICER=이름 ASSOCIATION_PRIVACY_OFFICER_EN=Name
        "$bin/python" manage.py check --deploy --fail-level WARNING
    )
}

check "ruff" "$bin/ruff" check .
check "format" "$bin/ruff" format --check .
check "templates" templates
check "types" types
check "layers" "$bin/lint-imports"
check "migrations" migrations
check "translations" scripts/untranslated.sh
check "production settings" production
check "shell scripts" shells
check "packages" "$bin/python" -m pip check
if [ "${#failed[@]}" != 0 ]; then
    printf '\nFailed: %s\n' "$(IFS=,; echo "${failed[*]}")" >&2
    exit 1
fi

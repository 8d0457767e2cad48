#!/usr/bin/env bash
# `make demo`: a believable association on this machine; everything it writes is under var/.
# GATEWAY=toss takes payments on the other gateway's page; both are in the sandbox.
# Each step is skipped when what it depends on has not changed, so a second start takes seconds.
set -euo pipefail
cd "$(dirname "$0")/.."
port="${PORT:-8000}"
gateway="${GATEWAY:-stripe}"
host="${HOST:-127.0.0.1}" # its passwords are known: nobody else's machine sees it unless asked to
var="$PWD/var"

[ -z "${RESET:-}" ] || rm -rf "$var"
scripts/setup.sh
mkdir -p "$var/log"
umask 077

# Drawn once and kept, as sessions and signed events hang on them.
secret() {
    local file="$var/$1"
    [ -s "$file" ] || .venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(48))' >"$file"
    cat "$file"
}
field_key() {
    local file="$var/field-key"
    [ -s "$file" ] || .venv/bin/python -c 'import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())' >"$file"
    cat "$file"
}
# Links, and the payment page, by a name that whoever it is opened to can reach, too.
hosts="$(.venv/bin/python scripts/hosts.py "$host")"
site="http://${hosts%%,*}:$port"
sandbox="http://${hosts%%,*}:$((port + 1))"
# Quoted, for the folder may have a blank in its name.
printf '%s=%q\n' \
    KOSNA_ENV demo \
    DEBUG 0 \
    KOSNA_VAR "$var" \
    STATIC_ROOT "$var/static" \
    SITE_URL "$site" \
    ALLOWED_HOSTS "$hosts" \
    SECRET_KEY "$(secret secret-key)" \
    FIELD_KEYS "$(field_key)" \
    PAYMENT_GATEWAY "$gateway" \
    STRIPE_SECRET_KEY sk_test_sandbox \
    STRIPE_WEBHOOK_SECRET "whsec_$(secret webhook-secret)" \
    STRIPE_API_BASE "$sandbox" \
    TOSS_SECRET_KEY test_sk_sandbox \
    TOSS_WEBHOOK_SECRET "$(secret toss-webhook-secret)" \
    TOSS_API_BASE "$sandbox/toss" \
    SANDBOX_PUBLIC_URL "$sandbox" \
    SANDBOX_WEBHOOK_URL "$site/webhooks/stripe/" \
    SANDBOX_TOSS_WEBHOOK_URL "$site/webhooks/toss/$(secret toss-webhook-secret)/" \
    SANDBOX_DB "$var/sandbox.sqlite3" >"$var/demo.env"
# A database named in the caller's environment is none of the demo's business.
unset DATABASE_URL
set -a
. "$var/demo.env"
set +a

# changed NAME PATTERN: true when a file whose path matches differs from the last finished run.
changed() {
    find "${@:2}" -type f -print0 2>/dev/null | sort -z | xargs -0 -r sha256sum >"$var/$1.now"
    ! cmp -s "$var/$1.now" "$var/$1.done"
}
done_with() { mv "$var/$1.now" "$var/$1.done"; }
manage() { LOG_LEVEL=WARNING .venv/bin/python manage.py "$@"; }

if changed migrations kosna members events research -path '*/migrations/*.py'; then
    manage migrate --verbosity 0
    done_with migrations
fi
if changed static static; then
    manage collectstatic --noinput --verbosity 0
    done_with static
fi
if [ ! -s "$var/logins.txt" ]; then
    echo "Loading the demo association"
    manage demo
fi
# Their links bear the name by which it is reached this time.
if ! grep -qsF "$site/" "$var/logins.txt"; then
    manage demo --logins >"$var/logins.new"
    mv "$var/logins.new" "$var/logins.txt"
fi
exec .venv/bin/python scripts/serve.py "$host" "$port" "$var"

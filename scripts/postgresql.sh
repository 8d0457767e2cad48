#!/usr/bin/env bash
# Runs a command with DATABASE_URL pointing to a PostgreSQL: `postgresql.sh command …`.
# Takes TEST_DATABASE_URL, else the local server, else a throw-away cluster; exit 97: found none.
set -euo pipefail
NONE=97

if [ -n "${TEST_DATABASE_URL:-}" ]; then
    echo "PostgreSQL: TEST_DATABASE_URL" >&2
    DATABASE_URL="$TEST_DATABASE_URL" exec "$@"
fi

# Usable when we may create databases there and it keeps text as UTF-8.
PGHOST="${PGHOST:-/var/run/postgresql}"
may="select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
if [ "$(psql -XAtq -h "$PGHOST" -d postgres -c "$may" \
    -c 'show server_encoding' 2>/dev/null)" = $'t\nUTF8' ]; then
    echo "PostgreSQL: the local server" >&2
    export PGHOST
    DATABASE_URL="postgres:///kosna?host=$PGHOST" exec "$@"
fi

PATH="$PATH:$(printf '%s:' /usr/lib/postgresql/*/bin)"
command -v initdb >/dev/null && command -v pg_ctl >/dev/null || exit "$NONE"
echo "PostgreSQL: a throw-away cluster" >&2
home="$(mktemp -d)"
owner=()
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
    id -u postgres >/dev/null 2>&1 && name=postgres || name=nobody
    owner=(runuser -u "$name" -- env "PATH=$PATH")
    chown "$name" "$home"
fi
child=
finish() {
    [ -z "$child" ] || { kill "$child" && wait "$child"; } 2>/dev/null || true
    (cd / && "${owner[@]}" pg_ctl stop -D "$home/data" -m immediate -s) || true
    rm -rf "$home"
}
trap finish EXIT
trap 'exit 130' INT TERM
# Durability is not what a test asks for, and waiting for the disk would double its time.
(
    cd /
    "${owner[@]}" initdb -D "$home/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 \
        --no-sync >"$home/initdb.log" 2>&1
    "${owner[@]}" pg_ctl start -s -w -D "$home/data" -l "$home/data/server.log" -o "-k $home \
        -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
        -c max_connections=300"
) || { cat "$home/initdb.log" "$home/data/server.log" >&2; exit "$NONE"; }
export PGHOST="$home" PGUSER=postgres
# Beside this shell, which would hear of a signal only after the command's end.
DATABASE_URL="postgres://postgres@/kosna?host=$home" "$@" &
child=$!
code=0
wait "$child" || code=$?
child=
exit "$code"

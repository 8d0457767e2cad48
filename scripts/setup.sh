#!/usr/bin/env bash
# Makes this clone ready to run: `setup.sh [test]`. Fast when nothing is missing (about 0.1 s).
# As root it installs missing system packages through apt; otherwise it prints the line to run.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PATH:/usr/sbin:/sbin"
purpose="${1:-}"

say() { printf '\033[1m%s\033[0m\n' "$*"; }
stop() { printf '\n%s\n' "$*" >&2; exit 1; }

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3.14 python3; do
        if [ -n "$candidate" ] && "$candidate" -c \
            'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    stop "Python 3.11 or newer is needed and was not found.
On Debian 12+ and Ubuntu 24.04+: apt-get install python3 python3-venv
Elsewhere, name it: PYTHON=/path/to/python3.11 make demo"
}

# Reads to the end: with pipefail, a grep -q that stops early would make ldconfig seem to fail.
has_library() { ldconfig -p | grep "^[[:space:]]*$1" >/dev/null; }
has_command() { command -v "$1" >/dev/null; }

has_postgresql() {
    [ -n "${TEST_DATABASE_URL:-}" ] && return
    has_command psql && psql -h "${PGHOST:-/var/run/postgresql}" -d postgres -c '' 2>/dev/null && return
    has_command initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

missing_packages() {
    # ensurepip is what Debian splits off into python3-venv.
    if [ ! -x .venv/bin/python ] && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])'
    fi
    has_library libpango-1.0.so.0 || echo libpango-1.0-0
    has_library libpangoft2-1.0.so.0 || echo libpangoft2-1.0-0
    has_library libharfbuzz-subset.so.0 || echo libharfbuzz-subset0 # else PDFs are 3 times as big
    has_command msgfmt || echo gettext
    [ "$purpose" = test ] || return 0
    has_command chromium-headless-shell || has_command chromium || has_command google-chrome ||
        echo chromium
    has_command pdftotext || echo poppler-utils
    # Whoever cannot install it is told by test.sh what did not run.
    has_postgresql || { [ -z "${REQUIRE_ALL:-}" ] && [ "$(id -u)" != 0 ]; } || echo postgresql
}

install_packages() {
    has_command apt-get || stop "These Debian packages (or your system's equivalent) are missing: $*"
    [ "$(id -u)" = 0 ] || stop "System packages are missing. Run this once, then try again:

    sudo apt-get update && sudo apt-get install --no-install-recommends --yes $*"
    say "Installing system packages: $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    local package packages=()
    for package in "$@"; do
        # Where it is there: Chromium without windows, which takes half the processor.
        [ "$package" = chromium ] && apt-cache show chromium-headless-shell >/dev/null 2>&1 &&
            package=chromium-headless-shell
        packages+=("$package")
    done
    apt-get install --no-install-recommends --yes -qq "${packages[@]}" >/dev/null
}

install_requirements() {
    local stamp=.venv/requirements.sha256 wanted
    wanted="$(sha256sum requirements-dev.txt)"
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    say "Installing Python packages into .venv (a few minutes, once)"
    .venv/bin/python -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear .venv
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes \
        -r requirements-dev.txt
    echo "$wanted" >"$stamp"
}

python="$(find_python)"
mapfile -t missing < <(missing_packages)
[ "${#missing[@]}" = 0 ] || install_packages "${missing[@]}"
install_requirements
scripts/compile-messages.sh

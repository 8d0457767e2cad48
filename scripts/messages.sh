#!/usr/bin/env bash
# Collects the translatable strings of the tree given (default: this one) into its locale/ko.
# msgids are English, so English itself needs no catalogue.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
cd "${1:-$root}"
mkdir -p locale
KOSNA_ENV=development "$root/.venv/bin/python" manage.py makemessages --locale ko \
    --no-location --no-obsolete --ignore .venv --ignore var --ignore staticfiles --ignore tests \
    --verbosity 0

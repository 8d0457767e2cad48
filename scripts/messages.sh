#!/usr/bin/env bash
# Collects the translatable strings of the tree given (default: this one) into its locale/ko.
# msgids are English, so English itself needs no catalogue. Sorted, one line a string, undated and
# without guesses, so that two changes of the catalogue meet only where they touch the same string.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
cd "${1:-$root}"
mkdir -p locale
KOSNA_ENV=development "$root/.venv/bin/python" manage.py makemessages --locale ko \
    --no-location --no-obsolete --ignore .venv --ignore var --ignore staticfiles --ignore tests \
    --verbosity 0
catalogue=locale/ko/LC_MESSAGES/django.po
msgattrib --force-po --clear-fuzzy --empty --only-fuzzy --no-obsolete "$catalogue" -o "$catalogue.guesses"
msgcat --use-first --sort-output --no-wrap "$catalogue.guesses" "$catalogue" |
    sed '/^"POT-Creation-Date/d' >"$catalogue.sorted"
mv "$catalogue.sorted" "$catalogue"
rm -f "$catalogue.guesses"

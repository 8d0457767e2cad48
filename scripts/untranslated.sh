#!/usr/bin/env bash
# Fails when a string in the code has no Korean, only a guess at it, or when the catalogue is stale.
# Works on a copy, so that a check never changes the tree.
set -euo pipefail
cd "$(dirname "$0")/.."
copy="$(mktemp -d)"
trap 'rm -rf "$copy"' EXIT
git ls-files -z --cached --others --exclude-standard -- '*.py' '*.html' '*.txt' '*.po' |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --create --null --files-from=- | tar --extract --directory "$copy"
scripts/messages.sh "$copy"
catalogue="$copy/locale/ko/LC_MESSAGES/django.po"
problems="$(msgattrib --untranslated --no-obsolete "$catalogue"
    msgattrib --only-fuzzy --no-obsolete "$catalogue")"
if [ -n "$problems" ]; then
    printf '%s\n' "$problems" | grep -A3 '^msgid' >&2 || true
    echo "These strings have no Korean translation: make messages, then translate them." >&2
    exit 1
fi

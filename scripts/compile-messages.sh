#!/usr/bin/env bash
# Compiles each catalogue that is newer than its .mo (the .mo are not in git).
set -euo pipefail
cd "$(dirname "$0")/.."
shopt -s nullglob
for po in locale/{*,allauth/*}/LC_MESSAGES/*.po; do
    mo="${po%.po}.mo"
    [ "$mo" -nt "$po" ] || msgfmt --check-format -o "$mo" "$po"
done

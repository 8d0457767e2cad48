#!/usr/bin/env bash
# Writes the locks: every package, pinned, with hashes, for every Python from 3.11 on.
# Extras are kept: pip 23, which Debian 12 has, refuses fonttools[woff] where fonttools is pinned.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
for name in requirements requirements-dev; do
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-strip-extras --custom-compile-command "make lock" ${UPGRADE:+--upgrade} \
        -o "$name.txt" "$name.in"
done

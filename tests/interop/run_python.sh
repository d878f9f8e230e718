#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the official Python SDK's worker and client against the program given. 77 = no Python here (a failure when CI=true).
#   run_python.sh ORRERY [TEST...]
set -euo pipefail
program=$(realpath "$1")
shift
here=$(cd "$(dirname "$0")/python" && pwd)

missing() {
    echo "interop: $1" >&2
    if [ "${CI:-}" = true ]; then exit 1; else exit 77; fi
}
command -v python3 >/dev/null || missing "python3 is not installed"

# One environment for each set of pins; made aside and moved into place, so that a broken download leaves nothing behind.
venv=${XDG_CACHE_HOME:-$HOME/.cache}/orrery/interop-python-$(sha256sum "$here/requirements.txt" | cut -c1-12)
if [ ! -x "$venv/bin/python" ]; then
    rm -rf "$venv"
    mkdir -p "$(dirname "$venv")"
    python3 -m venv "$venv" || { rm -rf "$venv"; missing "python3 has no venv module (package python3-venv)"; }
    "$venv/bin/pip" install --quiet -r "$here/requirements.txt" ||
        { rm -rf "$venv"; missing "the packages of $here/requirements.txt cannot be fetched"; }
fi
cd "$here"
ORRERY=$program exec "$venv/bin/python" -B interop_test.py "$@"

#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the interop tests of the official Python SDK against the program given: run_python.sh PROGRAM [unittest arguments]
# The SDK goes into an environment of its own, made once and kept in the user's cache. Ends with 77 when Python is missing,
# which is a skip, unless CI=true.
set -eu
program=$1
shift
here=$(cd "$(dirname "$0")" && pwd)/python
cache=${XDG_CACHE_HOME:-$HOME/.cache}/orrery/interop-python

skip() {
    echo "interop/python: $1"
    [ "${CI:-}" = true ] && exit 1
    exit 77
}

python=${PYTHON:-python3}
command -v "$python" >/dev/null 2>&1 || skip "no python3 here"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || skip "Python 3.10 or newer is needed"
pins=$cache/requirements.txt
if ! cmp -s "$here/requirements.txt" "$pins"; then
    rm -rf "$cache"
    mkdir -p "$cache"
    "$python" -m venv "$cache/venv" || skip "python3 cannot make an environment (Debian: apt install python3-venv)"
    "$cache/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" ||
        skip "the SDK could not be installed"
    cp "$here/requirements.txt" "$pins"
fi
cd "$here"
[ $# -gt 0 ] || set -- test_orrery test_samples
# Core's log goes to stderr through Rust; the tests fail things on purpose.
RUST_LOG=off PYTHONDONTWRITEBYTECODE=1 ORRERY_BIN=$program exec "$cache/venv/bin/python" -m unittest "$@"

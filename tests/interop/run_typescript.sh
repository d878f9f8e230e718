#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the interop tests of the official TypeScript SDK against the program given: run_typescript.sh PROGRAM [node arguments]
# The SDK goes into a folder of its own, filled once and kept in the user's cache; the tests run from a copy beside it, where
# node finds it. Ends with 77 when node or npm is missing, which is a skip, unless CI=true.
set -eu
program=$1
shift
here=$(cd "$(dirname "$0")" && pwd)/typescript
cache=${XDG_CACHE_HOME:-$HOME/.cache}/orrery/interop-typescript

skip() {
    echo "interop/typescript: $1"
    [ "${CI:-}" = true ] && exit 1
    exit 77
}

command -v node >/dev/null 2>&1 || skip "no node here"
command -v npm >/dev/null 2>&1 || skip "no npm here"
node -e 'const [major, minor] = process.versions.node.split(".").map(Number)
         process.exit(major > 20 || (major === 20 && minor >= 14) ? 0 : 1)' || skip "Node 20.14 or newer is needed"
pins=$cache/installed-lock.json
if ! cmp -s "$here/package-lock.json" "$pins"; then
    rm -rf "$cache"
    mkdir -p "$cache"
    cp "$here/package.json" "$here/package-lock.json" "$cache"
    # No script of a package is needed: what is native comes built.
    (cd "$cache" && npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1) || {
        cat "$cache/npm.log" >&2
        skip "the SDK could not be installed"
    }
    cp "$here/package-lock.json" "$pins"
fi
work=$cache/run-$$
mkdir "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cp "$here"/*.js "$here"/*.ts "$work"
cd "$work"
# In the foreground, so that the folder goes when it ends. A test that hangs must not keep the process.
ORRERY_BIN=$program node --test-force-exit --test-reporter=spec "$@" main.js

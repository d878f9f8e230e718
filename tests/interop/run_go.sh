#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the interop tests of the official Go SDK against the program given: run_go.sh PROGRAM [go test arguments]
# Go's own cache keeps the SDK and what is built. Ends with 77 when Go is missing or too old, which is a skip, unless CI=true.
set -eu
program=$1
shift
here=$(cd "$(dirname "$0")" && pwd)/go

skip() {
    echo "interop/go: $1"
    [ "${CI:-}" = true ] && exit 1
    exit 77
}

command -v go >/dev/null 2>&1 || skip "no go here"
# Take the toolchain that is here; never fetch another one.
export GOTOOLCHAIN=local
cd "$here"
needed=$(sed -n 's/^go //p' go.mod)
present=$(go env GOVERSION | sed 's/^go//; s/[^0-9.].*//')
[ "$(printf '%s\n%s\n' "$needed" "$present" | sort -V | head -n 1)" = "$needed" ] ||
    skip "Go $needed or newer is needed, this is $present"
# The compiler of a package takes a few hundred megabytes; two at a time are enough.
export GOFLAGS="-mod=readonly -buildvcs=false -p=2"
go mod download >/dev/null 2>&1 || skip "the SDK could not be installed"
ORRERY_BIN=$program exec go test -count=1 -timeout 300s "$@" .

#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the interop tests of the official Java SDK against the program given: run_java.sh PROGRAM [Maven arguments]
# Maven's own cache keeps the SDK; what is built goes into the user's cache. Ends with 77 when Java or Maven is missing,
# which is a skip, unless CI=true.
set -eu
program=$1
shift
here=$(cd "$(dirname "$0")" && pwd)/java
cache=${XDG_CACHE_HOME:-$HOME/.cache}/orrery/interop-java

skip() {
    echo "interop/java: $1"
    [ "${CI:-}" = true ] && exit 1
    exit 77
}

command -v java >/dev/null 2>&1 || skip "no java here"
command -v mvn >/dev/null 2>&1 || skip "no mvn here (Maven)"
version=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
[ "${version:-0}" -ge 17 ] || skip "Java 17 or newer is needed, this is ${version:-unknown}"
mvn="mvn --batch-mode --quiet --file $here/pom.xml -Dout=$cache"
# Everything but the tests first: what fails here is the network or the code, what fails later is a test.
prepare="test-compile surefire:test -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false"
mkdir -p "$cache"
if ! $mvn --offline $prepare >"$cache/prepare.log" 2>&1 && ! $mvn $prepare >"$cache/prepare.log" 2>&1; then
    grep -q 'COMPILATION ERROR' "$cache/prepare.log" && cat "$cache/prepare.log" && exit 1
    skip "the SDK could not be installed, see $cache/prepare.log"
fi
ORRERY_BIN=$program exec $mvn --offline surefire:test "$@"

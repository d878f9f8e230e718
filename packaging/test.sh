#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing, builds, and runs the tests.
#   test.sh --quick   unit tests, lints, views offscreen
#   test.sh           quick, and: core under address and undefined-behaviour sanitizers, the driven window, interop
#   test.sh --long    all of that, and: 10,000 seeds of the simulation, thread sanitizer, a real Temporal server, benchmarks beside their
#                     peers, an hour of fuzzing (ORRERY_FUZZ_MINUTES) and an hour's soak (ORRERY_SOAK_MINUTES)
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

tier=default
case "${1:-}" in
    "") ;;
    --quick) tier=quick ;;
    --long) tier=long ;;
    *) fail "unknown option '$1' (--quick, --long or nothing)" ;;
esac

JOBS=$(nproc)

# run_tests TREE LABEL JOBS [CTEST OPTION...]
run_tests() {
    local tree=$1 label=$2 jobs=$3
    shift 3
    ctest --test-dir "$tree" -L "$label" -j "$jobs" --output-on-failure --no-tests=error --progress "$@" \
        >"$tree/test-$label.log" 2>&1 || { cat "$tree/test-$label.log" >&2; fail "tests failed: $label in $tree"; }
    grep -E 'tests passed|tests failed|Skipped|\*\*\*' "$tree/test-$label.log" || true
}

# sanitized PRESET CTEST_OPTION...: core and its tests only, without the window.
sanitized() {
    local preset=$1
    shift
    mkdir -p build
    configure "build/$preset" "$preset" -DORRERY_VIEWS=OFF
    build "build/$preset"
    run_tests "build/$preset" quick "$JOBS" "$@"
}

install_packages run test
build_release
step "Unit tests, lints, views offscreen"
run_tests "$ORRERY_BUILD" quick "$JOBS"
if [ $tier != quick ]; then
    step "Core under address and undefined-behaviour sanitizers"
    sanitized asan
    step "The window, driven under Xvfb"
    run_tests "$ORRERY_BUILD" window 1
    step "Other SDKs against the embedded server"
    run_tests "$ORRERY_BUILD" interop 1
fi
if [ $tier = long ]; then
    step "The server under 10,000 seeds"
    run_tests "$ORRERY_BUILD" long 1
    step "Thread sanitizer, tests that open no channel"
    # gRPC is not instrumented, so what crosses it looks like a race.
    sanitized tsan -LE channel
    step "The same tests on a real Temporal server"
    run_tests "$ORRERY_BUILD" peers 1
    step "Benchmarks"
    ctest --test-dir "$ORRERY_BUILD" -L bench -V
    step "Fuzzing, ${ORRERY_FUZZ_MINUTES:=60} minutes of one core"
    tests/fuzz/fuzz.sh "$ORRERY_FUZZ_MINUTES"
    step "Memory under mixed load, ${ORRERY_SOAK_MINUTES:=60} minutes"
    "$ORRERY_BUILD/tests/soak/soak" --orrery "$ORRERY_BUILD/bin/orrery" --minutes "$ORRERY_SOAK_MINUTES"
fi
step_done
echo "All tests passed."

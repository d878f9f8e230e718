#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the fuzz targets and runs them, one after the other on one core.
#   fuzz.sh MINUTES [TARGET...]   MINUTES are shared evenly; without names all targets take part
# What was found lies in build/fuzz/found. New inputs that reach new code are kept in build/fuzz/corpus.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

minutes=${1:?usage: fuzz.sh MINUTES [TARGET...]}
shift
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz >/dev/null
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
    for source in tests/fuzz/*_fuzz.cpp; do
        name=$(basename "$source" _fuzz.cpp)
        targets+=("$name")
    done
fi
each=$((minutes * 60 / ${#targets[@]}))
mkdir -p build/fuzz/found
build/fuzz/tests/fuzz/fuzz_seeds build/fuzz/corpus
for name in "${targets[@]}"; do
    mkdir -p "build/fuzz/corpus/$name"
    echo "-- $name, $each s"
    options=(-max_total_time="$each" -timeout=20 -rss_limit_mb=1500 -malloc_limit_mb=256 -print_final_stats=1
             -artifact_prefix=build/fuzz/found/"$name"- -max_len=4096 -reload=0)
    [ -f "tests/fuzz/$name.dict" ] && options+=(-dict="tests/fuzz/$name.dict")
    corpus=("build/fuzz/corpus/$name")
    [ -d "tests/fuzz/corpus/$name" ] && corpus+=("tests/fuzz/corpus/$name")
    nice build/fuzz/tests/fuzz/fuzz_"$name" "${options[@]}" "${corpus[@]}" \
        >"build/fuzz/$name.log" 2>&1 || { tail -60 "build/fuzz/$name.log" >&2; exit 1; }
    grep -E 'stat::number_of_executed_units|stat::new_units_added|cov:' "build/fuzz/$name.log" | tail -3
done
echo "All targets hold."

# SPDX-License-Identifier: MIT
# What run.sh and test.sh share: named and timed steps, missing packages, the one release tree. Sourced, not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

ORRERY_BUILD=${ORRERY_BUILD:-build/release}
STEP_NAME=
STEP_BEGAN=0

step_done() {
    if [ -n "$STEP_NAME" ]; then printf '    %s: %d s\n' "$STEP_NAME" $((SECONDS - STEP_BEGAN)); fi
    STEP_NAME=
}

# step NAME: closes the step before it and says what comes now.
step() {
    step_done
    STEP_NAME=$1
    STEP_BEGAN=$SECONDS
    printf '==> %s\n' "$1"
}

fail() {
    printf 'packaging: %s\n' "$*" >&2
    exit 1
}

installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "these packages are missing and neither root nor sudo is at hand: $MISSING"
    fi
}

# Prints what is missing of the groups named ('run', 'test'); a line may name alternatives with '|'.
missing_packages() {
    local group names name found
    while read -r group names; do
        case " $* " in *" $group "*) ;; *) continue ;; esac
        found=
        for name in ${names//|/ }; do
            if installed "$name"; then found=yes; fi
        done
        if [ -z "$found" ]; then echo "$names"; fi
    done < <(grep -v '^#' packaging/packages.txt)
}

# Of alternatives the first that this system knows.
choose_packages() {
    local names name
    while read -r names; do
        for name in ${names//|/ }; do
            if apt-cache show "$name" >/dev/null 2>&1; then
                echo "$name"
                continue 2
            fi
        done
        echo "${names%%|*}"
    done
}

install_packages() {
    MISSING=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "${MISSING// /}" ] || return 0
    command -v apt-get >/dev/null || fail "this system has no apt-get; install what packaging/packages.txt names"
    step "Installing missing packages"
    as_root apt-get update -qq
    # shellcheck disable=SC2046
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        $(missing_packages "$@" | choose_packages) >/dev/null
}

# configure TREE PRESET [OPTION...]: quick when nothing changed.
configure() {
    local tree=$1 preset=$2
    shift 2
    if [ ! -f "$tree/build.ninja" ]; then
        cmake --preset "$preset" -B "$tree" "$@" >"$tree.log" 2>&1 || { tail -30 "$tree.log" >&2; fail "configuration failed ($tree.log)"; }
    fi
}

# build TREE [TARGET...]
build() {
    local tree=$1 out
    shift
    out=$(cmake --build "$tree" ${1:+--target "$@"} 2>&1) || { printf '%s\n' "$out" | tail -60 >&2; fail "the build failed"; }
    printf '%s\n' "$out" | tail -1
}

build_release() {
    mkdir -p build
    step "Configuring ($ORRERY_BUILD)"
    configure "$ORRERY_BUILD" release
    step "Building"
    build "$ORRERY_BUILD" "$@"
}

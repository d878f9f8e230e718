#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a program on a display of its own with a window manager. Without the tools it is a skip that names what is
# missing (exit 77), or a failure when CI=true.
set -eu
for tool in Xvfb openbox xdotool; do
    if ! command -v "$tool" >/dev/null 2>&1; then
        echo "SKIP: $tool is not installed"
        if [ "${CI:-}" = true ]; then exit 1; fi
        exit 77
    fi
done
state=$(mktemp -d)
server='' manager=''
cleanup() {
    [ -z "$manager" ] || kill "$manager" 2>/dev/null || true
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$state"
}
trap cleanup EXIT INT TERM
mkfifo "$state/display"
Xvfb -displayfd 3 -screen 0 1400x900x24 -nolisten tcp 3>"$state/display" 2>"$state/xvfb.log" &
server=$!
read -r number <"$state/display"
export DISPLAY=":$number"
openbox >/dev/null 2>&1 &
manager=$!
# A window that is mapped before the manager stands is never made active.
tries=0
until xdotool get_desktop >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ $tries -ge 300 ]; then
        echo "openbox does not come up on display $DISPLAY"
        exit 1
    fi
    sleep 0.1
done
"$@"

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing, builds, and opens the workbench; arguments go to it. Without a display it gives the same
# tour offscreen: a sample runs, its story is told here, and pictures of the window are saved.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages run
build_release orrery orrery-workbench
step_done

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "$ORRERY_BUILD/bin/orrery-workbench" "$@"
fi

step "No display here: the tour runs offscreen"
pictures=$ORRERY_BUILD/tour
mkdir -p "$pictures"
runtime=$(mktemp -d)
trap 'rm -rf "$runtime"' EXIT
XDG_RUNTIME_DIR=$runtime QT_QPA_PLATFORM=offscreen "$ORRERY_BUILD/bin/orrery-workbench" --tour "$pictures" "$@"
step_done
printf 'Pictures of the window: %s\n' "$pictures"
printf 'For a real window run this on a desktop, or over SSH with X forwarding (ssh -X), or under xvfb-run with a VNC server.\n'

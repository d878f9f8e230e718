#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a command beside a real Temporal server of its own.

  with_server.py [--port N] [--dynamic-config KEY=VALUE]... COMMAND [ARGUMENT...]

The command finds the server's address in ORRERY_PEER_ADDRESS; where that is set already, that server is used and none is
started. Ends with 0 when the command did, else with 1, or with 77 when there is no server to be had: a skip, but 1 when CI=true.
README.md says where the server comes from.
"""
import argparse
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

CLI = "github.com/temporalio/cli/cmd/temporal@v1.5.1"
PATIENCE_S = 90
SKIPPED = 77


class Missing(Exception):
    """There is no server here; the words say what to install."""


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base, "orrery", "peers", CLI.rsplit("@", 1)[1])


def build_cli():
    program = cache() / "temporal"
    if program.exists():
        return str(program)
    go = shutil.which("go")
    if not go:
        raise Missing("no program 'temporal' on PATH, none in ORRERY_TEMPORAL_CLI, and no Go to build it with")
    program.parent.mkdir(parents=True, exist_ok=True)
    print(f"building {CLI} once, which takes minutes", file=sys.stderr, flush=True)
    # One package at a time: several at once need more memory than a small machine has.
    environment = dict(os.environ, GOBIN=str(program.parent), GOFLAGS="-p=1")
    built = subprocess.run([go, "install", CLI], env=environment, check=False)
    if built.returncode != 0 or not program.exists():
        raise Missing(f"go install {CLI} failed")
    return str(program)


def find_cli():
    named = os.environ.get("ORRERY_TEMPORAL_CLI")
    if named:
        if not os.access(named, os.X_OK):
            raise Missing(f"ORRERY_TEMPORAL_CLI={named} is no program")
        return named
    return shutil.which("temporal") or build_cli()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A dev server in memory that lasts as long as the `with` block."""

    def __init__(self, cli, port, dynamic_config=()):
        self.cli = cli
        self.address = f"127.0.0.1:{port}"
        self.arguments = [cli, "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", str(port),
                          "--log-level", "error"]
        for value in dynamic_config:
            self.arguments += ["--dynamic-config-value", value]
        self.log = tempfile.TemporaryFile()
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen(self.arguments, stdout=self.log, stderr=subprocess.STDOUT,
                                        start_new_session=True)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.answers():
                return self
            time.sleep(0.2)
        self.stop()
        self.log.seek(0)
        raise RuntimeError(f"the server at {self.address} did not start:\n"
                           + self.log.read().decode(errors="replace"))

    def __exit__(self, *unused):
        self.stop()

    def answers(self):
        """The namespace is there a little later than the port."""
        asked = [self.cli, "operator", "namespace", "describe", "--address", self.address, "-n", "default"]
        return subprocess.run(asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0

    def stop(self):
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def run(command, address):
    return int(subprocess.run(command, env=dict(os.environ, ORRERY_PEER_ADDRESS=address), check=False).returncode != 0)


def main():
    parser = argparse.ArgumentParser(description="Runs a command beside a real Temporal server.")
    parser.add_argument("--port", type=int, default=0, help="port of the server; a free one when left out")
    parser.add_argument("--dynamic-config", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if not options.command:
        parser.error("give a command to run")
    given = os.environ.get("ORRERY_PEER_ADDRESS")
    if given:
        return run(options.command, given)
    try:
        cli = find_cli()
    except Missing as why:
        print(f"peers: {why}", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else SKIPPED
    with Server(cli, options.port or free_port(), options.dynamic_config) as server:
        return run(options.command, server.address)


if __name__ == "__main__":
    sys.exit(main())

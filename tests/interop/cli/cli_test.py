#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks the published command line the same things of `orrery serve` and of the dev server that it brings along.

  cli_test.py PROGRAM [-v] [GROUP...]

Ends with 0 when each answer is the same or its difference is listed in differences.txt, else with 1, or with 77 when
there is no command line: a skip, but 1 when CI=true. The command line is found as tests/peers finds it.
"""
import argparse
import difflib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "peers")]
import commands  # noqa: E402
import normalise  # noqa: E402
import with_server  # noqa: E402

PATIENCE_S = 60


class Side:
    """One server with a worker of the samples, and the command line pointed at it."""

    def __init__(self, name, cli, address, program, home):
        self.name, self.cli, self.address = name, cli, address
        self.environment = {"HOME": home, "PATH": os.environ.get("PATH", "")}
        self.kept = {}
        self.worker = subprocess.Popen([program, "worker", "--address", address], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)

    def end(self):
        self.worker.kill()
        self.worker.wait()

    def run(self, arguments, as_json):
        format_ = ["-o", "json"] if as_json else ["--time-format", "iso", "--color", "never"]
        # An argument that is JSON has braces too, but quotes in them.
        filled = [one.format(**self.kept) if re.fullmatch(r"\{\w+\}", one) else one for one in arguments]
        return subprocess.run([self.cli, *filled, "--address", self.address, *format_], capture_output=True, text=True,
                              env=self.environment, timeout=PATIENCE_S, check=False)

    def wait_for(self, workflow_id, text, count):
        deadline = time.monotonic() + PATIENCE_S
        verb = "show" if text.startswith("EVENT_TYPE") else "describe"
        while time.monotonic() < deadline:
            if self.run(["workflow", verb, "-w", workflow_id], True).stdout.count(f'"{text}"') >= count:
                return
        raise TimeoutError(f"{self.name}: {workflow_id} never showed {text} {count} times")

    def answer(self, step):
        if step.after:
            self.wait_for(*step.after)
        deadline = time.monotonic() + PATIENCE_S
        while True:
            done = self.run(step.arguments, step.json)
            if not step.until or step.until in done.stdout + done.stderr or time.monotonic() > deadline:
                break
        for name, key in step.keep.items():
            self.kept[name] = json.loads(done.stdout)[key] if done.returncode == 0 else "nothing"
        return "\n".join([f"exit {done.returncode}", normalise.normal(done.stdout, self.kept),
                          normalise.normal(done.stderr, self.kept)])


def title(group, step):
    return f"{group}: temporal {step.name()}{'' if step.json else '   (text)'}"


def known_differences():
    """Command -> why it is answered otherwise; see differences.txt."""
    known = {}
    for line in (HERE / "differences.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            command, reason = line.rsplit(" | ", 1)
            known[command] = reason
    return known


def compare(sides, chosen, verbose):
    bad = count = excused = 0
    known = known_differences()
    for group, steps in commands.ALL.items():
        if chosen and group not in chosen:
            continue
        for step in steps:
            count += 1
            real, ours = (side.answer(step) for side in sides)
            if verbose:
                print(f"== {step.name()}\n{ours}")
            expected = known.get(title(group, step))
            if real == ours and expected is None:
                continue
            if real != ours and expected is not None:
                excused += 1
                if not verbose:
                    continue
                print(f"\n=== known: {title(group, step)} | {expected}")
            else:
                bad += 1
                print(f"\n=== {title(group, step)}")
            if real == ours:
                print("listed in differences.txt, but answered the same: strike it off")
            lines = difflib.unified_diff(real.splitlines(), ours.splitlines(), lineterm="", n=1)
            print("\n".join(list(lines)[2:]))
    print(f"{count} commands, {bad} of them answered otherwise than expected, {excused} otherwise with a reason")
    return bad


def serve(program):
    server = subprocess.Popen([program, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
    return server, server.stdout.readline().split()[-1]


def main():
    parser = argparse.ArgumentParser(description="Compares what the command line prints about two servers.")
    parser.add_argument("program")
    parser.add_argument("groups", nargs="*")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    try:
        cli = with_server.find_cli()
    except with_server.Missing as why:
        print(f"interop/cli: {why}", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else with_server.SKIPPED
    with tempfile.TemporaryDirectory() as home, with_server.Server(cli, with_server.free_port()) as real:
        server, address = serve(options.program)
        sides = []
        try:
            sides = [Side("real", cli, real.address, options.program, home),
                     Side("ours", cli, address, options.program, home)]
            return 1 if compare(sides, options.groups, options.verbose) else 0
        finally:
            for side in sides:
                side.end()
            server.terminate()
            server.wait()


if __name__ == "__main__":
    sys.exit(main())

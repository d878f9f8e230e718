#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Orrery's embedded server beside other servers, in one run, interleaved, with one raw gRPC driver; prints ratios.

  server_bench.py --orrery BIN --driver BIN [--temporal BIN] [--java CLASSPATH] [--rounds 5] [--workflows 2000]

The peers are optional: --temporal is the published command line (its `server start-dev`), --java the class path of the
published time-skipping test server. Figures hold for this machine and this run only; compare the ratios.
"""
import argparse
import json
import shutil
import socket
import statistics
import subprocess
import sys
import time

FIGURES = [("first completed workflow, ms", "first", "completed_ms", False),
           ("memory then, MB", "first", "server_mb", False),
           ("one-activity workflows a second", "act", "per_second", True),
           ("  server CPU per workflow, us", "act", "server_cpu_us_per_workflow", False),
           ("empty workflows a second", "noop", "per_second", True),
           ("  server CPU per workflow, us", "noop", "server_cpu_us_per_workflow", False)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def servers(options):
    """Name -> function from a port to the command that serves on it."""
    known = {"orrery": lambda port: [options.orrery, "serve", "--port", str(port)]}
    temporal = options.temporal or shutil.which("temporal")
    if temporal:
        known["dev server"] = lambda port: [temporal, "server", "start-dev", "--headless", "--port", str(port),
                                            "--log-level", "error"]
    if options.java:
        known["java"] = lambda port: ["java", "-cp", options.java, "io.temporal.testserver.TestServer", str(port)]
    return known


def drive(options, *arguments):
    done = subprocess.run([options.driver, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout)


def wait_for(port, process):
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not listen within 30 s")


def measure(options, command):
    port = free_port()
    result = {"first": drive(options, "first", "-address", f"127.0.0.1:{port}", "--", *command(port))}
    port = free_port()
    with subprocess.Popen(command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(port, process)
            flow = ["flow", "-address", f"127.0.0.1:{port}", "-pid", str(process.pid)]
            drive(options, *flow, "-kind", "noop", "-n", "50")
            result["act"] = drive(options, *flow, "-kind", "act", "-n", str(options.workflows))
            result["noop"] = drive(options, *flow, "-kind", "noop", "-n", str(options.workflows))
        finally:
            process.kill()
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--orrery", required=True)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--temporal")
    parser.add_argument("--java")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workflows", type=int, default=2000)
    options = parser.parse_args()

    known = servers(options)
    if len(known) == 1:
        print("no peer found (--temporal, --java): Orrery's figures alone")
    taken = {name: [] for name in known}
    for number in range(options.rounds):
        for name, command in known.items():
            print(f"round {number + 1} of {options.rounds}: {name}", file=sys.stderr)
            taken[name].append(measure(options, command))

    print(f"{'median of ' + str(options.rounds):34}" + "".join(f"{name:>14}" for name in known)
          + "".join(f"{'vs ' + name:>16}" for name in list(known)[1:]))
    for title, part, key, more_is_better in FIGURES:
        medians = {name: statistics.median(r[part][key] for r in rounds) for name, rounds in taken.items()}
        ours = medians["orrery"]
        ratios = [(ours / other if more_is_better else other / ours) if ours and other else 0
                  for name, other in medians.items() if name != "orrery"]
        print(f"{title:34}" + "".join(f"{value:14.1f}" for value in medians.values())
              + "".join(f"{ratio:15.1f}x" for ratio in ratios))
    return 0


if __name__ == "__main__":
    sys.exit(main())

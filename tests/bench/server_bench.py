#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Orrery's embedded server beside other servers, in one run, interleaved, with one raw gRPC driver; prints ratios.

  server_bench.py --orrery BIN --driver BIN [--temporal BIN|find] [--java CLASSPATH|find]
                  [--rounds 5] [--workflows 2000] [--open 10000]

The peers are optional: --temporal is the published command line (its `server start-dev`), --java the class path of the
published time-skipping test server. With `find` they come from where tests/peers takes its server and from Maven, and one
that cannot be had is left out by name. Figures hold for this machine and this run only; compare the ratios.
"""
import argparse
import contextlib
import json
import pathlib
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "peers"))
import with_server  # pylint: disable=wrong-import-position

# Title, part, key, more is better.
FIGURES = [("memory idle, MB", "idle", "server_mb", False),
           ("first completed workflow, ms", "first", "completed_ms", False),
           ("memory then, MB", "first", "server_mb", False),
           ("one-activity workflows a second", "act", "per_second", True),
           ("  server CPU per workflow, us", "act", "server_cpu_us_per_workflow", False),
           ("empty workflows a second", "noop", "per_second", True),
           ("  server CPU per workflow, us", "noop", "server_cpu_us_per_workflow", False),
           ("365 daily timers in a row, ms", "timers", "ms", False),
           ("100 runs of 100, ms", "many_timers", "ms", False),
           ("memory per open workflow, KB", "open", "kb_each", False),
           ("CPU per workflow, at all open : at 100", "open", "cpu_growth", False),
           ("memory per idle poll, KB", "polls", "kb_each", False),
           ("a start among them, ms", "polls", "start_ms", False),
           ("CPU per event, last 5,000 : first", "long", "cpu_growth", False),
           ("100,000 runs: first page of 100, ms", "lists", "first_page_ms", False),
           ("  by workflow id, ms", "lists", "by_id_ms", False),
           ("  by type, ms", "lists", "by_type_ms", False),
           ("  by status, ms", "lists", "by_status_ms", False),
           ("  by beginning of the id, ms", "lists", "by_rare_ms", False),
           ("  count by status, ms", "lists", "count_by_status_ms", False),
           ("  all pages of 1,000, ms", "lists", "all_pages_ms", False)]


class Peer:
    """A server: the command that serves on a port, and the one that skips time there, if it can."""

    def __init__(self, serve, skip=None):
        self.serve = serve
        self.skip = skip


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def java_class_path(given):
    if given != "find":
        return given
    maven = shutil.which("mvn")
    if not maven or not shutil.which("java"):
        print("left out: Java's test server (no mvn or no java here)", file=sys.stderr)
        return None
    with tempfile.NamedTemporaryFile(suffix=".cp") as out:
        subprocess.run([maven, "-q", "-f", str(HERE / "java" / "pom.xml"), "dependency:build-classpath",
                        f"-Dmdep.outputFile={out.name}"], check=True, stdout=sys.stderr)
        return pathlib.Path(out.name).read_text(encoding="utf-8").strip()


def temporal_program(given):
    if given != "find":
        return given
    try:
        return with_server.find_cli()
    except with_server.Missing as why:
        print(f"left out: the dev server ({why})", file=sys.stderr)
        return None


def servers(options):
    known = {"orrery": Peer(lambda port: [options.orrery, "serve", "--port", str(port)],
                            lambda port: [options.orrery, str(port), "--enable-time-skipping"])}
    if temporal := temporal_program(options.temporal):
        known["dev server"] = Peer(lambda port: [temporal, "server", "start-dev", "--headless", "--port", str(port),
                                                 "--log-level", "error"])
    if class_path := java_class_path(options.java):
        java = ["java", "-cp", class_path, "io.temporal.testserver.TestServer"]
        known["java"] = Peer(lambda port: [*java, str(port)], lambda port: [*java, str(port), "--enable-time-skipping"])
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


@contextlib.contextmanager
def serving(command):
    port = free_port()
    with subprocess.Popen(command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(port, process)
            yield process.pid, f"127.0.0.1:{port}"
        finally:
            process.kill()


def resident_mb(pid):
    pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def measure(options, peer):
    port = free_port()
    result = {"first": drive(options, "first", "-address", f"127.0.0.1:{port}", "--", *peer.serve(port))}
    with serving(peer.serve) as (pid, address):
        time.sleep(1)
        result["idle"] = {"server_mb": resident_mb(pid)}
        flow = ["flow", "-address", address, "-pid", str(pid)]
        drive(options, *flow, "-kind", "noop", "-n", "50")
        result["act"] = drive(options, *flow, "-kind", "act", "-n", str(options.workflows))
        result["noop"] = drive(options, *flow, "-kind", "noop", "-n", str(options.workflows))
    if peer.skip:
        with serving(peer.skip) as (_, address):
            drive(options, "timers", "-address", address, "-n", "10")
            result["timers"] = drive(options, "timers", "-address", address, "-n", "365")
            result["many_timers"] = drive(options, "timers", "-address", address, "-n", "100", "-w", "100")
    return result


def measure_crowds(options, peer):
    """Many of everything. Ours alone: what is asked for is a figure, and the peers take minutes for it."""
    result = {}
    for part, size in (("open", ["-n", str(options.open)]), ("polls", ["-n", "5000"]), ("long", []), ("lists", [])):
        with serving(peer.serve) as (pid, address):
            result[part] = drive(options, part, "-address", address, "-pid", str(pid), *size)
    return result


def row(title, part, key, more_is_better, taken):
    medians = {name: statistics.median(r[part][key] for r in rounds) if key in rounds[0].get(part, {}) else None
               for name, rounds in taken.items()}
    ours = medians["orrery"]
    cells = [f"{value:14.2f}" if value is not None else f"{'-':>14}" for value in medians.values()]
    for name, other in medians.items():
        if name == "orrery":
            continue
        ratio = None if not ours or not other else ours / other if more_is_better else other / ours
        cells.append(f"{ratio:15.1f}x" if ratio else f"{'-':>16}")
    return f"{title:40}" + "".join(cells)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--orrery", required=True)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--temporal")
    parser.add_argument("--java")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workflows", type=int, default=2000)
    parser.add_argument("--open", type=int, default=10000, help="open workflows, 0 to leave the crowds out")
    options = parser.parse_args()

    known = servers(options)
    if len(known) == 1:
        print("no peer found (--temporal, --java): Orrery's figures alone")
    taken = {name: [] for name in known}
    for number in range(options.rounds):
        for name, peer in known.items():
            print(f"round {number + 1} of {options.rounds}: {name}", file=sys.stderr)
            taken[name].append(measure(options, peer))
            if name == "orrery" and options.open:
                taken[name][-1].update(measure_crowds(options, peer))

    print(f"{'median of ' + str(options.rounds):40}" + "".join(f"{name:>14}" for name in known)
          + "".join(f"{'vs ' + name:>16}" for name in list(known)[1:]))
    for figure in FIGURES:
        print(row(*figure, taken))
    return 0


if __name__ == "__main__":
    sys.exit(main())

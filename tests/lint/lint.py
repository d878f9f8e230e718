#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The house rules that a machine can check: who may include whom, file sizes, licence headers, where the clock is read.

  lint.py [ROOT]     prints one line a finding (file:line: rule: what to do) and ends with 1 when there is an error.

`self_test.py` beside it proves that every rule can fail.
"""
import pathlib
import re
import subprocess
import sys

WARN_LINES, MOST_LINES = 600, 1000
MOST_FUNCTION_LINES = 60

EVERY_CORE = {"core/base", "core/proto", "core/payload", "core/definition", "core/history", "core/machines",
              "core/workflow", "core/activity", "core/client", "core/worker", "core/replay", "core/testing",
              "core/server", "core/blueprint", "core/gateway"}
BELOW_WORKER = {"core/base", "core/payload", "core/definition", "core/history", "core/machines", "core/workflow",
                "core/activity", "core/client"}

# Room -> rooms it may include, besides itself. DECISIONS.md says why where this differs from the first plan.
MAY_INCLUDE = {
    "core/base": set(),
    "core/payload": {"core/base"},
    "core/definition": {"core/base", "core/payload"},
    "core/history": {"core/base", "core/payload"},
    "core/machines": {"core/base", "core/payload", "core/history", "core/definition"},
    "core/workflow": {"core/base", "core/payload", "core/definition"},
    "core/activity": {"core/base", "core/payload", "core/definition"},
    "core/client": {"core/base", "core/payload", "core/definition", "core/history"},
    "core/worker": BELOW_WORKER,
    "core/server": {"core/base", "core/payload", "core/history"},
    "core/replay": BELOW_WORKER | {"core/worker", "core/server"},
    "core/testing": BELOW_WORKER | {"core/worker", "core/replay", "core/server"},
    "core/blueprint": {"core/base", "core/payload", "core/definition", "core/workflow", "core/activity"},
    "core/gateway": EVERY_CORE,
    "app/samples": {"core/workflow", "core/activity", "core/definition", "core/base"},
}
# Of these rooms others may see only their public face.
PUBLIC_HEADERS = {"core/server": {"core/server/server.h", "core/server/clock_control.h"}}
GATEWAY_HEADERS_MAY = {"core/gateway", "core/base", "core/payload", "core/history", "core/blueprint"}
# What a replay shows is the same plain values on both sides of the window's door.
PLAIN_VALUES = {"core/replay/step.h"}
VIEWS_BASE = {"core/gateway", "core/base", "core/payload", "core/history"}
PROTOBUF_HEADERS_IN = {"core/client", "core/server", "core/worker", "core/replay", "core/payload", "core/machines",
                       "core/testing"}
SYSTEM_CLOCK_FILE = "core/base/system_clock.cpp"

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def room_of(path):
    parts = path.split("/")
    if parts[0] == "views" and len(parts) > 3 and parts[1] in ("panels", "screens"):
        return "/".join(parts[:3])
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


def view_may_include(room, target):
    """The views' part of the table."""
    kind = room.split("/")[1]
    if target.startswith("core/"):
        return target in VIEWS_BASE or (kind == "screens" and target == "core/blueprint")
    other = target.split("/")[1] if "/" in target else ""
    if kind in ("bridge", "shared"):
        return other in ("bridge", "shared")
    if kind == "panels":
        return other in ("bridge", "shared")
    if kind == "screens":
        return other in ("bridge", "shared", "panels")
    return kind == "shell"


def may_include(path, room, target_path):
    target = room_of(target_path)
    if target == room or room.startswith("tests") or target.startswith("resources"):
        return True
    if target_path.startswith("core/gateway/impl/"):
        return False
    if room in ("app/cli", "app/workbench"):
        return not (room == "app/cli" and target.startswith("views"))
    if target_path in PLAIN_VALUES and (room.startswith("views/") or room == "core/gateway"):
        return True
    if room.startswith("views/"):
        return view_may_include(room, target)
    if target in PUBLIC_HEADERS and target_path not in PUBLIC_HEADERS[target]:
        return False
    if room == "core/gateway" and path.endswith(".h") and not path.startswith("core/gateway/impl/"):
        return target in GATEWAY_HEADERS_MAY or target_path == "core/server/clock_control.h"
    return target in MAY_INCLUDE.get(room, set())


def check_includes(path, lines):
    room = room_of(path)
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        bracket, name = found.groups()
        if bracket == '"' and name.split("/")[0] in ("core", "views", "app", "tests"):
            if name.startswith("tests/") and not path.startswith("tests/"):
                yield number, "error", "rooms", f"{room} may not include {name}"
            elif not may_include(path, room, name):
                yield number, "error", "rooms", f"{room} may not include {name} (tests/lint/lint.py, MAY_INCLUDE)"
        elif bracket == '"' and not name.endswith(".moc"):
            yield number, "error", "rooms", f'"{name}": write includes from the root, so that a path names its room'
        if path.startswith("core/") or path.startswith("app/cli") or path.startswith("app/samples"):
            if re.match(r"Q[A-Z]|Qt", name):
                yield number, "error", "rooms", f"no Qt here: <{name}>"
        generated = name.endswith(".pb.h") or name.startswith("grpcpp/") or name.startswith("grpc/")
        if generated and (room.startswith("views") or (path.endswith(".h") and path.startswith("core/")
                                                        and room not in PROTOBUF_HEADERS_IN)):
            yield number, "error", "protobuf", f"<{name}> belongs in a .cpp of core here"


def check_text(path, lines):
    if "SPDX-License-Identifier: MIT" not in "\n".join(lines[:3]):
        yield 1, "error", "licence", "the first lines must hold 'SPDX-License-Identifier: MIT'"
    if len(lines) > MOST_LINES:
        yield len(lines), "error", "length", f"{len(lines)} lines; split it by concept (at most {MOST_LINES})"
    elif len(lines) > WARN_LINES:
        yield len(lines), "warning", "length", f"{len(lines)} lines; aim below {WARN_LINES}"
    for number, line in enumerate(lines, 1):
        if re.search(r"(?<![\w.])/(work|root|home)/\w", line):
            yield number, "error", "paths", "an absolute path of one machine"
        if path.endswith((".cpp", ".h")) and not path.startswith("tests/"):
            if re.search(r"(system_clock|high_resolution_clock)::now|\bgettimeofday\b|\btime\(nullptr\)", line) \
                    and path != SYSTEM_CLOCK_FILE:
                yield number, "error", "clock", "take a base::Clock; only system_clock.cpp reads the machine's clock"
            if re.search(r"QDateTime::currentDateTime|QTime::currentTime", line):
                yield number, "error", "clock", "take the time from the gateway's clock"
        if path.startswith("tests/") and path.endswith(".cpp") and "bench" not in path \
                and re.search(r"\b(QTest::qSleep|sleep_for|usleep)\b", line):
            yield number, "error", "sleep", "tests wait for a condition, they do not sleep"


NOT_A_FUNCTION = re.compile(r"\s*(namespace|class|struct|enum|union|extern|using|template|if|else|for|while|switch|do|try|"
                            r"return|case|default|public|private|protected|co_await|[A-Z_]+\()\b|.*(=|\]|,|\() \{$|.*\bstruct \w+.*\{$")


def check_functions(path, lines):
    """clang-format's layout makes a body's end findable: the closing brace stands under the head's first column."""
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if not line.endswith("{") or indent > 8 or ")" not in line or NOT_A_FUNCTION.match(line):
            continue
        # The last line of a constructor's initialisers ends with the brace, but the head stands before it.
        if line.lstrip().startswith(":"):
            indent -= 4
        elif indent == 6:
            indent = 0
        close = " " * indent + "}"
        for length, later in enumerate(lines[number + 1:], 2):
            if later.startswith(close):
                if length > MOST_FUNCTION_LINES:
                    yield number + 1, "error", "function", f"{length} lines; at most {MOST_FUNCTION_LINES}"
                break


def tracked(root):
    out = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True,
                         check=True).stdout
    return [name for name in out.splitlines() if re.search(r"\.(cpp|h|py|sh|cmake)$|CMakeLists\.txt$", name)]


def findings(root):
    for name in tracked(root):
        path = pathlib.Path(root, name)
        if not path.is_file():
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        for finding in check_text(name, lines):
            yield name, *finding
        if name.endswith((".cpp", ".h")):
            for finding in (*check_includes(name, lines), *check_functions(name, lines)):
                yield name, *finding


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    errors = 0
    for name, number, level, rule, text in findings(root):
        print(f"{name}:{number}: {level}: {rule}: {text}")
        errors += level == "error"
    print(f"lint: {errors} error{'s' if errors != 1 else ''}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())

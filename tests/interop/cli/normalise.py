# SPDX-License-Identifier: MIT
"""What two servers may say otherwise, taken out of what the command line printed."""
import json
import re

ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
RULES = [
    (re.compile(r"time=\S+ level="), "level="),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"), "<time>"),
    (re.compile(r"\btemporal-cli:\S+@[\w.-]+"), "<identity>"),
    (re.compile(r"\b\d+@[\w.-]+(@\w+)?"), "<identity>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "<address>"),
    # How long something took, or is ago.
    (re.compile(r"\b\d+ (second|minute)s? (ago|from now)|\bnow\b"), "<ago>"),
    (re.compile(r"\b\d+(\.\d+)?(ms|µs)\b|\b\d+\.\d+s\b|(?<=\()\d+s(?=\))"), "<moment>"),
    # The same fields as INTERNAL below, where they are printed as text.
    (re.compile(r"\b(taskId: |historySizeBytes: |HistorySize +|StateTransitionCount +|RunTime +)\S+"), r"\1<internal>"),
    # Columns are as wide as the widest cell.
    (re.compile(r"[ \t]+"), " "),
    (re.compile(r"-{3,}"), "---"),
]

#: Fields of JSON answers that measure or number what is inside a server.
INTERNAL = {"taskId", "historySizeBytes", "stateTransitionCount", "serverVersion", "clusterId", "requestId", "identity",
            "executionDuration", "durationMillis", "HistorySize", "lastAccessTime", "approximateBacklogAge"}

#: Fields that differ for good: what a server keeps its data in, where it can be reached, which features it was
#: built for (schedules, Nexus and versioning are not part of this server), and search attributes that the dev server is too
#: old for.
UNLIKE = {"persistenceStore", "visibilityStore", "address", "httpAddress", "supportsSchedules", "nexus",
          "buildIdBasedVersioning", "TemporalExternalPayloadCount", "TemporalExternalPayloadSizeBytes",
          "TemporalReportedProblems", "TemporalUsedWorkerDeploymentVersions",
          "workerHeartbeats"}

#: A time that is none.
NEVER = "0001-01-01T00:00:00Z"


def is_system(value):
    """The real server lists a namespace of its own."""
    return isinstance(value, dict) and value.get("namespaceInfo", {}).get("name") == "temporal-system"


def strip(value):
    if isinstance(value, dict):
        kept = {key: "<internal>" if key in INTERNAL else strip(inner) for key, inner in value.items()
                if key not in UNLIKE and inner != NEVER}
        # Only namespaces that were registered by a request have it there.
        if set(kept) == {"activeClusterName", "clusters", "state"}:
            del kept["state"]
        return kept
    if isinstance(value, list):
        return [strip(inner) for inner in value if not is_system(inner)]
    return value


def normal(text, kept):
    """The text with ids, times and addresses named; JSON documents one field a line, sorted.

    Random ids are numbered as they appear in this text, but those that a step kept have its name."""
    known = {value: f"<{name}>" for name, value in kept.items()}
    try:
        text = json.dumps(strip(json.loads(text)), indent=1, sort_keys=True)
    except ValueError:
        pass
    text = ID.sub(lambda match: known.setdefault(match[0], f"<id {len(known) + 1}>"), text)
    for pattern, instead in RULES:
        text = pattern.sub(instead, text)
    return "\n".join(line.rstrip() for line in text.splitlines())

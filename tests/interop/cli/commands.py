# SPDX-License-Identifier: MIT
"""What is asked of both servers, in order. A step is the arguments of a command, and what is waited for before.

`{text}` in an argument is replaced by what an earlier step kept under that name.
"""
import json
from dataclasses import dataclass, field


@dataclass
class Step:
    arguments: list
    #: (workflow id, event type, how often): the history has to show that first.
    after: tuple = ()
    #: Name -> field of the JSON answer: what later steps need.
    keep: dict = field(default_factory=dict)
    #: Runs until the answer has this text in it, for what takes a moment to be seen.
    until: str = ""
    json: bool = True

    def name(self):
        return " ".join(self.arguments)


def order(name, **more):
    return json.dumps({"id": name, "customer": "Ada", "items": ["compass"], "total": 12.5,
                       "address": {"street": "Elm 1", "city": "Bern"}, "failingCharges": 0, "pace": 0, **more})


def workflow(*arguments, **more):
    return Step(["workflow", *arguments], **more)


def started(workflow_id, *more, **options):
    return workflow("start", "--type", "order_approval", "--task-queue", "samples", "-w", workflow_id, "-i",
                    order(workflow_id), *more, **options)


WAITING = "EVENT_TYPE_TIMER_STARTED"
RUNNING = "PENDING_ACTIVITY_STATE_STARTED"
APPROVED = '{"approved": true, "approver": "Grace"}'
MOVED = '{"street": "Hauptstr. 5", "city": "Berlin"}'
NOBODY = "00000000-0000-4000-8000-00000000dead"

NAMESPACES = [
    Step(["operator", "namespace", "describe", "-n", "default"]),
    Step(["operator", "namespace", "describe", "-n", "default"], json=False),
    Step(["operator", "namespace", "create", "-n", "second", "--retention", "48h", "--description", "another one",
          "--email", "ada@example.org", "--data", "team=blue"]),
    Step(["operator", "namespace", "create", "-n", "second"]),
    Step(["operator", "namespace", "describe", "-n", "second"], until="another one"),
    Step(["operator", "namespace", "update", "-n", "second", "--description", "the same one", "--retention", "72h"]),
    Step(["operator", "namespace", "describe", "-n", "second"], until="the same one"),
    Step(["operator", "namespace", "describe", "-n", "nowhere"]),
    Step(["operator", "namespace", "list"]),
    Step(["operator", "cluster", "health"]),
    Step(["operator", "cluster", "health"], json=False),
    Step(["operator", "cluster", "describe"]),
    Step(["operator", "cluster", "describe", "--detail"]),
    Step(["operator", "cluster", "system"]),
    Step(["operator", "cluster", "list"]),
    Step(["operator", "search-attribute", "create", "--name", "CustomerName", "--type", "Keyword", "--name",
          "Total", "--type",
          "Double"]),
    Step(["operator", "search-attribute", "create", "--name", "CustomerName", "--type", "Keyword"]),
    Step(["operator", "search-attribute", "create", "--name", "CustomerName", "--type", "Int"]),
    Step(["operator", "search-attribute", "create", "--name", "Gone", "--type", "Bool"]),
    Step(["operator", "search-attribute", "remove", "--name", "Gone", "--yes"]),
    Step(["operator", "search-attribute", "remove", "--name", "Gone", "--yes"]),
    Step(["operator", "search-attribute", "list"]),
]

STARTS = [
    started("one", "--memo", 'note="first"', "--search-attribute", 'CustomerName="Ada"', "--static-summary",
          "An order",
            "--static-details", "With **details**", "--priority-key", "2", keep={"one": "runId"}),
    started("one", "--fail-existing"),
    started("one", "--id-conflict-policy", "Fail"),
    started("one", "--id-conflict-policy", "UseExisting"),
    started("bad", "--search-attribute", 'Nothing="Ada"'),
    started("bad", "--run-timeout", "-5s"),
    started("bad", "--priority-key", "9"),
    workflow("start", "--type", "order_approval", "--task-queue", "samples", "-n", "nowhere", "-w", "bad"),
    workflow("describe", "-w", "one", after=("one", WAITING, 1)),
    workflow("describe", "-w", "one", json=False),
    workflow("describe", "-w", "one", "--raw"),
    workflow("describe", "-w", "one", "--reset-points"),
    workflow("describe", "-w", "none"),
    workflow("describe", "-w", "one", "-r", NOBODY),
    workflow("describe", "-w", "one", "-r", "not-a-run-id"),
    workflow("show", "-w", "one"),
    workflow("show", "-w", "one", json=False),
    workflow("show", "-w", "one", "--detailed", json=False),
    workflow("show", "-w", "none"),
]

MESSAGES = [
    workflow("query", "-w", "one", "--name", "status"),
    workflow("query", "-w", "one", "--name", "status", json=False),
    workflow("query", "-w", "one", "--name", "nonsense"),
    workflow("query", "-w", "none", "--name", "status"),
    workflow("query", "-w", "one", "--name", "status", "--reject-condition", "not_open"),
    workflow("stack", "-w", "one"),
    workflow("metadata", "-w", "one"),
    workflow("update", "execute", "-w", "one", "--name", "set_address", "--update-id", "move", "-i", MOVED),
    workflow("update", "execute", "-w", "one", "--name", "set_address", "--update-id", "move", "-i", MOVED,
             json=False),
    workflow("update", "execute", "-w", "one", "--name", "set_address", "--update-id", "empty", "-i",
             '{"street": "", "city": ""}'),
    workflow("update", "execute", "-w", "one", "--name", "nonsense", "--update-id", "unknown"),
    workflow("update", "execute", "-w", "none", "--name", "set_address", "-i", MOVED),
    workflow("update", "start", "-w", "one", "--name", "set_address", "--update-id", "again", "--wait-for-stage",
             "accepted", "-i",
             MOVED),
    workflow("update", "describe", "-w", "one", "--update-id", "again"),
    workflow("update", "result", "-w", "one", "--update-id", "again"),
    workflow("update", "result", "-w", "one", "--update-id", "never"),
    workflow("update", "describe", "-w", "one", "--update-id", "never"),
    workflow("signal", "-w", "one", "--name", "approve", "-i", APPROVED),
    workflow("result", "-w", "one"),
    workflow("result", "-w", "one", json=False),
    workflow("show", "-w", "one"),
    workflow("show", "-w", "one", "--follow", json=False),
    workflow("describe", "-w", "one"),
    workflow("describe", "-w", "one", json=False),
    workflow("query", "-w", "one", "--name", "status"),
    workflow("query", "-w", "one", "--name", "status", "--reject-condition", "not_open"),
    workflow("signal", "-w", "one", "--name", "approve"),
    workflow("signal", "-w", "none", "--name", "approve"),
    workflow("cancel", "-w", "one"),
    workflow("cancel", "-w", "none"),
    workflow("terminate", "-w", "one"),
    workflow("terminate", "-w", "none"),
    workflow("update", "execute", "-w", "one", "--name", "set_address", "--update-id", "late", "-i", MOVED),
    started("one", "--id-reuse-policy", "RejectDuplicate"),
    started("one", "--id-reuse-policy", "AllowDuplicateFailedOnly"),
]

STARTS_WITH = [
    workflow("signal-with-start", "-w", "two", "--type", "order_approval", "--task-queue", "samples", "-i",
             order("two"),
             "--signal-name", "approve", "--signal-input", APPROVED),
    workflow("result", "-w", "two"),
    workflow("execute-update-with-start", "-w", "three", "--type", "order_approval", "--task-queue", "samples", "-i",
             order("three"), "--update-name", "set_address", "--update-id", "u1", "--update-input", MOVED,
             "--id-conflict-policy", "UseExisting"),
    workflow("execute-update-with-start", "-w", "three", "--type", "order_approval", "--task-queue", "samples", "-i",
             order("three"), "--update-name", "set_address", "--update-id", "u2", "--update-input", MOVED,
             "--id-conflict-policy", "Fail"),
    workflow("start-update-with-start", "-w", "three", "--type", "order_approval", "--task-queue", "samples", "-i",
             order("three"), "--update-name", "set_address", "--update-id", "u3", "--update-input", MOVED,
             "--wait-for-stage", "accepted", "--id-conflict-policy", "UseExisting"),
    workflow("update", "result", "-w", "three", "--update-id", "u3"),
    workflow("signal-with-start", "-w", "three", "--type", "order_approval", "--task-queue", "samples", "-i",
             order("three"),
             "--signal-name", "approve", "--signal-input", APPROVED),
    workflow("result", "-w", "three"),
    workflow("execute", "--type", "fan_out", "--task-queue", "samples", "-w", "four", "-i",
             '{"sectors": 3, "width": 1, "cloudedEvery": 0}', json=False),
    workflow("execute", "--type", "no_such_type", "--task-queue", "samples", "-w", "five", "--run-timeout", "2s"),
    workflow("execute", "--type", "order_approval", "--task-queue", "samples", "-w", "six", "-i", '"no order"',
             "--run-timeout",
             "2s", json=False),
]

ENDS = [
    started("seven"),
    workflow("cancel", "-w", "seven", after=("seven", WAITING, 1)),
    workflow("result", "-w", "seven"),
    workflow("trace", "-w", "seven", "--no-fold", json=False),
    started("eight"),
    workflow("terminate", "-w", "eight", "--reason", "enough", after=("eight", WAITING, 1)),
    workflow("result", "-w", "eight"),
    workflow("result", "-w", "eight", json=False),
    workflow("describe", "-w", "eight", json=False),
    started("nine", "--start-delay", "1h", "--execution-timeout", "24h", "--run-timeout", "2h", "--task-timeout",
          "5s"),
    workflow("describe", "-w", "nine"),
    workflow("terminate", "-w", "nine"),
    workflow("reset", "-w", "one", "--type", "FirstWorkflowTask", "--reason", "again", keep={"reset": "runId"}),
    workflow("result", "-w", "one"),
    workflow("show", "-w", "one"),
    workflow("reset", "-w", "one", "-r", "{one}", "--event-id", "3", "--reason", "not a task's end"),
    workflow("reset", "-w", "one", "-r", "{one}", "--event-id", "9999", "--reason", "too far",
             after=("one", "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED", 1)),
    workflow("reset", "-w", "one", "-r", "{one}", "--type", "LastWorkflowTask", "--reason", "the end",
             "--reapply-exclude", "All"),
    # The new run ends by itself.
    workflow("terminate", "-w", "one", after=("one", "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED", 1)),
    workflow("reset", "-w", "none", "--type", "FirstWorkflowTask", "--reason", "again"),
    workflow("update-options", "-w", "one", "--versioning-override-behavior", "auto_upgrade"),
    workflow("delete", "-w", "two"),
    workflow("describe", "-w", "two", until="not found"),
    workflow("delete", "-w", "two"),
]

SEEN = [
    workflow("list", until="seven"),
    workflow("list", json=False),
    workflow("list", "--query", 'WorkflowId = "one"', json=False),
    workflow("list", "--query", 'ExecutionStatus = "Terminated" AND WorkflowType = "order_approval"'),
    workflow("list", "--query", 'CustomerName = "Ada"'),
    workflow("list", "--limit", "2", json=False),
    workflow("list", "--page-size", "1", "--limit", "3"),
    workflow("list", "--query", 'Nothing = "Ada"'),
    workflow("list", "--archived"),
    workflow("count"),
    workflow("count", json=False),
    workflow("count", "--query", 'ExecutionStatus = "Completed"'),
    workflow("count", "--query", "GROUP BY ExecutionStatus"),
    workflow("count", "--query", "GROUP BY ExecutionStatus", json=False),
    workflow("count", "--query", "GROUP BY WorkflowType"),
    Step(["task-queue", "describe", "--task-queue", "samples"]),
    Step(["task-queue", "describe", "--task-queue", "samples"], json=False),
    Step(["task-queue", "describe", "--task-queue", "samples", "--task-queue-type", "activity", "--legacy-mode"]),
    Step(["task-queue", "describe", "--task-queue", "nobody-polls"]),
    Step(["task-queue", "list-partition", "--task-queue", "samples"]),
    Step(["task-queue", "get-build-ids", "--task-queue", "samples"]),
]

ACTIVITIES = [
    started("ten"),
    Step(["activity", "complete", "-w", "ten", "--activity-id", "77", "--result", '"x"'], after=("ten", WAITING, 1)),
    Step(["activity", "fail", "-w", "ten", "--activity-id", "77", "--reason", "by hand", "--detail", '"x"']),
    Step(["activity", "complete", "-w", "none", "--activity-id", "1", "--result", '"x"']),
    workflow("terminate", "-w", "ten"),
    workflow("start", "--type", "order_approval", "--task-queue", "samples", "-w", "eleven", "-i", order("eleven",
             pace=3600)),
    Step(["activity", "fail", "-w", "eleven", "--activity-id", "1", "--reason", "by hand", "--detail", '{"a": 1}'],
         after=("eleven", RUNNING, 1)),
    workflow("terminate", "-w", "eleven"),
    workflow("start", "--type", "order_approval", "--task-queue", "samples", "-w", "twelve", "-i", order("twelve",
             pace=3600)),
    Step(["activity", "complete", "-w", "twelve", "--activity-id", "1", "--result", '"reserved"'],
         after=("twelve", RUNNING, 1)),
    workflow("show", "-w", "twelve", after=("twelve", WAITING, 1)),
    workflow("terminate", "-w", "twelve"),
]

ALL = {"namespaces": NAMESPACES, "starts": STARTS, "messages": MESSAGES, "starts with": STARTS_WITH, "ends": ENDS,
       "seen": SEEN, "activities": ACTIVITIES}

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every rule of lint.py finds its planted fault, and a clean file passes."""
import sys
import unittest

import lint

HEAD = ["// SPDX-License-Identifier: MIT"]


def rules(path, *lines):
    text = HEAD + list(lines)
    return [finding[2] for finding in [*lint.check_includes(path, text), *lint.check_text(path, text)]
            if finding[1] == "error"]


class LintTest(unittest.TestCase):
    def test_rooms(self):
        faults = [
            ("core/server/run.cpp", '#include "core/worker/worker.h"'),
            ("core/server/run.cpp", '#include "core/client/connection.h"'),
            ("core/base/error.cpp", '#include "core/payload/payload.h"'),
            ("core/testing/environment.cpp", '#include "core/server/state.h"'),
            ("core/gateway/cluster.h", '#include "core/client/client.h"'),
            ("views/panels/timeline/timeline.cpp", '#include "views/panels/history/table.h"'),
            ("views/panels/timeline/timeline.cpp", '#include "views/screens/workflow/page.h"'),
            ("views/screens/workflow/page.cpp", '#include "views/screens/files/page.h"'),
            ("views/screens/workflow/page.cpp", '#include "core/server/server.h"'),
            ("views/screens/debugger/page.cpp", '#include "core/replay/session.h"'),
            ("core/gateway/replay.h", '#include "core/replay/session.h"'),
            ("app/cli/main.cpp", '#include "views/shared/tokens.h"'),
            ("core/base/error.cpp", "#include <QString>"),
            ("core/base/error.cpp", '#include "error.h"'),
            ("core/base/error.cpp", '#include "tests/support/strings.h"'),
        ]
        for path, line in faults:
            with self.subTest(path=path, line=line):
                self.assertEqual(rules(path, line), ["rooms"])

    def test_plain_values_of_a_replay_cross_the_door(self):
        line = '#include "core/replay/step.h"'
        for path in ("core/gateway/replay.h", "views/screens/debugger/page.cpp", "views/bridge/replay.h"):
            self.assertEqual(rules(path, line), [])
        self.assertEqual(rules("core/worker/run.cpp", line), ["rooms"])

    def test_protobuf_stays_out_of_headers(self):
        line = "#include <temporal/api/common/v1/message.pb.h>"
        self.assertEqual(rules("core/history/history.h", line), ["protobuf"])
        self.assertEqual(rules("core/history/history.cpp", line), [])
        self.assertEqual(rules("views/shared/tokens.cpp", line), ["protobuf"])

    def test_text_rules(self):
        self.assertEqual(rules("core/a/a.cpp", "auto t = std::chrono::system_clock::now();"), ["clock"])
        self.assertEqual(rules("views/shared/a.cpp", "QDateTime::currentDateTime();"), ["clock"])
        self.assertEqual(rules("tests/core/a/a_test.cpp", "std::this_thread::sleep_for(1s);"), ["sleep"])
        self.assertEqual(rules("core/a/a.cpp", 'open("/ho' + 'me/somebody/file");'), ["paths"])
        self.assertEqual(rules("core/a/a.cpp", *["int x;"] * lint.MOST_LINES), ["length"])
        self.assertEqual([finding[2] for finding in lint.check_text("core/a/a.cpp", ["int x;"])], ["licence"])

    def test_function_size(self):
        body = ["    int x;"] * lint.MOST_FUNCTION_LINES
        self.assertEqual([finding[2] for finding in lint.check_functions("a.cpp", ["void f() {", *body, "}"])],
                         ["function"])
        self.assertEqual(list(lint.check_functions("a.cpp", ["void f() {", *body[:50], "}", "", "void g() {", "}"])), [])
        self.assertEqual(list(lint.check_functions("a.cpp", ["namespace a::b {", *body, "}"])), [])

    def test_clean_files(self):
        self.assertEqual(rules("core/worker/worker.cpp", '#include "core/client/connection.h"', "#include <vector>"), [])
        self.assertEqual(rules("core/gateway/local.h", '#include "core/server/clock_control.h"'), [])
        self.assertEqual(rules("views/shell/main_window.cpp", '#include "views/screens/files/page.h"'), [])
        self.assertEqual(rules("tests/core/server/a_test.cpp", '#include "core/server/state.h"'), [])


if __name__ == "__main__":
    sys.exit(unittest.main())

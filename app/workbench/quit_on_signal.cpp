// SPDX-License-Identifier: MIT
#include "app/workbench/quit_on_signal.h"

#include <QCoreApplication>
#include <QSocketNotifier>
#include <array>
#include <csignal>

#include <unistd.h>

namespace orrery::workbench {
namespace {

// A signal handler may do little more than write to a pipe.
std::array<int, 2> g_pipe{-1, -1};

void onSignal(int number) {
    std::signal(number, SIG_DFL);
    const char byte = 0;
    [[maybe_unused]] const auto written = ::write(g_pipe[1], &byte, 1);
}

}  // namespace

QuitOnSignal::QuitOnSignal(QObject* parent) : QObject(parent) {
    if (::pipe(g_pipe.data()) != 0) return;  // then signals keep their default, which ends the program as well
    auto* notifier = new QSocketNotifier(g_pipe[0], QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [notifier] {
        notifier->setEnabled(false);
        QCoreApplication::exit(0);
    });
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
}

QuitOnSignal::~QuitOnSignal() {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    for (int& end : g_pipe) {
        if (end >= 0) ::close(end);
        end = -1;
    }
}

}  // namespace orrery::workbench

// SPDX-License-Identifier: MIT
#include "views/bridge/history_view_maker.h"

namespace orrery::ui::bridge {

HistoryViewMaker::HistoryViewMaker(QObject* parent) : QObject(parent), m_pool("history view", 1) {}

HistoryViewMaker::~HistoryViewMaker() = default;

void HistoryViewMaker::setHistory(std::shared_ptr<const history::History> history) {
    m_waiting = std::move(history);
    if (!m_busy) makeNext();
}

void HistoryViewMaker::makeNext() {
    if (!m_waiting) return;
    m_busy = true;
    auto done = deliver(this, [this](const shared::HistoryView& view) {
        m_busy = false;
        Q_EMIT made(view);
        makeNext();
    });
    m_pool.post([history = std::exchange(m_waiting, nullptr), done] { done(shared::HistoryView::of(history)); });
}

}  // namespace orrery::ui::bridge

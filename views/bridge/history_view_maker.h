// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <memory>

#include "core/base/executor.h"
#include "views/bridge/deliver.h"
#include "views/shared/history_view.h"

namespace orrery::ui::bridge {

/// Groups the events of snapshots off the UI thread. While one is being grouped only the newest of the others waits, so
/// a long live tail never queues up. Lives on the UI thread; destroying it waits for the grouping under way.
class HistoryViewMaker : public QObject {
    Q_OBJECT

public:
    explicit HistoryViewMaker(QObject* parent = nullptr);
    ~HistoryViewMaker() override;

    void setHistory(std::shared_ptr<const history::History> history);

Q_SIGNALS:
    void made(const shared::HistoryView& view);

private:
    void makeNext();

    std::shared_ptr<const history::History> m_waiting;
    bool m_busy = false;
    base::ThreadPool m_pool;
};

}  // namespace orrery::ui::bridge

// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "core/gateway/files.h"
#include "views/bridge/merged.h"
#include "views/shared/history_view.h"
#include "views/shared/page.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QStackedWidget;

namespace orrery::ui::bridge {
class HistoryViewMaker;
}
namespace orrery::ui::history_table {
class HistoryPanel;
}
namespace orrery::ui::payload {
class InspectorPanel;
class RunSummaryPanel;
}  // namespace orrery::ui::payload
namespace orrery::ui::shared {
class ElidedLabel;
class MessageBar;
class Selection;
class SideColumn;
class StatusChip;
}  // namespace orrery::ui::shared
namespace orrery::ui::timeline {
class TimelinePanel;
}

namespace orrery::ui::files {

/// One file, opened for reading. UI thread.
class FilePage : public shared::Page {
    Q_OBJECT

public:
    explicit FilePage(QString path, QWidget* parent = nullptr);
    ~FilePage() override;

    const QString& path() const { return m_path; }
    /// Empty until something was read.
    const shared::HistoryView& view() const { return m_view; }
    bool loading() const { return m_loading; }
    /// The history can be replayed here: a button asks for it.
    void offerDebugger();

    QString title() const override;
    QWidget* inspector() override;
    bool stepOut() override;
    void find() override;
    QString statusText() const override;

Q_SIGNALS:
    void debuggerWanted();
    /// Everything is on the screen.
    void shown();

private:
    QWidget* makeHeader();
    QWidget* makeWaiting();
    QWidget* makeBody();
    void load();
    void cancel();
    void showLoaded(gateway::Outcome<gateway::LoadedHistories> outcome);
    void showProblem(const QString& message, const QString& action);
    void choose(int index);
    void showView(const shared::HistoryView& view);
    void showSelected();

    QString m_path;
    bool m_loading = false;
    gateway::LoadedHistories m_histories;
    int m_chosen = -1;
    shared::HistoryView m_view;
    shared::Selection* m_selection;
    bridge::HistoryViewMaker* m_maker;
    bridge::Latest m_latest;
    gateway::Request m_request;

    shared::MessageBar* m_message = nullptr;
    shared::StatusChip* m_chip = nullptr;
    shared::ElidedLabel* m_name = nullptr;
    shared::ElidedLabel* m_type = nullptr;
    QComboBox* m_which = nullptr;
    QPushButton* m_debug = nullptr;
    bool m_debuggable = false;
    QStackedWidget* m_stack = nullptr;
    QProgressBar* m_progress = nullptr;
    timeline::TimelinePanel* m_timeline = nullptr;
    history_table::HistoryPanel* m_history = nullptr;
    shared::SideColumn* m_inspector = nullptr;
    payload::RunSummaryPanel* m_summary = nullptr;
    payload::InspectorPanel* m_event = nullptr;
};

}  // namespace orrery::ui::files

// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

#include "views/shared/history_view.h"

class QLabel;

namespace orrery::ui::shared {
class Facts;
}

namespace orrery::ui::payload {

class PayloadView;

/// What the run as a whole was given and gave: type, times, input, result or failure. Stands in the inspector while no
/// event is selected. UI thread.
class RunSummaryPanel : public QWidget {
    Q_OBJECT

public:
    explicit RunSummaryPanel(QWidget* parent = nullptr);
    void setHistory(const shared::HistoryView& view);

private:
    shared::Facts* m_facts;
    QLabel* m_inputTitle;
    PayloadView* m_input;
    QLabel* m_resultTitle;
    PayloadView* m_result;
};

}  // namespace orrery::ui::payload

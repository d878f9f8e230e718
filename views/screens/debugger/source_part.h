// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>
#include <set>

#include "core/replay/step.h"

class QLabel;
class QStackedWidget;

namespace orrery::ui::bridge {
class SourceReader;
}
namespace orrery::ui::shared {
class ElidedLabel;
class EmptyState;
}  // namespace orrery::ui::shared

namespace orrery::ui::debugger {

class SourceView;

/// The source with the line that waits, and what it waits for below. UI thread.
class SourcePart : public QWidget {
    Q_OBJECT

public:
    explicit SourcePart(QWidget* parent = nullptr);

    SourceView* view() const { return m_view; }
    void setFolders(const QStringList& folders);
    /// An unknown place shows what setNothing() said.
    void setPlace(const replay::SourceLine& place, std::set<int> others);
    void setNothing(const QString& title, const QString& detail);
    /// HTML; empty hides the box.
    void setSentence(const QString& html);

Q_SIGNALS:
    void foldersRequested();

private:
    void showPlace();
    void showMissing();

    bridge::SourceReader* m_reader;
    shared::ElidedLabel* m_file;
    QStackedWidget* m_stack;
    SourceView* m_view;
    shared::EmptyState* m_missing;
    shared::EmptyState* m_nothing;
    QLabel* m_sentence;
    replay::SourceLine m_place;
    std::set<int> m_others;
};

}  // namespace orrery::ui::debugger

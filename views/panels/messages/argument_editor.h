// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>
#include <optional>

#include "core/payload/payload.h"

class QLabel;
class QPlainTextEdit;

namespace orrery::ui::messages {

/// A field for arguments: JSON values one after another. A mistake is marked and named with its place when the text is
/// asked for. Tab leaves the field; Ctrl Return sends. UI thread.
class ArgumentEditor : public QWidget {
    Q_OBJECT

public:
    explicit ArgumentEditor(QWidget* parent = nullptr);

    void setText(const QString& json);
    QString text() const;
    /// Absent when the text is no JSON; the mistake is then shown and the cursor put there.
    std::optional<::orrery::payload::Payloads> payloads();
    QPlainTextEdit* field() const { return m_field; }

Q_SIGNALS:
    void sendRequested();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void putCursor(int line, int column);

    QPlainTextEdit* m_field;
    QLabel* m_error;
};

}  // namespace orrery::ui::messages

// SPDX-License-Identifier: MIT
#pragma once

#include <QPlainTextEdit>

namespace orrery::ui::payload {

/// Read-only monospaced text in a quiet frame, as tall as its text up to a limit; the rest scrolls. Long lines wrap.
class PayloadView : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit PayloadView(QWidget* parent = nullptr);
    void setContent(const QString& text);
    /// Lines shown before it scrolls; 0 lets the layout decide.
    void setMaxLines(int lines) { m_maxLines = lines; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {80, 32}; }

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void fitHeight();

    int m_maxLines = 14;
};

}  // namespace orrery::ui::payload

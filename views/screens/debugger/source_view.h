// SPDX-License-Identifier: MIT
#pragma once

#include <QPlainTextEdit>
#include <set>

namespace orrery::ui::debugger {

/// A source file, read only, with line numbers and the waiting line in brass. UI thread.
class SourceView : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit SourceView(QWidget* parent = nullptr);
    ~SourceView() override;

    /// Lines are counted from 1; the path names the file for screen readers. The same text is not set again.
    void showSource(const QString& path, const QString& text);
    const QString& path() const { return m_path; }
    /// The line that waits, brought into view, and others that wait too. 0 for none.
    void setMarked(int line, std::set<int> others);
    int marked() const { return m_marked; }

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    class Numbers;
    class Highlighter;

    int numbersWidth() const;
    void placeNumbers();
    void paintNumbers(QPainter& painter, const QRect& rect) const;
    void markLine();
    bool markShown() const;
    void reveal();

    QString m_path;
    QString m_text;
    int m_marked = 0;
    bool m_following = true;
    std::set<int> m_others;
    Numbers* m_numbers;
    Highlighter* m_highlighter;
};

}  // namespace orrery::ui::debugger

// SPDX-License-Identifier: MIT
#pragma once

#include <QHash>
#include <QObject>
#include <QSet>
#include <QStringList>
#include <optional>

#include "core/base/executor.h"
#include "views/bridge/deliver.h"

namespace orrery::ui::bridge {

/// A source file as it was found: where, and its text.
struct SourceText {
    QString place;
    QString text;
};

/// Where a source with this path may lie, best first: in the program itself (the samples), then in each folder with as
/// much of the path as there is, then with less and less of its beginning. Parts like ".." lead nowhere.
QStringList sourcePlaces(const QString& path, const QStringList& folders);

/// Finds and reads source files off the UI thread, and keeps what it read. Lives on the UI thread.
class SourceReader : public QObject {
    Q_OBJECT

public:
    explicit SourceReader(QObject* parent = nullptr);
    ~SourceReader() override;

    /// Other folders: what was not found is looked for again.
    void setFolders(const QStringList& folders);
    const QStringList& folders() const { return m_folders; }

    /// What is already there; absent while it is being read.
    const SourceText* find(const QString& path) const;
    bool missing(const QString& path) const { return m_missing.contains(path); }
    /// read() or missed() follows, at once when it is known.
    void want(const QString& path);

Q_SIGNALS:
    void read(const QString& path);
    void missed(const QString& path);

private:
    QStringList m_folders;
    QHash<QString, SourceText> m_texts;
    QSet<QString> m_missing;
    QSet<QString> m_asked;
    base::ThreadPool m_pool;
};

}  // namespace orrery::ui::bridge

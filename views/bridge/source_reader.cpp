// SPDX-License-Identifier: MIT
#include "views/bridge/source_reader.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

// A static library's resources are dropped by the linker unless somebody names them, from outside any namespace.
static void initResources() { Q_INIT_RESOURCE(sample_sources); }

namespace orrery::ui::bridge {
namespace {

/// Beyond this it is not a source that a person reads.
constexpr qint64 kMostBytes = 4'000'000;

std::optional<SourceText> readFirst(const QStringList& places) {
    for (const QString& place : places) {
        QFile file(place);
        if (!QFileInfo(place).isFile() || file.size() > kMostBytes || !file.open(QIODevice::ReadOnly)) continue;
        QString text = QString::fromUtf8(file.readAll());
        return SourceText{place, text.replace(QLatin1String("\r\n"), QLatin1String("\n"))};
    }
    return std::nullopt;
}

}  // namespace

QStringList sourcePlaces(const QString& path, const QStringList& folders) {
    QString slashed = path;
    slashed.replace(QLatin1Char('\\'), QLatin1Char('/'));
    QStringList parts;
    for (const QString& part : slashed.split(QLatin1Char('/'), Qt::SkipEmptyParts)) {
        if (part != QLatin1String(".")) parts << part;
    }
    if (parts.isEmpty() || parts.contains(QLatin1String(".."))) return {};
    const QString whole = parts.join(QLatin1Char('/'));
    QStringList places{QStringLiteral(":/orrery/sources/") + whole};
    for (qsizetype from = 0; from < parts.size(); ++from) {
        for (const QString& folder : folders) places << QDir(folder).filePath(parts.mid(from).join(QLatin1Char('/')));
    }
    return places;
}

SourceReader::SourceReader(QObject* parent) : QObject(parent), m_pool("source reader", 1) { initResources(); }

SourceReader::~SourceReader() = default;

void SourceReader::setFolders(const QStringList& folders) {
    if (folders == m_folders) return;
    m_folders = folders;
    m_texts.clear();
    m_missing.clear();
    m_asked.clear();
}

const SourceText* SourceReader::find(const QString& path) const {
    const auto found = m_texts.constFind(path);
    return found == m_texts.cend() ? nullptr : &*found;
}

void SourceReader::want(const QString& path) {
    if (m_texts.contains(path)) return Q_EMIT read(path);
    if (m_missing.contains(path)) return Q_EMIT missed(path);
    if (m_asked.contains(path)) return;
    m_asked.insert(path);
    // Answers that belong to other folders are dropped.
    auto done = deliver(this, [this, path, folders = m_folders](std::optional<SourceText> source) {
        if (folders != m_folders) return;
        m_asked.remove(path);
        if (!source) {
            m_missing.insert(path);
            return Q_EMIT missed(path);
        }
        m_texts.insert(path, *std::move(source));
        Q_EMIT read(path);
    });
    m_pool.post([places = sourcePlaces(path, m_folders), done] { done(readFirst(places)); });
}

}  // namespace orrery::ui::bridge

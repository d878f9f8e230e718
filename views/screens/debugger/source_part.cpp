// SPDX-License-Identifier: MIT
#include "views/screens/debugger/source_part.h"

#include <QBoxLayout>
#include <QLabel>
#include <QStackedWidget>

#include "views/bridge/source_reader.h"
#include "views/screens/debugger/source_view.h"
#include "views/shared/elided_label.h"
#include "views/shared/text_format.h"
#include "views/shared/widgets.h"

namespace orrery::ui::debugger {

using namespace shared;

SourcePart::SourcePart(QWidget* parent)
    : QWidget(parent),
      m_reader(new bridge::SourceReader(this)),
      m_file(new ElidedLabel({}, this)),
      m_stack(new QStackedWidget(this)),
      m_view(new SourceView(this)),
      m_missing(new EmptyState({}, {}, tr("Source folders…"), this)),
      m_nothing(new EmptyState({}, {}, {}, this)),
      m_sentence(new QLabel(this)) {
    setObjectName(QStringLiteral("debugSourcePart"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_file->setObjectName(QStringLiteral("debugSourceFile"));
    m_file->setRole(Role::Secondary);
    m_file->setFixedHeight(kRow);
    m_file->setContentsMargins(kPadding, 0, kPadding, 0);
    m_missing->setObjectName(QStringLiteral("debugSourceMissing"));
    m_nothing->setObjectName(QStringLiteral("debugSourceNothing"));
    for (QWidget* page : std::initializer_list<QWidget*>{m_view, m_missing, m_nothing}) m_stack->addWidget(page);
    m_sentence->setObjectName(QStringLiteral("debugSentence"));
    m_sentence->setProperty("box", true);
    m_sentence->setTextFormat(Qt::RichText);
    m_sentence->setWordWrap(true);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->hide();
    auto* below = new QVBoxLayout;
    below->setContentsMargins(kPadding, kGrid, kPadding, 2 * kGrid);
    below->addWidget(m_sentence);
    column->addWidget(m_file);
    column->addWidget(m_stack, 1);
    column->addLayout(below);
    const auto here = [this](const QString& path) { return path == text(m_place.file); };
    connect(m_reader, &bridge::SourceReader::read, this, [this, here](const QString& path) {
        if (here(path)) showPlace();
    });
    connect(m_reader, &bridge::SourceReader::missed, this, [this, here](const QString& path) {
        if (here(path)) showMissing();
    });
    connect(m_missing, &EmptyState::triggered, this, &SourcePart::foldersRequested);
}

void SourcePart::setFolders(const QStringList& folders) {
    if (folders == m_reader->folders()) return;
    m_reader->setFolders(folders);
    if (m_place.known()) m_reader->want(text(m_place.file));
}

void SourcePart::setNothing(const QString& title, const QString& detail) { m_nothing->setText(title, detail); }

void SourcePart::setPlace(const replay::SourceLine& place, std::set<int> others) {
    m_place = place;
    m_others = std::move(others);
    if (place.known()) return m_reader->want(text(place.file));
    m_file->setText({});
    m_stack->setCurrentWidget(m_nothing);
}

void SourcePart::showPlace() {
    const QString path = text(m_place.file);
    const bridge::SourceText* source = m_reader->find(path);
    m_file->setText(path);
    m_file->setDetail(source->place.startsWith(u':') ? tr("%1, built into this program").arg(path) : source->place);
    m_view->showSource(path, source->text);
    m_view->setMarked(m_place.line, m_others);
    m_stack->setCurrentWidget(m_view);
}

void SourcePart::showMissing() {
    const QString path = text(m_place.file);
    m_file->setText(path);
    m_file->setDetail({});
    const QStringList folders = m_reader->folders();
    const QString where = folders.isEmpty() ? tr("No source folder is set yet.")
                                            : tr("It is not in %1.").arg(folders.join(QStringLiteral(", ")));
    m_missing->setText(tr("The source %1 is not here").arg(path),
                       tr("The code waits in line %1 of it. %2 Add the folder in which this path begins.")
                           .arg(m_place.line)
                           .arg(where));
    m_stack->setCurrentWidget(m_missing);
}

void SourcePart::setSentence(const QString& html) {
    m_sentence->setText(html);
    m_sentence->setVisible(!html.isEmpty());
}

}  // namespace orrery::ui::debugger

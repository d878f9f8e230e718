// SPDX-License-Identifier: MIT
#pragma once

#include <QBoxLayout>

#include "views/panels/messages/start_form.h"
#include "views/shared/page.h"

namespace orrery::ui::shell {

/// The start form as a tab. UI thread.
class StartPage : public shared::Page {
    Q_OBJECT

public:
    explicit StartPage(const QList<messages::StartDefaults>& samples, QWidget* parent = nullptr)
        : Page(parent), m_form(new messages::StartForm(samples, this)) {
        setObjectName(QStringLiteral("startPage"));
        setProperty("surface", true);
        setAttribute(Qt::WA_StyledBackground);
        auto* column = new QVBoxLayout(this);
        column->addWidget(m_form, 0, Qt::AlignTop);
    }

    messages::StartForm* form() const { return m_form; }
    QString title() const override { return tr("Start"); }

private:
    messages::StartForm* m_form;
};

}  // namespace orrery::ui::shell

// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractListModel>
#include <vector>

#include "core/replay/step.h"

namespace orrery::ui::debugger {

/// What came in and woke the run. UI thread.
class JobModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { EventIdRole = Qt::UserRole };

    using QAbstractListModel::QAbstractListModel;

    void setJobs(std::vector<replay::Job> jobs);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    std::vector<replay::Job> m_jobs;
};

}  // namespace orrery::ui::debugger

// SPDX-License-Identifier: MIT
#include "views/screens/debugger/job_model.h"

#include "views/shared/text_format.h"

namespace orrery::ui::debugger {

void JobModel::setJobs(std::vector<replay::Job> jobs) {
    beginResetModel();
    m_jobs = std::move(jobs);
    endResetModel();
}

int JobModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_jobs.size());
}

QVariant JobModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const replay::Job& job = m_jobs[static_cast<size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
        case Qt::ToolTipRole: return shared::text(job.text);
        case Qt::AccessibleTextRole: return tr("event %1: %2").arg(job.eventId).arg(shared::text(job.text));
        case EventIdRole: return qlonglong(job.eventId);
        default: return {};
    }
}

}  // namespace orrery::ui::debugger

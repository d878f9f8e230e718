// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>
#include <vector>

class QGridLayout;

namespace orrery::ui::shared {

struct Fact {
    QString label;
    QString value;
    QString detail = {};  ///< tool tip
    bool copied = false;  ///< an id: fixed font, elided in the middle, copied by a click
};

/// A column of words and what stands behind them, as in the inspector. Facts without a value are left out. UI thread.
class Facts : public QWidget {
    Q_OBJECT

public:
    explicit Facts(QWidget* parent = nullptr);
    void setFacts(const std::vector<Fact>& facts);

private:
    QGridLayout* m_grid;
};

}  // namespace orrery::ui::shared

// SPDX-License-Identifier: MIT
#include "views/screens/debugger/cpp_source_format.h"

#include <QSet>

namespace orrery::ui::debugger {
namespace {

using shared::Role;

constexpr Role kKeyword = Role::Activity;
constexpr Role kLiteral = Role::Update;
constexpr Role kQuiet = Role::Secondary;

const QSet<QString>& keywords() {
    static const QSet<QString> words = [] {
        const QString all = QStringLiteral(
            "alignas auto bool break case catch char class co_await co_return co_yield concept const consteval "
            "constexpr "
            "constinit const_cast continue default delete do double dynamic_cast else enum explicit export extern "
            "false "
            "final float for friend if inline int long mutable namespace new noexcept nullptr operator override "
            "private "
            "protected public reinterpret_cast requires return short signed sizeof static static_assert static_cast "
            "struct switch template this thread_local throw true try typedef typeid typename union unsigned using "
            "virtual void volatile while");
        const QStringList list = all.split(QLatin1Char(' '));
        return QSet<QString>(list.begin(), list.end());
    }();
    return words;
}

bool isWord(QChar c) { return c.isLetterOrNumber() || c == QLatin1Char('_'); }

/// End of the literal that begins with the quote at `from`; the line's end when it is not closed.
int literalEnd(const QString& line, int from) {
    for (int i = from + 1; i < line.size(); ++i) {
        if (line[i] == QLatin1Char('\\')) {
            ++i;
        } else if (line[i] == line[from]) {
            return i + 1;
        }
    }
    return static_cast<int>(line.size());
}

int wordEnd(const QString& line, int from) {
    int i = from;
    // A number takes its separators along: 24'000, 1.5e-3 up to the sign.
    const bool number = line[from].isDigit();
    while (i < line.size() && (isWord(line[i]) || (number && (line[i] == u'.' || line[i] == u'\'')))) ++i;
    return i;
}

}  // namespace

std::vector<SourceSpan> sourceSpans(const QString& line, SourceState& state) {
    std::vector<SourceSpan> spans;
    const auto add = [&](int from, int to, Role role) {
        if (to > from) spans.push_back({from, to - from, role});
    };
    const int size = static_cast<int>(line.size());
    const auto comment = [&](int from, int search) {
        const int close = static_cast<int>(line.indexOf(QLatin1String("*/"), search));
        state = close < 0 ? SourceState::Comment : SourceState::Code;
        const int end = close < 0 ? size : close + 2;
        add(from, end, kQuiet);
        return end;
    };
    int i = state == SourceState::Comment ? comment(0, 0) : 0;
    while (i < size) {
        const QChar c = line[i];
        const QStringView rest = QStringView(line).mid(i);
        if (rest.startsWith(u"//")) {
            add(i, size, kQuiet);
            break;
        }
        if (rest.startsWith(u"/*")) {
            i = comment(i, i + 2);
        } else if (c == u'#' && QStringView(line).left(i).trimmed().isEmpty()) {
            const int end = wordEnd(line, std::min(i + 1, size - 1));
            add(i, std::max(end, i + 1), kKeyword);
            i = std::max(end, i + 1);
        } else if (c == u'"' || c == u'\'') {
            const int end = literalEnd(line, i);
            add(i, end, kLiteral);
            i = end;
        } else if (isWord(c)) {
            const int end = wordEnd(line, i);
            if (c.isDigit()) {
                add(i, end, kLiteral);
            } else if (keywords().contains(line.mid(i, end - i))) {
                add(i, end, kKeyword);
            }
            i = end;
        } else {
            ++i;
        }
    }
    return spans;
}

}  // namespace orrery::ui::debugger

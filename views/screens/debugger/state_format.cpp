// SPDX-License-Identifier: MIT
#include "views/screens/debugger/state_format.h"

#include <QCoreApplication>
#include <QStringList>
#include <optional>

namespace orrery::ui::debugger {
namespace {

/// A value of JSON with its text as it came; members keep their order.
struct Value {
    enum class Kind { Plain, List, Object };
    Kind kind = Kind::Plain;
    /// Of a plain value.
    QString text;
    /// Keys with their quotes; empty in lists.
    std::vector<std::pair<QString, Value>> members;

    bool operator==(const Value&) const = default;
};

constexpr int kDeepest = 100;
constexpr qsizetype kShortLine = 40;

class Parser {
public:
    explicit Parser(const QString& json) : m_json(json) {}

    /// Nothing when it is no JSON.
    std::optional<Value> parse() {
        Value value;
        if (!read(value, 0)) return std::nullopt;
        skipBlanks();
        if (m_at != m_json.size()) return std::nullopt;
        return value;
    }

private:
    void skipBlanks() {
        while (m_at < m_json.size() && m_json[m_at].isSpace()) ++m_at;
    }
    bool take(QChar c) {
        skipBlanks();
        if (m_at >= m_json.size() || m_json[m_at] != c) return false;
        ++m_at;
        return true;
    }
    bool readString(QString& text) {
        const qsizetype from = m_at;
        if (!take(u'"')) return false;
        for (; m_at < m_json.size(); ++m_at) {
            if (m_json[m_at] == u'\\') {
                ++m_at;
            } else if (m_json[m_at] == u'"') {
                ++m_at;
                text = m_json.mid(from, m_at - from).trimmed();
                return true;
            }
        }
        return false;
    }
    bool readWord(QString& text) {
        const qsizetype from = m_at;
        while (m_at < m_json.size() && !m_json[m_at].isSpace() && !QStringLiteral(",:[]{}\"").contains(m_json[m_at])) {
            ++m_at;
        }
        text = m_json.mid(from, m_at - from);
        return !text.isEmpty();
    }
    bool readMembers(Value& value, int depth) {
        const bool object = value.kind == Value::Kind::Object;
        const QChar close = object ? u'}' : u']';
        if (take(close)) return true;
        do {
            QString key;
            skipBlanks();
            if (object && (!readString(key) || !take(u':'))) return false;
            Value member;
            if (!read(member, depth + 1)) return false;
            value.members.emplace_back(key, std::move(member));
        } while (take(u','));
        return take(close);
    }
    bool read(Value& value, int depth) {
        skipBlanks();
        if (depth > kDeepest || m_at >= m_json.size()) return false;
        if (m_json[m_at] == u'{' || m_json[m_at] == u'[') {
            value.kind = m_json[m_at] == u'{' ? Value::Kind::Object : Value::Kind::List;
            ++m_at;
            return readMembers(value, depth);
        }
        return m_json[m_at] == u'"' ? readString(value.text) : readWord(value.text);
    }

    QString m_json;
    qsizetype m_at = 0;
};

Value parsed(const QString& json) {
    if (auto value = Parser(json).parse()) return *std::move(value);
    return {Value::Kind::Plain, json, {}};
}

QString compact(const Value& value) {
    if (value.kind == Value::Kind::Plain) return value.text;
    QStringList parts;
    for (const auto& [key, member] : value.members) {
        parts << (key.isEmpty() ? compact(member) : key + QStringLiteral(": ") + compact(member));
    }
    const bool list = value.kind == Value::Kind::List;
    return QLatin1Char(list ? '[' : '{') + parts.join(QStringLiteral(", ")) + QLatin1Char(list ? ']' : '}');
}

bool isShort(const Value& value) {
    if (value.kind == Value::Kind::Plain || value.members.empty()) return true;
    for (const auto& [key, member] : value.members) {
        if (member.kind != Value::Kind::Plain) return false;
    }
    return value.kind == Value::Kind::List && compact(value).size() <= kShortLine;
}

class Writer {
public:
    explicit Writer(StateText& out) : m_out(out) {}

    /// `was` is nullptr when the value is new, and `marks` says whether that counts as a change.
    void write(const QString& head, const Value* was, const Value& now, const QString& tail, int depth, bool marks) {
        const bool same = !marks || (was != nullptr && *was == now);
        const bool bothGroups = was == nullptr || was->kind == now.kind;
        if (!same && (isShort(now) || !bothGroups)) {
            const QString before = was != nullptr ? compact(*was) : m_absent;
            add(depth, head + before + QStringLiteral("  →  ") + compact(now) + tail, true);
            return;
        }
        if (isShort(now)) return add(depth, head + compact(now) + tail, false);
        const bool list = now.kind == Value::Kind::List;
        add(depth, head + QLatin1Char(list ? '[' : '{'), false);
        writeMembers(was, now, depth + 1, marks && !same);
        add(depth, QLatin1Char(list ? ']' : '}') + tail, false);
    }

private:
    void writeMembers(const Value* was, const Value& now, int depth, bool marks) {
        for (size_t i = 0; i < now.members.size(); ++i) {
            const auto& [key, member] = now.members[i];
            const QString head = key.isEmpty() ? QString() : key + QStringLiteral(": ");
            const QString tail = i + 1 < now.members.size() ? QStringLiteral(",") : QString();
            write(head, was != nullptr ? find(*was, key, i) : nullptr, member, tail, depth, marks);
        }
        if (was == nullptr || !marks) return;
        for (size_t i = 0; i < was->members.size(); ++i) {
            const auto& [key, member] = was->members[i];
            if (find(now, key, i) != nullptr) continue;
            const QString head = key.isEmpty() ? QString() : key + QStringLiteral(": ");
            add(depth, head + compact(member) + QStringLiteral("  →  ") + m_absent, true);
        }
    }
    static const Value* find(const Value& in, const QString& key, size_t position) {
        if (in.kind == Value::Kind::List || key.isEmpty()) {
            return position < in.members.size() ? &in.members[position].second : nullptr;
        }
        for (const auto& [name, member] : in.members) {
            if (name == key) return &member;
        }
        return nullptr;
    }
    void add(int depth, const QString& words, bool changed) {
        const QString indent(2 * depth, QLatin1Char(' '));
        m_out.lines.push_back({(changed ? QStringLiteral("▸ ") : QStringLiteral("  ")) + indent + words, changed});
        if (changed) ++m_out.changed;
    }

    StateText& m_out;
    const QString m_absent = QCoreApplication::translate("StateText", "nothing");
};

}  // namespace

QString StateText::plain() const {
    QStringList all;
    for (const StateLine& line : lines) all << line.text;
    return all.join(QLatin1Char('\n'));
}

StateText stateText(const QString& before, const QString& now) {
    StateText out;
    const Value value = parsed(now);
    if (before.isNull()) {
        Writer(out).write({}, nullptr, value, {}, 0, false);
    } else {
        const Value was = parsed(before);
        Writer(out).write({}, &was, value, {}, 0, true);
    }
    return out;
}

}  // namespace orrery::ui::debugger

// SPDX-License-Identifier: MIT
#include "tests/conformance/rows.h"

#include <charconv>
#include <fstream>
#include <set>
#include <stdexcept>

namespace orrery::test {
namespace {

[[noreturn]] void bad(const std::string& what) { throw std::runtime_error(what); }

/// Reads the two shared parts of the file first: what a good request of each RPC looks like, and scenes that rows play
/// before theirs.
class Reader {
public:
    explicit Reader(const Json& file) : m_good(file.at("good")), m_scenes(file.at("scenes")) {}

    Rows read(const Json& file) const {
        Rows rows;
        for (const Json& step : file.at("first")) rows.first.push_back(readStep(step));
        for (const auto& [rpc, group] : file.at("rows").items()) {
            for (const auto& [what, row] : group.items()) rows.rows.push_back(readRow(rpc, what, row));
        }
        return rows;
    }

private:
    Row readRow(const std::string& rpc, const std::string& what, const Json& from) const {
        static const std::set<std::string> known = {"scene", "before", "set", "request", "answer", "events"};
        Row row;
        row.name = rpc + ": " + what;
        for (const auto& [key, value] : from.items()) {
            if (known.count(key) == 0) bad("row '" + row.name + "' has the unknown key '" + key + "'");
        }
        if (from.contains("scene")) addScene(row.name, from.at("scene"), &row.before);
        for (const Json& step : from.value("before", Json::array())) row.before.push_back(readStep(step));
        Json own = from;
        own["rpc"] = rpc;
        row.step = readStep(own);
        row.answer = from.value("answer", std::vector<std::string>());
        row.events = from.value("events", false);
        return row;
    }

    /// A scene is a list of steps; a step may be the name of another scene.
    void addScene(const std::string& row, const std::string& name, std::vector<Step>* to) const {
        if (!m_scenes.contains(name)) bad("row '" + row + "' wants the unknown scene '" + name + "'");
        for (const Json& step : m_scenes.at(name)) {
            if (step.is_string()) {
                addScene(row, step, to);
            } else {
                to->push_back(readStep(step));
            }
        }
    }

    Step readStep(const Json& from) const {
        Step step;
        step.rpc = from.at("rpc");
        if (from.contains("request")) {
            step.request = from.at("request");
        } else {
            step.request = m_good.contains(step.rpc) ? m_good.at(step.rpc) : Json::object();
        }
        if (from.contains("set")) step.request.merge_patch(from.at("set"));
        step.save = from.value("save", std::map<std::string, std::string>());
        step.aside = from.value("aside", false);
        return step;
    }

    const Json& m_good;
    const Json& m_scenes;
};

std::string repeated(const std::string& text, const std::string& times) {
    size_t number = 0;
    const auto end = times.data() + times.size();
    if (std::from_chars(times.data(), end, number).ptr != end) bad("'" + times + "' is no number of repetitions");
    std::string result;
    result.reserve(text.size() * number);
    for (size_t i = 0; i < number; ++i) result += text;
    return result;
}

std::string expandText(const std::string& text, const Variables& variables) {
    std::string result;
    size_t from = 0;
    while (true) {
        const size_t open = text.find("${", from);
        if (open == std::string::npos) return result + text.substr(from);
        const size_t close = text.find('}', open);
        if (close == std::string::npos) bad("'" + text + "' has a ${ without }");
        const std::string name = text.substr(open + 2, close - open - 2);
        result += text.substr(from, open - from);
        if (const size_t star = name.find('*'); star != std::string::npos) {
            result += repeated(name.substr(0, star), name.substr(star + 1));
        } else if (const auto found = variables.find(name); found != variables.end()) {
            result += found->second;
        } else {
            bad("no step saved the variable '" + name + "'");
        }
        from = close + 1;
    }
}

}  // namespace

Rows readRows(const std::string& path) {
    std::ifstream file(path);
    if (!file) bad(path + " cannot be read");
    const Json content = Json::parse(file, nullptr, true, true);
    Rows rows = Reader(content).read(content);
    std::set<std::string> names;
    for (const Row& row : rows.rows) {
        if (!names.insert(row.name).second) bad("two rows are named '" + row.name + "'");
    }
    return rows;
}

Json expand(const Json& value, const Variables& variables) {
    if (value.is_string()) return expandText(value.get<std::string>(), variables);
    if (value.is_array()) {
        Json result = Json::array();
        for (const Json& each : value) result.push_back(expand(each, variables));
        return result;
    }
    if (!value.is_object()) return value;
    Json result = Json::object();
    for (const auto& [key, each] : value.items()) result[expandText(key, variables)] = expand(each, variables);
    return result;
}

Json at(const Json& value, const std::string& path) {
    Json here = value;
    size_t from = 0;
    while (from <= path.size()) {
        const size_t dot = std::min(path.find('.', from), path.size());
        const std::string name = path.substr(from, dot - from);
        if (here.is_array()) {
            const size_t index = std::stoul(name);
            if (index >= here.size()) return {};
            here = Json(here[index]);
        } else if (here.is_object() && here.contains(name)) {
            here = Json(here.at(name));
        } else {
            return {};
        }
        from = dot + 1;
    }
    return here;
}

}  // namespace orrery::test

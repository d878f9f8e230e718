// SPDX-License-Identifier: MIT
// Files of histories, in every form that is read: what can be read is written again in both forms, read back and must
// say the same; summary, groups and what is shown of each event are made of it.
#include "core/base/error.h"
#include "core/history/groups.h"
#include "core/history/reader.h"
#include "core/history/writer.h"
#include "tests/fuzz/fail.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using namespace orrery;

void look(const history::Event& event) {
    event.name();
    event.details();
    event.relatedEventIds();
    event.attributes();
    event.json();
}

/// But for names of encodings: one that is no word may look like a readable one in base64.
std::string said(const history::History& history) {
    constexpr std::string_view kBegin = "\"encoding\":\"";
    std::string text = history::toJson(history);
    for (size_t at = text.find(kBegin); at != std::string::npos; at = text.find(kBegin, at)) {
        at += kBegin.size();
        text.erase(at, text.find('"', at) - at);
    }
    return text;
}

void again(const std::string& bytes, const history::History& first, const char* form) {
    try {
        const auto histories = history::readHistories(bytes, "again");
        if (histories.size() != 1 || said(*histories[0].history) != said(first)) {
            fuzz::fail(std::string("a history is another one when it was written as ") + form);
        }
    } catch (const base::Error& error) {
        fuzz::fail(std::string("what was written as ") + form + " cannot be read: " + error.what());
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::vector<history::NamedHistory> histories;
    try {
        histories = history::readHistories(std::string_view(reinterpret_cast<const char*>(data), size), "input");
    } catch (const base::Error&) {
        return 0;
    }
    for (const auto& named : histories) {
        const history::History& one = *named.history;
        one.summary();
        history::groups(one);
        for (size_t i = 0; i < one.size(); ++i) look(one[i]);
        if (one.empty()) continue;
        again(history::toJson(one), one, "JSON");
        again(history::toBinary(one), one, "bytes");
    }
    return 0;
}

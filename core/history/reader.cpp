// SPDX-License-Identifier: MIT
#include "core/history/reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>
#include <system_error>

#include <fmt/format.h>
#include <google/protobuf/arena.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/unknown_field_set.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/base/error.h"
#include "core/history/json_events.h"
#include "core/history/notes.h"
#include "core/history/store.h"
#include "core/payload/json.h"
#include "core/payload/utf8.h"

namespace orrery::history {
namespace {

using Kind = payload::JsonReader::Kind;
using WireEvent = temporal::api::history::v1::HistoryEvent;
using WireHistory = temporal::api::history::v1::History;
using base::Error;
using base::ErrorCode;

[[noreturn]] void refuse(const std::string& file, const std::string& reason, int64_t eventId = 0) {
    Error::Fields fields{{"file", file}, {"reason", reason}};
    std::string place;
    if (eventId > 0) {
        fields["eventId"] = std::to_string(eventId);
        place = fmt::format(": event {}", eventId);
    }
    throw Error(ErrorCode::Unreadable, fmt::format("{}{}: {}", file, place, reason), std::move(fields));
}

[[noreturn]] void refuse(const std::string& file, const payload::JsonError& error, int64_t eventId) {
    Error::Fields fields = error.fields();
    fields["file"] = file;
    std::string event;
    if (eventId > 0) {
        fields["eventId"] = std::to_string(eventId);
        event = fmt::format(", event {}", eventId);
    }
    throw Error(
        ErrorCode::Unreadable,
        fmt::format("{}: line {}, column {}{}: {}", file, fields["line"], fields["column"], event, fields["reason"]),
        std::move(fields));
}

int64_t idOf(const EventEntry& entry) { return entry.message->event_id(); }

bool isSame(const EventEntry& a, const EventEntry& b) {
    // Of an unknown one the message does not say all.
    if ((a.unknown == nullptr) != (b.unknown == nullptr) || (a.unknown && a.unknown->json != b.unknown->json))
        return false;
    return a.message->SerializeAsString() == b.message->SerializeAsString();
}

/// Events in the order of their ids, each once.
void order(std::vector<EventEntry>& events, const std::string& file, Notes& notes) {
    const auto later = [](const EventEntry& a, const EventEntry& b) { return idOf(a) >= idOf(b); };
    if (std::adjacent_find(events.begin(), events.end(), later) == events.end()) return;
    const auto earlier = [](const EventEntry& a, const EventEntry& b) { return idOf(a) <= idOf(b); };
    const bool newestFirst = std::adjacent_find(events.begin(), events.end(), earlier) == events.end();
    std::sort(events.begin(), events.end(), [](const EventEntry& a, const EventEntry& b) { return idOf(a) < idOf(b); });
    notes.add(newestFirst ? "sorted the events, which were newest first" : "sorted the events, which were out of order",
              0);
    for (size_t i = 1; i < events.size(); ++i) {
        if (idOf(events[i]) != idOf(events[i - 1])) continue;
        if (!isSame(events[i], events[i - 1])) refuse(file, "occurs twice with different content", idOf(events[i]));
        notes.add("left out a repeated event", idOf(events[i]));
    }
    const auto same = [](const EventEntry& a, const EventEntry& b) { return idOf(a) == idOf(b); };
    events.erase(std::unique(events.begin(), events.end(), same), events.end());
}

/// Builds one history from the events of one list.
struct Draft {
    HistoryBuilder builder;
    Notes notes;
    std::vector<EventEntry> events;

    NamedHistory finish(const std::string& file, const std::string& name) {
        if (events.empty()) refuse(file, "the history has no events");
        order(events, file, notes);
        const EventSink sink{builder};
        for (const EventEntry& entry : events) sink.add(entry);
        return {name, file, builder.snapshot(), notes.sentences()};
    }
};

class JsonDocument {
public:
    JsonDocument(std::string_view text, const std::string& file, const ReadOptions& options)
        : m_reader(text), m_file(file), m_options(options) {}

    std::vector<NamedHistory> read() {
        try {
            if (m_reader.peek() == Kind::Array) {
                list();
            } else {
                document();
            }
            m_reader.end();
        } catch (const payload::JsonError& error) {
            refuse(m_file, error, m_eventId);
        }
        if (m_histories.empty()) refuse(m_file, "the list is empty: there is no history in it");
        return std::move(m_histories);
    }

private:
    /// An array of events, or of histories.
    void list() {
        m_reader.enterArray();
        if (!m_reader.nextItem()) return;
        if (isEvent()) {
            Draft draft;
            JsonEvents events(m_reader, EventSink{draft.builder}, draft.notes);
            do take(draft, events);
            while (m_reader.nextItem());
            finish(draft);
            return;
        }
        do document();
        while (m_reader.nextItem());
    }

    /// Looks at the next object without taking it.
    bool isEvent() {
        const size_t begin = m_reader.offset();
        if (m_reader.peek() != Kind::Object) m_reader.fail(begin, "an event or a history must be an object");
        bool found = false;
        std::string_view key;
        m_reader.enterObject();
        while (!found && m_reader.nextKey(key)) {
            if (key == "events" || key == "history") break;
            found = key == "eventId" || key == "eventType" || key == "event_id" || key == "event_type";
            m_reader.skip();
        }
        m_reader.rewind(begin);
        return found;
    }

    /// {"events": [...]} or {"history": {"events": [...]}}.
    void document() {
        const size_t begin = m_reader.offset();
        if (m_reader.peek() != Kind::Object) m_reader.fail(begin, "a history must be an object or a list");
        bool found = false;
        bool event = false;
        std::string_view key;
        m_reader.enterObject();
        while (m_reader.nextKey(key)) {
            event = event || key == "eventType" || key == "eventId";
            if (key == "events" && m_reader.peek() == Kind::Array) {
                found = true;
                events();
            } else if (key == "history" && m_reader.peek() == Kind::Object) {
                found = true;
                document();
            } else {
                m_reader.skip();
            }
        }
        if (found) return;
        if (!event)
            m_reader.fail(begin, "the object has neither \"events\" nor \"history\": this is no workflow history");
        // Event objects one after the other, as some documents show them.
        const size_t next = m_reader.offset();
        if (next < m_reader.text().size()) {
            m_reader.fail(next, fmt::format("found '{}' behind the first event: events need a list around them, as in "
                                            "{{\"events\": [...]}}",
                                            payload::printableAt(m_reader.text(), next)));
        }
        m_reader.fail(begin, "this is a single event: events need a list around them, as in {\"events\": [...]}");
    }

    void events() {
        Draft draft;
        JsonEvents events(m_reader, EventSink{draft.builder}, draft.notes);
        m_reader.enterArray();
        while (m_reader.nextItem()) take(draft, events);
        finish(draft);
    }

    void take(Draft& draft, JsonEvents& events) {
        try {
            draft.events.push_back(events.event());
        } catch (const payload::JsonError&) {
            m_eventId = events.eventId();
            throw;
        }
        if (draft.events.size() % 256 != 0) return;
        if (m_options.stop.stop_requested())
            throw Error(ErrorCode::Cancelled, "reading was cancelled", {{"file", m_file}});
        const double done = static_cast<double>(m_reader.offset()) / static_cast<double>(m_reader.text().size());
        if (m_options.progress && done - m_told >= 0.005) m_options.progress(m_told = done);
    }

    void finish(Draft& draft) {
        const std::string base = std::filesystem::path(m_file).filename().string();
        const size_t number = m_histories.size() + 1;
        m_histories.push_back(draft.finish(m_file, number == 1 ? base : fmt::format("{}#{}", base, number)));
    }

    payload::JsonReader m_reader;
    const std::string& m_file;
    const ReadOptions& m_options;
    std::vector<NamedHistory> m_histories;
    int64_t m_eventId = 0;
    double m_told = 0;
};

/// A binary history begins with field 1, length-delimited, whose byte is a line feed: what follows decides.
bool looksLikeJson(std::string_view bytes) {
    if (bytes.starts_with("\xEF\xBB\xBF")) return true;
    const size_t first = bytes.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || (bytes[first] != '{' && bytes[first] != '[')) return false;
    const size_t second = bytes.find_first_not_of(" \t\r\n", first + 1);
    return second == std::string_view::npos ||
           std::string_view("{}[]\"'/,").find(bytes[second]) != std::string_view::npos || bytes[0] != '\n';
}

bool isText(std::string_view bytes) {
    const std::string_view head = bytes.substr(0, 512);
    return std::none_of(head.begin(), head.end(), [](char c) {
        const unsigned char u = static_cast<unsigned char>(c);
        return u < 0x20 && c != '\n' && c != '\r' && c != '\t';
    });
}

[[noreturn]] void refuseForeign(std::string_view bytes, const std::string& file) {
    if (bytes.starts_with("\x1F\x8B")) refuse(file, "the file is compressed with gzip: unpack it first");
    if (isText(bytes)) {
        try {
            payload::JsonReader reader(bytes);
            reader.peek();
            reader.fail(reader.offset(), "a history must be an object or a list");
        } catch (const payload::JsonError& error) {
            refuse(file, error, 0);
        }
    }
    refuse(file, "the file is neither JSON nor a binary temporal.api.history.v1.History, or it is cut off");
}

/// The JSON that toBinary() has put into the event, if any.
const std::string* sourceIn(const WireEvent& event) {
    const auto& others = event.GetReflection()->GetUnknownFields(event);
    for (int i = 0; i < others.field_count(); ++i) {
        const auto& field = others.field(i);
        const bool bytes = field.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED;
        if (bytes && field.number() == kSourceField) return &field.length_delimited();
    }
    return nullptr;
}

/// An event of an unknown type as it was before it was written.
EventEntry unknownEvent(const std::string& json, int64_t eventId, const std::string& file, Draft& draft) {
    std::optional<EventEntry> entry;
    try {
        payload::JsonReader reader(json);
        entry = JsonEvents(reader, EventSink{draft.builder}, draft.notes).event();
        reader.end();
    } catch (const payload::JsonError& error) {
        refuse(file, "the JSON in it cannot be read: " + error.fields().at("reason"), eventId);
    }
    if (!entry->unknown || entry->message->event_id() != eventId)
        refuse(file, "the JSON in it is of another event", eventId);
    return *entry;
}

std::vector<NamedHistory> readBinary(std::string_view bytes, const std::string& file) {
    // Why parsing failed is told by our own error, not by the library on stderr.
    const google::protobuf::LogSilencer quiet;
    Draft draft;
    auto* message = google::protobuf::Arena::CreateMessage<WireHistory>(&EventSink{draft.builder}.arena());
    const bool parsed = bytes.size() < static_cast<size_t>(std::numeric_limits<int>::max()) &&
                        message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    const bool foreign = parsed && message->GetReflection()->GetUnknownFields(*message).field_count() > 0;
    if (!parsed || foreign || message->events_size() == 0) refuseForeign(bytes, file);
    for (const auto& event : message->events()) {
        if (const std::string* source = sourceIn(event)) {
            draft.events.push_back(unknownEvent(*source, event.event_id(), file, draft));
            continue;
        }
        if (event.event_id() <= 0 || event.event_type() == 0) {
            refuse(file, fmt::format("event {} of the binary history has no {}", draft.events.size() + 1,
                                     event.event_id() <= 0 ? "event id" : "event type"));
        }
        draft.events.push_back({&event, nullptr});
    }
    std::vector<NamedHistory> out;
    out.push_back(draft.finish(file, std::filesystem::path(file).filename().string()));
    return out;
}

std::string load(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::is_directory(file, error)) refuse(file.string(), "this is a folder, not a file");
    errno = 0;
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    if (!in) refuse(file.string(), fmt::format("cannot be opened: {}", std::strerror(errno)));
    const auto size = in.tellg();
    if (size < 0) refuse(file.string(), "cannot be read");
    std::string bytes(static_cast<size_t>(size), '\0');
    in.seekg(0);
    if (!in.read(bytes.data(), size)) refuse(file.string(), "cannot be read to its end");
    return bytes;
}

}  // namespace

std::vector<NamedHistory> readHistories(std::string_view bytes, const std::string& name, const ReadOptions& options) {
    if (bytes.find_first_not_of(" \t\r\n") == std::string_view::npos) refuse(name, "the file is empty");
    std::vector<NamedHistory> histories =
        looksLikeJson(bytes) ? JsonDocument(bytes, name, options).read() : readBinary(bytes, name);
    if (options.progress) options.progress(1);
    return histories;
}

std::vector<NamedHistory> readHistories(const std::filesystem::path& file, const ReadOptions& options) {
    return readHistories(load(file), file.string(), options);
}

}  // namespace orrery::history

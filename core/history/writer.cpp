// SPDX-License-Identifier: MIT
#include "core/history/writer.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/unknown_field_set.h>
#include <google/protobuf/wire_format_lite.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/base/error.h"
#include "core/history/store.h"

namespace orrery::history {
namespace {

namespace pb = google::protobuf;
using temporal::api::history::v1::HistoryEvent;

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& reason) {
    throw base::Error(base::ErrorCode::FailedPrecondition,
                      fmt::format("{}: cannot be written: {}", file.string(), reason),
                      {{"file", file.string()}, {"reason", reason}});
}

void append(const HistoryEvent& event, pb::io::CodedOutputStream& out) {
    out.WriteTag(pb::internal::WireFormatLite::MakeTag(1, pb::internal::WireFormatLite::WIRETYPE_LENGTH_DELIMITED));
    out.WriteVarint32(static_cast<uint32_t>(event.ByteSizeLong()));
    event.SerializeWithCachedSizes(&out);
}

}  // namespace

std::string toJson(const History& history) {
    std::string out = "{\"events\":[";
    for (size_t i = 0; i < history.size(); ++i) {
        out += i == 0 ? "\n" : ",\n";
        history[i].appendJson(out);
    }
    return out + "\n]}\n";
}

std::string toBinary(const History& history) {
    std::string out;
    pb::io::StringOutputStream stream(&out);
    pb::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    for (size_t i = 0; i < history.size(); ++i) {
        if (history[i].source() == nullptr) {
            append(history[i].message(), coded);
            continue;
        }
        HistoryEvent withSource = history[i].message();
        withSource.GetReflection()
            ->MutableUnknownFields(&withSource)
            ->AddLengthDelimited(kSourceField, *history[i].source());
        append(withSource, coded);
    }
    coded.Trim();
    return out;
}

void writeHistory(const History& history, const std::filesystem::path& file) {
    const std::string extension = file.extension().string();
    const bool binary = extension == ".bin" || extension == ".binpb" || extension == ".pb";
    const std::string bytes = binary ? toBinary(history) : toJson(history);
    std::filesystem::path beside = file;
    beside += ".part";
    std::error_code error;
    {
        errno = 0;
        std::ofstream out(beside, std::ios::binary | std::ios::trunc);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        out.close();
        if (!out) {
            const std::string reason = std::strerror(errno);
            std::filesystem::remove(beside, error);
            fail(file, reason);
        }
    }
    std::filesystem::rename(beside, file, error);
    if (error) fail(file, error.message());
}

}  // namespace orrery::history

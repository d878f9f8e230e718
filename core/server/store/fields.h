// SPDX-License-Identifier: MIT
// Between the state's values and the fields of records. Private to this folder.
#pragma once

#include <optional>
#include <string>

#include "core/base/error.h"
#include "core/base/time.h"
#include "core/server/state/due_queue.h"
#include "core/server/store/records.pb.h"

namespace orrery::server {

inline int64_t toField(base::Timestamp time) { return time.time_since_epoch().count(); }
/// Nothing happens before 1970.
inline base::Timestamp timeOf(int64_t field) {
    if (field < 0) throw base::Error(base::ErrorCode::Unreadable, "a time that was kept makes no sense");
    return base::Timestamp(base::Duration(field));
}

template <typename Enum>
Enum enumOf(int field, Enum last) {
    if (field < 0 || field > int(last)) {
        throw base::Error(base::ErrorCode::Unreadable, "a choice that was kept makes no sense");
    }
    return Enum(field);
}

inline void toField(const DueKey& key, records::DueKey* field) {
    field->set_time(toField(key.time));
    field->set_number(key.number);
}
inline DueKey keyOf(const records::DueKey& field) { return {timeOf(field.time()), field.number()}; }

inline std::string bytesOf(const google::protobuf::MessageLite& message) { return message.SerializeAsString(); }

}  // namespace orrery::server

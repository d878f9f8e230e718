// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/server/store/store.h"

namespace orrery::server {

class Sqlite;

/// Brings a file of format `from` to `from + 1`.
struct Migration {
    int from = 0;
    void (*run)(Sqlite& database) = nullptr;
};

/// The format that this program writes. A change that older programs cannot read, or that older files need help with,
/// makes a new one and adds a Migration.
inline constexpr int kStoreFormat = 1;
const std::vector<Migration>& storeMigrations();

/// A store in a SQLite file, with a log beside it (WAL). The file is locked as long as the store lives.
class SqliteStore final : public Store {
public:
    /// How SQLite is set, for example {"synchronous", "off"}.
    using Pragmas = std::map<std::string, std::string>;

    /// Makes the file where there is none. Throws base::Error that names the file: Unavailable when another process has
    /// it or it cannot be opened, FailedPrecondition when it is of a newer format or not a store, Unreadable when it is
    /// damaged, InvalidArgument for a pragma that cannot be set. A file that is refused stays as it was.
    explicit SqliteStore(std::string path, const Pragmas& pragmas = {}, int format = kStoreFormat,
                         std::vector<Migration> migrations = storeMigrations());
    ~SqliteStore() override;

    /// Also brings an older file to the current format, once everything in it was read.
    void load(StoreReader& reader) override;
    void commit(const Change& change) override;

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace orrery::server

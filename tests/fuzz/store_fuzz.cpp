// SPDX-License-Identifier: MIT
// What a server finds where it kept its runs. The first byte says what the rest is: damage to the rows of a sound
// world, with sums that are right; damage to the bytes of a sound file; or a whole file. It is read, and then the
// server serves and time goes on, or it is refused with words, and then the file is as it was.
#include <filesystem>
#include <fstream>
#include <iterator>

#include <google/protobuf/stubs/logging.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/server/store/sqlite_store.h"
#include "tests/fuzz/spoil.h"
#include "tests/fuzz/stage.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

namespace fs = std::filesystem;
using namespace orrery;

/// Files live in memory where there is such a place.
class Folder {
public:
    Folder() {
        const fs::path memory = "/dev/shm";
        std::error_code error;
        const fs::path base = fs::is_directory(memory, error) ? memory : fs::temp_directory_path();
        m_path = base / ("orrery-fuzz-" + std::to_string(getpid()));
        fs::create_directories(m_path);
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    fs::path file() const { return m_path / "runs.db"; }
    void empty() const {
        for (const auto& entry : fs::directory_iterator(m_path)) fs::remove(entry.path());
    }
    /// Content of every file that says something; SQLite makes those that say nothing as it opens the first.
    std::map<std::string, std::string> content() const {
        std::map<std::string, std::string> result;
        for (const auto& entry : fs::directory_iterator(m_path)) {
            std::ifstream in(entry.path(), std::ios::binary);
            std::string bytes{std::istreambuf_iterator<char>(in), {}};
            const std::string name = entry.path().filename();
            if (name.ends_with("-shm") || (bytes.empty() && name.ends_with("-wal"))) continue;
            result.emplace(name, std::move(bytes));
        }
        return result;
    }

private:
    fs::path m_path;
};

const Folder& folder() {
    static const Folder one;
    return one;
}

const test::Rows& soundRows() {
    static const test::Rows rows = [] {
        test::Rows disk;
        fuzz::Stage stage(&disk);
        return disk;
    }();
    return rows;
}

server::Change wholeOf(const test::Rows& rows) {
    server::Change change;
    for (const auto& [key, record] : rows.rows) change.rows[key] = record;
    change.events = rows.events;
    return change;
}

class Reader final : public server::StoreReader {
public:
    void events(uint64_t run, int64_t first, std::string_view bytes) override {
        rows.events.insert_or_assign({run, first}, std::string(bytes));
    }
    void row(uint64_t run, server::RowKind kind, std::string_view key, std::string_view record) override {
        rows.rows.insert_or_assign({run, kind, std::string(key)}, std::string(record));
    }
    test::Rows rows;
};

const std::string& soundFile() {
    static const std::string bytes = [] {
        folder().empty();
        {
            server::SqliteStore store(folder().file());
            Reader nothing;
            store.load(nothing);
            store.commit(wholeOf(soundRows()));
        }
        return folder().content().at("runs.db");
    }();
    return bytes;
}

void serve(test::Rows rows) {
    try {
        fuzz::Stage stage(&rows);
        stage.look();
        stage.finish();
        stage.look();
    } catch (const base::Error& error) {
        if (error.code() != base::ErrorCode::Unreadable) fuzz::fail(std::string("refused otherwise: ") + error.what());
        if (std::string_view(error.what()).size() < 10) fuzz::fail("refused without a word");
    }
}

void open(const std::string& bytes) {
    folder().empty();
    std::ofstream(folder().file(), std::ios::binary) << bytes;
    const auto before = folder().content();
    Reader reader;
    try {
        server::SqliteStore store(folder().file());
        store.load(reader);
    } catch (const base::Error& error) {
        if (std::string_view(error.what()).find("runs.db") == std::string_view::npos) {
            fuzz::fail(std::string("a refusal does not name the file: ") + error.what());
        }
        if (folder().content() != before) fuzz::fail(std::string("the file was touched and then ") + error.what());
        return;
    }
    serve(std::move(reader.rows));
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const google::protobuf::LogSilencer quiet;
    fuzz::Bytes bytes(data, size);
    switch (bytes.byte() % 4) {
        case 0: open(bytes.rest()); break;
        case 1: {
            std::string file = soundFile();
            for (int places = 0; places < 16 && !bytes.empty(); ++places) {
                // The header counts for more than the rest.
                const size_t range = bytes.byte() % 2 == 0 ? std::min<size_t>(file.size(), 120) : file.size();
                file[bytes.below(range)] = char(bytes.byte());
            }
            open(file);
            break;
        }
        default: {
            test::Rows rows = soundRows();
            spoil(rows, bytes);
            serve(std::move(rows));
        }
    }
    return 0;
}

// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/server/state/methods.h"
#include "tests/fuzz/fail.h"
#include "tests/fuzz/words.h"
#include "tests/support/kept_world.h"

namespace orrery::fuzz {

/// A server's state without threads or a channel, with a few runs in which something of every kind is pending.
class Stage {
public:
    /// One that is kept goes on with what is there, or begins as the others do when there is nothing. Throws
    /// base::Error when that cannot be read.
    explicit Stage(test::Rows* disk = nullptr);

    struct Entry {
        uint16_t key = 0;  ///< from the name, so that inputs keep their meaning when methods are added
        std::string path;
        const server::Methods::Method* method = nullptr;
    };
    /// Every method, in the order of the keys.
    static const std::vector<Entry>& table();
    /// The first one whose key is not below.
    static const Entry& at(uint16_t key);

    /// One input to the world. Ends the process when the server fails inside.
    void call(const server::Methods::Method& method, const google::protobuf::Message& request);
    void call(const std::string& name, const google::protobuf::Message& request);
    /// Wall time goes on, and the server is woken as its ticker would.
    void pass(base::Duration by);
    void turnClock(int how, base::Duration by);
    /// Every run is asked for in every way that changes nothing.
    void look();
    /// Everybody hangs up, time goes on, and what has to hold always is looked at.
    void finish();

    Words words;

private:
    class Kept;
    template <typename Work>
    void input(Work&& work);
    void prepare();
    void check() const;

    server::World m_world;
    std::optional<test::KeptWorld> m_kept;
    base::Timestamp m_wall;
    base::Timestamp m_lastNow;
    std::vector<std::shared_ptr<Kept>> m_waiting;
};

}  // namespace orrery::fuzz

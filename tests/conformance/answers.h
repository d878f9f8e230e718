// SPDX-License-Identifier: MIT
// Plays rows against a server and writes down what it answers, so that two servers' answers can be compared.
#pragma once

#include <memory>
#include <string>

#include "tests/conformance/rows.h"

namespace grpc {
class Channel;
}

namespace orrery::test {

class RawCall;

/// One server and the names that belong to this pass over the table. One thread.
class Asker {
public:
    explicit Asker(std::shared_ptr<grpc::Channel> channel);
    ~Asker();

    /// The server's own version, for example "1.29.1". Throws std::runtime_error when nobody answers.
    std::string serverVersion();

    void prepare(const std::vector<Step>& first);

    /// Plays the row and gives {code, message, detail, answer, events}, each only where there is one. What no two
    /// servers can have in common is replaced:
    ///   <id> the row's own id · <run> and other saved names: what a step before saved · <uuid> · <time>,
    /// two spaces by one, and a long row of x by "x…".
    /// Throws std::runtime_error when a step before the row's own fails, or the request is not readable.
    Json answer(const Row& row);

private:
    struct Reply;
    std::unique_ptr<RawCall> begin(const Step& step, const Variables& variables);
    Reply call(const Step& step, const Variables& variables);
    void play(const Step& step, Variables* variables);
    Json events(const Variables& variables);

    std::shared_ptr<grpc::Channel> m_channel;
    std::string m_pass;  ///< makes ids of this pass differ from those of others on the same server
    int m_number = 0;
    std::vector<std::unique_ptr<RawCall>> m_aside;  ///< of the current row
};

}  // namespace orrery::test

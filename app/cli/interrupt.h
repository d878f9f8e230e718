// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>
#include <thread>

namespace orrery::cli {

/// Turns Ctrl-C and SIGTERM into a stop request. Made by a verb before it starts any thread, since threads inherit
/// which signals are held back; a second Ctrl-C ends the program at once. At most one at a time.
class Interrupt {
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    std::stop_token token() const { return m_source.get_token(); }
    /// Blocks until a signal or requestStop().
    void wait();
    /// For work that ends by itself; from any thread.
    void requestStop() { m_source.request_stop(); }

private:
    std::stop_source m_source;
    std::thread m_waiter;
};

}  // namespace orrery::cli

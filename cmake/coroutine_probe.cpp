// SPDX-License-Identifier: MIT
// Exits with 0 when an aggregate temporary inside a co_await expression is destroyed exactly once.
#include <coroutine>
#include <string>

static int g_alive = 0;

struct Counted {
    Counted() { ++g_alive; }
    Counted(const Counted&) { ++g_alive; }
    ~Counted() { --g_alive; }
};

struct Options {
    Counted counted;
    std::string text;
};

struct Task {
    struct promise_type {
        Task get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() {}
    };
};

static std::suspend_never call(const Options&) { return {}; }

static Task run() { co_await call(Options{.counted = {}, .text = "long enough to live on the heap, surely"}); }

int main() {
    run();
    return g_alive == 0 ? 0 : 1;
}

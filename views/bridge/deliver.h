// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QPointer>
#include <functional>
#include <memory>
#include <utility>

namespace orrery::ui::bridge {

/// Queues `call` for the UI thread; it is dropped when `owner` is gone by the time it is its turn. Any thread.
void post(QPointer<QObject> owner, std::function<void()> call);

/// A callback for core: takes one value on any thread and hands it to `receive` on the UI thread while `owner` lives.
/// Made on the UI thread.
template <class Receive>
auto deliver(QObject* owner, Receive receive) {
    return [guard = QPointer<QObject>(owner), shared = std::make_shared<Receive>(std::move(receive))](auto value) {
        auto held = std::make_shared<decltype(value)>(std::move(value));
        post(guard, [shared, held] { (*shared)(std::move(*held)); });
    };
}

/// Numbers the questions of one kind, so that only the answer to the newest is seen. Lives on the UI thread with its
/// owner.
class Latest {
public:
    /// A receiver that does nothing once a newer one has been made. UI thread.
    template <class Receive>
    auto wrap(Receive receive) {
        const quint64 number = ++*m_newest;
        return [number, newest = m_newest, receive = std::move(receive)](auto value) mutable {
            if (*newest == number) receive(std::move(value));
        };
    }

    template <class Receive>
    auto deliver(QObject* owner, Receive receive) {
        return bridge::deliver(owner, wrap(std::move(receive)));
    }

    /// Answers still under way are no longer wanted.
    void drop() { ++*m_newest; }

private:
    std::shared_ptr<quint64> m_newest = std::make_shared<quint64>(0);
};

}  // namespace orrery::ui::bridge

// SPDX-License-Identifier: MIT
#pragma once

#include <QTimer>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "views/bridge/deliver.h"

namespace orrery::ui::bridge {

/// How long bursts of snapshots are gathered.
inline constexpr std::chrono::milliseconds kMergeWindow{50};

/// Thins out snapshots that replace each other: the first arrives at once, later ones at most once per window, and the
/// newest always arrives. sink() may be called from any thread; everything else, and `receive`, is on the UI thread.
template <class T>
class Merged {
public:
    Merged(QObject* owner, std::function<void(T)> receive, std::chrono::milliseconds window = kMergeWindow)
        : m_state(std::make_shared<State>(owner, std::move(receive), window)) {}

    std::function<void(T)> sink() const {
        return [state = m_state](T value) { state->push(state, std::move(value)); };
    }

private:
    struct State {
        State(QObject* owner, std::function<void(T)> receiveIt, std::chrono::milliseconds window)
            : m_owner(owner), m_receive(std::move(receiveIt)), m_window(window) {}

        void push(const std::shared_ptr<State>& self, T value) {
            {
                const std::lock_guard lock(m_mutex);
                m_newest = std::move(value);
                if (m_waiting) return;
                m_waiting = true;
            }
            post(m_owner, [self] { self->flush(self); });
        }

        void flush(const std::shared_ptr<State>& self) {
            std::optional<T> value;
            {
                const std::lock_guard lock(m_mutex);
                value.swap(m_newest);
                m_waiting = value.has_value();
            }
            if (!value) return;
            m_receive(std::move(*value));
            if (m_owner) QTimer::singleShot(m_window, m_owner, [self] { self->flush(self); });
        }

        QPointer<QObject> m_owner;
        std::function<void(T)> m_receive;
        std::chrono::milliseconds m_window;
        std::mutex m_mutex;
        std::optional<T> m_newest;
        bool m_waiting = false;  ///< a flush is queued or a window is open
    };

    std::shared_ptr<State> m_state;
};

}  // namespace orrery::ui::bridge

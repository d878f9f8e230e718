// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "core/base/error.h"
#include "core/base/executor.h"
#include "views/bridge/merged.h"

namespace orrery::ui::bridge {

/// What running work sees of its job: whether it is still wanted, and where to say how far it is. Any thread.
class JobControl {
public:
    bool cancelled() const { return *m_cancelled; }
    /// `done` of 1.0; shown at most once per merge window.
    void progress(double done) const {
        if (m_progress) m_progress(done);
    }

private:
    friend class JobPool;
    std::shared_ptr<std::atomic<bool>> m_cancelled = std::make_shared<std::atomic<bool>>(false);
    std::function<void(double)> m_progress;
};

/// Holds a job; dropping it cancels, and nothing is delivered any more. UI thread.
class Job {
public:
    Job() = default;
    Job(Job&&) = default;
    Job& operator=(Job&& other) noexcept {
        cancel();
        m_cancelled = std::move(other.m_cancelled);
        return *this;
    }
    ~Job() { cancel(); }

    void cancel() {
        if (m_cancelled) *m_cancelled = true;
    }

private:
    friend class JobPool;
    std::shared_ptr<std::atomic<bool>> m_cancelled;
};

/// Threads for parsing, searching and saving. Owned by main; outlives the window.
class JobPool {
public:
    explicit JobPool(unsigned threads = 2) : m_pool("jobs", threads) {}

    /// Runs `work(const JobControl&)` on a job thread; then, on the UI thread and unless cancelled, `done(result)`, or
    /// `failed(error)` with what it threw. `progress` gets what the work reports.
    template <class Work>
    [[nodiscard]] Job run(QObject* owner, Work work,
                          std::function<void(std::invoke_result_t<Work, const JobControl&>)> done,
                          std::function<void(base::Error)> failed, std::function<void(double)> progress = {}) {
        using Result = std::invoke_result_t<Work, const JobControl&>;
        JobControl control;
        Job job;
        job.m_cancelled = control.m_cancelled;
        if (progress) control.m_progress = Merged<double>(owner, unlessCancelled<double>(control, progress)).sink();
        auto deliverDone = deliver(owner, unlessCancelled<Result>(control, std::move(done)));
        auto deliverFailed = deliver(owner, unlessCancelled<base::Error>(control, std::move(failed)));
        m_pool.post([control, work = std::move(work), deliverDone, deliverFailed]() mutable {
            if (control.cancelled()) return;
            try {
                deliverDone(work(control));
            } catch (const base::Error& error) {
                deliverFailed(error);
            } catch (const std::exception& error) {
                deliverFailed(base::Error(base::ErrorCode::Internal, error.what()));
            }
        });
        return job;
    }

private:
    template <class T>
    static std::function<void(T)> unlessCancelled(const JobControl& control, std::function<void(T)> receive) {
        return [cancelled = control.m_cancelled, receive = std::move(receive)](T value) {
            if (!*cancelled) receive(std::move(value));
        };
    }

    base::ThreadPool m_pool;
};

}  // namespace orrery::ui::bridge

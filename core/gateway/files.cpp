// SPDX-License-Identifier: MIT
#include "core/gateway/files.h"

#include "core/gateway/impl/jobs.h"
#include "core/history/writer.h"

namespace orrery::gateway {

namespace {

/// The job, and the gate of its progress: both fall silent when the request is dropped.
struct Loading final : Running {
    Request job;
    std::shared_ptr<base::DeliveryGate> progressGate = std::make_shared<base::DeliveryGate>();
    ~Loading() override {
        job.drop();
        progressGate->close();
    }
};

}  // namespace

Request loadHistories(std::filesystem::path file, std::function<void(double)> progress,
                      Callback<LoadedHistories> callback) {
    auto loading = std::make_unique<Loading>();
    loading->job = runJob<LoadedHistories>(
        [file = std::move(file), progress = std::move(progress),
         gate = loading->progressGate](const std::stop_token& stop) {
            history::ReadOptions options;
            options.stop = stop;
            if (progress) {
                options.progress = [&](double done) { gate->deliver([&] { progress(done); }); };
            }
            return history::readHistories(file, options);
        },
        std::move(callback));
    return Request(std::move(loading));
}

Request saveHistory(std::shared_ptr<const history::History> history, std::filesystem::path file,
                    Callback<Done> callback) {
    return runJob<Done>(
        [history = std::move(history), file = std::move(file)](const std::stop_token&) {
            history::writeHistory(*history, file);
            return Done();
        },
        std::move(callback));
}

}  // namespace orrery::gateway

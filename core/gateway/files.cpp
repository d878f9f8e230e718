// SPDX-License-Identifier: MIT
#include "core/gateway/files.h"

#include "core/gateway/impl/jobs.h"
#include "core/history/writer.h"

namespace orrery::gateway {

Request loadHistories(std::filesystem::path file, std::function<void(double)> progress,
                      Callback<LoadedHistories> callback) {
    return runJob<LoadedHistories>(
        [file = std::move(file), progress = std::move(progress)](const std::stop_token& stop) {
            history::ReadOptions options;
            options.stop = stop;
            // A dropped request tells no more progress either; the reader itself looks at `stop` less often.
            if (progress) {
                options.progress = [&](double done) {
                    if (!stop.stop_requested()) progress(done);
                };
            }
            return history::readHistories(file, options);
        },
        std::move(callback));
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

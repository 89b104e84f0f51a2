// The archive, as far as the core has to do with it: when it is looked for cases that may leave, and what
// is told when that does not work. The edge does it: files are written there.
#include "core_loop.hpp"
#include "log.hpp"

#include <spdlog/spdlog.h>

namespace yuqing {

namespace {

constexpr alert::Duration archived_again_after =
    std::chrono::minutes(1);  // more wait; at most, when it failed

}  // namespace

/// Put ahead first, so that other daemons leave it alone meanwhile; two at a time would do no harm. A daemon
/// without an archive takes the job out; one that has one puts it back when it starts.
void CoreLoop::archive_job() {
    if (archiving_) return;
    if (!config_->archive || !archive)
        return store_.schedule_job(std::string(archive_job_name), {}, [](auto) {});
    archiving_ = true;
    plan_archive(clock_.now() + archived_again_after);
    archive([this](const alert::Archiver::Run& run) {
        archiving_ = false;
        archive_watch_.written(run.error);
        metrics_.archive_cases.Add({{"outcome", "archived"}}).Increment(static_cast<double>(run.archived));
        if (run.error) {
            metrics_.archive_cases.Add({{"outcome", "failed"}}).Increment();
            watcher_.troubled("archive", *run.error);
        }
        if (run.archived > 0) spdlog::info("archive=done cases={} more={}", run.archived, run.more);
        const auto every = config_->archive->rules.every;
        const auto again = run.more ? archived_again_after : std::min(every, archived_again_after);
        plan_archive(clock_.now() + (run.more || run.error ? again : every));
    });
}

/// Should this fail, the job comes again when its lease ends, and finds little left to do.
void CoreLoop::plan_archive(alert::TimePoint at) {
    store_.schedule_job(std::string(archive_job_name), at, [this](alert::Result<std::monostate> planned) {
        if (!planned) watcher_.troubled("plan_archive", planned.error());
    });
}

std::unique_ptr<FileShelf> make_shelf(boost::asio::io_context& loop, const alert::Config& config,
                                      Metrics& metrics, FileShelf::OnRead on_read) {
    if (!config.archive) return nullptr;
    return std::make_unique<FileShelf>(
        loop, config.archive->dir + "/" + config.jurisdiction,
        [&metrics] {
            metrics.limit_hits.Add({{"limit", "archive_torn"}}).Increment();
        },
        std::move(on_read));
}

void CoreLoop::follow_archive() {
    cases_.on_restored = [this](const alert::CaseId& id) {
        metrics_.archive_cases.Add({{"outcome", "restored"}}).Increment();
        spdlog::info("archive=restored case={}", id.value);
    };
}

}  // namespace yuqing

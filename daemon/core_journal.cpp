// The journal, as far as the core has to do with it: where it is, and what is told of it.
#include "core_loop.hpp"
#include "log.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace yuqing {

namespace {

constexpr std::uint64_t mib = 1024 * 1024;

FileJournal::Events journal_events(Metrics& metrics, Watcher& watcher, SelfWatch& self) {
    FileJournal::Events events;
    events.on_limit = [&watcher](std::string_view limit) { watcher.limit_hit(limit); };
    events.on_gap = [&watcher, &self](const JournalGap& gap) {
        watcher.troubled("journal", {"missing",
                                     gap.path + " was removed or cut by somebody; Redis was not told of " +
                                         std::to_string(gap.untold) + " entries that are gone with it",
                                     gap.path});
        self.journal_cut(gap);
    };
    events.on_state = [&watcher, &self](const std::optional<alert::Error>& error) {
        if (error) watcher.troubled("journal", *error);
        self.journal_written(error);
    };
    events.on_size = [&metrics](const FileJournal::Size& size) {
        metrics.journal_bytes.Set(static_cast<double>(size.bytes));
        metrics.journal_untold.Set(static_cast<double>(size.untold));
    };
    events.on_written = [&metrics](std::size_t entries, std::chrono::nanoseconds took) {
        metrics.journal_entries.Add({{"outcome", "written"}}).Increment(static_cast<double>(entries));
        metrics.journal_sync_seconds.Observe(std::chrono::duration<double>(took).count());
    };
    events.on_failed = [&metrics](std::size_t entries) {
        metrics.journal_entries.Add({{"outcome", "failed"}}).Increment(static_cast<double>(entries));
    };
    return events;
}

}  // namespace

void CoreLoop::follow_journal() {
    if (!config_->journal) return;
    const auto& settings = *config_->journal;
    metrics_.journal_max.Set(static_cast<double>(settings.total_mib * mib));
    journal_ = std::make_unique<FileJournal>(
        io_, settings.dir + "/" + config_->jurisdiction,
        JournalBounds{settings.file_mib * mib, settings.total_mib * mib, settings.keep},
        journal_events(metrics_, watcher_, self_), config_->jurisdiction);
    keeper_.emplace(alert::JournalKeeper::Parts{*journal_, marks_, clock_, timers_, watcher_},
                    alert::JournalRules{settings.accept_while_away, settings.answer_unwritten});
    keeper_->tell = [this](const alert::JournalEntry& entry, alert::JournalKeeper::Done done) {
        intake_.tell_again(entry, std::move(done));
    };
    keeper_->refuse = [this](const alert::JournalEntry& entry, const alert::Error& error) {
        intake_.refuse_again(entry, error);
    };
    keeper_->on_lost = [this] {
        spdlog::error("redis=behind message=\"Redis lost what it had; it is told again from the journal\"");
        desk_.forget_all();
        furnish();
    };
    keeper_->on_taken = [this](const alert::JournalEntry& entry) {
        if (mirror_) mirror_->tell(entry);
    };
    keeper_->on_progress = [this] { journal_progress(); };
    intake_.write_to(*keeper_);
    for (const auto& file : journal_->unsound_policies()) {
        watcher_.limit_hit("journal_damaged");
        watcher_.troubled("journal", file);
    }
    for (const auto& kept : journal_->policies()) {
        auto policy = alert::parse_policy(kept.text, "a policy beside the journal");
        if (!policy) {
            watcher_.troubled("journal", policy.error());
            continue;
        }
        policy->hash = kept.hash;
        rules_.add(std::make_shared<const alert::Policy>(std::move(*policy)));
    }
    write_policy_beside_journal();
}

/// Before anything that was accepted under it.
void CoreLoop::write_policy_beside_journal() {
    if (journal_) journal_->keep_policy(config_->policy->hash, config_->policy->text);
}

/// The one in force, and those of earlier cases for a Redis that may have lost them.
void CoreLoop::keep_policies() {
    keep_policy(config_->policy->hash, config_->policy->text);
    if (!journal_) return;
    for (const auto& policy : journal_->policies()) keep_policy(policy.hash, policy.text);
}

void CoreLoop::journal_progress() {
    const auto& is = keeper_->progress();
    const auto was = std::exchange(told_again_, is);
    redis_behind_ = is.behind;
    if (!is.behind)
        telling_.renew();
    else if (!was.behind)
        telling_.wait(redis_up_, clock_.boot_time());
    judge_redis();
    metrics_.journal_behind.Set(is.behind ? 1 : 0);
    const bool same_pass = was.told <= is.told && was.from == is.from;
    const auto count = [&](const char* outcome, std::uint64_t now, std::uint64_t before) {
        const auto more = now - (same_pass ? before : 0);
        if (more > 0)
            metrics_.journal_entries.Add({{"outcome", outcome}}).Increment(static_cast<double>(more));
    };
    count("told", is.told, was.told);
    count("missing", is.missing, was.missing);
    count("refused", is.refused, was.refused);
    self_.told_again(is);
    if (is.behind || !was.behind) return;
    timekeeper_.expect(clock_.now());  // it waited, whether or not there was anything to tell
    if (!was.telling || is.told == 0) return;
    spdlog::log(is.lost || is.refused > 0 || is.damaged > 0 ? spdlog::level::warn : spdlog::level::info,
                "journal=told after={} told={} missing={} refused={} damaged={}", is.from, is.told,
                is.missing, is.refused, is.damaged);
}

}  // namespace yuqing

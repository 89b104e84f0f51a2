#include "scheduled_notices.hpp"

#include "alert/core/messages.hpp"
#include "alert/core/schedule.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

namespace yuqing {

namespace {

constexpr std::string_view bulletin_job = "~bulletin", handover_job = "~handover", drill_job = "~drill";
constexpr std::array jobs{bulletin_job, handover_job, drill_job};
constexpr alert::Duration late_max = std::chrono::hours(1);  // after a longer outage it is of no use
constexpr std::size_t items_max = 20;                        // of the open cases, the most urgent ones

std::string summary_of(const std::map<std::string, std::int64_t>& stats) {
    std::int64_t open = 0, overdue = 0;
    for (const auto& [field, count] : stats) {
        if (field.starts_with("open:")) open += count;
        if (field.starts_with("obligation:") && field.ends_with(":overdue")) overdue += count;
    }
    if (open == 0) return "目前没有在办事项";
    return "在办事项" + std::to_string(open) + "件，超期义务" + std::to_string(overdue) + "项";
}

}  // namespace

void ScheduledNotices::follow(std::shared_ptr<const alert::Config> config) {
    config_ = std::move(config);
    for (const auto job : jobs) run(std::string(job));
}

std::optional<alert::TimePoint> ScheduledNotices::next_of(const std::string& job,
                                                          alert::TimePoint after) const {
    const auto& schedule = config_->schedule;
    if (job == bulletin_job) return alert::next_bulletin(schedule, after, config_->zone);
    if (job == drill_job) return alert::next_drill(schedule, after, config_->zone);
    if (job == handover_job) return alert::next_handover(schedule, after, *config_->roster);
    return std::nullopt;
}

void ScheduledNotices::run(const std::string& job) {
    if (!config_ || std::find(jobs.begin(), jobs.end(), job) == jobs.end()) return;
    const auto now = parts_.clock.now();
    auto meant = next_of(job, now - late_max);
    while (meant && *meant <= now) {
        const auto later = next_of(job, *meant);
        if (!later || *later > now) return tell(job, *meant);
        meant = later;
    }
    plan(job);
}

/// Nothing to come: the job goes, until other files bring it back.
void ScheduledNotices::plan(const std::string& job) {
    const auto next = next_of(job, parts_.clock.now());
    parts_.store.schedule_job(job, next, [this](const alert::Result<std::monostate>& planned) {
        if (!planned) parts_.watcher.troubled("schedule", planned.error());
    });
    if (next) parts_.timekeeper.expect(*next);
}

void ScheduledNotices::tell(const std::string& job, alert::TimePoint meant) {
    if (job == drill_job) {
        const std::string text = "这是每月例行演练，不是真实舆情，收到请回复";
        return send(job, notices(alert::Reason::drill, text, meant));
    }
    parts_.reader.stats([this, job, meant](alert::Result<std::map<std::string, std::int64_t>> stats) {
        if (!stats) return parts_.watcher.troubled("schedule", stats.error());
        parts_.reader.page(
            "", items_max,
            [this, job, meant, summary = summary_of(*stats)](const alert::Result<alert::Page>& page) {
                if (!page) return parts_.watcher.troubled("schedule", page.error());
                tell_state(job, meant, summary, *page);
            });
    });
}

/// A bulletin, or a hand-over to those who come and those who go; both with what is open.
void ScheduledNotices::tell_state(const std::string& job, alert::TimePoint meant, const std::string& summary,
                                  const alert::Page& page) {
    std::vector<alert::Handover> changes;
    auto reason = alert::Reason::bulletin;
    auto text = summary;
    if (job == handover_job) {
        const auto at = meant + config_->schedule.handover.value_or(alert::Duration{0});
        changes = alert::handovers_at(*config_->roster, at);
        reason = alert::Reason::handover;
        text = alert::handover_text(changes, at, *config_->directory, config_->zone) + "；" + summary;
    }
    auto messages = notices(reason, text, meant);
    const auto items = items_of(page);
    for (auto& message : messages) {
        message.items = items;
        for (auto& target : message.targets) alert::add_successors(target, changes, *config_->directory);
    }
    send(job, std::move(messages));
}

std::vector<alert::Notification> ScheduledNotices::notices(alert::Reason reason, const std::string& text,
                                                           alert::TimePoint meant) const {
    const auto instant = std::to_string(meant.time_since_epoch().count());
    const auto once = "scheduled:" + std::string(alert::to_string(reason)) + ":" + instant;
    return alert::office_notice(parts_.rules.today(), reason, "", text, once, parts_.clock.now());
}

/// A case whose policy this daemon has not seen yet is shown by today's.
std::vector<alert::NotificationItem> ScheduledNotices::items_of(const alert::Page& page) const {
    std::vector<alert::NotificationItem> items;
    for (const auto& stored : page.cases) {
        const auto rules = parts_.rules.of(stored.snapshot.policy).value_or(parts_.rules.today());
        const auto view = alert::derive(rules, stored.snapshot, parts_.clock.now());
        const alert::Obligation* first = alert::next_due(view);
        if (view.status != alert::CaseStatus::open && !first) continue;
        items.push_back({alert::case_brief(rules, view), std::nullopt});
        if (first) items.back().obligation = alert::obligation_brief(*first);
    }
    return items;
}

/// Should this fail, the job comes again when its lease ends.
void ScheduledNotices::send(const std::string& job, std::vector<alert::Notification> messages) {
    spdlog::info("job={} messages={}", job, messages.size());
    send_(std::move(messages), [this, job](const alert::Result<std::monostate>& sent) {
        if (!sent) return parts_.watcher.troubled("schedule", sent.error());
        plan(job);
    });
}

}  // namespace yuqing

#include "watcher.hpp"

#include "log.hpp"
#include "system_clock.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace yuqing {

namespace {

double seconds(alert::Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// Labels come from closed sets: whatever else was told as a type is "unknown".
std::string_view known_type(std::string_view type) {
    const auto& names = alert::event_type_names;
    return std::find(names.begin(), names.end(), type) == names.end() ? "unknown" : type;
}

constexpr alert::Duration trouble_logged_every = std::chrono::seconds(10);
constexpr alert::Duration refusal_logged_every = std::chrono::minutes(1);
constexpr std::size_t refused_keys_max = 64;  // logged within that time

}  // namespace

prometheus::Counter& Watcher::event_counter(std::string_view type, std::string_view status) {
    std::string key{type};
    key.append(" ").append(status);
    auto at = event_counters_.find(key);
    if (at == event_counters_.end()) {
        auto& counter = metrics_.events.Add({{"type", std::string(type)}, {"status", std::string(status)}});
        at = event_counters_.emplace(std::move(key), &counter).first;
    }
    return *at->second;
}

void Watcher::answered(std::string_view type, const alert::Answer& answer, alert::Duration took) {
    event_counter(known_type(type), alert::to_string(answer.status)).Increment();
    metrics_.ingest_seconds.Observe(seconds(took));
    if (answer.status == alert::Answer::Status::rejected) {
        spdlog::warn("event=rejected type={} source={} id={} code={} path={} message={}", log_value(type),
                     log_value(answer.source), log_value(answer.id), answer.error->code,
                     log_value(answer.error->path), log_value(answer.error->message));
    } else {
        spdlog::debug("event={} type={} source={} id={} case={}", alert::to_string(answer.status), type,
                      log_value(answer.source), log_value(answer.id),
                      answer.case_id ? answer.case_id->value : "");
    }
}

void Watcher::log_entry(const alert::CaseId& id, const alert::LogEntry& entry) {
    using alert::LogKind;
    if (entry.kind == LogKind::fact || entry.kind == LogKind::redelivered) return;
    if (entry.kind == LogKind::notice) {
        spdlog::info("case={} notice={} obligation={} messages={}", id.value, entry.reason,
                     log_value(entry.obligation), entry.notifications.size());
    } else {
        spdlog::info("case={} step={} obligation={} outcome={} planned_ms={} messages={}", id.value,
                     entry.step, log_value(entry.obligation), alert::to_string(entry.kind),
                     entry.planned.time_since_epoch().count(), entry.notifications.size());
    }
}

void Watcher::committed(const alert::Transition& transition) {
    for (const auto late : transition.lateness) metrics_.step_lateness.Observe(std::max(seconds(late), 0.0));
    for (const auto& done : transition.fulfilled) {
        metrics_.fulfilled.Add({{"obligation", done.rule_id}, {"on_time", done.on_time ? "true" : "false"}})
            .Increment();
        metrics_.response_seconds.Add({{"obligation", done.rule_id}}, Metrics::response_buckets())
            .Observe(seconds(done.took));
    }
    for (const auto& change : transition.cases) {
        if (change.dropped > 0)
            spdlog::warn("case={} limit=case_history dropped={} message=\"facts that no longer count\"",
                         change.next.id.value, change.dropped);
    }
    if (!spdlog::should_log(spdlog::level::info)) return;
    for (const auto& change : transition.cases) {
        for (const auto& entry : change.log) log_entry(change.next.id, entry);
    }
}

void Watcher::attempted(const alert::Notification& n, std::uint32_t attempt, alert::DeliveryState state,
                        const alert::DeliveryResult& result) {
    const auto outcome = state == alert::DeliveryState::pending ? "retried" : alert::to_string(state);
    metrics_.notifications
        .Add({{"channel", n.channel.value},
              {"reason", std::string(alert::to_string(n.reason))},
              {"outcome", std::string(outcome)}})
        .Increment();
    metrics_.delivery_seconds.Add({{"channel", n.channel.value}}, Metrics::delivery_buckets())
        .Observe(seconds(result.took));
    const bool smooth = state == alert::DeliveryState::delivered && result.error.empty();
    const auto level = smooth                                ? spdlog::level::info
                       : state == alert::DeliveryState::dead ? spdlog::level::err
                                                             : spdlog::level::warn;
    spdlog::log(level, "notification={} channel={} reason={} case={} attempt={} outcome={} error={}",
                n.id.value, n.channel.value, alert::to_string(n.reason), n.matter ? n.matter->id.value : "",
                attempt, outcome, log_value(result.error));
}

void Watcher::turned() {
    if (on_turn) on_turn();
}

void Watcher::troubled(std::string_view what, const alert::Error& error) {
    auto [at, first] = troubled_at_.try_emplace(std::string(what), alert::Duration{0});
    const auto now = boot_time();
    if (!first && now - at->second < trouble_logged_every) return;
    at->second = now;
    spdlog::warn("trouble={} code={} message={}", log_value(what), error.code, log_value(error.message));
}

void Watcher::refused_client(const std::string& reason, const std::string& key, const std::string& address) {
    metrics_.clients_refused.Add({{"reason", reason}}).Increment();
    const auto now = boot_time();
    std::erase_if(refused_at_,
                  [&](const auto& key_at) { return now - key_at.second >= refusal_logged_every; });
    if (refused_at_.size() >= refused_keys_max || !refused_at_.try_emplace(key, now).second) return;
    spdlog::warn("curve=refused reason={} key={} address={}", reason, log_value(key), log_value(address));
}

void Watcher::limit_hit(std::string_view limit) {
    metrics_.limit_hits.Add({{"limit", std::string(limit)}}).Increment();
}

}  // namespace yuqing

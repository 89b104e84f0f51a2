// /metrics: the counters are in the registry; the jurisdiction's gauges are read from Redis at each scrape,
// so that every daemon shows the same. Without Redis the last values stand, and yuqing_redis_up tells.
#include "api.hpp"
#include "due_series.hpp"
#include "log.hpp"

#include <algorithm>

namespace yuqing {

namespace {

constexpr std::size_t due_series_max = 50;
constexpr std::size_t due_cases_each = 200;  // looked at, overdue and to come

double unix_seconds(alert::TimePoint at) {
    return std::chrono::duration<double>(at.time_since_epoch()).count();
}

void set_stats(Metrics& metrics, const std::map<std::string, std::int64_t>& stats) {
    for (const auto& [field, value] : stats) {
        const auto first = field.find(':');
        if (first == std::string::npos) continue;
        const auto kind = field.substr(0, first), rest = field.substr(first + 1);
        if (kind == "open") {
            metrics.cases_open.Add({{"class", rest}}).Set(static_cast<double>(value));
        } else if (kind == "dead") {
            metrics.dead_letters.Add({{"channel", rest}}).Set(static_cast<double>(value));
        } else if (const auto second = rest.find(':'); kind == "obligation" && second != std::string::npos) {
            metrics.obligations
                .Add({{"obligation", rest.substr(0, second)}, {"status", rest.substr(second + 1)}})
                .Set(static_cast<double>(value));
        }
    }
}

void announce_events(Metrics& metrics, std::string_view type) {
    using Status = alert::Answer::Status;
    for (const auto status : {Status::accepted, Status::duplicate, Status::rejected, Status::retry})
        metrics.events.Add({{"type", std::string(type)}, {"status", std::string(to_string(status))}});
}

void announce_obligation(Metrics& metrics, const std::string& rule) {
    using Status = alert::ObligationStatus;
    for (const auto status :
         {Status::pending, Status::met, Status::late, Status::overdue, Status::waived, Status::void_})
        metrics.obligations.Add({{"obligation", rule}, {"status", std::string(to_string(status))}});
    for (const auto* on_time : {"true", "false"})
        metrics.fulfilled.Add({{"obligation", rule}, {"on_time", on_time}});
    metrics.response_seconds.Add({{"obligation", rule}}, Metrics::response_buckets());
}

void announce_channel(Metrics& metrics, const std::string& channel) {
    for (auto reason = 0; reason <= static_cast<int>(alert::Reason::self); ++reason) {
        const std::string name{to_string(static_cast<alert::Reason>(reason))};
        for (const auto* outcome : {"delivered", "retried", "dead"})
            metrics.notifications.Add({{"channel", channel}, {"reason", name}, {"outcome", outcome}});
    }
    metrics.delivery_seconds.Add({{"channel", channel}}, Metrics::delivery_buckets());
    metrics.dead_letters.Add({{"channel", channel}});
}

/// The longest that any role of the roster is filled by nobody in the week to come.
alert::Duration roster_gap(const alert::Config& config, alert::TimePoint now) {
    alert::Duration longest{0};
    for (const auto& role : config.directory->roles) {
        if (role.roster.empty()) continue;
        longest = std::max(longest, config.roster->gap_within(role.roster, now, now + std::chrono::days(7)));
    }
    return longest;
}

/// Runs `done` when all of a scrape's reads have come back.
struct Scrape {
    explicit Scrape(std::function<void()> then) : done(std::move(then)) {}
    ~Scrape() { done(); }
    std::function<void()> done;
};

}  // namespace

void Api::metrics(Reply reply) {
    auto scrape = std::make_shared<Scrape>([this, reply = std::move(reply)] {
        reply({.status = 200,
               .content_type = "text/plain; version=0.0.4; charset=utf-8",
               .body = metrics_.text()});
    });
    const auto now = core_.now();
    metrics_.process.look();
    metrics_.timekeeper_idle.Set(static_cast<double>(core_.idle_seconds()));
    const auto dropped = dropped_log_lines();
    metrics_.limit_hits.Add({{"limit", "log_lines"}})
        .Increment(static_cast<double>(dropped - std::exchange(log_lines_dropped_, dropped)));
    metrics_.roster_gap_seconds.Set(std::chrono::duration<double>(roster_gap(*config_, now)).count());
    if (config_->calendar->known_until) {
        const auto today = std::chrono::floor<std::chrono::days>(config_->zone.to_local(now));
        metrics_.calendar_days_left.Set(
            static_cast<double>((*config_->calendar->known_until - today).count()));
    }
    reader_.stats([this, scrape](alert::Result<std::map<std::string, std::int64_t>> stats) {
        if (stats) set_stats(metrics_, *stats);
    });
    for (const auto& [id, channel] : config_->channels) {
        reader_.held_until(
            alert::UrlLimit::hash_of(channel.url),
            [this, scrape, id, now](alert::Result<std::optional<alert::TimePoint>> until) {
                if (!until || !announced_.contains(id)) return;
                metrics_.channel_held.Add({{"channel", id.value}}).Set(*until && **until > now ? 1 : 0);
            });
        reader_.outbox_size(id, [this, scrape, id, now](alert::Result<alert::OutboxSize> size) {
            if (!size || !announced_.contains(id)) return;
            metrics_.outbox_size.Add({{"channel", id.value}}).Set(static_cast<double>(size->size));
            const auto age =
                size->oldest ? std::max(now - *size->oldest, alert::Duration{0}) : alert::Duration{0};
            metrics_.outbox_oldest.Add({{"channel", id.value}})
                .Set(std::chrono::duration<double>(age).count());
        });
    }
    reader_.due_around(now, due_cases_each,
                       [this, scrape](alert::Result<std::vector<alert::StoredCase>> cases) {
                           if (cases) set_due_gauges(*cases);
                       });
}

/// What the files name is there from the start with 0: a counter that appears with its first event shows no
/// increase, and in an office the first one may be the only one of the day.
void Api::announce_series() {
    for (const auto& type : alert::event_type_names) announce_events(metrics_, type);
    announce_events(metrics_, "unknown");
    for (const auto& matter_class : config_->policy->classes)
        metrics_.cases_open.Add({{"class", matter_class.id}});
    for (const auto& [id, rule] : config_->policy->obligations) announce_obligation(metrics_, id);
    announce_obligation(metrics_, "commitment");
    forget_gone_channels();
    for (const auto& [id, channel] : config_->channels) {
        announced_.insert(id);
        announce_channel(metrics_, id.value);
    }
}

/// Else their last values would stand for ever. What they counted stays, and their dead letters do: those are
/// still there.
void Api::forget_gone_channels() {
    std::erase_if(announced_, [this](const alert::ChannelId& id) {
        if (config_->channels.contains(id)) return false;
        for (auto* family : {&metrics_.outbox_size, &metrics_.outbox_oldest, &metrics_.channel_held})
            family->Remove(&family->Add({{"channel", id.value}}));
        return true;
    });
}

/// The most urgent of what is owed, one series each; those of the scrape before are taken away.
void Api::set_due_gauges(const std::vector<alert::StoredCase>& cases) {
    const auto now = core_.now();
    std::vector<alert::CaseView> views;
    std::optional<alert::TimePoint> next;
    for (const auto& stored : cases) {
        const auto rules = rules_.of(stored.snapshot.policy).value_or(rules_.today());
        views.push_back(alert::derive(rules, stored.snapshot, now));
        const auto* first = alert::next_due(views.back());
        if (first) next = next ? std::min(*next, first->due) : first->due;
    }
    for (auto* gauge : due_gauges_) metrics_.due_timestamp.Remove(gauge);
    due_gauges_.clear();
    for (const auto& one : most_urgent(views, now, due_series_max)) {
        auto& gauge = metrics_.due_timestamp.Add(
            {{"case", one.case_id}, {"obligation", one.obligation}, {"unit", one.unit}});
        gauge.Set(unix_seconds(one.due));
        due_gauges_.push_back(&gauge);
    }
    metrics_.next_due_timestamp.Set(next ? unix_seconds(*next) : 0);
}

}  // namespace yuqing

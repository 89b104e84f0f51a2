#include "self_watch.hpp"

#include "alert/config/finding_words.hpp"
#include "alert/core/causes.hpp"
#include "alert/core/messages.hpp"
#include "log.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace yuqing {

namespace {

using alert::Trouble;
using alert::TroubleKind;
using Move = alert::TroubleMove;

constexpr alert::Duration caller_for = std::chrono::minutes(10);
constexpr alert::Duration clocks_apart_max = std::chrono::seconds(2);
constexpr std::size_t dead_looked_at = 50;      // the latest; more of them need a person just as well
constexpr std::size_t waiting_looked_at = 100;  // of a channel whose oldest message is old

/// A notice about the daemon, or a test, that does not arrive is not news about the channel.
bool counts(const alert::Notification& message) {
    return message.reason != alert::Reason::self && message.reason != alert::Reason::test;
}

/// `policy.yaml:12:3: what is wrong`, without the folder, which is nobody's business in a group.
alert::Error without_folder(alert::Error error) {
    const auto folder = error.path.substr(0, error.path.rfind('/') + 1);
    error.path.erase(0, folder.size());
    for (auto at = error.message.find(folder); !folder.empty() && at != std::string::npos;
         at = error.message.find(folder, at))
        error.message.erase(at, folder.size());
    return error;
}

/// Why the most urgent of those that were tried does not get through; empty when none was tried.
std::string last_error_of(const std::vector<alert::NotificationRecord>& waiting) {
    const auto tried = std::find_if(waiting.begin(), waiting.end(),
                                    [](const auto& record) { return !record.error.empty(); });
    return tried == waiting.end() ? "" : tried->error;
}

template <class T>
std::optional<alert::Error> error_of(const alert::Result<T>& result) {
    if (result) return std::nullopt;
    return result.error();
}

/// What is watched in a way of its own is no warning here.
bool is_watched_otherwise(const alert::Error& warning) {
    return warning.code == "roster_ends" || warning.code == "calendar_ends" || warning.code == "unfilled";
}

}  // namespace

/// What is gathered before anything is judged.
struct SelfWatch::Look {
    alert::TimePoint now;
    std::vector<Trouble> seen;
    alert::TroubleBook book;
    std::size_t missing = 0;  // reads under way
    bool failed = false;      // one of them: what was not seen is not over
    bool has_book = false;    // else nothing is judged
};

SelfWatch::SelfWatch(Parts parts, std::shared_ptr<const alert::Config> config, Send send)
    : parts_(parts),
      config_(std::move(config)),
      send_(std::move(send)),
      direct_(parts.sender, [this](const auto& message, auto tries, auto state, const auto& result) {
          parts_.watcher.attempted(message, tries, state, result);
      }) {}

void SelfWatch::start() {
    if (!up_) outage_ = Outage{.since = parts_.clock.now()};
    look();
}

void SelfWatch::look() {
    if (stopped_) return;
    parts_.timers.after(config_->self.look_every, [this] { look(); });
    if (!up_) return tell_outage();
    if (looking_) return;
    looking_ = true;
    const auto look = std::make_shared<Look>(Look{.now = parts_.clock.now()});
    look->missing = 5 + config_->channels.size();
    gather(look);
}

/// A jump under a running daemon; and clocks that are apart since its start: nobody can know which is right.
void SelfWatch::gather_clocks(Look& look) const {
    const auto seconds = [](alert::Duration time) {
        const auto text = std::to_string(static_cast<double>(time.count()) / 1000);
        return text.substr(0, text.find('.') + 2);
    };
    const auto ahead = look.now - wall_time();
    if (parts_.clock.distrusting())
        look.seen.push_back({{TroubleKind::clock, ""},
                             "Redis 的时钟跳变约 " + seconds(jumped_by_) + " 秒",
                             "Redis's clock jumped by about " + seconds(jumped_by_) + " s",
                             {}});
    else if (std::chrono::abs(ahead) > clocks_apart_max)
        look.seen.push_back({{TroubleKind::clock, ""},
                             "时限按 Redis 的时钟计算，它比本机的快 " + seconds(ahead) + " 秒（负数为慢）",
                             "deadlines go by Redis's clock, which is " + seconds(ahead) +
                                 " s ahead of this machine's (behind, if negative)",
                             {}});
}

void SelfWatch::gather(const LookPtr& look) {
    gather_files(*look);
    gather_caller(*look, TroubleKind::unknown_key, stranger_);
    gather_caller(*look, TroubleKind::flood, flood_);
    for (auto& trouble : journal_troubles(look->now)) look->seen.push_back(std::move(trouble));
    if (auto undecided = undecided_.trouble(look->now)) look->seen.push_back(std::move(*undecided));
    gather_clocks(*look);
    const bool long_away = outage_ && outage_->until &&
                           (outage_->told || *outage_->until - outage_->since >= config_->self.redis_after);
    if (long_away) look->seen.push_back({{TroubleKind::redis, ""}, "", "", outage_->since, true});
    parts_.book.load([this, look](alert::Result<alert::TroubleBook> book) {
        look->has_book = book.has_value();
        if (book) look->book = std::move(*book);
        read(look, error_of(book));
    });
    look_at_daemons(look->now, [this, look](alert::Result<std::optional<Trouble>> trouble) {
        if (trouble && *trouble) look->seen.push_back(std::move(**trouble));
        read(look, error_of(trouble));
    });
    gather_archive(look);
    gather_dead_letters(look);
    gather_rejects(look);
    for (const auto& [id, channel] : config_->channels) gather_channel(look, id);
}

void SelfWatch::gather_files(Look& look) const {
    const auto& zone = config_->zone;
    look.seen = alert::roster_troubles(*config_->directory, *config_->roster, zone, look.now,
                                       config_->self.roster_ahead);
    if (auto calendar = alert::calendar_trouble(*config_->calendar, zone, look.now))
        look.seen.push_back(std::move(*calendar));
    const auto add = [&look](TroubleKind kind, const std::vector<alert::Error>& errors) {
        if (errors.empty()) return;
        const auto first = without_folder(errors.front());
        const auto count = std::to_string(errors.size());
        look.seen.push_back({{kind, ""},
                             first.path + "：" + alert::finding_zh(first.message) + "（共" + count + "处）",
                             first.path + ": " + first.message + ", " + count + " in all",
                             {}});
    };
    add(TroubleKind::reload, files_.refused);
    auto warnings = files_.warnings;
    std::erase_if(warnings, is_watched_otherwise);
    add(TroubleKind::warnings, warnings);
}

void SelfWatch::gather_archive(const LookPtr& look) {
    parts_.archive.look(
        look->now, config_->self.over_after, [this, look](const std::optional<alert::Error>& wrong) {
            if (wrong)
                look->seen.push_back(
                    {{TroubleKind::archive, ""}, alert::finding_zh(wrong->message), wrong->message, {}});
            read(look, {});
        });
}

void SelfWatch::gather_caller(Look& look, TroubleKind kind, const std::optional<Caller>& last) {
    if (!last || look.now - last->at >= caller_for) return;
    look.seen.push_back(
        {{kind, ""}, "最近一次来自 " + last->address, "the last one from " + last->address, {}});
}

void SelfWatch::gather_dead_letters(const LookPtr& look) {
    parts_.reader.dead("", dead_looked_at, [this, look](const alert::Result<alert::DeadPage>& page) {
        std::map<std::string, std::size_t> of_channel;
        if (page) {
            for (const auto& letter : page->letters) {
                const bool recent = letter.at > look->now - alert::dead_letters_within;
                if (recent && counts(letter.notification)) ++of_channel[letter.notification.channel.value];
            }
        }
        for (const auto& [channel, count] : of_channel) {
            const auto number = std::to_string(count);
            Trouble trouble{{TroubleKind::dead_letters, channel},
                            "近1小时至少" + number + "条",
                            "at least " + number + " within an hour",
                            {}};
            const auto settings = config_->channels.find(alert::ChannelId(channel));
            if (settings != config_->channels.end() && settings->second.fallback) {
                const auto& fallback = settings->second.fallback->value;
                trouble.zh += "，已改由备用通道 " + fallback + " 发送";
                trouble.en += ", handed to the fallback channel " + fallback;
            }
            look->seen.push_back(std::move(trouble));
        }
        read(look, error_of(page));
    });
}

void SelfWatch::gather_rejects(const LookPtr& look) {
    const auto limit = config_->self.rejects;
    parts_.reader.reject_time(limit - 1,
                              [this, look, limit](alert::Result<std::optional<alert::TimePoint>> at) {
                                  if (at && *at && **at > look->now - alert::rejects_within) {
                                      const auto number = std::to_string(limit);
                                      look->seen.push_back({{TroubleKind::rejects, ""},
                                                            "近1小时至少" + number + "条",
                                                            "at least " + number + " within an hour",
                                                            {}});
                                  }
                                  read(look, error_of(at));
                              });
}

void SelfWatch::gather_channel(const LookPtr& look, const alert::ChannelId& channel) {
    parts_.reader.outbox_size(channel, [this, look, channel](const alert::Result<alert::OutboxSize>& size) {
        if (!size) return read(look, size.error());
        const auto old = look->now - config_->self.channel_after;
        if (!size->oldest || *size->oldest > old) return read(look, {});
        parts_.reader.waiting(
            channel, waiting_looked_at,
            [this, look, channel, size = *size,
             old](const alert::Result<std::vector<alert::NotificationRecord>>& waiting) {
                if (!waiting) return read(look, waiting.error());
                const bool others = std::any_of(waiting->begin(), waiting->end(), [&](const auto& record) {
                    return counts(record.notification) && record.notification.created_at <= old;
                });
                if (others || size.size > waiting->size())
                    add_waiting(look, channel, size, last_error_of(*waiting));
                read(look, {});
            });
    });
}

void SelfWatch::add_waiting(const LookPtr& look, const alert::ChannelId& channel,
                            const alert::OutboxSize& size, const std::string& error) {
    const auto waits = look->now - *size.oldest;
    const auto number = std::to_string(size.size);
    look->seen.push_back({{TroubleKind::channel, channel.value},
                          "待发" + number + "条，最早一条已等待" + alert::format_duration_zh(waits) +
                              (error.empty() ? "" : "；最近一次未成：" + alert::cause_zh(error)),
                          number + " wait, the oldest for " +
                              std::to_string(std::chrono::floor<std::chrono::seconds>(waits).count()) + " s" +
                              (error.empty() ? "" : "; the last attempt: " + error),
                          {}});
}

void SelfWatch::read(const LookPtr& look, const std::optional<alert::Error>& error) {
    if (error) {
        look->failed = true;
        parts_.watcher.troubled("self", *error);
    }
    if (--look->missing > 0) return;
    looking_ = false;
    if (look->has_book && !stopped_) act(*look);
}

/// What could not be read may hold more of it; and what is undecided shows only when all was tried.
bool SelfWatch::may_be_over(const alert::TroubleId& id, const Look& look) const {
    const bool tried = look.now - claiming_since_ >= alert::undecided_known_after;
    return !look.failed && (tried || id.kind != TroubleKind::undecided);
}

void SelfWatch::act(Look& look) {
    parts_.metrics.self_troubles.Set(static_cast<double>(look.seen.size()));
    failing_ = alert::failing_channels(look.seen, look.book);
    std::erase_if(look.book, [&](const auto& entry) {
        const bool seen = std::any_of(look.seen.begin(), look.seen.end(),
                                      [&](const Trouble& trouble) { return trouble.id == entry.first; });
        return !seen && !may_be_over(entry.first, look);
    });
    for (auto& move : alert::judge_troubles(config_->self, look.seen, look.book, look.now, scene())) {
        const bool over = move.notice && move.notice->moment == alert::SelfMoment::over;
        const auto channels = move.notice ? channels_for(move.id, over) : alert::Channels{};
        carry_out(std::move(move), channels, look);
    }
}

/// Through none that fails; where all of them do, only what is no news about channels waits in one of them.
alert::Channels SelfWatch::channels_for(const alert::TroubleId& id, bool over) const {
    const auto audience =
        alert::office_channels(parts_.rules.today(), alert::Reason::self, parts_.clock.now());
    const bool of_channel = id.kind == TroubleKind::channel || id.kind == TroubleKind::dead_letters;
    auto failing = failing_;
    if (over && of_channel) failing.erase(alert::ChannelId(id.about));
    auto channels =
        alert::around_failing(audience, failing, alert::fallbacks_of(*config_), *config_->directory);
    return channels.empty() && !of_channel ? audience : channels;
}

/// Told first, then written down: what is cut short in between is told again, under the same id.
void SelfWatch::carry_out(Move move, const alert::Channels& channels, const Look& look) {
    if (!move.notice) return write(std::move(move));
    const auto& notice = *move.notice;
    if (channels.empty()) {
        if (untold_.insert(move.id).second) {
            parts_.metrics.self_untold.Increment();
            spdlog::error("self=untold about={} message={}", to_string(move.id), log_value(notice.text));
        }
        if (move.kind == Move::Kind::keep) {
            move.known = look.book.at(move.id);
            move.known.seen = look.now;
            move.notice.reset();
            write(std::move(move));
        }
        return;
    }
    untold_.erase(move.id);
    auto messages = alert::self_notifications(notice, channels, look.now);
    spdlog::warn("self={} about={} messages={} message={}", alert::to_string(notice.moment),
                 to_string(move.id), messages.size(), log_value(notice.text));
    send_(std::move(messages), [this, move](const alert::Result<std::monostate>& sent) {
        if (!sent) return parts_.watcher.troubled("self", sent.error());
        write(move);
    });
}

void SelfWatch::write(const Move& move) {
    parts_.book.write(move, [this, move](const alert::Result<std::monostate>& written) {
        if (!written) return parts_.watcher.troubled("self", written.error());
        if (move.kind == Move::Kind::forget) untold_.erase(move.id);
        const bool of_outage = move.id.kind == TroubleKind::redis && move.kind != Move::Kind::forget;
        if (of_outage && outage_ && outage_->until) outage_.reset();
    });
}

}  // namespace yuqing

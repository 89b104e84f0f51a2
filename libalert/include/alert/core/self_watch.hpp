// What is wrong with the daemon itself so that a person must mend it, and what is told of it. Pure.
//
// A trouble is told once it has lasted, again at most daily while it lasts, and once more when it is over.
// What was told is kept in Redis (redis/trouble_book.hpp): every daemon judges for itself, and the same
// judgement gives the same messages, so whatever restarts and however many daemons run, each is told once.
#pragma once

#include "alert/core/calendar.hpp"
#include "alert/core/directory.hpp"
#include "alert/core/fallbacks.hpp"
#include "alert/core/notification.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alert {

enum class TroubleKind {
    redis,
    channel,       // its messages wait too long
    dead_letters,  // of a channel
    roster_gap,    // nobody fills a role now
    roster_ahead,  // nobody will soon
    calendar,
    reload,
    clock,
    rejects,
    warnings,
    archive,
    daemon,           // does not answer, as the guard beside it sees
    unknown_key,      // of a client at the ZeroMQ door
    flood,            // of connections there that do not shake hands
    journal,          // cannot be written
    loss,             // Redis lost something and was told it again
    journal_gap,      // files or lines of the journal are gone
    settings_differ,  // between the daemons of one Redis
    undecided         // cases that are due and cannot be decided
};

struct TroubleId {
    TroubleKind kind{};
    std::string about;  // the channel or role; empty where there is but one
    friend auto operator<=>(const TroubleId&, const TroubleId&) = default;
};
/// `channel.duty-group`, `redis`
std::string to_string(const TroubleId& id);
std::optional<TroubleId> parse_trouble_id(std::string_view text);

/// Something seen just now.
struct Trouble {
    TroubleId id;
    std::string zh, en;              // what exactly, in our own words; may be empty
    std::optional<TimePoint> since;  // when that is known better than by the first look
    bool told = false;               // without Redis, while it was away
    std::optional<TimePoint> grew;   // when something that was not told joined it last
};

/// What is known of a trouble since it was seen first.
struct KnownTrouble {
    TimePoint since, seen, told;  // told: the last time, of `notices` times
    std::uint32_t notices = 0;
    friend bool operator==(const KnownTrouble&, const KnownTrouble&) = default;
};
using TroubleBook = std::map<TroubleId, KnownTrouble>;

/// `self` of yuqingd.yaml.
struct SelfLimits {
    Duration redis_after = std::chrono::minutes(1);     // told when Redis is away for so long
    Duration channel_after = std::chrono::minutes(10);  // ... when a message waits for so long
    Duration settings_after = std::chrono::minutes(5);  // ... when files, calendar or roster stay so
    Duration roster_ahead = std::chrono::days(3);       // a gap of the roster is looked for in this time
    std::size_t rejects = 50;                           // told when so many come within an hour
    Duration daemon_after =
        std::chrono::seconds(30);  // the guard tells when the daemon is silent for so long
    Duration remind_every = std::chrono::days(1);
    Duration daemon_remind_every = std::chrono::hours(1);  // the guard, while it lasts
    Duration over_after = std::chrono::minutes(1);         // over is what was not seen for so long
    Duration look_every = std::chrono::seconds(10);
};
inline constexpr Duration grown_told_every = std::chrono::minutes(10);  // what joins a trouble waits so long
inline constexpr Duration rejects_within = std::chrono::hours(1);
inline constexpr Duration dead_letters_within = std::chrono::hours(1);

enum class SelfMoment { begins, lasts, over };
std::string_view to_string(SelfMoment moment);

struct SelfNotice {
    TroubleId id;
    SelfMoment moment{};
    std::string once;  // equal: the same message
    std::string text;  // the first line is the headline
};

/// What becomes of one entry of the book, and what is told of it before.
struct TroubleMove {
    enum class Kind { enter, keep, forget };  // enter: unless it is there meanwhile
    Kind kind{};
    TroubleId id;
    KnownTrouble known;
    std::optional<SelfNotice> notice;
};

/// How the office is called and counted in texts.
struct SelfScene {
    const Directory& directory;
    const Zone& zone;
};

std::vector<TroubleMove> judge_troubles(const SelfLimits& limits, const std::vector<Trouble>& seen,
                                        const TroubleBook& book, TimePoint now, const SelfScene& scene);

/// The notice of a trouble that begins; for what is told without a book.
SelfNotice beginning(const Trouble& trouble, TimePoint since, TimePoint now, const SelfScene& scene);

// What files alone show.
std::vector<Trouble> roster_troubles(const Directory& directory, const Roster& roster, const Zone& zone,
                                     TimePoint now, Duration ahead);
/// Within 60 days of the calendar's end, and when it names none.
std::optional<Trouble> calendar_trouble(const Calendar& calendar, const Zone& zone, TimePoint now);

/// A channel through which a self notice goes instead of one that fails, and where that leads.
using Channels = std::map<ChannelId, std::vector<Target>>;

/// Whom the audience would be told through channels that fail, through others: their fallbacks, else those
/// that are left; if none is left one of the directory's roles, then any that is configured. Empty: there
/// is no channel that does not fail.
Channels around_failing(const Channels& audience, const std::set<ChannelId>& failing,
                        const Fallbacks& configured, const Directory& directory);

/// The channels that fail by what is seen, and by what has not been over long enough.
std::set<ChannelId> failing_channels(const std::vector<Trouble>& seen, const TroubleBook& book);

/// One message per channel.
std::vector<Notification> self_notifications(const SelfNotice& notice, const Channels& channels,
                                             TimePoint now);

}  // namespace alert

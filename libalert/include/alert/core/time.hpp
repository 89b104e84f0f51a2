// Instants, durations, zones. The core never asks what time it is; it is told `now`.
//
// Instants have millisecond precision. Interfaces speak RFC 3339 with an offset; files speak
// `90s`, `15m`, `5h`, `2d`, `1mo` (calendar month), `3wd` (working days).
#pragma once

#include "alert/core/result.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace date {
class time_zone;
}

namespace alert {

using Duration = std::chrono::milliseconds;
using TimePoint = std::chrono::sys_time<Duration>;
using LocalTime = std::chrono::local_time<Duration>;

/// A zone of the tz database; cheap to copy. Lookups never fail once the zone is found.
class Zone {
public:
    /// Error code `unknown_zone` when the tz database has no such name.
    static Result<Zone> find(std::string_view name);
    static Zone utc();

    [[nodiscard]] LocalTime to_local(TimePoint at) const;
    /// A local time that does not exist or exists twice (a DST change) gives the earlier instant.
    [[nodiscard]] TimePoint to_sys(LocalTime local) const;
    [[nodiscard]] std::chrono::seconds offset_at(TimePoint at) const;
    [[nodiscard]] std::string name() const;

private:
    explicit Zone(const date::time_zone* zone) : zone_(zone) {}
    const date::time_zone* zone_;  // lives as long as the process
};

/// `2026-06-12T13:38:00+08:00`; `Z` and fractions of a second (cut at milliseconds) are read, an
/// offset is required. Leap second `:60` counts as the second after.
Result<TimePoint> parse_rfc3339(std::string_view text);

/// RFC 3339 in the zone's offset, milliseconds only when non-zero.
std::string format_rfc3339(TimePoint at, const Zone& zone);

/// `YYYY-MM-DDTHH:MM[:SS]` or with a blank, as roster.csv writes it.
Result<LocalTime> parse_local(std::string_view text);

/// Of a text that begins with a date of a year that is not read: an error that says which are.
std::optional<Error> outside_years(std::string_view text);

/// A length of time as files write it. Exactly one of the three is non-zero, or all are zero.
struct Period {
    int months = 0;
    int workdays = 0;
    Duration fixed{};

    friend bool operator==(const Period&, const Period&) = default;
    [[nodiscard]] bool is_zero() const { return months == 0 && workdays == 0 && fixed == Duration{}; }
};

/// `90s 15m 5h 2d 1mo 3wd`: a whole number and a unit; code `invalid` otherwise.
Result<Period> parse_period(std::string_view text);
std::string format_period(const Period& period);

/// `2天3小时`, `1小时5分`, `45秒`: at most two units, for people.
std::string format_duration_zh(Duration duration);

}  // namespace alert

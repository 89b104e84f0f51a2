// What comes by the clock and not by a case: bulletins, hand-overs, drills. Pure; times are the office's.
#pragma once

#include "alert/core/notification.hpp"
#include "alert/core/time.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace alert {

struct Schedule {
    struct Monthly {
        unsigned day = 1;  // in a shorter month its last day
        std::chrono::minutes at{};
        friend bool operator==(const Monthly&, const Monthly&) = default;
    };
    std::vector<std::chrono::minutes> bulletins;  // every day, after midnight
    std::optional<Duration> handover;             // so long before somebody else is on duty
    std::optional<Monthly> drill;
};

// The first one after that instant; nothing when there is none.
std::optional<TimePoint> next_bulletin(const Schedule& schedule, TimePoint after, const Zone& zone);
std::optional<TimePoint> next_drill(const Schedule& schedule, TimePoint after, const Zone& zone);
/// When it is told, which is `handover` before the change.
std::optional<TimePoint> next_handover(const Schedule& schedule, TimePoint after, const Roster& roster);

/// Who hands over to whom at an instant, one entry per role of the roster that changes.
struct Handover {
    std::string role;                     // as in roster.csv
    std::optional<std::string> from, to;  // officers; nobody in a gap
};
std::vector<Handover> handovers_at(const Roster& roster, TimePoint at);
/// Those who come are told beside those who go.
void add_successors(Target& target, const std::vector<Handover>& handovers, const Directory& directory);
/// `08:00 交班：值班员 张三 → 李四；带班领导 王五 → 无人`
std::string handover_text(const std::vector<Handover>& handovers, TimePoint at, const Directory& directory,
                          const Zone& zone);

}  // namespace alert

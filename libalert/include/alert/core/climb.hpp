// The ladder of one obligation in time: which rungs' times have come, which one fires, when to look next.
//
// Of the occurrences (a rung and its repeats) whose time has passed unfired only the latest that applies
// fires; the earlier ones are superseded. Whatever was passed here never fires again.
#pragma once

#include "alert/core/derive.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alert {

/// The instant of a rung's occurrence; `repeat` 0 is the rung itself.
TimePoint planned_at(const Rules& rules, const Obligation& obligation, const Step& step,
                     std::uint32_t repeat);

/// Occurrences of one rung that were passed together.
struct Passed {
    enum class Outcome { fired, superseded, skipped };
    Outcome outcome{};
    std::uint32_t rung = 0;
    std::uint32_t first_repeat = 0, last_repeat = 0;  // both included; equal when fired
    TimePoint planned;                                // of the last
    std::string why;                                  // skipped: "acknowledged", "approved", "when"
};

/// Why a step does not apply as the case stands: "when", "acknowledged", "approved"; empty: it does.
std::string why_not(const Step& step, const CaseView& view);
/// Whether occurrences of the step are left after `done` of them.
bool more_to_come(const Step& step, std::uint32_t done);

/// Moves `climb` past everything due at `now` and tells what became of it. Nothing for an obligation
/// that has ended. A mute holds what lies before `due`.
std::vector<Passed> climb_to(const Rules& rules, const CaseView& view, const Obligation& obligation,
                             Climb& climb, TimePoint now);

/// Carries a climb over to the ladder of another policy: a step with the same time and the same ordinal among
/// those of that time is the same step, and what it did stays done. A step that is new there and lies before
/// what was climbed already is passed as superseded.
std::vector<Passed> move_climb(const Rules& rules, const CaseView& view, const Obligation& obligation,
                               const Ladder& from, Climb& climb, TimePoint now);

/// The next instant at which this obligation needs a decision.
std::optional<TimePoint> next_wake(const Rules& rules, const CaseView& view, const Obligation& obligation,
                                   const Climb& climb, TimePoint now);

/// The highest card of the rungs whose time came while the obligation was open, up to `until`.
Card card_at(const Rules& rules, const Attributes& attributes, const Obligation& obligation, TimePoint until);

/// `due-1h`, or `due#3` for its third repeat.
std::string step_name(const Step& step, std::uint32_t repeat);

}  // namespace alert

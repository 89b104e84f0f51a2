// Cases whose time has come and that cannot be decided until a person mends something: nobody is told of what
// they owe. Pure.
#pragma once

#include "alert/core/result.hpp"
#include "alert/core/self_watch.hpp"

namespace alert {

/// Longer than whoever tries them again waits: what is not tried within it was decided, by whichever daemon.
inline constexpr Duration undecided_for = std::chrono::minutes(3);

/// One that another daemon tried for so long, and this one now again, is no new one.
inline constexpr Duration undecided_remembered = std::chrono::days(1);

/// Whoever tries them again waits less long: a daemon that reaches Redis for less does not know that none
/// is left.
inline constexpr Duration undecided_known_after = std::chrono::seconds(90);

class UndecidedCases {
public:
    /// Of what passes by itself, such as Redis away, nothing is kept.
    void failed(const CaseId& id, const Error& error, TimePoint now);
    void decided(const CaseId& id) { cases_.erase(id); }
    /// How many there are, a few of them by id, and why; nothing when there is none.
    [[nodiscard]] std::optional<Trouble> trouble(TimePoint now);

private:
    struct Why {
        std::string code;
        std::string policy;  // the one that is lost
        friend auto operator<=>(const Why&, const Why&) = default;
    };
    struct Failed {
        Why why;
        TimePoint since, at;  // the first time, and the last
    };
    std::map<CaseId, Failed> cases_;
};

}  // namespace alert

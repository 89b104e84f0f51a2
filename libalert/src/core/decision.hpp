// One decision on its way through fire.cpp and tell.cpp; private to decide().
#pragma once

#include "alert/core/decide.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alert {

/// One decision under way.
struct Decision {
    const Rules& rules;
    TimePoint now;
    bool silent = false;   // history: recorded, rings nobody
    bool again = false;    // told again: what was owed then was told then
    bool quiet = false;    // the same of its notices
    bool rebased = false;  // `before` was by another policy
    Transition& out;
    CaseChange& change;
    CaseView view;                   // of the facts with the new ones
    std::optional<CaseView> before;  // of the facts without them, with the due times of then
};

/// The same occurrence in another view of the case; null when it is not there.
const Obligation* find_same(const CaseView& view, const Obligation& o);
const Obligation* find_same(const std::optional<CaseView>& view, const Obligation& o);
/// Adds those roles that are not there yet.
void add_new(std::vector<std::string>& roles, const std::vector<std::string>& more);

/// Carries over to the ladders of the new policy what was climbed on those of the old one.
void move_climbs(Decision& d);
/// Fires and records whatever is due of every ladder, and overtakes what still waits of the ended ones.
void fire_all(Decision& d);
/// Gives `before` the due times that working days came to by the calendar of then, and keeps those of now.
void compare_calendars(Decision& d);
/// Tells what came to be by these facts: answers, raised grades, a closing, flags.
void tell_all(Decision& d, const std::vector<Fact>& facts);

}  // namespace alert

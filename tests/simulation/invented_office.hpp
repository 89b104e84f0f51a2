// A random but valid office: policies, directory, roster, calendar.
//
// Two policies, because a policy may change while cases are open; a case keeps the one it opened under.
#pragma once

#include "alert/core/derive.hpp"
#include "simulation/dice.hpp"

#include <memory>

namespace yuqing::simulation {

struct InventedOffice {
    std::shared_ptr<const alert::Policy> first, second;
    std::shared_ptr<const alert::Directory> directory;
    std::shared_ptr<const alert::Roster> roster;
    std::shared_ptr<const alert::Calendar> calendar;
    alert::Zone zone = alert::Zone::utc();

    [[nodiscard]] const alert::Policy& policy(const alert::PolicyHash& hash) const {
        return hash == first->hash ? *first : *second;
    }
};

/// The roster covers `from` to `until`, with gaps.
InventedOffice invent_office(Dice dice, alert::TimePoint from, alert::TimePoint until);

}  // namespace yuqing::simulation

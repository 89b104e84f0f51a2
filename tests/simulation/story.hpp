// What happens in an office and when it is told: cases, each with its facts, late, doubled, shuffled.
#pragma once

#include "alert/core/event.hpp"
#include "alert/core/time.hpp"
#include "simulation/dice.hpp"

#include <memory>
#include <string>
#include <vector>

namespace yuqing::simulation {

/// One case as it is planned; its id is known from the start or from the first answer.
struct Plot {
    std::string case_id;     // empty: not known yet
    std::string matter_key;  // of its detections
    bool detected = false;   // accepted once
};

struct Telling {
    alert::TimePoint at;
    std::shared_ptr<Plot> plot;
    std::string source, id, type, data;
    alert::TimePoint time;
    bool with_subject = true;
    bool sound = true;  // false: must be rejected
    alert::ClientRole role = alert::ClientRole::supervisor;
    int tries = 0;

    [[nodiscard]] std::string bytes(const alert::Zone& zone) const;
};

/// At least two cases and twenty facts a day.
std::vector<Telling> tell_stories(Dice dice, alert::TimePoint from, alert::TimePoint until);

}  // namespace yuqing::simulation

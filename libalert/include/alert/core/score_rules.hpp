// How a unit is scored (考核得分): `assessment` of yuqingd.yaml.
#pragma once

#include <cstddef>

namespace alert {

/// Each indicator counts in the proportion of its rate, of the parts of those of which anything was due; less
/// so many points for each piece, in all at most `less_max`. Never below 0.
struct ScoreRules {
    std::size_t answer = 70, acknowledge = 20, commitment = 10;  // parts
    std::size_t overdue_less = 2, red_less = 1, return_less = 0;
    std::size_t less_max = 20;
    std::size_t pass = 60;  // from here on a unit has passed

    friend bool operator==(const ScoreRules&, const ScoreRules&) = default;
};

}  // namespace alert

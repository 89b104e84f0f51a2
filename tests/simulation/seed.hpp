// One seed: an office, its story, its weather, its daemons, and the inspector over all of it.
#pragma once

#include "simulation/figures.hpp"

#include <cstdint>

namespace yuqing::simulation {

/// Plays the seed for so many office-years, heals, and returns the hash of what happened; throws Broken.
std::uint64_t play_seed(std::uint64_t seed, double years, bool tell, Figures& figures);

}  // namespace yuqing::simulation

// All chance of a simulated office comes from here: the same seed throws the same dice.
//
// Every part of the world forks dice of its own by name, so that one part asking more often does not
// change what the others meet.
#pragma once

#include "alert/core/time.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace yuqing::simulation {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) { next(); }

    [[nodiscard]] Dice fork(std::string_view name) const {
        std::uint64_t hash = state_ ^ 0x9E3779B97F4A7C15ULL;
        for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
        return Dice(hash);
    }
    /// SplitMix64.
    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    double share() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    bool chance(double p) { return share() < p; }
    /// Both ends included.
    int between(int from, int to) {
        return from + static_cast<int>(next() % static_cast<std::uint64_t>(to - from + 1));
    }
    alert::Duration span(alert::Duration from, alert::Duration to) {
        return from + alert::Duration(static_cast<alert::Duration::rep>(
                          next() % static_cast<std::uint64_t>((to - from).count() + 1)));
    }
    template <class T>
    const T& pick(const std::vector<T>& from) {
        return from[next() % from.size()];
    }

private:
    std::uint64_t state_;
};

}  // namespace yuqing::simulation

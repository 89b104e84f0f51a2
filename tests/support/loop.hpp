// Waiting in tests: turns an io_context until something is so, never longer than a bound.
#pragma once

#include <boost/asio/io_context.hpp>

#include <chrono>

namespace yuqing::test {

inline constexpr std::chrono::milliseconds patience{20'000};  // far beyond what a busy machine needs

/// Whether it became so.
template <class Condition>
bool run_until(boost::asio::io_context& io, Condition condition, std::chrono::milliseconds bound = patience) {
    const auto end = std::chrono::steady_clock::now() + bound;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= end) return false;
        if (io.stopped()) io.restart();
        io.run_one_for(std::chrono::milliseconds(20));
    }
    return true;
}

/// Turns the loop for a while: for "nothing happens", and for time to pass between two looks.
inline void run_for(boost::asio::io_context& io, std::chrono::milliseconds duration) {
    if (io.stopped()) io.restart();
    const auto end = std::chrono::steady_clock::now() + duration;
    while (std::chrono::steady_clock::now() < end) {
        if (io.stopped()) io.restart();
        io.run_one_until(end);
    }
}

}  // namespace yuqing::test

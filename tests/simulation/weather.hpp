// What goes wrong and how often: drawn for each seed, and over once the world is healed.
//
// Each kind of fault is on in about half of the seeds, so that every combination of a few comes up.
#pragma once

#include "simulation/dice.hpp"
#include "simulation/figures.hpp"

#include <optional>

namespace yuqing::simulation {

/// What becomes of one thing that was asked of the store.
enum class Fate { well, refused, reply_lost, doubled };
/// What becomes of one message on its way to a receiver.
enum class Post { well, slow, delivered_but_unknown, failed, hangs, buried };

class Weather {
public:
    Weather(Dice dice, alert::TimePoint from, alert::TimePoint until, Figures& figures);

    void heal() { healed_ = true; }
    [[nodiscard]] bool healed() const { return healed_; }

    Fate fate_of_commit();
    Fate fate_of_question();
    /// One way between a daemon and the store.
    alert::Duration latency();
    bool outage(alert::TimePoint now);
    /// By how much Redis's own clock is wrong; always back within 50 s, so that no daemon follows it.
    alert::Duration clock_error(alert::TimePoint now);
    Post post();
    bool crash();
    bool receiver_down(const std::string& channel, alert::TimePoint now);

    [[nodiscard]] int daemons() const { return daemons_; }
    alert::Duration wall_skew();
    Dice& dice() { return dice_; }
    void count(const char* fault) { ++figures_.faults[fault]; }

private:
    struct Span {
        alert::TimePoint from, to;
        alert::Duration error{};
    };
    std::vector<Span> spans(alert::TimePoint from, alert::TimePoint until, int count,
                            alert::Duration shortest, alert::Duration longest);
    static const Span* within(const std::vector<Span>& spans, alert::TimePoint now);

    Dice dice_;
    Figures& figures_;
    bool healed_ = false;
    int daemons_ = 1;
    double refuse_ = 0, lose_ = 0, double_ = 0, slow_ = 0, crash_ = 0, post_ = 0;
    bool skew_ = false;
    std::vector<Span> outages_, steps_, downs_;
};

}  // namespace yuqing::simulation

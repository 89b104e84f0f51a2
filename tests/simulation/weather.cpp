#include "simulation/weather.hpp"

namespace yuqing::simulation {

using namespace alert;
using namespace std::chrono_literals;

Weather::Weather(Dice dice, TimePoint from, TimePoint until, Figures& figures)
    : dice_(dice), figures_(figures) {
    const auto some = [&](double most) { return dice_.chance(0.5) ? dice_.share() * most : 0.0; };
    daemons_ = dice_.between(1, 3);
    refuse_ = some(0.03);
    lose_ = some(0.03);
    double_ = some(0.02);
    slow_ = some(0.05);
    crash_ = some(0.0008);
    post_ = some(0.2);
    skew_ = dice_.chance(0.5);
    if (dice_.chance(0.6)) outages_ = spans(from, until, 6, 1s, 10h);
    if (dice_.chance(0.5)) steps_ = spans(from, until, 8, 1s, 50s);
    if (dice_.chance(0.5)) downs_ = spans(from, until, 6, 1min, 16h);
    for (Span& step : steps_) step.error = dice_.span(-3h, 3h);
}

std::vector<Weather::Span> Weather::spans(TimePoint from, TimePoint until, int count, Duration shortest,
                                          Duration longest) {
    std::vector<Span> made;
    for (int i = 0; i < count; ++i) {
        const auto at = from + dice_.span(0ms, until - from);
        // Mostly short, now and then very long.
        const auto share = dice_.share();
        const auto length =
            shortest + Duration(static_cast<Duration::rep>(static_cast<double>((longest - shortest).count()) *
                                                           share * share * share));
        made.push_back({at, at + length});
    }
    return made;
}

const Weather::Span* Weather::within(const std::vector<Span>& spans, TimePoint now) {
    for (const Span& span : spans) {
        if (span.from <= now && now < span.to) return &span;
    }
    return nullptr;
}

Fate Weather::fate_of_commit() {
    if (healed_) return Fate::well;
    const double at = dice_.share();
    if (at < refuse_) return count("commit refused"), Fate::refused;
    if (at < refuse_ + lose_) return count("commit done, reply lost"), Fate::reply_lost;
    if (at < refuse_ + lose_ + double_) return count("commit arrives twice"), Fate::doubled;
    return Fate::well;
}

Fate Weather::fate_of_question() {
    if (healed_) return Fate::well;
    const double at = dice_.share();
    if (at < refuse_) return count("question refused"), Fate::refused;
    if (at < refuse_ + lose_) return count("reply lost"), Fate::reply_lost;
    return Fate::well;
}

Duration Weather::latency() {
    if (!healed_ && dice_.chance(slow_)) {
        count("slow reply");
        return dice_.chance(0.1) ? dice_.span(1s, 60s) : dice_.span(5ms, 1s);
    }
    return dice_.span(0ms, 2ms);
}

bool Weather::outage(TimePoint now) {
    if (healed_ || !within(outages_, now)) return false;
    count("asked during an outage");
    return true;
}

Duration Weather::clock_error(TimePoint now) {
    const Span* step = healed_ ? nullptr : within(steps_, now);
    if (!step) return {};
    count("asked while the clock was stepped");
    return step->error;
}

Post Weather::post() {
    if (healed_) return Post::well;
    const double at = dice_.share() / std::max(post_, 1e-9);
    if (at > 1) return dice_.chance(0.1) ? Post::slow : Post::well;
    if (at < 0.25) return count("delivered, answer lost"), Post::delivered_but_unknown;
    if (at < 0.6) return count("receiver failed"), Post::failed;
    if (at < 0.9) return count("receiver hung"), Post::hangs;
    return count("refused for good"), Post::buried;
}

bool Weather::crash() {
    if (healed_ || crash_ <= 0 || !dice_.chance(crash_)) return false;
    count("daemon crashed");
    return true;
}

bool Weather::receiver_down(const std::string& channel, TimePoint now) {
    if (healed_ || channel == "leaders" || !within(downs_, now)) return false;
    count("receiver down");
    return true;
}

Duration Weather::wall_skew() {
    if (!skew_ || healed_) return {};
    count("wall clock skewed");
    return dice_.span(-2h, 2h);
}

}  // namespace yuqing::simulation

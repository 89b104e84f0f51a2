#include "simulation/seed.hpp"

#include "simulation/daemon.hpp"
#include "simulation/story.hpp"

namespace yuqing::simulation {

using namespace alert;
using namespace std::chrono_literals;

namespace {

const TimePoint beginning = parse_rfc3339("2026-01-05T08:00:00+08:00").value();
constexpr Duration answer_wait = std::chrono::seconds(90);
constexpr int tries_max = 60;
constexpr Duration healing = 24h * 9;  // the longest mute, and what it held back

Duration length_of(double years) {
    return Duration(static_cast<Duration::rep>(years * 365.25 * 24 * 3600 * 1000));
}

class Seed {
public:
    Seed(std::uint64_t seed, double years, bool tell, Figures& figures)
        : dice_(seed),
          until_(beginning + length_of(years) - healing),
          figures_(figures),
          office_(invent_office(dice_.fork("office"), beginning, until_)),
          scheduler_(beginning),
          weather_(dice_.fork("weather"), beginning, until_, figures),
          store_clock_(scheduler_, weather_),
          memory_(store_clock_),
          inspector_(office_, scheduler_, figures, trace_, tell),
          clients_(dice_.fork("clients")) {}

    std::uint64_t play();

private:
    void set_up();
    void start(std::size_t number);
    void tell(std::shared_ptr<Telling> telling);
    void again(const std::shared_ptr<Telling>& telling, Duration after);
    void answered(const std::shared_ptr<Telling>& telling, const Answer& answer);

    Dice dice_;
    TimePoint until_;
    Figures& figures_;
    Trace trace_;
    InventedOffice office_;
    Scheduler scheduler_;
    Weather weather_;
    StoreClock store_clock_;
    MemoryCaseStore memory_;
    Inspector inspector_;
    World world_{scheduler_, weather_, memory_, inspector_, office_};
    Dice clients_;
    std::vector<std::unique_ptr<Daemon>> daemons_;
    int started_ = 0;
};

void Seed::set_up() {
    for (const auto& policy : {office_.first, office_.second})
        memory_.keep_policy(policy->hash, policy->text, [](const auto&) {});
    memory_.run_pending();
    daemons_.resize(static_cast<std::size_t>(weather_.daemons()));
    for (std::size_t i = 0; i < daemons_.size(); ++i) start(i);
    scheduler_.between = [this](const Life& life) {
        if (!weather_.crash()) return;
        for (std::size_t i = 0; i < daemons_.size(); ++i) {
            if (!daemons_[i] || daemons_[i]->life() != life) continue;
            daemons_[i].reset();
            scheduler_.after(weather_.dice().span(1s, 2min), nullptr, [this, i] { start(i); });
        }
    };
}

/// Not while Redis's clock is wrong: a jump while no daemon runs cannot be known from inside.
void Seed::start(std::size_t number) {
    if (weather_.clock_error(scheduler_.now()) != 0ms)
        return scheduler_.after(10s, nullptr, [this, number] { start(number); });
    const bool later = scheduler_.now() > beginning + (until_ - beginning) / 2;
    daemons_[number] = std::make_unique<Daemon>(world_, ++started_, later, true);
    daemons_[number]->start();
}

void Seed::again(const std::shared_ptr<Telling>& telling, Duration after) {
    if (++telling->tries > tries_max && !weather_.healed()) return;
    scheduler_.after(after, nullptr, [this, telling] { tell(telling); });
}

void Seed::tell(std::shared_ptr<Telling> telling) {
    auto& daemon = daemons_[clients_.next() % daemons_.size()];
    if (!daemon || !daemon->ready()) return again(telling, 5s);
    if (telling->with_subject && telling->plot->case_id.empty()) return again(telling, 1h);
    auto open = std::make_shared<bool>(true);
    scheduler_.after(answer_wait, nullptr, [this, open, telling] {
        if (*open) again(telling, 1s);
        *open = false;
    });
    daemon->submit(telling->bytes(office_.zone), {"zmq", "", telling->role},
                   [this, open, telling](const Answer& answer) {
                       inspector_.answered(answer);
                       if (std::exchange(*open, false)) answered(telling, answer);
                   });
}

void Seed::answered(const std::shared_ptr<Telling>& telling, const Answer& answer) {
    if (answer.status == Answer::Status::retry)  // who is turned away often asks less often
        return again(telling, answer.retry_after * (1 + telling->tries));
    if (answer.status == Answer::Status::rejected) {
        const bool may_come = answer.error->code == "unknown_case" || answer.error->path == "/data/into";
        if (may_come && telling->sound) return again(telling, 6h);
        if (telling->sound && answer.error->code != "future")
            throw Broken("refused what is sound: " + answer.error->code + " " + answer.error->message + " " +
                         telling->bytes(office_.zone));
        return;
    }
    if (!telling->sound) throw Broken("accepted what is not sound: " + telling->bytes(office_.zone));
    if (answer.differs) inspector_.reached("told again and different");
    if (telling->plot->case_id.empty()) telling->plot->case_id = answer.case_id->value;
}

std::uint64_t Seed::play() {
    set_up();
    for (auto& telling : tell_stories(dice_.fork("story"), beginning, until_)) {
        auto shared = std::make_shared<Telling>(std::move(telling));
        scheduler_.at(shared->at, nullptr, [this, shared] { tell(shared); });
    }
    scheduler_.run_until(until_);
    weather_.heal();
    scheduler_.run_until(until_ + healing);
    inspector_.finish(memory_);
    ++figures_.seeds;
    figures_.years +=
        std::chrono::duration<double>(until_ + healing - beginning).count() / (365.25 * 24 * 3600);
    return trace_.hash();
}

}  // namespace

std::uint64_t play_seed(std::uint64_t seed, double years, bool tell, Figures& figures) {
    return Seed(seed, years, tell, figures).play();
}

}  // namespace yuqing::simulation

#include "alert/simulate/simulate.hpp"

#include "alert/codec/case_json.hpp"
#include "alert/codec/journal_line.hpp"
#include "alert/codec/json_parts.hpp"
#include "alert/core/climb.hpp"
#include "alert/flow/case_desk.hpp"
#include "alert/flow/intake.hpp"
#include "alert/memory/memory_case_store.hpp"
#include "alert/memory/virtual_clock.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace alert {

namespace json = boost::json;

namespace {

constexpr std::size_t line_bytes_max = 1024 * 1024;
constexpr std::size_t claim_max = 512;

struct Outage {
    TimePoint from, to;
};

/// One line of the input: an event to tell, or what happens to the daemon.
struct Line {
    std::size_t number = 0;
    std::string event;              // empty: an outage or a restart
    std::optional<TimePoint> told;  // the instant of telling, as far as the line sets it
    std::optional<TimePoint> time;  // when it happened
};

/// Nobody watches a simulation.
class Unwatched : public Observer {
    void answered(std::string_view, const Answer&, Duration) override {}
    void committed(const Transition&) override {}
    void attempted(const Notification&, std::uint32_t, DeliveryState, const DeliveryResult&) override {}
    void turned() override {}
    void troubled(std::string_view, const Error&) override {}
    void limit_hit(std::string_view) override {}
};

/// What a daemon has in its memory; everything else is in the store.
struct Daemon {
    RuleBook rules;
    CaseDesk desk;
    Intake intake;

    Daemon(const Config& config, CaseStore& store, Clock& clock, Observer& observer)
        : rules({config.policy, config.directory, config.roster, config.calendar, config.zone}),
          desk(store, clock, rules, observer,
               [](const std::string& text) { return parse_policy(text, "policy"); }),
          intake(store, clock, rules, desk, observer) {}
};

std::optional<TimePoint> time_member(const json::object& object, std::string_view name) {
    const auto* member = object.if_contains(name);
    if (!member || !member->is_string()) return std::nullopt;
    const auto at = parse_rfc3339(std::string_view(member->as_string()));
    return at ? std::optional(*at) : std::nullopt;
}

class Run {
public:
    explicit Run(const Simulation& simulation)
        : simulation_(simulation), config_(*simulation.config), store_(clock_) {
        restart();
    }

    Result<void> read(std::istream& lines) {
        std::string text;
        for (std::size_t number = 1; std::getline(lines, text); ++number) {
            if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
            if (text.size() > line_bytes_max) return problem(number, "longer than 1 MiB");
            if (auto read = read_line(number, text); !read) return read.error();
        }
        return {};
    }

    /// How many lines lie after `until` and were not told.
    std::size_t play() {
        bool first = true;
        std::size_t told = 0;
        for (const Line& line : lines_) {
            auto at = line.told.value_or(line.time.value_or(clock_.now()));
            if (first) clock_.set(at);
            first = false;
            at = after_outages(std::max(at, clock_.now()));
            if (simulation_.until && at > *simulation_.until) break;
            run_until(at);
            tell(line);
            ++told;
        }
        if (simulation_.until && *simulation_.until > clock_.now()) run_until(*simulation_.until);
        finish();
        return lines_.size() - told;
    }

private:
    static Error problem(std::size_t number, const std::string& what) {
        return {"invalid", what, "line " + std::to_string(number)};
    }

    Result<void> read_line(std::size_t number, const std::string& text) {
        boost::system::error_code error;
        const auto value = json::parse(text, error);
        Line line{.number = number, .event = text};
        if (error || !value.is_object()) {  // told all the same: the engine rejects it
            lines_.push_back(std::move(line));
            return {};
        }
        const auto& object = value.as_object();
        if (is_journal_line(text)) return read_entry(number, text);
        if (const auto* kind = object.if_contains("kind");
            kind && kind->is_string() && !object.contains("specversion")) {
            return read_happening(number, kind->as_string(), object);
        }
        line.told = time_member(object, "recordedtime");
        line.time = time_member(object, "time");
        lines_.push_back(std::move(line));
        return {};
    }

    /// Of the journal of a daemon: told when it was recorded there.
    Result<void> read_entry(std::size_t number, const std::string& text) {
        auto entry = decode_journal_line(text);
        if (!entry) return problem(number, entry.error().message);
        lines_.push_back({number, std::move(entry->event), entry->recorded_at, std::nullopt});
        return {};
    }

    Result<void> read_happening(std::size_t number, std::string_view kind, const json::object& object) {
        if (kind == "restart") {
            const auto at = time_member(object, "at");
            if (!at) return problem(number, "a restart needs `at`");
            restarts_.insert(*at);
            return {};
        }
        const auto from = time_member(object, "from"), to = time_member(object, "to");
        if (kind == "outage" && from && to && *to < *from) {
            return problem(number, "an outage ends before it begins: `to` is earlier than `from`");
        }
        if (kind != "outage" || !from || !to) {
            return problem(number,
                           "neither an event nor {\"kind\":\"outage\",\"from\",\"to\"} nor "
                           "{\"kind\":\"restart\",\"at\"}");
        }
        outages_.push_back({*from, *to});
        restarts_.insert(*to);
        return {};
    }

    /// The instant, or the end of the outage it lies in.
    [[nodiscard]] TimePoint after_outages(TimePoint at) const {
        for (bool moved = true; moved;) {
            moved = false;
            for (const Outage& outage : outages_) {
                if (outage.from <= at && at < outage.to) {
                    at = outage.to;
                    moved = true;
                }
            }
        }
        return at;
    }

    /// Fires everything due up to `until`, each at its own instant; then it is `until`.
    void run_until(TimePoint until) {
        for (std::optional<TimePoint> next = clock_.now(); next && *next <= until;) {
            restart_before(*next);
            clock_.set(std::max(*next, clock_.now()));
            claim_and_decide();
            next = store_.next_wake();
            if (next) next = after_outages(*next);
        }
        restart_before(until);
        clock_.set(until);
    }

    void restart_before(TimePoint until) {
        const auto last = restarts_.upper_bound(until);
        if (restarts_.begin() != last) restart();
        restarts_.erase(restarts_.begin(), last);
    }

    /// What the daemon had in its memory is gone, the store stays.
    void restart() {
        daemon_ = std::make_unique<Daemon>(config_, store_, clock_, watcher_);
        daemon_->desk.on_committed = [this](const Transition& transition) { committed(transition); };
    }

    void claim_and_decide() {
        store_.claim_due(clock_.now(), claim_max, std::chrono::seconds(2), [&](Result<Claim> claim) {
            for (auto& stored : claim->cases) daemon_->desk.due(std::move(stored));
        });
        store_.run_pending();
    }

    void tell(const Line& line) {
        daemon_->intake.submit(
            line.event, {.door = "simulate"}, [this, number = line.number](const Answer& answer) {
                if (answer.status != Answer::Status::rejected) return;
                json::object out{
                    {"kind", "rejected"}, {"line", number}, {"error", error_json(*answer.error)}};
                simulation_.out(out);
            });
        store_.run_pending();
    }

    void committed(const Transition& transition) {
        for (const auto& n : transition.notifications) simulation_.out(notification_line(n));
    }

    [[nodiscard]] json::object notification_line(const Notification& n) const {
        json::object line{{"kind", "notification"},
                          {"time", format_rfc3339(n.created_at, config_.zone)},
                          {"case", text_or_null(n.matter ? n.matter->id.value : "")},
                          {"obligation", text_or_null(n.obligation ? n.obligation->id : "")},
                          {"reason", to_string(n.reason)}};
        if (!n.flag.empty()) line["flag"] = n.flag;
        line["step"] = text_or_null(n.step ? step_name(*n.step) : "");
        line["channel"] = n.channel.value;
        line["targets"] = targets_json(n.targets, *config_.directory);
        return line;
    }

    void finish() {
        const auto rules = config_.rules();
        for (const auto& [id, record] : store_.cases()) {
            json::object line{{"kind", "case"}};
            const auto view = derive(rules, record.stored.snapshot, clock_.now());
            for (auto& member : case_json(view, rules.directory, clock_.now(), rules.zone))
                line.insert(member);
            line["timeline"] = timeline_json(record.log, rules.directory, rules.zone);
            simulation_.out(line);
        }
    }

    const Simulation& simulation_;
    const Config& config_;
    VirtualClock clock_;
    Unwatched watcher_;
    MemoryCaseStore store_;
    std::unique_ptr<Daemon> daemon_;
    std::vector<Line> lines_;
    std::vector<Outage> outages_;
    std::set<TimePoint> restarts_;  // those still to come
};

}  // namespace

Result<std::size_t> simulate(std::istream& lines, const Simulation& simulation) {
    Run run(simulation);
    if (auto read = run.read(lines); !read) return read.error();
    return run.play();
}

}  // namespace alert

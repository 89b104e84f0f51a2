#include "planned_failover.hpp"

#include "system_clock.hpp"

#include <algorithm>
#include <charconv>
#include <thread>

namespace yuqing {

namespace {

constexpr std::chrono::milliseconds asked_every{20};
constexpr alert::Duration catch_up_within_max = std::chrono::seconds(2);

alert::Error wrong(const char* code, const RedisNode& at, std::string message = {}) {
    return {code, std::move(message), at.place().text()};
}

/// Whose words they are decides what is to be done about them.
alert::Error of_sentinel(alert::Error error) {
    const bool unknown = error.message.starts_with("ERR No such master");
    if (error.code == "login") error.code = "sentinel_login";
    if (error.code == "right") error.code = "sentinel_right";
    if (error.code == "refused") error.code = unknown ? "unknown_service" : "sentinel_refused";
    if (error.code == "unreachable") error.code = "sentinel_silent";
    return error;
}

alert::Error of_replica(alert::Error error) {
    if (error.code == "unreachable") error.code = "replica_silent";
    return error;
}

/// A list with one entry more.
void add(std::string& list, const std::string& place, const std::string& what) {
    list.append(list.empty() ? "" : "\n").append(place).append("\t").append(what);
}

std::int64_t number(const std::string& text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

RedisNode::Place place_of(RedisNode::Fields fields) {
    return {fields["ip"], static_cast<int>(number(fields["port"]))};
}

/// Until it holds or the time is over.
template <class Condition>
bool wait_until(alert::Duration within, Condition holds) {
    const auto end = boot_time() + within;
    while (!holds()) {
        if (boot_time() >= end) return false;
        std::this_thread::sleep_for(asked_every);
    }
    return true;
}

}  // namespace

alert::Result<FailoverOutcome> PlannedFailover::run() {
    using Part = alert::Result<void> (PlannedFailover::*)();
    for (const Part part : {&PlannedFailover::find_master, &PlannedFailover::find_replicas,
                            &PlannedFailover::check_rights, &PlannedFailover::pause})
        if (const auto done = (this->*part)(); !done) return done.error();
    for (const Part part :
         {&PlannedFailover::catch_up, &PlannedFailover::order, &PlannedFailover::wait_promoted}) {
        const auto done = (this->*part)();
        if (done) continue;
        if (!promoted_ && !may_still_switch()) unpause();
        return done.error();
    }
    if (const auto demoted = demote(); !demoted) return demoted.error();
    return FailoverOutcome{master_->place(), promoted_->place(), boot_time() - paused_at_};
}

alert::Duration PlannedFailover::left() const { return options_.within - (boot_time() - paused_at_); }

/// The one that knows the latest configuration, which is the one to be given the order. Of those that do not
/// answer as they should, one that speaks says more than any that is silent.
alert::Result<void> PlannedFailover::find_sentinel(RedisNode::Fields& found) {
    std::int64_t latest = -1;
    std::string silent;
    std::optional<alert::Error> refused;
    for (const auto& place : options_.sentinels) {
        auto sentinel = RedisNode::connect(place, options_.sentinel_account);
        const auto answer = sentinel ? sentinel->ask({"SENTINEL", "MASTER", options_.service})
                                     : alert::Result<RedisNode::Answer>(sentinel.error());
        if (!answer && answer.error().code != "unreachable") refused = of_sentinel(answer.error());
        if (!answer) {
            add(silent, answer.error().path, answer.error().message);
            continue;
        }
        auto fields = RedisNode::fields_of(*answer);
        if (number(fields["config-epoch"]) <= latest) continue;
        latest = number(fields["config-epoch"]);
        found = std::move(fields);
        sentinel_ = std::move(*sentinel);
    }
    if (sentinel_) return {};
    if (!refused) return alert::Error{"no_sentinel", silent, ""};
    if (refused->code == "unknown_service") refused->message = options_.service;
    return *refused;
}

alert::Result<void> PlannedFailover::find_master() {
    RedisNode::Fields found;
    if (const auto asked = find_sentinel(found); !asked) return asked.error();
    catch_up_within_ =
        std::min(catch_up_within_max, alert::Duration(number(found["down-after-milliseconds"]) / 2));
    const auto place = place_of(found);
    if (found["flags"] != "master") return alert::Error{"not_settled", found["flags"], place.text()};
    if (const auto quorum = sentinel_->ask({"SENTINEL", "CKQUORUM", options_.service}); !quorum) {
        const bool too_few = quorum.error().message.starts_with("NOQUORUM");
        return too_few ? wrong("no_quorum", *sentinel_, quorum.error().message) : of_sentinel(quorum.error());
    }
    auto master = RedisNode::connect(place, options_.account);
    if (!master) return master.error();
    master_ = std::move(*master);
    auto info = master_->info("replication");
    if (!info) return info.error();
    if ((*info)["role"] != "master") return wrong("not_master", *master_);
    told_(FailoverStep::found, place.text());
    return {};
}

/// Those that the sentinels would choose from; each must be reachable, for each must have everything.
alert::Result<void> PlannedFailover::find_replicas() {
    const auto answer = sentinel_->ask({"SENTINEL", "REPLICAS", options_.service});
    if (!answer) return of_sentinel(answer.error());
    if (answer->items.empty()) return wrong("no_replica_known", *sentinel_);
    std::string unfit;
    for (const auto& item : answer->items) {
        auto fields = RedisNode::fields_of(item);
        auto flags = fields["flags"];
        if (fields["slave-priority"] == "0") flags.append(",").append(never_chosen);
        if (flags != "slave")
            add(unfit, place_of(fields).text(), flags);
        else if (const auto added = add_replica(place_of(fields)); !added)
            return added.error();
    }
    if (replicas_.empty()) return wrong("no_replica", *sentinel_, unfit);
    return {};
}

alert::Result<void> PlannedFailover::add_replica(const RedisNode::Place& place) {
    auto replica = RedisNode::connect(place, options_.account);
    if (!replica) return of_replica(replica.error());
    auto info = replica->info("replication");
    if (!info) return of_replica(info.error());
    if ((*info)["master_link_status"] != "up") return wrong("not_following", *replica);
    replica->set_patience(catch_up_within_);
    replicas_.push_back(std::move(*replica));
    return {};
}

/// All that will be asked of the master, before anything is held up.
alert::Result<void> PlannedFailover::check_rights() {
    const auto user = options_.account.user.empty() ? std::string("default") : options_.account.user;
    const std::vector<std::string> needed[] = {{"CLIENT", "PAUSE", "1", "WRITE"},
                                               {"CLIENT", "UNPAUSE"},
                                               {"CLIENT", "KILL", "TYPE", "normal"},
                                               {"REPLICAOF", "NO", "ONE"}};
    for (const auto& words : needed) {
        std::vector<std::string> question{"ACL", "DRYRUN", user};
        question.insert(question.end(), words.begin(), words.end());
        const auto may = master_->ask(question);
        if (!may) return may.error();
        if (may->text != "OK") return wrong("right", *master_, RedisNode::command_name(words));
    }
    return {};
}

alert::Result<void> PlannedFailover::pause() {
    paused_at_ = boot_time();
    const auto held = master_->ask({"CLIENT", "PAUSE", std::to_string(options_.within.count()), "WRITE"});
    if (!held) {
        unpause();  // it may have been heard all the same
        return held.error();
    }
    told_(FailoverStep::paused, master_->place().text());
    return {};
}

alert::Result<void> PlannedFailover::catch_up() {
    auto info = master_->info("replication");
    if (!info) return info.error();
    history_ = (*info)["master_replid"];
    end_ = number((*info)["master_repl_offset"]);
    for (auto& replica : replicas_) {
        std::string why;
        const bool has_all = wait_until(catch_up_within_ - (boot_time() - paused_at_), [&] {
            auto state = replica.info("replication");
            if (!state) {
                why = state.error().message;
                return true;
            }
            const auto behind = end_ - number((*state)["slave_repl_offset"]);
            const bool follows =
                (*state)["master_link_status"] == "up" && (*state)["master_replid"] == history_;
            why = follows && behind <= 0 ? "" : std::to_string(behind) + " B";
            return why.empty();
        });
        if (!has_all || !why.empty()) return wrong("behind", replica, why);
    }
    told_(FailoverStep::caught_up, std::to_string(replicas_.size()));
    return {};
}

alert::Result<void> PlannedFailover::order() {
    const auto taken = sentinel_->ask({"SENTINEL", "FAILOVER", options_.service});
    if (!taken) return of_sentinel(taken.error());
    told_(FailoverStep::ordered, sentinel_->place().text());
    return {};
}

/// The one that the sentinels name must be a master that goes on from everything the old one had.
alert::Result<void> PlannedFailover::wait_promoted() {
    const bool named = wait_until(left(), [&] {
        const auto answer = sentinel_->ask({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", options_.service});
        if (!answer || answer->items.size() != 2) return false;
        const RedisNode::Place place{answer->items[0].text, static_cast<int>(number(answer->items[1].text))};
        if (place == master_->place()) return false;
        auto node =
            RedisNode::connect(place, options_.account);  // whoever was connected before is thrown out
        if (!node) return false;
        auto info = node->info("replication");
        if (!info || (*info)["role"] != "master") return false;
        promoted_ = std::move(*node);
        return true;
    });
    if (!named) return wrong("not_switched", *sentinel_, options_.service);
    told_(FailoverStep::promoted, promoted_->place().text());
    return {};
}

/// Nobody may write to it any more, before its clients go on.
alert::Result<void> PlannedFailover::demote() {
    const auto& to = promoted_->place();
    const auto follows = ask_master({"REPLICAOF", to.host, std::to_string(to.port)});
    if (!follows) return wrong("not_demoted", *master_, follows.error().message);
    static_cast<void>(ask_master({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}));
    unpause();
    told_(FailoverStep::demoted, master_->place().text());
    auto info = promoted_->info("replication");
    if (!info) return info.error();
    const bool whole = (*info)["master_replid2"] == history_ && number((*info)["second_repl_offset"]) > end_;
    if (!whole) return wrong("lost", *promoted_);
    return {};
}

/// Also what could not be asked may have come off: then the hold is left to its end.
bool PlannedFailover::may_still_switch() {
    const auto answer = sentinel_->ask({"SENTINEL", "MASTER", options_.service});
    if (!answer) return true;
    auto fields = RedisNode::fields_of(*answer);
    return place_of(fields) != master_->place() || fields["flags"].find("failover") != std::string::npos;
}

void PlannedFailover::unpause() { static_cast<void>(ask_master({"CLIENT", "UNPAUSE"})); }

/// A sentinel that makes it a replica throws its clients out; what is asked here may be asked twice.
alert::Result<RedisNode::Answer> PlannedFailover::ask_master(const std::vector<std::string>& words) {
    auto answer = master_->ask(words);
    if (answer || answer.error().code != "unreachable") return answer;
    auto again = RedisNode::connect(master_->place(), options_.account);
    if (!again) return again.error();
    master_ = std::move(*again);
    return master_->ask(words);
}

}  // namespace yuqing

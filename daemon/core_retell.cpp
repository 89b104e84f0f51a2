// A journal that is told by hand, whichever daemon wrote it: its policies first, then its entries.
#include "core_loop.hpp"
#include "log.hpp"

#include <spdlog/spdlog.h>

#include <map>
#include <utility>

namespace yuqing {

namespace {

constexpr alert::Duration retold_held = std::chrono::seconds(30);  // after what was told last

}  // namespace

void CoreLoop::replay(alert::Callback<alert::ReplayBegins> done) {
    if (!keeper_)
        return done(
            alert::Error{"no_journal", "this daemon keeps no journal; see journal in yuqingd.yaml", ""});
    const auto begins = keeper_->replay();
    spdlog::info("journal=replay message=\"everything in it is told again{}\"",
                 begins == alert::ReplayBegins::now ? "" : " when Redis is back");
    done(begins);
}

void CoreLoop::bring_policy(std::shared_ptr<const alert::Policy> policy,
                            alert::Callback<std::monostate> done) {
    rules_.add(policy);
    store_.keep_policy(policy->hash, policy->text, std::move(done));
}

void CoreLoop::find_policy(const alert::PolicyHash& hash, alert::Callback<std::monostate> done) {
    desk_.know_policy(hash, [done = std::move(done)](const alert::Result<void>& known) {
        if (!known) return done(known.error());
        done(std::monostate{});
    });
}

void CoreLoop::retell(Retelling order, alert::Callback<Answers> done) {
    auto shared = std::make_shared<Retelling>(std::move(order));
    know_policies_of(shared, 0, [this, shared, done = std::move(done)](const alert::Result<void>& known) {
        if (!known) return done(known.error());
        keep_policies_of(*shared);
        retell_all(shared, done);
    });
}

/// From the entry `at` on. A case that is opened by another policy than it was has other due times.
void CoreLoop::know_policies_of(const std::shared_ptr<Retelling>& order, std::size_t at,
                                std::function<void(alert::Result<void>)> then) {
    auto& entries = order->entries;
    while (at < entries.size() && (entries[at].policy.value.empty() || rules_.of(entries[at].policy))) ++at;
    if (at == entries.size()) return then({});
    const auto hash = entries[at].policy;
    desk_.know_policy(
        hash, [this, order, at, hash, then = std::move(then)](const alert::Result<void>& known) mutable {
            const bool lost = !known && known.error().code == "policy_lost";
            if (!known && !lost) return then(known.error());
            if (lost && !order->policy_in_force)
                return then(alert::Error{"unknown_policy",
                                         "the policy " + hash.value +
                                             " is not known here; bring its text first (POST "
                                             "/api/v1/replay/policy), or say policy=in-force",
                                         "line " + std::to_string(at + 1)});
            if (lost) {
                for (auto& entry : order->entries)
                    if (entry.policy == hash) entry.policy = rules_.today().policy.hash;
            }
            know_policies_of(order, at + 1, std::move(then));
        });
}

/// In Redis, and beside this daemon's own journal, ahead of what names them.
void CoreLoop::keep_policies_of(const Retelling& order) {
    std::map<alert::PolicyHash, std::string> texts;
    for (const auto& entry : order.entries) {
        if (const auto rules = rules_.of(entry.policy)) texts.emplace(entry.policy, rules->policy.text);
    }
    for (const auto& [hash, text] : texts) {
        if (alert::hash_of_policy(text) != hash) continue;
        keep_policy(hash, text);
        if (journal_) journal_->keep_policy(hash, text);
    }
}

void CoreLoop::retell_all(const std::shared_ptr<Retelling>& order, alert::Callback<Answers> done) {
    struct Telling {
        Answers answers;
        std::size_t missing;
        alert::Callback<Answers> done;
    };
    auto& entries = order->entries;
    if (entries.empty()) {
        if (order->last) release_retold();
        return done(Answers{});
    }
    auto telling =
        std::make_shared<Telling>(Telling{Answers(entries.size()), entries.size(), std::move(done)});
    for (std::size_t i = 0; i < entries.size(); ++i) {
        retell_one(std::move(entries[i]), [this, telling, i, last = order->last](alert::Answer answer) {
            if (answer.case_id) retold_.insert(*answer.case_id);
            telling->answers[i] = std::move(answer);
            if (--telling->missing > 0) return;
            last ? release_retold() : hold_retold();
            telling->done(std::move(telling->answers));
        });
    }
}

void CoreLoop::retell_one(alert::JournalEntry entry, std::function<void(alert::Answer)> done) {
    if (keeper_ && keeper_->behind())
        return done({.status = alert::Answer::Status::retry, .retry_after = std::chrono::seconds(1)});
    auto shared = std::make_shared<alert::JournalEntry>(std::move(entry));
    intake_.tell_again(*shared, [this, shared, done = std::move(done)](alert::Answer answer) {
        using Status = alert::Answer::Status;
        const bool known = answer.status == Status::accepted || answer.status == Status::duplicate;
        if (answer.status == Status::rejected) intake_.refuse_again(*shared, *answer.error);
        if (!keeper_ || !known) return done(std::move(answer));
        shared->degraded = false;
        keeper_->keep(std::move(*shared), std::move(answer), done);
    });
}

/// One who went away in the midst of it must not keep silent what is due.
void CoreLoop::hold_retold() {
    timers_.after(retold_held, [this, mine = ++retellings_] {
        if (mine != retellings_ || retold_.empty()) return;
        watcher_.limit_hit("replay_unfinished");
        release_retold();
    });
}

/// Should it fail, they are looked at when they were held long enough.
void CoreLoop::release_retold() {
    constexpr std::size_t release_max = 500;
    std::vector<alert::CaseId> cases;
    while (!retold_.empty() && cases.size() < release_max)
        cases.push_back(std::move(retold_.extract(retold_.begin()).value()));
    if (cases.empty()) return timekeeper_.expect(clock_.now());
    marks_.release(std::move(cases), clock_.now(), [this](const alert::Result<std::monostate>& released) {
        if (!released) return watcher_.troubled("replay", released.error());
        release_retold();
    });
}

}  // namespace yuqing

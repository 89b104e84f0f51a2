// Another Redis of a service becomes its master, and nothing that was answered is lost.
//
// Sentinel alone loses what the old master takes until it learns that it is none any more, some ten seconds
// later. So writes are held up first, until every replica that may be chosen has everything; then the
// sentinels choose; then the old master is made a replica of the new one, and only then it goes on.
// Whatever goes wrong before the sentinels are asked, writes go on at the old master; and the hold ends by
// itself, should this program be killed.
//
// The hold before the sentinels are asked is short: it holds up what they publish, too, so that after
// `down-after-milliseconds` they would take the master for dead. So what takes time is done before.
#pragma once

#include "redis_node.hpp"

#include "alert/core/time.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace yuqing {

/// What was found or done, for people to follow it.
enum class FailoverStep { found, paused, caught_up, ordered, promoted, demoted };

struct FailoverOutcome {
    RedisNode::Place from, to;
    alert::Duration paused{};  // writes, at most
};

class PlannedFailover {
public:
    struct Options {
        std::vector<RedisNode::Place> sentinels;
        RedisNode::Account sentinel_account, account;  // of the sentinels, of the Redis servers
        std::string service;
        alert::Duration within{};  // all of it; then writes go on
    };
    using Told = std::function<void(FailoverStep, const std::string& about)>;

    PlannedFailover(Options options, Told told) : options_(std::move(options)), told_(std::move(told)) {}

    /// A flag of our own beside those of the sentinels: its `replica-priority` is 0.
    static constexpr std::string_view never_chosen = "never_chosen";

    /// Errors, each with words in failover_words.cpp; the path is the server that it is about, the message
    /// what was the matter: flags, Redis's words, or a line "place<tab>that" for each of several. After
    /// `not_demoted` and `lost` the master is another one, but not all is well; else nothing was changed.
    alert::Result<FailoverOutcome> run();

private:
    alert::Result<void> find_sentinel(RedisNode::Fields& found);
    alert::Result<void> find_master();
    alert::Result<void> find_replicas();
    alert::Result<void> add_replica(const RedisNode::Place& place);
    alert::Result<void> check_rights();
    alert::Result<void> pause();
    alert::Result<void> catch_up();
    alert::Result<void> order();
    alert::Result<void> wait_promoted();
    alert::Result<void> demote();
    void unpause();
    alert::Result<RedisNode::Answer> ask_master(const std::vector<std::string>& words);
    [[nodiscard]] bool may_still_switch();
    [[nodiscard]] alert::Duration left() const;

    const Options options_;
    const Told told_;
    std::optional<RedisNode> sentinel_, master_, promoted_;
    std::vector<RedisNode> replicas_;  // that the sentinels may choose
    std::string history_;              // of the master's data: its replication id
    std::int64_t end_ = 0;             // of what it had when writes stopped
    alert::Duration paused_at_{}, catch_up_within_{};
};

}  // namespace yuqing

// The names of everything a jurisdiction keeps in Redis (architecture.md, "In Redis").
//
// All of them share the hash tag {jurisdiction}, so a commit stays in one slot of a Redis Cluster. Text
// from outside (event ids, matter keys) goes into a key only as a hash.
#pragma once

#include "alert/core/event.hpp"
#include "alert/core/id.hpp"
#include "alert/core/notification.hpp"

#include <string>
#include <string_view>

namespace alert::redis {

class Keys {
public:
    explicit Keys(std::string_view jurisdiction);

    [[nodiscard]] std::string case_hash(const CaseId& id) const { return case_prefix_ + id.value; }
    [[nodiscard]] std::string log(const CaseId& id) const { return prefix_ + "log:" + id.value; }
    [[nodiscard]] std::string event(const EventKey& key) const;
    [[nodiscard]] std::string matter(std::string_view matter_key) const;
    [[nodiscard]] std::string notification(const NotificationId& id) const;
    [[nodiscard]] std::string outbox(const ChannelId& channel, Urgency urgency) const;
    /// A zset: requests to a URL by their instants, and `hold`, until when none may go.
    [[nodiscard]] std::string limit(std::string_view url_hash) const {
        return prefix_ + "limit:" + std::string(url_hash);
    }
    /// A zset: what a URL was told alone lately, `REASON CASE`, by its instants.
    [[nodiscard]] std::string told_alone(std::string_view url_hash) const {
        return limit(url_hash) + ":alone";
    }
    [[nodiscard]] std::string config(const PolicyHash& hash) const {
        return prefix_ + "config:" + hash.value;
    }

    /// A string: the files that one daemon loaded last. `whose`: a hash of the machine and the file's path.
    [[nodiscard]] std::string files(std::string_view whose) const {
        return prefix_ + "config:files:" + std::string(whose);
    }

    /// A string: the hash of the calendar by which all cases were decided last.
    [[nodiscard]] std::string calendar() const { return prefix_ + "calendar"; }

    // For scripts that learn ids only while they run.
    [[nodiscard]] const std::string& case_prefix() const { return case_prefix_; }
    [[nodiscard]] const std::string& notification_prefix() const { return notification_prefix_; }
    [[nodiscard]] const std::string& outbox_prefix() const { return outbox_prefix_; }

    /// A string, for as long as the lease: what the latest claim of one daemon leased.
    [[nodiscard]] std::string claimed(std::string_view by) const {
        return prefix_ + "claimed:" + std::string(by);
    }

    [[nodiscard]] const std::string& wake() const { return wake_; }
    [[nodiscard]] const std::string& index_open() const { return index_open_; }
    [[nodiscard]] const std::string& index_all() const { return index_all_; }
    /// A zset: archived cases by their start, as they stood in index:all.
    [[nodiscard]] std::string index_archived() const { return prefix_ + "index:archived"; }
    [[nodiscard]] const std::string& stats() const { return stats_; }
    /// A set: cases whose record grew since its head was anchored.
    [[nodiscard]] const std::string& changed() const { return changed_; }
    /// A stream: the latest commits of cases, `ID` -> `first_entry entries` of its log; for those who watch.
    [[nodiscard]] const std::string& changes() const { return changes_; }
    [[nodiscard]] const std::string& dead() const { return dead_; }
    [[nodiscard]] const std::string& rejects() const { return rejects_; }
    /// A set: every channel that messages were ever put up for, so that none waits where nobody looks.
    [[nodiscard]] std::string channels() const { return prefix_ + "channels"; }
    /// A hash: what is wrong with the daemon itself, and what was told of it.
    [[nodiscard]] std::string troubles() const { return prefix_ + "troubles"; }
    /// A hash: the daemons that share this server, as each entered itself.
    [[nodiscard]] std::string daemons() const { return prefix_ + "daemons"; }
    /// A hash: journal -> the sequence up to which this server was told everything that is in it.
    [[nodiscard]] std::string journals() const { return prefix_ + "journals"; }
    /// A hash: journal -> who claimed its mark last, under a name of his own.
    [[nodiscard]] std::string journals_owners() const { return prefix_ + "journals:owners"; }
    /// A zset: journals that are being told again, until when that holds.
    [[nodiscard]] std::string journals_telling() const { return prefix_ + "journals:telling"; }
    /// Written at every connect, to see whether Redis takes writes.
    [[nodiscard]] std::string probe() const { return prefix_ + "probe"; }

private:
    std::string prefix_, case_prefix_, notification_prefix_, outbox_prefix_;
    std::string wake_, index_open_, index_all_, stats_, changed_, changes_, dead_, rejects_;
};

}  // namespace alert::redis

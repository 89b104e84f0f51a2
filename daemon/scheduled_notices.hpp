// What comes by the clock and not by a case: bulletins, hand-overs and the monthly drill, a job of the wake
// queue each; see alert/core/schedule.hpp for when.
//
// A job that comes looks which instant was meant, tells it under ids that follow from it, and puts itself up
// for the next one. So it may come as often as it likes, in any daemon, at every start: what was told
// is told once. What is more than an hour late is not told any more.
#pragma once

#include "alert/config/config.hpp"
#include "alert/flow/rule_book.hpp"
#include "alert/flow/timekeeper.hpp"
#include "alert/redis/case_reader.hpp"
#include "alert/redis/redis_case_store.hpp"
#include "watcher.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace yuqing {

class ScheduledNotices {
public:
    using Send = std::function<void(std::vector<alert::Notification>, alert::Callback<std::monostate>)>;

    /// All of them outlive it.
    struct Parts {
        alert::RedisCaseStore& store;
        alert::CaseReader& reader;
        const alert::RuleBook& rules;
        alert::Clock& clock;
        alert::Timekeeper& timekeeper;
        Watcher& watcher;
    };
    ScheduledNotices(Parts parts, Send send) : parts_(parts), send_(std::move(send)) {}

    /// By these files from now on: puts its jobs up, or takes them out. Again whenever Redis has come back.
    void follow(std::shared_ptr<const alert::Config> config);
    /// Its job has come; any other name is left alone.
    void run(const std::string& job);

private:
    [[nodiscard]] std::optional<alert::TimePoint> next_of(const std::string& job,
                                                          alert::TimePoint after) const;
    void plan(const std::string& job);
    void tell(const std::string& job, alert::TimePoint meant);
    void tell_state(const std::string& job, alert::TimePoint meant, const std::string& summary,
                    const alert::Page& page);
    void send(const std::string& job, std::vector<alert::Notification> messages);
    [[nodiscard]] std::vector<alert::Notification> notices(alert::Reason reason, const std::string& text,
                                                           alert::TimePoint meant) const;
    [[nodiscard]] std::vector<alert::NotificationItem> items_of(const alert::Page& page) const;

    Parts parts_;
    Send send_;
    std::shared_ptr<const alert::Config> config_;
};

}  // namespace yuqing

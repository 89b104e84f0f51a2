// Watches everything that reaches the store and the receivers, and holds it to the oracle and the promises.
//
// Every commit is checked when it is applied: its facts, the steps it fires, what it passes over, the wake it
// leaves, the state it derives. The first thing that is wrong ends the run with a text that tells it.
#pragma once

#include "alert/core/answer.hpp"
#include "alert/core/decide.hpp"
#include "simulation/figures.hpp"
#include "simulation/model.hpp"
#include "simulation/scheduler.hpp"

#include <stdexcept>
#include <unordered_map>

namespace alert {
class MemoryCaseStore;
}

namespace yuqing::simulation {

/// A promise that was not kept.
struct Broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Inspector {
public:
    Inspector(const InventedOffice& office, const Scheduler& scheduler, Figures& figures, Trace& trace,
              bool tell);

    // From the ports.
    void attempted(const alert::Transition& transition);
    void committed(const alert::Transition& transition, alert::TimePoint decided_at, int daemon);
    void claimed(const alert::CaseId& id, int daemon);
    void taken(const alert::NotificationId& id);
    void delivered(const alert::Notification& notification);
    void reached(const char* rare) { ++figures_.rare[rare]; }
    // From the clients.
    void answered(const alert::Answer& answer);
    [[nodiscard]] const Model& model() const { return model_; }

    /// After healing: nothing owed, nothing lost, nothing left over.
    void finish(alert::MemoryCaseStore& memory);

private:
    struct Message {
        alert::CaseId case_id;
        std::string climb;  // of a step
        std::string key;    // what it is about: one message, one id
        alert::ChannelId channel;
        bool overtaken = false;
        alert::TimePoint overtaken_at{}, taken_at{};
        int arrived = 0;
    };
    void accept_facts(const alert::CaseChange& change);
    void check_change(const alert::Transition& transition, const alert::CaseChange& change,
                      alert::TimePoint now);
    void check_steps(const alert::Transition& transition, const alert::CaseChange& change,
                     const ModelCase& view, alert::TimePoint now);
    void check_fired(const alert::Transition& transition, const alert::CaseChange& change,
                     const ModelCase& view, const ModelStep& step, alert::TimePoint now);
    void check_overtaken(const alert::Transition& transition, const alert::CaseChange& change,
                         const ModelCase& view, const std::set<std::string>& fired);
    void check_wake(const alert::CaseChange& change, const ModelCase& view, alert::TimePoint now);
    void compare(const alert::Snapshot& snapshot, const ModelCase& view, alert::TimePoint now);
    void register_messages(const alert::Transition& transition);
    void count_rare(const ModelCase& view, const alert::CaseChange& change);
    [[noreturn]] void broken(const alert::CaseId& id, const std::string& what) const;
    [[nodiscard]] std::string story(const alert::CaseId& id) const;
    void note(const std::string& text);

    const InventedOffice& office_;
    const Scheduler& scheduler_;
    Figures& figures_;
    Trace& trace_;
    bool tell_;
    std::set<std::string> unit_channels_;  // of units that may lead or no longer lead
    Model model_;
    std::unordered_map<alert::CaseId, Passed> passed_;
    std::map<alert::CaseId, int> last_claimed_by_;
    std::map<alert::EventKey, alert::CaseId> accepted_;
    std::unordered_map<alert::NotificationId, Message> messages_;
    std::unordered_map<std::string, alert::NotificationId> ids_;            // message key -> id
    std::unordered_map<std::string, alert::NotificationId> attempted_ids_;  // what was tried, also in vain
    std::map<alert::CaseId, std::map<std::string, std::set<alert::NotificationId>>> waiting_;  // by climb
};

}  // namespace yuqing::simulation

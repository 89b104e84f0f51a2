// What must hold when the faults are over and all is quiet, and which rare states were seen.
#include "alert/codec/snapshot_json.hpp"
#include "alert/core/chain.hpp"
#include "alert/memory/memory_case_store.hpp"
#include "simulation/inspector.hpp"

namespace yuqing::simulation {

using namespace alert;

void Inspector::count_rare(const ModelCase& view, const CaseChange& change) {
    for (const auto& o : view.obligations) {
        if (o.excused) reached("excused");
        if (o.rule && o.rule->every && o.status == ObligationStatus::waived) reached("recurring waived");
        if (o.rule && o.rule->start == StartRule::assigned && o.status == ObligationStatus::void_)
            reached("assignment void");
        if (view.status == CaseStatus::closed && o.status == ObligationStatus::overdue)
            reached("closed while overdue");
        if (change.expected_version == 0 && o.status == ObligationStatus::overdue)
            reached("overdue on arrival");
        if (o.status == ObligationStatus::late) reached("answered late");
    }
    for (const auto& flag : view.flags) {
        if (flag == "merge_loop") reached("merge that would lead back");
        if (flag == "unreviewed") reached("published without approval");
        if (flag == "unreasoned") reached("lowering not applied");
        if (flag == "closed_unanswered") reached("closed unanswered");
    }
    if (view.into && model_.merged(*view.into)) reached("merge chain");
    if (view.muted_until) reached("mute in force");
    if (!change.next.facts.withdrawn.empty()) reached("withdrawn before it was told");
    if (!change.next.facts.detected) reached("the only detection withdrawn");
}

void Inspector::finish(MemoryCaseStore& memory) {
    const auto now = scheduler_.now();
    for (const auto& [id, kept] : memory.cases()) {
        const auto view = model_.at(id, now);
        compare(kept.stored.snapshot, view, now);
        auto passed = passed_[id];
        const auto owed = model_.climb(id, view, passed, now - std::chrono::hours(3));
        if (!owed.fired.empty())
            broken(id,
                   "healed, and a step is still owed: " + view.obligations[owed.fired.front().obligation].id);
        ChainWalk walk(ChainKey{}, id.value);
        for (const auto& entry : kept.log) walk.take(encode_log_entry(entry));
        walk.finish(kept.stored.head);
        if (!walk.findings().empty()) broken(id, "the record is not one chain");
    }
    for (const auto& [id, message] : memory.messages().all()) {
        const auto at = messages_.find(id);
        const auto about = at == messages_.end() ? std::string("no case") : at->second.key;
        const auto where = at == messages_.end() ? CaseId("-") : at->second.case_id;
        if (message.state == DeliveryState::pending || message.state == DeliveryState::sending)
            broken(where, "healed, and a message still waits: " + about);
        if (message.state == DeliveryState::dead) reached("dead letter");
        if (at == messages_.end()) continue;
        if (message.state == DeliveryState::delivered && at->second.arrived == 0)
            broken(where, "counted as delivered and never arrived: " + about);
        if (message.state == DeliveryState::superseded && !at->second.overtaken)
            broken(where, "superseded by nothing: " + about);
    }
    for (const auto& [id, message] : messages_) {
        if (!memory.messages().all().contains(id))
            broken(message.case_id, "a message was lost: " + message.key);
    }
}

}  // namespace yuqing::simulation

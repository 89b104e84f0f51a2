// A case's move to the policy in force: an order that waits for its case as facts do, and is decided alone.
// What came before it was judged by the old policy, what comes after by the new one.
#include "alert/codec/case_json.hpp"
#include "alert/flow/case_desk.hpp"

#include <utility>

namespace alert {

void CaseDesk::rebase(CaseId id, RebaseOrder order, Callback<Rebased> done) {
    Lane& at = lane(id);
    at.orders.push_back({std::move(order), std::move(done)});
    if (!at.working) work(at);
}

bool CaseDesk::take_order(Lane& at) {
    if (at.orders.empty()) return false;
    at.order = std::move(at.orders.front());
    at.orders.pop_front();
    return true;
}

/// Does nothing for a case that already has the policy in force, so that the same order again is safe.
void CaseDesk::decide_rebase(Lane& at) {
    const Rules from = rules_for(at.stored), to = rules_.today();
    const auto now = clock_.now();
    if (from.policy.hash == to.policy.hash) {
        answer_order(at, Rebased{false, open_obligations(derive(to, at.stored->snapshot, now))});
        return finish(at);
    }
    const auto& [by, reason, via] = at.order->order;
    const Rebase move{from, via, rebase_record(by, reason, from.policy, to.policy)};
    const DecideInput input{
        .before = at.stored->snapshot, .version = at.stored->version, .id = at.id, .rebase = &move};
    commit(at, decide(to, input, now));
}

void CaseDesk::answer_order(Lane& at, Result<Rebased> result) {
    if (!at.order) return;
    const auto done = std::move(std::exchange(at.order, std::nullopt)->done);
    done(std::move(result));
}

}  // namespace alert

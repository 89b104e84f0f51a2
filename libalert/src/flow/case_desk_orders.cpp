// What operators order of a case without telling a fact: its move to the policy in force, a dead letter sent
// again. An order waits for its case as facts do, is decided alone, and is written into the record. What came
// before a move was judged by the old policy, what comes after by the new one.
#include "alert/codec/case_json.hpp"
#include "alert/core/overtaken.hpp"
#include "alert/flow/case_desk.hpp"

#include <utility>

namespace alert {

void CaseDesk::rebase(CaseId id, RebaseOrder order, Callback<Rebased> done) {
    add_order(id, {std::move(order), std::move(done)});
}

void CaseDesk::redeliver(CaseId id, RedeliverOrder order, Callback<std::monostate> done) {
    add_order(id, {std::move(order), [done = std::move(done)](const Result<Rebased>& result) {
                       if (!result) return done(result.error());
                       done(std::monostate{});
                   }});
}

void CaseDesk::add_order(const CaseId& id, Ordered ordered) {
    Lane& at = lane(id);
    at.orders.push_back(std::move(ordered));
    if (!at.working) work(at);
}

bool CaseDesk::take_order(Lane& at) {
    if (at.orders.empty()) return false;
    at.order = std::move(at.orders.front());
    at.orders.pop_front();
    return true;
}

void CaseDesk::decide_order(Lane& at) {
    if (const auto* move = std::get_if<RebaseOrder>(&at.order->order)) return decide_rebase(at, *move);
    decide_redelivery(at, std::get<RedeliverOrder>(at.order->order));
}

/// Does nothing for a case that already has the policy in force, so that the same order again is safe.
void CaseDesk::decide_rebase(Lane& at, const RebaseOrder& order) {
    const Rules from = rules_for(at.stored), to = rules_.today();
    const auto now = clock_.now();
    if (from.policy.hash == to.policy.hash) {
        answer_order(at, Rebased{false, open_obligations(derive(to, at.stored->snapshot, now))});
        return finish(at);
    }
    const auto& [by, reason, via] = order;
    const Rebase move{from, via, rebase_record(by, reason, from.policy, to.policy)};
    const DecideInput input{
        .before = at.stored->snapshot, .version = at.stored->version, .id = at.id, .rebase = &move};
    commit(at, decide(to, input, now));
}

/// What the answer or a later step has overtaken would be wrong today: refused as `overtaken`.
/// Whether the letter is still dead is seen by the commit, which takes it from the dead ones and records who
/// ordered that, or does neither.
void CaseDesk::decide_redelivery(Lane& at, const RedeliverOrder& order) {
    const auto now = clock_.now();
    if (is_overtaken(rules_for(at.stored), at.stored->snapshot, order.letter, now)) {
        answer_order(at, Error{"overtaken", "the answer or a later step has overtaken this message", "ID"});
        return finish(at);
    }
    const Redelivery redelivery{order.letter, order.via, redeliver_record(order.by, order.reason)};
    const DecideInput input{
        .before = at.stored->snapshot, .version = at.stored->version, .id = at.id, .redelivery = &redelivery};
    commit(at, decide(rules_for(at.stored), input, now));
}

void CaseDesk::answer_order(Lane& at, Result<Rebased> result) {
    if (!at.order) return;
    const auto done = std::move(std::exchange(at.order, std::nullopt)->done);
    done(std::move(result));
}

}  // namespace alert

// What is due while Redis's own clock is not to be trusted: it was set, and the daemon's runs on.
#include "integration/redis/jurisdiction.hpp"

using namespace redis_test;
using namespace contract;
using alert::NotificationId;

namespace {

constexpr auto set_back_by = 3h;

/// Its Redis believes it is three hours earlier than it is.
class SetBack : public Jurisdiction {
public:
    SetBack() {
        truth = Jurisdiction::now() + set_back_by;
        client.clock.set(truth);
        client.clock.distrusts = true;
    }
    alert::TimePoint truth;
};

bool renew(SetBack& at, const std::string& id) {
    return answer_of<std::monostate>(
               at, [&](auto done) { at.outbox().renew(duty, 0, NotificationId(id), lease, done); })
        .has_value();
}

}  // namespace

TEST_CASE("Redis clock: set back, it holds up no case that is due, and lends it for its time") {
    SetBack at;
    REQUIRE(commit(at, opening("QS-1", "e1", at.truth, at.truth - 1s)) == Kind::committed);
    const auto claimed = claim(at, at.truth);
    CHECK(ids(claimed) == Ids{"QS-1"});
    CHECK(claimed.now < at.truth - set_back_by + 1min);  // Redis's own, to be compared with
    CHECK(claimed.next == at.truth + lease);
    CHECK(ids(claim(at, at.truth)).empty());
    at.client.clock.set(at.truth + lease);
    CHECK(ids(claim(at, at.truth + lease)) == Ids{"QS-1"});
}

TEST_CASE("Redis clock: one that is trusted holds up what lies ahead of it") {
    SetBack at;
    at.client.clock.distrusts = false;
    REQUIRE(commit(at, opening("QS-1", "e1", at.truth, at.truth - 1s)) == Kind::committed);
    CHECK(ids(claim(at, at.truth)).empty());
}

TEST_CASE("Redis clock: set back, it holds up no message, and a lease is renewed by the daemon's") {
    SetBack at;
    REQUIRE(commit(at, messages({message("n1", 0, at.truth - 1s)})) == Kind::committed);
    CHECK(ids(claim_messages(at, at.truth)) == Ids{"n1"});
    at.client.clock.set(at.truth + lease / 2);
    REQUIRE(renew(at, "n1"));
    at.client.clock.set(at.truth + lease);
    const auto held = claim_messages(at, at.truth + lease);
    CHECK(ids(held).empty());
    CHECK(held.next == at.truth + lease / 2 + lease + 1ms);  // half a millisecond, rounded up
}

TEST_CASE("Redis clock: set back, it lets a robot have no more than its rate") {
    SetBack at;
    const alert::UrlLimit url{"url", {{2, 1min}}};
    REQUIRE(commit(at, messages({message("a", 1, at.truth - 3s), message("b", 1, at.truth - 2s),
                                 message("c", 1, at.truth - 1s)})) == Kind::committed);
    for (const std::string given : {"a", "b"}) {
        const auto claimed = claim_parcel(at, url, 1);
        CHECK(ids(claimed) == Ids{given});
        REQUIRE(answer_of<std::monostate>(at, [&](auto done) {
                    at.outbox().answered(url, {.request = claimed.request}, done);
                }).has_value());
    }
    const auto full = claim_parcel(at, url, 1);
    CHECK(ids(full).empty());
    CHECK(full.next == at.truth + 1min);
}

// Claims that Redis carried out and whose answer was lost: what they leased is due again at once, and is not
// waited for until the lease ends.
#include "contract/asking.hpp"
#include "integration/redis/harness.hpp"
#include "integration/redis/interposer.hpp"

using namespace redis_test;
using namespace contract;
using alert::UrlLimit;

namespace {

/// A jurisdiction behind somebody who ends the connection instead of passing an answer on.
class Scene {
public:
    Scene() {
        client.start_and_wait();
        between.change = [this](std::string said) {
            if (losing.empty() || said.find(losing) == std::string::npos) return said;
            losing.clear();
            between.cut();
            return std::string();
        };
    }

    alert::CaseStore& store() { return cases; }
    alert::Outbox& outbox() { return messages; }
    alert::TimePoint now() {
        return std::chrono::time_point_cast<alert::Duration>(std::chrono::system_clock::now());
    }
    template <class Condition>
    void wait(Condition condition) {
        REQUIRE(run_until(client.io, condition));
    }

    /// The claim is carried out; its answer, in which these words are, does not arrive.
    template <class T, class Claiming>
    void lose(const std::string& words, Claiming claiming) {
        const auto states = client.states.size();
        losing = words;
        const auto lost = answer_of<T>(*this, claiming);
        REQUIRE_FALSE(lost.has_value());
        REQUIRE(lost.error().code == alert::redis::redis_lost);
        wait([&] { return client.states.size() == states + 2; });  // down, and up again
    }
    void lose_claim(const std::string& words, std::size_t limit = 100, alert::Duration held = long_lease) {
        lose<alert::Claim>(words, [&, limit, held](auto done) { cases.claim_due(now(), limit, held, done); });
    }
    void lose_messages(const std::string& words) {
        lose<alert::OutboxClaim>(words, [&](auto done) { messages.claim(duty, now(), 100, lease, done); });
    }
    void lose_parcel(const std::string& words, const UrlLimit& url) {
        lose<alert::OutboxClaim>(words,
                                 [&](auto done) { messages.claim_parcel(duty, url, 100, lease, done); });
    }
    [[nodiscard]] std::string score(const std::string& zset, const std::string& member) const {
        return server.command({"ZSCORE", zset, member});
    }

    static constexpr alert::Duration long_lease = 2s;
    std::string losing;
    RedisServer server;
    Client client{options_of_daemon(Interposer::url())};
    Interposer between{client.io, server.socket_path()};
    Notes notes;
    alert::redis::Keys keys{"qingshan"};
    alert::RedisCaseStore cases{client.connection, keys, notes};
    alert::RedisOutbox messages{client.connection, keys, notes};
};

}  // namespace

TEST_CASE("Lost claim: the next one gives the cases and jobs that it leased, in their order") {
    Scene at;
    const auto now = at.now();
    for (int i = 1; i <= 3; ++i) {
        const auto n = std::to_string(i);
        REQUIRE(commit(at, opening("QS-" + n, "e" + n, now, now - (10s - 1s * i))) == Kind::committed);
    }
    at.server.run({"ZADD", at.keys.wake(), "1", "~bulletin"});
    at.lose_claim("QS-1", 3);
    const auto claimed = claim(at, at.now(), 3);
    CHECK(claimed.jobs == std::vector<std::string>{"~bulletin"});
    CHECK(ids(claimed) == Ids{"QS-1", "QS-2"});
    CHECK(ids(claim(at, at.now(), 3)) == Ids{"QS-3"});
    CHECK(ids(claim(at, at.now(), 3)).empty());
}

TEST_CASE("Lost claim: lost twice, it is still found") {
    Scene at;
    REQUIRE(commit(at, opening("QS-1", "e1", at.now(), at.now() - 1s)) == Kind::committed);
    at.lose_claim("QS-1");
    at.lose_claim("QS-1");
    CHECK(ids(claim(at, at.now())) == Ids{"QS-1"});
}

TEST_CASE("Lost claim: what was decided or put elsewhere since is left as it is") {
    Scene at;
    const auto now = at.now();
    REQUIRE(commit(at, opening("QS-1", "e1", now, now - 3s)) == Kind::committed);
    REQUIRE(commit(at, opening("QS-2", "e2", now, now - 2s)) == Kind::committed);
    REQUIRE(commit(at, opening("QS-3", "e3", now, now - 1s)) == Kind::committed);
    at.lose_claim("QS-1");
    REQUIRE(commit(at, change_of("QS-1", 1, now, now + 1h)) == Kind::committed);
    REQUIRE(commit(at, change_of("QS-2", 1, now)) == Kind::committed);
    const auto later = at.score(at.keys.wake(), "QS-1");
    CHECK(ids(claim(at, at.now())) == Ids{"QS-3"});
    CHECK(at.score(at.keys.wake(), "QS-1") == later);
    CHECK(at.server.command({"ZCARD", at.keys.wake()}) == "2");
}

TEST_CASE("Lost claim: another daemon is not given it while the lease lasts") {
    Scene at;
    REQUIRE(commit(at, opening("QS-1", "e1", at.now(), at.now() - 1s)) == Kind::committed);
    at.lose_claim("QS-1");
    const auto leased = at.score(at.keys.wake(), "QS-1");
    alert::RedisCaseStore of_another(at.client.connection, at.keys, at.notes);
    const auto given = answer_of<alert::Claim>(
        at, [&](auto done) { of_another.claim_due(at.now() - 2s, 100, Scene::long_lease, done); });
    REQUIRE(given.has_value());
    CHECK(given->cases.empty());
    CHECK(at.score(at.keys.wake(), "QS-1") == leased);
}

TEST_CASE("Lost claim: an answer that arrived is not taken back") {
    Scene at;
    REQUIRE(commit(at, opening("QS-1", "e1", at.now(), at.now() - 1s)) == Kind::committed);
    at.lose_claim("QS-1");
    REQUIRE(ids(claim(at, at.now())) == Ids{"QS-1"});
    CHECK(ids(claim(at, at.now())).empty());
}

TEST_CASE("Lost claim: messages wait again as they did, each in its queue") {
    Scene at;
    const auto now = at.now();
    REQUIRE(commit(at, messages({message("n1", 2, now - 9s), message("n2", 0, now - 1s),
                                 message("n3", 2, now - 8s)})) == Kind::committed);
    at.lose_messages("first line");
    CHECK(ids(claim_messages(at, at.now())) == Ids{"n2", "n1", "n3"});
    CHECK(ids(claim_messages(at, at.now())).empty());
}

TEST_CASE("Lost claim: a message that was overtaken meanwhile is not sent") {
    Scene at;
    const auto now = at.now();
    REQUIRE(commit(at, messages({message("n1", 2, now - 9s), message("n2", 2, now - 8s)})) ==
            Kind::committed);
    at.lose_messages("first line");
    REQUIRE(commit(at, overtaking("n1")) == Kind::committed);
    CHECK(ids(claim_messages(at, at.now())) == Ids{"n2"});
    CHECK(at.server.command({"EXISTS", at.keys.notification(alert::NotificationId("n1"))}) == "1");
    CHECK(at.server.command({"ZCARD", at.keys.outbox(duty, 2)}) == "1");
}

TEST_CASE("Lost claim: the request to a URL with a limit is counted once") {
    Scene at;
    const auto now = at.now();
    REQUIRE(commit(at, messages({message("n1", 2, now - 9s), message("n2", 2, now - 8s)})) ==
            Kind::committed);
    const UrlLimit url{"a-robot", {{2, 1h}}};
    at.lose_parcel("first line", url);
    CHECK(ids(claim_parcel(at, url)) == Ids{"n1"});
    CHECK(ids(claim_parcel(at, url)) == Ids{"n2"});
    CHECK(at.server.command({"ZCARD", at.keys.limit("a-robot")}) == "2");
}

TEST_CASE("Lost claim: what was to travel alone does so, and the URL was not told it yet") {
    Scene at;
    const auto now = at.now();
    auto alone = message("n1", 0, now - 9s), second = message("n2", 0, now - 8s);
    alone.alone = second.alone = true;
    REQUIRE(commit(at, messages({alone, second})) == Kind::committed);
    const UrlLimit url{"a-robot", {{6, 1h}}};
    at.lose_parcel("first line", url);
    CHECK(ids(claim_parcel(at, url)) == Ids{"n1"});
    CHECK(ids(claim_parcel(at, url)) == Ids{"n2"});
}

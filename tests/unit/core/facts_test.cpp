// CaseFacts: the bounded fold of what was told.
#include "support/office.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alert;
using namespace yuqing::test;

namespace {

CaseFacts folded(const std::vector<Fact>& facts) { return refold(facts); }

Fact detection(Duration after, Detected data, const std::string& name = "") {
    data.title = data.title.empty() ? "题" : data.title;
    return detected(after, std::move(data), name);
}

}  // namespace

TEST_CASE("Facts: title, place, platform, url and field are those of the earliest detection that has them") {
    const auto facts =
        folded({detection(2h, {.title = "二", .place = "云溪镇", .platform = "微博"}),
                detection(0h, {.title = "一", .platform = "抖音"}),
                detection(1h, {.title = "三", .field = "社会救助", .url = "https://example.invalid/1"})});
    CHECK(facts.title->value == "一");
    CHECK(facts.platform->value == "抖音");
    CHECK(facts.place->value == "云溪镇");
    CHECK(facts.field->value == "社会救助");
    CHECK(facts.url->value == "https://example.invalid/1");
    CHECK(facts.detected->time == t0);
    CHECK(facts.detections == 3);
}

TEST_CASE("Facts: heat is the latest, occurred and due the earliest told") {
    const auto facts =
        folded({detection(2h, {.occurred_at = t0 - 3h, .heat = Heat{10, 0, 0, 0}, .due = t0 + 9h}),
                detection(3h, {.occurred_at = t0 - 1h, .due = t0 + 5h}),
                detection(1h, {.occurred_at = t0 - 5h, .heat = Heat{99, 0, 0, 0}})});
    CHECK(facts.heat->value.views == 10);
    CHECK(facts.occurred_at == t0 - 5h);
    CHECK(facts.due_given == t0 + 5h);
}

TEST_CASE("Facts: equal times are ordered by source, then id") {
    auto a = detection(0h, {.title = "a"}, "1"), b = detection(0h, {.title = "b"}, "2");
    b.event.key.source = "aaa";
    CHECK(folded({a, b}).title->value == "b");
    b.event.key.source = a.event.key.source;
    CHECK(folded({b, a}).title->value == "a");
}

TEST_CASE("Facts: a time a little ahead counts as the moment of recording") {
    auto early = detection(4min, {.title = "一"});
    early.recorded_at = t0;
    CHECK(folded({early}).detected->time == t0);
}

TEST_CASE("Facts: a withdrawn fact counts as never told, whenever the withdrawal was told") {
    const auto one = detection(0h, {.title = "一"}), two = detection(1h, {.title = "二"});
    const auto never = folded({two});
    const auto withdrawal = withdrawn(2h, one);
    for (const auto& order : {std::vector{one, two, withdrawal}, std::vector{withdrawal, one, two},
                              std::vector{two, withdrawal, one}}) {
        CHECK(folded(order) == never);
    }
    CaseFacts told_one_by_one = folded({two, withdrawal});
    CHECK_FALSE(told_one_by_one == never);  // it still waits for the fact it names
    fold(told_one_by_one, one);
    CHECK(told_one_by_one == never);
}

TEST_CASE("Facts: a withdrawal cannot be withdrawn itself") {
    const auto one = detection(0h, {.title = "一"}), two = detection(1h, {.title = "二"});
    const auto first = withdrawn(2h, one);
    const auto second = withdrawn(3h, first);
    CHECK(folded({one, two, first, second}).title->value == "二");
    auto without_one = folded({two});
    without_one.withdrawn = {first.event.key};  // the second hits nothing, whenever it is told
    CHECK(folded({one, two, first, second}) == without_one);
    CHECK(folded({second, first, one, two}) == without_one);
}

TEST_CASE("Facts: with too many withdrawals ahead of their facts every further fact asks for the log") {
    std::vector<Fact> log{detection(0h, {})};
    for (std::size_t i = 0; i <= withdrawn_max; ++i) {
        log.push_back(withdrawn(1h, acknowledged(std::chrono::minutes(i))));
    }
    const auto facts = folded(log);
    CHECK(facts.withdrawn.size() == withdrawn_max);
    CHECK(needs_refold(facts, {acknowledged(2h)}));
    CHECK_FALSE(needs_refold(facts, {}));
    for (std::size_t i = 0; i <= withdrawn_max; ++i) log.push_back(acknowledged(std::chrono::minutes(i)));
    CHECK(folded(log).acknowledgements.empty());
    CHECK(folded(log).withdrawn.empty());
    CHECK_FALSE(needs_refold(folded(log), {acknowledged(2h)}));
}

TEST_CASE("Facts: a history holds the last hundred in the order of facts") {
    std::vector<Fact> log;
    for (int i = 0; i < 250; ++i) log.push_back(acknowledged(std::chrono::minutes((i * 37) % 250)));
    const auto facts = folded(log);
    REQUIRE(facts.acknowledgements.items.size() == history_max);
    CHECK(facts.acknowledgements.items.front().key.time == t0 + 150min);
    CHECK(facts.acknowledgements.items.back().key.time == t0 + 249min);
    CHECK(facts.acknowledgements.dropped == 150);
    REQUIRE(facts.acknowledgements.first());
    CHECK(facts.acknowledgements.first()->time == t0);
    CHECK(dropped_facts(facts) == 150);
}

TEST_CASE("Facts: the fold commutes beyond the bound, and the earliest publication of each kind is kept") {
    std::vector<Fact> log;
    for (int i = 0; i < 350; ++i) {
        const auto kind = i % 3 == 0 ? ResponseKind::progress_update : ResponseKind::online_reply;
        log.push_back(published(std::chrono::minutes(i), kind));
    }
    const auto in_order = folded(log);
    CHECK(in_order.publications.items.size() == history_max);
    CHECK(in_order.publication_summary.at(ResponseKind::progress_update).earliest.key.time == t0);
    CHECK(in_order.publication_summary.at(ResponseKind::online_reply).earliest.key.time == t0 + 1min);
    CHECK(in_order.publication_summary.at(ResponseKind::progress_update).dropped +
              in_order.publication_summary.at(ResponseKind::online_reply).dropped ==
          250);
    std::reverse(log.begin(), log.end());
    CHECK(folded(log) == in_order);
    std::rotate(log.begin(), log.begin() + 123, log.end());
    CHECK(folded(log) == in_order);
}

TEST_CASE(
    "Facts: commitments and what was kept of them are bounded, and long texts are cut for the snapshot") {
    std::vector<Fact> log;
    for (int i = 0; i < 150; ++i) {
        const auto id = "C" + std::to_string(i);
        log.push_back(fact(CommitmentMade{id, std::string(600, 'x') + "末", t0 + 24h, "主任"},
                           std::chrono::minutes(i)));
        log.push_back(fact(CommitmentKept{id, "主任", ""}, std::chrono::hours(i)));
    }
    log.push_back(fact(Waived{"response", "主任", "天" + std::string(4000, 'x')}, 1h));
    const auto facts = folded(log);
    CHECK(facts.commitments.size() == commitments_max);
    CHECK_FALSE(facts.commitments.contains("C0"));
    CHECK(facts.commitments.contains("C149"));
    CHECK(facts.commitments_kept.size() == commitments_max);
    CHECK(facts.commitments.at("C149").value.text.size() == snapshot_chars_max);
    CHECK(facts.waivers.items.front().value.reason.size() == snapshot_chars_max + 2);  // 天 is three bytes
}

TEST_CASE("Facts: of too many commitments what is done with goes first, then what is due last") {
    std::vector<Fact> log;
    for (int i = 0; i < 130; ++i) {
        const auto due = t0 + std::chrono::hours(i == 7 ? 1000 : 500 - i);
        log.push_back(fact(CommitmentMade{"C" + std::to_string(i), "修", due, "x"}, std::chrono::minutes(i)));
    }
    for (int i = 60; i < 80; ++i)
        log.push_back(fact(CommitmentKept{"C" + std::to_string(i), "x", ""}, 3h, std::to_string(i)));
    for (int i = 80; i < 85; ++i) log.push_back(waived(4h, "commitment.C" + std::to_string(i)));
    const auto facts = folded(log);
    CHECK(facts.commitments.size() == commitments_max);
    CHECK(facts.commitments_dropped == 30);
    CHECK(dropped_facts(facts) == 30);
    for (int i = 0; i < 130; ++i) {
        const bool done = i >= 60 && i < 85, due_last = i < 4 || i == 7;
        INFO(i);
        CHECK(facts.commitments.contains("C" + std::to_string(i)) == !(done || due_last));
    }
    CHECK(facts.commitments_kept.empty());
    std::reverse(log.begin(), log.end());
    CHECK(folded(log) == facts);
    std::rotate(log.begin(), log.begin() + 77, log.end());
    CHECK(folded(log) == facts);

    CHECK(needs_refold(facts, {waived(5h, "commitment.C99")}));
    CHECK_FALSE(needs_refold(facts, {acknowledged(5h)}));
    for (int i = 100; i < 105; ++i)
        log.push_back(fact(CommitmentKept{"C" + std::to_string(i), "x", ""}, 5h, std::to_string(i)));
    CHECK(folded(log).commitments.contains("C7"));  // there is room for it again
}

TEST_CASE("Facts: what was kept of commitments never made is bounded") {
    std::vector<Fact> log;
    for (int i = 0; i < 150; ++i)
        log.push_back(fact(CommitmentKept{"C" + std::to_string(i), "x", ""}, std::chrono::minutes(i)));
    log.push_back(fact(CommitmentMade{"C0", "修", t0 + 24h, "x"}, 1h));
    const auto facts = folded(log);
    CHECK(facts.commitments_kept.size() == commitments_max + 1);
    CHECK(facts.commitments_kept.contains("C0"));
    CHECK_FALSE(facts.commitments_kept.contains("C1"));
    CHECK(facts.commitments_dropped == 49);
    std::reverse(log.begin(), log.end());
    CHECK(folded(log) == facts);
}

TEST_CASE("Facts: truncation and unreadable members of any fact are remembered") {
    auto odd = acknowledged(1h);
    odd.event.truncated = true;
    odd.event.unreadable = {"note"};
    const auto facts = folded({detection(0h, {}), odd});
    CHECK(facts.truncated);
    REQUIRE(facts.unreadable.items.size() == 1);
    CHECK(facts.unreadable.items[0] == Told<std::string>{key_of(odd), "case.acknowledged.note"});
    CHECK_FALSE(folded({detection(0h, {}), odd, withdrawn(2h, odd)}).truncated);
}

TEST_CASE("Facts: of unreadable members the first twenty are kept, in any order of telling") {
    std::vector<Fact> log;
    for (int i = 0; i < 30; ++i) {
        log.push_back(detection(std::chrono::minutes((i * 7) % 30), {}));
        log.back().event.unreadable = {"heat"};
    }
    const auto facts = folded(log);
    REQUIRE(facts.unreadable.items.size() == unreadable_max);
    CHECK(facts.unreadable.items.back().key.time == t0 + 19min);
    CHECK(facts.unreadable.dropped == 10);
    std::reverse(log.begin(), log.end());
    CHECK(folded(log) == facts);
}

// An order to move a case to the policy in force waits for its case as facts do.
#include "support/flow_room.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

namespace {

struct Room : FlowRoom {
    /// The office works by a policy of its own from now on.
    void change_policy(Duration response_due) {
        auto newer = std::make_shared<Policy>(office.policy);
        newer->version = "newer";
        newer->hash = PolicyHash("ffffffffffffffff");
        newer->obligations.at("response").due = Period{.fixed = response_due};
        rules.swap({newer, std::make_shared<Directory>(office.directory),
                    std::make_shared<Roster>(office.roster), std::make_shared<Calendar>(office.calendar),
                    office.zone});
    }
    void order(const std::string& id = "QS-1") {
        desk.rebase(CaseId(id), {"王五", "办法修订", {"http", "", ClientRole::supervisor}},
                    [this](Result<Rebased> result) { results.push_back(std::move(result)); });
    }
    [[nodiscard]] const MemoryCaseStore::Kept& kept() const { return memory.cases().at(CaseId("QS-1")); }
    [[nodiscard]] TimePoint due_told(const Answer& answer) const { return answer.obligations.at(0).due; }

    std::vector<Result<Rebased>> results;
};

std::string ack() { return event_text("case.acknowledged", "a1", 0ms, "QS-1", R"({"by":"联络员"})"); }

}  // namespace

TEST_CASE("Rebase order: moves the case to the policy in force and records who said so and why") {
    Room room;
    room.told(detected_text());
    room.change_policy(24h);
    CHECK(room.due_told(room.told(ack())) == t0 + 48h);  // until somebody says so
    room.order();
    room.settle_now();
    REQUIRE(room.results.size() == 1);
    CHECK(room.results[0]->moved);
    CHECK(room.results[0]->obligations.at(0).due == t0 + 24h);
    CHECK(room.kept().stored.snapshot.policy == PolicyHash("ffffffffffffffff"));
    const auto entry = std::find_if(room.kept().log.begin(), room.kept().log.end(),
                                    [](const LogEntry& e) { return e.kind == LogKind::rebased; });
    REQUIRE(entry != room.kept().log.end());
    for (const auto* told : {"王五", "办法修订", R"("version":"test")", R"("version":"newer")"})
        CHECK_THAT(entry->record, Catch::Contains(told));
    CHECK(room.desk.busy() == 0);
}

TEST_CASE("Rebase order: the same again changes nothing") {
    Room room;
    room.told(detected_text());
    room.change_policy(24h);
    room.order();
    room.order();
    room.settle_now();
    REQUIRE(room.results.size() == 2);
    CHECK_FALSE(room.results[1]->moved);
    CHECK(room.results[1]->obligations.at(0).due == t0 + 24h);
    CHECK(room.kept().stored.version == 2);
}

TEST_CASE("Rebase order: a case that does not exist is told, a store that is away is an error") {
    Room room;
    room.order("QS-9");
    room.settle_now();
    REQUIRE(room.results.size() == 1);
    CHECK(room.results[0].error().code == "not_found");
    room.told(detected_text());
    room.change_policy(24h);
    room.script.fail(Ask::commit);
    room.order();
    room.settle_now();
    CHECK(room.results.back().error().code == "unavailable");
    room.order();
    room.settle_now();
    CHECK(room.results.back()->moved);
    CHECK(room.desk.busy() == 0);
}

TEST_CASE("Rebase order: what another daemon committed meanwhile is not lost") {
    Room room;
    room.told(detected_text());
    room.change_policy(24h);
    room.store.before_commit = [&] {
        const auto stored = room.kept().stored;
        const DecideInput input{.before = stored.snapshot,
                                .version = stored.version,
                                .id = CaseId("QS-1"),
                                .facts = {acknowledged(0ms)}};
        room.memory.commit(std::make_shared<Transition>(decide(room.office.rules(), input, room.clock.now())),
                           [](Result<CommitOutcome>) {});
    };
    room.order();
    room.settle_now();
    CHECK(room.results.at(0)->moved);
    CHECK(room.kept().stored.version == 3);
    CHECK_FALSE(room.kept().stored.snapshot.facts.acknowledgements.empty());
}

TEST_CASE("Rebase order: among facts it takes its turn, and all of them are answered") {
    Room room;
    room.told(detected_text());
    room.change_policy(24h);
    room.script.hold(Ask::commit);
    for (int n = 0; n < 100; ++n)
        room.tell(event_text("case.noted", "n" + std::to_string(n), 0ms, "QS-1", R"({"by":"x","text":"y"})"));
    room.order();
    room.settle_now();
    room.script.release();
    room.settle_now();
    CHECK(room.answers.size() == 101);
    CHECK(room.results.at(0)->moved);
    CHECK(room.answers.back().obligations.at(0).due == t0 + 24h);
    CHECK(room.desk.busy() == 0);
}

TEST_CASE("Rebase order: what falls due while it waits fires all the same, by the policy it is moved to") {
    Room room;
    room.timekeeper.start();
    room.told(detected_text());
    room.told(ack());
    room.change_policy(24h);
    room.order();
    room.run_for(30h);
    const std::vector<std::string> wanted{"QS-1 response start@0m", "QS-1 response 50%@720m",
                                          "QS-1 response due-1h@1380m", "QS-1 response due@1440m"};
    CHECK(room.fired() == wanted);
}

// Merges through the doors: whatever the order of telling, the cases stand as their facts say.
#include "support/flow_room.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace alert;
using namespace yuqing::test;
using Status = Answer::Status;

namespace {

std::string merge(const std::string& from, const std::string& into, Duration after) {
    return event_text("case.merged", "m-" + from + into, after, from,
                      R"({"into":")" + into + R"(","by":"x"})");
}
std::string answer_text(const std::string& id, const std::string& subject, Duration after) {
    return event_text("response.published", id, after, subject,
                      R"({"kind":"online_reply","by":"x","approved_by":"y"})");
}
std::string withdraw(const std::string& subject, const std::string& id,
                     const std::string& source = "office") {
    return event_text(
        "fact.withdrawn", "w-" + id, 0ms, subject,
        R"({"event_source":")" + source + R"(","event_id":")" + id + R"(","by":"x","reason":"误"})");
}

/// Three cases, detected at -3h, -2h and -1h.
void open_three(FlowRoom& room) {
    room.told(detected_text("A", "da", -3h));
    room.told(detected_text("B", "db", -2h));
    room.told(detected_text("C", "dc", -1h));
}

CaseFacts facts_of(const FlowRoom& room, const std::string& id) {
    return room.memory.cases().at(CaseId(id)).stored.snapshot.facts;
}

}  // namespace

TEST_CASE("Merge: the case above takes in what was told before and what is told later") {
    FlowRoom room;
    open_three(room);
    CHECK(room.told(merge("A", "B", -30min)).status == Status::accepted);
    CHECK(room.view("A").status == CaseStatus::merged);
    CHECK(room.view("B").detected_at == t0 - 3h);
    CHECK(room.told(answer_text("p1", "A", -10min)).case_id == CaseId("A"));
    CHECK(room.view("B").obligations.at(0).status == ObligationStatus::met);
    room.told(detected_text("A", "da2", -5h));
    CHECK(room.view("B").detected_at == t0 - 5h);
    CHECK(facts_of(room, "B").detections == 3);
    CHECK(room.desk.busy() == 0);
}

TEST_CASE("Merge: facts travel through a chain of merges") {
    FlowRoom room;
    open_three(room);
    room.told(merge("B", "C", -20min));
    room.told(merge("A", "B", -30min));
    CHECK(facts_of(room, "C").detections == 3);
    CHECK(facts_of(room, "C").absorbed == std::set{CaseId("A"), CaseId("B")});
    room.told(answer_text("p1", "A", -10min));
    CHECK(room.view("C").obligations.at(0).fulfilled_at == t0 - 10min);
    room.told(withdraw("A", "p1"));
    CHECK(facts_of(room, "C").publications.empty());
}

TEST_CASE("Merge: withdrawing it gives back what was taken in") {
    FlowRoom room;
    open_three(room);
    const auto before = facts_of(room, "B");
    room.told(merge("A", "B", -30min));
    room.told(answer_text("p1", "A", -10min));
    room.told(withdraw("A", "m-AB"));
    CHECK(room.view("A").status == CaseStatus::open);
    CHECK(facts_of(room, "B") == before);
    CHECK(room.view("A").obligations.at(0).status == ObligationStatus::met);
}

TEST_CASE("Merge: the one that would lead back is not applied, in whatever order the two are told") {
    for (const bool in_order : {true, false}) {
        FlowRoom room;
        open_three(room);
        room.told(in_order ? merge("A", "B", -30min) : merge("B", "A", -20min));
        CHECK(room.told(in_order ? merge("B", "A", -20min) : merge("A", "B", -30min)).status ==
              Status::accepted);
        CHECK(room.view("A").status == CaseStatus::merged);
        CHECK(room.view("B").status == CaseStatus::open);
        CHECK(room.view("B").flags.contains("merge_loop"));
        CHECK(facts_of(room, "B").detections == 2);
        CHECK(facts_of(room, "A").detections == 1);
    }
}

TEST_CASE("Merge: into itself or into nothing is invalid, a case told and merged in one batch is merged") {
    FlowRoom room;
    open_three(room);
    CHECK(room.told(merge("A", "A", 0ms)).error->code == "invalid");
    CHECK(room.told(merge("A", "QS-404", 0ms)).error->code == "invalid");
    room.tell(detected_text("N", "dn", -9h));
    room.tell(merge("N", "A", 0ms));
    room.settle_now();
    CHECK(room.answers.back().status == Status::accepted);
    CHECK(room.view("A").detected_at == t0 - 9h);
}

TEST_CASE("Merge: into a case whose detection is under way waits for it, whatever the store answers first") {
    FlowRoom room;
    room.told(detected_text("A", "da", -3h));
    const auto before = room.answers.size();
    room.script.delay_commit();
    room.tell(detected_text("B", "db", -2h));
    room.tell(merge("A", "B", -1h));
    room.settle_now();
    CHECK(room.answers.size() == before);
    room.script.release();
    room.settle_now();
    REQUIRE(room.answers.size() == before + 2);
    CHECK(room.answers.back().status == Status::accepted);
    CHECK(room.view("A").status == CaseStatus::merged);
    CHECK(room.view("B").detected_at == t0 - 3h);
}

TEST_CASE("Merge: into a case whose detection fails is to be told again, like that detection") {
    FlowRoom room;
    room.told(detected_text("A", "da", -3h));
    const auto before = room.answers.size();
    room.script.fail(Ask::commit);
    room.tell(detected_text("B", "db", -2h));
    room.tell(merge("A", "B", -1h));
    room.settle_now();
    REQUIRE(room.answers.size() == before + 2);
    CHECK(room.answers[before].status == Status::retry);
    CHECK(room.answers[before + 1].status == Status::retry);
}

TEST_CASE("Merge: a conflict in any of the cases decides all of them again") {
    FlowRoom room;
    open_three(room);
    room.store.before_commit = [&] {
        const auto stored = room.memory.cases().at(CaseId("B")).stored;
        auto transition = std::make_shared<Transition>(decide(room.office.rules(),
                                                              {.before = stored.snapshot,
                                                               .version = stored.version,
                                                               .id = CaseId("B"),
                                                               .facts = {acknowledged(0ms)}},
                                                              t0));
        transition->cases[0].log.clear();  // its record text is no event
        room.memory.commit(transition, [](Result<CommitOutcome>) {});
    };
    CHECK(room.told(merge("A", "B", -30min)).status == Status::accepted);
    CHECK(facts_of(room, "B").detections == 2);
    CHECK(room.memory.cases().at(CaseId("B")).stored.version == 3);
}

TEST_CASE("Merge: when anything cannot be loaded the answer is retry and nothing is written") {
    struct Row {
        Ask ask;
        int after;
        const char* why;
    };
    const Row rows[] = {{Ask::load, 0, "the case to merge into, at the door"},
                        {Ask::load, 1, "the case to merge into, on the desk"},
                        {Ask::load_log, 0, "the log of the case"},
                        {Ask::load_log, 1, "the log of the other"},
                        {Ask::commit, 0, "the commit itself"}};
    for (const auto& row : rows) {
        INFO(row.why);
        FlowRoom room;
        open_three(room);
        room.script.fail_after(row.ask, row.after);
        CHECK(room.told(merge("A", "B", -30min)).status == Status::retry);
        CHECK(room.view("A").status == CaseStatus::open);
        CHECK(room.desk.busy() == 0);
        CHECK(room.told(merge("A", "B", -30min)).status == Status::accepted);
        CHECK(room.view("B").detected_at == t0 - 3h);
    }
}

TEST_CASE("Merge: whatever the order of telling, every case has the same facts") {
    const std::vector<std::string> story = {
        merge("A", "B", -50min),       merge("B", "C", -40min),        merge("C", "A", -30min),
        merge("D", "C", -20min),       merge("A", "D", -10min),        answer_text("p1", "A", -45min),
        answer_text("p2", "D", -5min), detected_text("B", "db2", -8h), withdraw("A", "m-AB"),
        withdraw("D", "p2"),           detected_text("A", "da2", -9h)};
    std::map<CaseId, CaseFacts> expected;
    for (unsigned seed = 0; seed < 200; ++seed) {
        INFO("seed " << seed);
        auto order = story;
        if (seed > 0) std::shuffle(order.begin(), order.end(), std::mt19937(seed));
        FlowRoom room;
        open_three(room);
        room.told(detected_text("D", "dd", -30min));
        for (std::size_t i = 0; i < order.size(); ++i) {
            room.tell(order[i]);
            if ((i + seed) % 3 != 0) room.settle_now();
        }
        room.settle_now();
        CHECK(std::all_of(room.answers.begin(), room.answers.end(),
                          [](const Answer& a) { return a.status == Status::accepted; }));
        for (const auto& [id, kept] : room.memory.cases()) {
            if (seed == 0)
                expected[id] = kept.stored.snapshot.facts;
            else
                CHECK((id.value + (kept.stored.snapshot.facts == expected[id] ? " same" : " differs")) ==
                      id.value + " same");
        }
        CHECK(room.desk.busy() == 0);
    }
}

// Several daemons on one store are told of the same matters at once. Whatever comes between what, a matter
// has one open case, and every detection counts in exactly one.
#include "support/flow_room.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>

using namespace alert;
using namespace yuqing::test;
using Status = Answer::Status;

namespace {

std::string keyed(const std::string& id, const std::string& key) {
    return detected_text("", id, 0ms, R"(,"matter_key":")" + key + "\"");
}

/// One more daemon on the room's store; it remembers what it committed itself.
struct Daemon {
    explicit Daemon(FlowRoom& room)
        : desk(room.store, room.clock, room.rules, room.recorder,
               [&room](const std::string&) -> Result<Policy> { return room.office.policy; }),
          intake(room.store, room.clock, room.rules, desk, room.recorder) {}

    void tell(const std::string& event) {
        intake.submit(event, {}, [this](Answer answer) { answers.push_back(std::move(answer)); });
    }

    CaseDesk desk;
    Intake intake;
    std::vector<Answer> answers;
};

std::uint32_t detections_of(const FlowRoom& room, const CaseId& id) {
    return room.memory.cases().at(id).stored.snapshot.facts.detections;
}

}  // namespace

TEST_CASE("Matter: two daemons that detect it at once open one case") {
    FlowRoom room;
    Daemon one(room), other(room);
    one.tell(keyed("d1", "k"));
    other.tell(keyed("d2", "k"));
    room.settle_now();
    REQUIRE(one.answers.size() == 1);
    REQUIRE(other.answers.size() == 1);
    CHECK(one.answers[0].status == Status::accepted);
    CHECK(other.answers[0].status == Status::accepted);
    CHECK(one.answers[0].case_id == other.answers[0].case_id);
    REQUIRE(room.memory.cases().size() == 1);
    CHECK(detections_of(room, *one.answers[0].case_id) == 2);
}

TEST_CASE("Matter: one detection told to two daemons at once is accepted once") {
    FlowRoom room;
    Daemon one(room), other(room);
    one.tell(keyed("d1", "k"));
    other.tell(keyed("d1", "k"));
    room.settle_now();
    CHECK(one.answers.at(0).status == Status::accepted);
    CHECK(other.answers.at(0).status == Status::duplicate);
    CHECK(detections_of(room, *one.answers[0].case_id) == 1);
}

TEST_CASE("Matter: whatever comes between what, it has one case and every detection counts once") {
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
        FlowRoom room;
        Daemon daemons[]{Daemon(room), Daemon(room), Daemon(room)};
        std::map<std::string, std::set<std::string>> told;
        for (int n = 0; n < 30; ++n) {
            const auto key = "k" + std::to_string(below(3));
            const auto id = "d" + std::to_string(below(20)) + key;
            told[key].insert(id);
            if (below(4) == 0) room.script.hold(below(2) == 0 ? Ask::find_matter : Ask::commit);
            daemons[below(3)].tell(keyed(id, key));
            if (below(3) == 0) room.settle_now();
            if (below(3) == 0) room.script.release();
        }
        do {
            room.script.release();
            room.settle_now();
        } while (room.script.held() > 0);

        std::size_t answered = 0;
        std::map<std::string, CaseId> case_of;
        for (const Daemon& daemon : daemons) {
            answered += daemon.answers.size();
            for (const Answer& answer : daemon.answers) {
                REQUIRE((answer.status == Status::accepted || answer.status == Status::duplicate));
                const auto key = answer.id.substr(answer.id.find('k'));
                CHECK(case_of.emplace(key, *answer.case_id).first->second == *answer.case_id);
            }
        }
        CHECK(answered == 30);
        CHECK(room.memory.cases().size() == told.size());
        for (const auto& [key, ids] : told) CHECK(detections_of(room, case_of.at(key)) == ids.size());
    }
}

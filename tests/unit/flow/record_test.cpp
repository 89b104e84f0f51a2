// The record as the desk writes it: chained through every commit, and no byte of it can change unseen.
#include "alert/codec/snapshot_json.hpp"
#include "support/flow_room.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

namespace {

std::vector<std::string> texts_of(const FlowRoom& room, const std::string& id) {
    std::vector<std::string> texts;
    for (const auto& entry : room.memory.cases().at(CaseId(id)).log) texts.push_back(encode_log_entry(entry));
    return texts;
}

std::vector<ChainFinding> walk(const FlowRoom& room, const std::string& id,
                               const std::vector<std::string>& texts) {
    ChainWalk walk(room.key, id);
    for (const auto& text : texts) walk.take(text);
    walk.finish(room.memory.cases().at(CaseId(id)).stored.head);
    return walk.findings();
}

/// Detected, acknowledged, reminded, answered, withdrawn and answered again.
void live(FlowRoom& room) {
    room.timekeeper.start();
    room.told(detected_text());
    room.told(event_text("case.acknowledged", "a", 0ms, "QS-1", R"({"by":"张三 \"z\""})"));
    room.run_for(49h);
    room.told(event_text("response.published", "p", 48h, "QS-1", R"({"kind":"online_reply","by":"x"})"));
    room.told(event_text("fact.withdrawn", "w", 49h, "QS-1",
                         R"({"event_source":"office","event_id":"p","by":"x","reason":"误"})"));
    room.told(event_text("response.published", "p2", 49h, "QS-1", R"({"kind":"online_reply","by":"x"})"));
}

}  // namespace

TEST_CASE("Record: what the desk commits is one chain, and its head lies beside it") {
    FlowRoom room;
    live(room);
    const auto texts = texts_of(room, "QS-1");
    REQUIRE(texts.size() >= 10);
    CHECK(walk(room, "QS-1", texts).empty());
    CHECK(seal_number(room.memory.cases().at(CaseId("QS-1")).stored.head) == texts.size());
}

TEST_CASE("Record: each case of a merge goes on with its own chain") {
    FlowRoom room;
    room.told(detected_text("A", "da", -3h));
    room.told(detected_text("B", "db", -2h));
    room.told(event_text("case.merged", "m", -1h, "A", R"({"into":"B","by":"x"})"));
    room.told(detected_text("A", "da2", -4h));
    room.told(event_text("fact.withdrawn", "w", 0ms, "A",
                         R"({"event_source":"office","event_id":"m","by":"x","reason":"误"})"));
    for (const std::string id : {"A", "B"}) {
        CHECK(texts_of(room, id).size() >= 4);
        CHECK(walk(room, id, texts_of(room, id)).empty());
    }
}

TEST_CASE("Record: every bit of every byte that changes is found") {
    FlowRoom room;
    live(room);
    auto texts = texts_of(room, "QS-1");
    std::size_t tried = 0, found = 0;
    for (auto& text : texts) {
        for (char& byte : text) {
            for (int bit = 0; bit < 8; ++bit) {
                byte = static_cast<char>(byte ^ 1 << bit);
                ++tried;
                found += walk(room, "QS-1", texts).empty() ? 0 : 1;
                byte = static_cast<char>(byte ^ 1 << bit);
            }
        }
    }
    CHECK(tried > 10'000);
    CHECK(found == tried);
}

TEST_CASE("Record: every byte of an entry that is lost or put in is found") {
    FlowRoom room;
    live(room);
    auto texts = texts_of(room, "QS-1");
    for (auto& text : texts) {
        const auto whole = text;
        for (std::size_t i = 0; i <= whole.size(); ++i) {
            if (i < whole.size()) {
                text = whole.substr(0, i) + whole.substr(i + 1);
                REQUIRE_FALSE(walk(room, "QS-1", texts).empty());
            }
            text = whole.substr(0, i) + ' ' + whole.substr(i);
            REQUIRE_FALSE(walk(room, "QS-1", texts).empty());
        }
        text = whole;
    }
}

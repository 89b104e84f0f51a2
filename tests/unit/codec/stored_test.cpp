// What Redis holds: it comes back as it was, and nothing else is taken for it.
#include "alert/codec/event_json.hpp"
#include "alert/codec/snapshot_json.hpp"
#include "unit/codec/random_values.hpp"
#include "unit/codec/told.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace alert;
using random_values::Random;

namespace json = boost::json;

namespace {

constexpr unsigned rounds = 1000;
const CaseId id("QS-1");

/// A freshly opened case with all a detection can tell.
Snapshot fresh() {
    const Event event = told::read(told::detected());
    Snapshot snapshot{id, PolicyHash("0123456789abcdef"), {}, {}};
    fold(snapshot.facts, Fact{event, event.time, {}, false});
    snapshot.progress.climbs["response"].rungs[0] = 1;
    snapshot.progress.told = {"flag:unassigned"};
    snapshot.progress.counted = {{"response", 'p'}, {"acknowledge", 'p'}};
    snapshot.progress.counted_class = "general";
    return snapshot;
}

/// The snapshot with one member set, or taken out when the value is undefined.
std::string spoilt(const char* member, const char* value) {
    json::object object = json::parse(encode_snapshot(fresh())).as_object();
    if (value) {
        object[member] = json::parse(value);
    } else {
        object.erase(member);
    }
    return json::serialize(object);
}

// Breaks the build when a member is added, until it is written, read and made at random.
[[maybe_unused]] void know_every_member(const CaseFacts& facts, const Progress& progress,
                                        const Climb& climb) {
    [[maybe_unused]] const auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17,
                                  f18, f19, f20, f21, f22, f23, f24, f25, f26, f27, f28, f29, f30, f31, f32,
                                  f33, f34, f35, f36, f37] = facts;
    [[maybe_unused]] const auto& [p1, p2, p3, p4, p5, p6] = progress;
    [[maybe_unused]] const auto& [c1, c2, c3] = climb;
}

bool same(const LogEntry& a, const LogEntry& b) {
    return a.kind == b.kind && a.at == b.at && a.via.door == b.via.door && a.via.client == b.via.client &&
           a.via.role == b.via.role && a.record == b.record && a.obligation == b.obligation &&
           a.step == b.step && a.planned == b.planned && a.reason == b.reason &&
           a.notifications == b.notifications && a.targets == b.targets && a.channels == b.channels &&
           a.silent == b.silent && a.seal == b.seal;
}

/// No prefix of a stored text, and no text with a byte changed, may do worse than fail.
template <class Decode>
void survives_damage(const std::string& text, Decode decode) {
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
        CHECK(decode(std::string_view(text).substr(0, cut)).has_error());
    }
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const char byte : {'\0', '"', '0', '[', '}', '\xFF'}) {
            std::string damaged = text;
            damaged[at] = byte;
            const auto read = decode(damaged);
            CHECK((read.has_value() || !read.error().message.empty()));
        }
    }
}

}  // namespace

TEST_CASE("Snapshot: what is written reads back equal, whatever it holds") {
    for (unsigned seed = 0; seed < rounds; ++seed) {
        INFO("seed " << seed);
        const Snapshot snapshot = Random(seed).snapshot();
        const std::string text = encode_snapshot(snapshot);
        const auto again = decode_snapshot(id, text);
        REQUIRE(again.has_value());
        REQUIRE(*again == snapshot);
        REQUIRE(encode_snapshot(*again) == text);
    }
}

TEST_CASE("Snapshot: an empty one reads back") {
    const Snapshot empty{id, PolicyHash("p"), {}, {}};
    CHECK(encode_snapshot(empty) == R"({"v":1,"p":"p","k":[]})");
    CHECK(decode_snapshot(id, encode_snapshot(empty)).value() == empty);
}

TEST_CASE("Snapshot: of a fresh case it is small") {
    const std::string text = encode_snapshot(fresh());
    INFO(text);
    CHECK(text.size() < 640);
    CHECK(decode_snapshot(id, text).value() == fresh());
}

TEST_CASE("Snapshot: with full histories of ordinary facts it stays within bounds") {
    Snapshot snapshot = fresh();
    const TimePoint start = told::read(told::detected()).time;
    for (int i = 0; i < 100; ++i) {
        const FactKey key{start + Duration(i * 60000), "office", "QS-2026-0001-" + std::to_string(i)};
        snapshot.facts.acknowledgements.add(key, 0);
        snapshot.facts.publications.add(key, {ResponseKind::online_reply, std::nullopt});
    }
    CHECK(encode_snapshot(snapshot).size() < 8192);
}

TEST_CASE("Snapshot: another schema is an error of its own") {
    CHECK(decode_snapshot(id, spoilt("v", "2")).error().code == "schema");
    CHECK(decode_snapshot(id, spoilt("v", nullptr)).error().code == "invalid");
    CHECK(decode_snapshot(id, spoilt("v", "\"1\"")).error().code == "invalid");
}

TEST_CASE("Snapshot: an unknown member is named, whatever its name is") {
    const auto told = [](const char* member) {
        return decode_snapshot(id, spoilt(member, "1")).error().message;
    };
    CHECK(told("zz") == "stored member zz is unknown");
    CHECK(told("z\n\x1b[31m") == "stored member z [31m is unknown");
    CHECK(told(std::string(1000, 'z').c_str()) == "stored member " + std::string(64, 'z') + " is unknown");
}

TEST_CASE("Snapshot: whatever is not exactly ours is refused") {
    struct Row {
        const char* member;
        const char* value;  // null: missing
        const char* why;
    };
    const Row rows[] = {
        {"p", nullptr, "no policy"},
        {"p", "5", "a policy that is no text"},
        {"k", nullptr, "no keys"},
        {"k", "{}", "keys that are no list"},
        {"k", R"([[1,"s"]])", "a first key without source"},
        {"k", R"([["1","s","i"]])", "a time that is no number"},
        {"k", R"([[1,"s","i","x"]])", "a key with more"},
        {"zz", "1", "an unknown member"},
        {"d", "99", "a key that is not there"},
        {"d", "-1", "a key below the first"},
        {"d", "0.5", "a key between two"},
        {"n", "4294967296", "a count beyond its type"},
        {"n", "-1", "a count below zero"},
        {"ti", R"([0])", "a title without text"},
        {"ti", R"([0,5])", "a title that is no text"},
        {"ti", R"("t")", "a title without key"},
        {"ma", R"([0,"party"])", "an unknown matter"},
        {"he", R"([0,1,2,3])", "heat with one count less"},
        {"hg", R"("huge")", "an unknown grade"},
        {"hl", "3", "a level that is no word"},
        {"as", R"([[0,"major",null,"f",1,true]])", "a truth that is a number"},
        {"as", R"([])", "an empty list"},
        {"st", R"([[0,"x",""]])", "an unknown change"},
        {"st", R"([[0,"",""]])", "no change"},
        {"st", R"([[0,"co",""]])", "two changes"},
        {"ac", R"([[0,300]])", "a mark beyond its type"},
        {"pu", R"([[0,"tweet"]])", "an unknown kind"},
        {"ps", R"({"tweet":[[0,"online_reply"],0]})", "a summary of an unknown kind"},
        {"ps", R"({"online_reply":[0]})", "half a summary"},
        {"ps", "[]", "summaries that are a list"},
        {"co", R"({"C1":[0,"C1","t"]})", "a commitment without due"},
        {"wd", R"([["s"]])", "half a withdrawn event"},
        {"tr", "1", "a flag that is a number"},
        {"cl", R"({"r":[0,[1],[]]})", "a rung without occurrences"},
        {"cl", R"({"r":[2,[],[]]})", "a flag that is neither 0 nor 1"},
        {"cl", R"({"r":[0,[]]})", "a climb with less"},
        {"cn", R"({"r":"pp"})", "two letters"},
        {"to", R"([1])", "a notice that is no text"},
        {"rt", R"("now")", "a time that is a word"},
        {"cc", "{}", "a class that is an object"},
    };
    for (const Row& row : rows) {
        INFO(row.why);
        const auto read = decode_snapshot(id, spoilt(row.member, row.value));
        REQUIRE(read.has_error());
        CHECK(read.error().code == "invalid");
        if (std::string_view(row.member) != "zz") CHECK_THAT(read.error().path, Catch::StartsWith("/"));
    }
}

TEST_CASE("Snapshot: damage is an error, never a crash") {
    CHECK(decode_snapshot(id, "[]").has_error());
    survives_damage(encode_snapshot(Random(7).snapshot()),
                    [](std::string_view text) { return decode_snapshot(id, text); });
}

TEST_CASE("Stored notification: what is written reads back equal, whatever it holds") {
    for (unsigned seed = 0; seed < rounds; ++seed) {
        INFO("seed " << seed);
        const Notification notification = Random(seed).notification();
        const auto again = decode_notification(encode_notification(notification));
        REQUIRE(again.has_value());
        REQUIRE(*again == notification);
    }
}

TEST_CASE("Stored notification: whatever is not exactly ours is refused") {
    const json::object sound = json::parse(encode_notification(Random(3).notification())).as_object();
    const auto with = [&](const char* member, json::value value) {
        json::object object = sound;
        object[member] = std::move(value);
        return decode_notification(json::serialize(object));
    };
    CHECK(with("v", 1).has_value());
    CHECK(with("v", 2).error().code == "schema");
    CHECK(with("u", 4).has_error());
    CHECK(with("u", -1).has_error());
    CHECK(with("r", "party").has_error());
    CHECK(with("ca", "green").has_error());
    CHECK(with("c", json::object{}).has_error());
    CHECK(with("o", 5).has_error());
    CHECK(with("s", json::object{{"at", "due"}, {"p", 1}, {"x", 1}}).has_error());
    CHECK(with("tg", json::parse("[[]]")).has_error());
    CHECK(with("new", 1).has_error());
    survives_damage(encode_notification(Random(5).notification()), decode_notification);
}

TEST_CASE("Stored log entry: what is written reads back equal, whatever it holds") {
    for (unsigned seed = 0; seed < rounds; ++seed) {
        INFO("seed " << seed);
        const LogEntry entry = Random(seed).log_entry();
        const auto again = decode_log_entry(encode_log_entry(entry));
        REQUIRE(again.has_value());
        REQUIRE(same(*again, entry));
    }
    const auto plain = decode_log_entry(encode_log_entry(LogEntry{})).value();
    CHECK(same(plain, LogEntry{}));
}

TEST_CASE("Stored log entry: an event's record comes back byte for byte") {
    LogEntry entry;
    entry.record = told::read(told::detected().with("/data/title", "a\"\\\n灯\u2028")).record;
    CHECK(decode_log_entry(encode_log_entry(entry)).value().record == entry.record);
}

TEST_CASE("Stored log entry: whatever is not exactly ours is refused") {
    const auto read = [](const char* text) { return decode_log_entry(text); };
    CHECK(read(R"({"v":1,"k":"fact","t":5})").has_value());
    CHECK(read(R"({"v":2,"k":"fact","t":5})").error().code == "schema");
    CHECK(read(R"({"v":1,"k":"rumour","t":5})").has_error());
    CHECK(read(R"({"v":1,"k":"fact"})").has_error());
    CHECK(read(R"({"v":1,"k":"fact","t":5,"via":["zmq","a"]})").has_error());
    CHECK(read(R"({"v":1,"k":"fact","t":5,"via":["zmq","a","king"]})").has_error());
    CHECK(read(R"({"v":1,"k":"fact","t":5,"n":[1]})").has_error());
    CHECK(read(R"({"v":1,"k":"fired","t":5,"c":[["a"]]})").has_error());
    CHECK(read(R"({"v":1,"k":"fired","t":5,"c":[["a",-1]]})").has_error());
    CHECK(read(R"({"v":1,"k":"fact","t":5,"more":1})").has_error());
    survives_damage(encode_log_entry(Random(9).log_entry()), decode_log_entry);
}

#include "scratch.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <random>

using namespace alert;
using namespace alert::test;

namespace {

std::vector<Error> spoilt(const std::string& from, const std::string& to) {
    return Scratch().change("policy.yaml", from, to).load().errors;
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("Policy: the file becomes rules") {
    const Scratch scratch;
    const auto loaded = scratch.load();
    REQUIRE(loaded.config);
    const Policy& policy = *loaded.config->policy;
    CHECK(policy.version == "1");
    REQUIRE(policy.classes.size() == 2);
    CHECK(policy.classes[0].match.incident_grade ==
          std::vector<IncidentGrade>{IncidentGrade::extreme, IncidentGrade::major});
    CHECK(policy.classes[1].obligations == std::vector<std::string>{"response", "holding"});
    const ObligationRule& release = policy.obligations.at("authoritative_release");
    CHECK(release.kind == ObligationKind::statutory);
    CHECK(release.due == Period{.fixed = std::chrono::hours(5)});
    CHECK(release.start == StartRule::earliest);
    CHECK(event_type_names[release.fulfilled_by.event_type] == "response.published");
    CHECK(release.fulfilled_by.kinds ==
          std::vector<ResponseKind>{ResponseKind::authoritative_release, ResponseKind::press_conference});
    CHECK(release.review);
    CHECK(release.basis == "依据");
    CHECK(release.guide == "指引");
    CHECK(policy.obligations.at("response").start == StartRule::detected);
    CHECK(policy.obligations.at("holding").when.opinion_level ==
          std::vector<OpinionLevel>{OpinionLevel::red});
    const Ladder* ladder = policy.find_ladder("main");
    REQUIRE(ladder);
    REQUIRE(ladder->steps.size() == 3);
    CHECK(ladder->steps[0].at.at_start());
    CHECK(ladder->steps[1].notify == std::vector<std::string>{"duty_officer"});
    CHECK(ladder->steps[1].unless == Unless::acknowledged);
    CHECK(ladder->steps[2].card == Card::yellow);
    CHECK(ladder->steps[2].repeat->every == std::chrono::minutes(30));
    CHECK(ladder->steps[2].repeat->times == 3);
    CHECK(policy.notice_roles("closed").empty());
    CHECK(policy.notice_roles("fulfilled") == std::vector<std::string>{"duty_officer"});
    CHECK(policy.commitment_ladder == "main");
}

TEST_CASE("Policy: the hash is the first 16 hex digits of SHA-256 over the file, which it keeps") {
    Scratch scratch;
    const auto loaded = scratch.load();
    REQUIRE(loaded.config);
    CHECK(loaded.config->policy->text == text_of(scratch.path("policy.yaml")));
    const auto parsed = parse_policy("version: abc\nclasses: []\nobligations: {}\n", "frozen");
    REQUIRE(parsed.has_value());
    CHECK(parsed->hash.value == "7b5cd327b0709d61");
}

TEST_CASE("Policy: a frozen one is read again by itself, whatever became of the directory") {
    const Scratch scratch;
    const std::string text = text_of(scratch.path("policy.yaml"));
    const auto frozen = parse_policy(text, "frozen policy");
    REQUIRE(frozen.has_value());
    CHECK(frozen->hash == scratch.load().config->policy->hash);
    CHECK(frozen->obligations.size() == 4);
    const auto bad = parse_policy("version: 1\nclases: []\nobligations: {a: 1}\n", "frozen policy");
    REQUIRE(bad.has_error());
    CHECK(bad.error().code == "missing_key");
    CHECK(bad.error().path == "frozen policy:1:1");
    CHECK(bad.error().message.find("frozen policy:2:1: unknown key 'clases'; did you mean 'classes'?") !=
          std::string::npos);
}

TEST_CASE("Policy: a statutory time beyond the published one needs its reason") {
    struct Row {
        std::string from, to, place, bound;
    };
    const std::string response = "due: 48h, fulfilled_by";
    const auto [from, to, place, bound] =
        GENERATE_COPY(values<Row>({{"due: 5h", "due: 6h", "policy.yaml:9:10", "allow 5h"},
                                   {"due: 5h", "due: 18001s", "policy.yaml:9:10", "allow 5h"},
                                   {"due: 5h", "due: 1wd", "policy.yaml:9:10", "allow 5h"},
                                   {"due: 5h", "due: given", "policy.yaml:9:10", "allow 5h"},
                                   {"due: 5h", "every: 12h", "policy.yaml:9:12", "allow 5h"},
                                   {response, "due: 49h, fulfilled_by", "policy.yaml:16:57", "allow 48h"},
                                   {response, "due: 1mo, fulfilled_by", "policy.yaml:16:57", "allow 48h"}}));
    INFO(to);
    CHECK(tells(spoilt(from, to), "beyond_bound", place, bound));
}

TEST_CASE("Policy: a longer statutory time passes with its reason, a shorter or internal one without") {
    CHECK(spoilt("due: 5h", "due: 6h\n    override_reason: 省府〔2026〕9号").empty());
    CHECK(spoilt("due: 5h", "due: 4h").empty());
    CHECK(spoilt("due: 3h", "due: 30d").empty());
    CHECK(tells(spoilt("due: 5h", "due: 6h\n    override_reason: ''"), "invalid", "policy.yaml:10",
                "is empty"));
}

TEST_CASE("Policy: a mistake is told with its line and what would be right") {
    struct Row {
        std::string from, to, code, place, says;
    };
    const auto row = GENERATE(values<Row>({
        {"version: \"1\"\n", "", "missing_key", "policy.yaml:1:1", "'version' is required"},
        {"version: \"1\"", "version: [1]", "invalid", "policy.yaml:1:10",
         "version should be a text, here is a list"},
        {"{id: general,", "{id: emergency,", "duplicate_key", "policy.yaml:4", "'emergency' exists already"},
        {"{id: general,", "{", "missing_key", "policy.yaml:4:5", "the key 'id' is required in classes[2]"},
        {"obligations: [response,", "obligations: [respnse,", "unknown_reference", "policy.yaml:4:54",
         "no obligation 'respnse'; did you mean 'response'?"},
        {"[特别重大, major]", "[特别重大, magor]", "invalid", "policy.yaml:3",
         "'magor' is not known; did you mean 'major'?"},
        {"[特别重大, major]", "[]", "invalid", "policy.yaml:3", "an empty list agrees with nothing"},
        {"opinion_level: red,", "opinion_level: pink,", "invalid", "policy.yaml:17",
         "known: red, orange, yellow, blue"},
        {"opinion_level: red,", "opinion_levl: red,", "unknown_key", "policy.yaml:17",
         "unknown key 'opinion_levl' in obligations.holding.when; did you mean 'opinion_level'?"},
        {"field: housing", "field: hosing", "unknown_reference", "policy.yaml:17",
         "no field 'hosing' in directory.yaml; did you"},
        {"lead_unit: zjj", "lead_unit: zzz9", "unknown_reference", "policy.yaml:17",
         "no unit 'zzz9' in directory.yaml"},
        {"    kind: statutory\n", "", "missing_key", "policy.yaml:7:5",
         "'kind' is required in obligations.authoritative_release"},
        {"    due: 5h\n", "", "missing_key", "policy.yaml:7:5", "'due' is required"},
        {"due: 5h", "due: 5h\n    every: 1h", "invalid", "policy.yaml:10",
         "either `due` or `every`, not both"},
        {"due: 5h", "due: 5 h", "invalid", "policy.yaml:9:10", "not a duration: '5 h'"},
        {"due: 5h", "due: 0h", "invalid", "policy.yaml:9:10", "longer than nothing"},
        {"start: earliest", "start: earlist", "invalid", "policy.yaml:10:12", "did you mean 'earliest'?"},
        {"due: 3h,", "due: given, start: assigned,", "invalid", "policy.yaml:17",
         "`start: assigned` goes with a `due`"},
        {"{event: response.published, kinds:", "{event: response.publish, kinds:", "invalid",
         "policy.yaml:11", "'response.publish' fulfils nothing; did you mean 'response.published'?"},
        {"{event: response.published, kinds:", "{event: case.acknowledged, kinds:", "invalid",
         "policy.yaml:11", "only response.published has kinds"},
        {"{event: response.published, kinds:", "{event: rating.received, kinds:", "invalid", "policy.yaml:11",
         "fulfils nothing"},
        {"{event: response.published, kinds:", "{kinds:", "missing_key", "policy.yaml:11",
         "'event' is required"},
        {", press_conference]}", ", press_conferense]}", "invalid", "policy.yaml:11",
         "did you mean 'press_conference'?"},
        {"review: true", "review: yes", "invalid", "policy.yaml:12:13", "should be true or false"},
        {"review: true", "review: \"true\"", "invalid", "policy.yaml:12:13", "should be true or false"},
        {"    ladder: main\n", "    ladder: mian\n", "unknown_reference", "policy.yaml:15:13",
         "no ladder 'mian'; did you mean 'main'?"},
        {"  holding: {", "  hold.ing: {", "invalid", "policy.yaml:17:3", "'hold.ing' is not an id"},
        {"  holding: {", "  commitment: {", "invalid", "policy.yaml:17:3", "names the commitments"},
        {"at: start,", "at: begin,", "invalid", "policy.yaml:21", "not a step's time: 'begin'"},
        {"at: start,", "at: start-1h,", "invalid", "policy.yaml:21", "not a step's time"},
        {"at: start, ", "", "missing_key", "policy.yaml:21:7", "'at' is required in ladders.main[1]"},
        {"notify: [duty_officer, lead_unit]", "notify: []", "invalid", "policy.yaml:21", "at least one role"},
        {"notify: [duty_officer, lead_unit]", "notify: [duty_oficer]", "unknown_reference",
         "policy.yaml:21:28", "no role 'duty_oficer' in directory.yaml; did you mean 'duty_officer'?"},
        {"unless: acknowledged", "unless: ackd", "invalid", "policy.yaml:22",
         "known: acknowledged, approved"},
        {"card: yellow", "card: green", "invalid", "policy.yaml:23", "known: yellow, red"},
        {"every: 30m,", "every: 5s,", "invalid", "policy.yaml:23", "should be from 10s to 366d"},
        {"every: 30m, ", "", "missing_key", "policy.yaml:23", "'every' is required"},
        {"times: 3", "times: 0", "invalid", "policy.yaml:23", "a whole number from 1 to 10000"},
        {"notices: {closed:", "notices: {overdue:", "unknown_key", "policy.yaml:24:11",
         "unknown key 'overdue' in notices"},
        {"county_head]}\ncommit", "county_hed]}\ncommit", "unknown_reference", "policy.yaml:24",
         "did you mean 'county_head'?"},
        {"commitments: {ladder: main}", "commitments: {ladder: mane}", "unknown_reference",
         "policy.yaml:25:23", "no ladder 'mane'"},
        {"commitments: {ladder: main}", "commitments: {}", "missing_key", "policy.yaml:25",
         "'ladder' is required"},
    }));
    INFO(row.from << " -> " << row.to);
    const auto errors = spoilt(row.from, row.to);
    CHECK(tells(errors, row.code, row.place, row.says));
}

TEST_CASE("Policy: the roles of the case's units exist by themselves") {
    CHECK(
        spoilt("notify: [duty_officer, lead_unit]", "notify: [lead_unit, assist_units, unit_head]").empty());
}

TEST_CASE("Policy: a ladder has at most 200 steps") {
    std::string steps;
    for (int i = 0; i < 201; ++i) steps += "    - {at: start, notify: [duty_officer]}\n";
    CHECK(tells(spoilt("    - {at: start, notify: [duty_officer, lead_unit]}\n", steps), "invalid",
                "policy.yaml:21", "more than 200 steps"));
}

TEST_CASE("Policy: fields and units go by id or by Chinese name") {
    CHECK(spoilt("field: housing, lead_unit: zjj", "field: 保障性住房, lead_unit: 县住建局").empty());
}

TEST_CASE("Policy: damage of any kind is told or read, never more") {
    const std::string whole = text_of(std::filesystem::path(YUQING_SOURCE_DIR) / "config" / "policy.yaml");
    const std::string marks = "{}[]:,&*!|>'\"#%@`-? \n\t\r\x04\xE5\xFF";
    std::mt19937 random(20260612);  // the same damage on every run
    const auto below = [&](std::size_t end) {
        return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
    };
    std::size_t refused = 0;
    for (int round = 0; round < 300; ++round) {
        std::string text = whole;
        for (std::size_t hits = below(4) + 1; hits > 0; --hits) {
            const std::size_t place = below(text.size());
            switch (below(4)) {
                case 0: text[place] = marks[below(marks.size())]; break;
                case 1: text.insert(place, 1, marks[below(marks.size())]); break;
                case 2: text.erase(place, below(200) + 1); break;
                default: text.insert(place, text.substr(below(text.size()), below(200) + 1)); break;
            }
        }
        const auto policy = parse_policy(text, "damaged");
        if (policy.has_value()) continue;
        ++refused;
        CHECK(!policy.error().code.empty());
        CHECK(!policy.error().message.empty());
        CHECK(policy.error().path.rfind("damaged", 0) == 0);
    }
    CHECK(refused > 100);
}

#include "scratch.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace alert::test;

namespace {

std::vector<Error> warned(const std::string& file, const std::string& from, const std::string& to) {
    const auto loaded = Scratch().change(file, from, to).load();
    INFO(told(loaded.errors));
    CHECK(loaded.config);
    return loaded.warnings;
}

}  // namespace

TEST_CASE("Warning: nobody is told of an obligation before its deadline") {
    const std::string main = "fulfilled_by: {event: response.published}, ladder: main}\n";
    const std::string late = "{event: response.published}, ladder: late}\n  holding";
    const auto with = [&](const std::string& step) {
        Scratch scratch;
        scratch.change("policy.yaml", "{event: response.published}, ladder: main}\n  holding", late);
        scratch.change("policy.yaml", "ladders:\n",
                       "ladders:\n  late:\n    - {at: " + step + ", notify: [duty_officer]}\n");
        return scratch.load().warnings;
    };
    for (const std::string step : {"due", "due+1h", "start+48h", "start+3d"}) {
        INFO(step);
        CHECK(tells(with(step), "no_step_before_due", "policy.yaml:16:3", "'response' before its deadline"));
    }
    for (const std::string step : {"start", "start+47h", "due-1s", "50%"}) {
        INFO(step);
        CHECK(with(step).empty());
    }
    CHECK(tells(warned("policy.yaml", "    ladder: main\n", ""), "no_step_before_due", "policy.yaml:6:3",
                "'authoritative_release'"));
}

TEST_CASE("Warning: a statutory obligation that names no rule it follows from") {
    CHECK(tells(warned("policy.yaml", "    basis: 依据\n", ""), "no_basis", "policy.yaml:8:11",
                "should name its `basis`"));
}

TEST_CASE("Warning: parts of the policy that do nothing are named") {
    CHECK(tells(warned("policy.yaml", "[response, holding]", "[response]"), "unused", "policy.yaml:17:3",
                "no class has the obligation 'holding'"));
    CHECK(tells(warned("policy.yaml", "match: {incident_grade: [特别重大, major]}", "match: {}"),
                "unreachable", "policy.yaml:4:5", "no case ever comes to this class"));
    CHECK(tells(warned("policy.yaml", "title: B, match: {}", "title: B, match: {matter: hotline}"),
                "incomplete", "policy.yaml:3", "no class matches everything"));
    CHECK(tells(warned("policy.yaml", "attention: [duty_officer, county_head]", "attention: []"),
                "ineffective", "policy.yaml:24", "notices.attention cannot be silenced"));
}

TEST_CASE("Warning: a class of public opinion that escapes the bounds of the published rules is named") {
    const std::string due = "    kind: statutory\n    due: 5h";
    const auto of_emergency = [](const std::string& from, const std::string& to) {
        return tells(warned("policy.yaml", from, to), "unbounded", "policy.yaml:3:5",
                     "'emergency' takes public opinion of incident_grade extreme, for which the published "
                     "rules ask for 'authoritative_release' within 5h");
    };
    CHECK(of_emergency(due, "    kind: internal\n    due: 50h"));
    CHECK(of_emergency("[press_conference, authoritative_release]", "[press_conference]"));
    CHECK(of_emergency("    start: earliest", "    start: assigned"));
    CHECK(of_emergency("    review: true", "    review: true\n    when: {incident_grade: major}"));
    CHECK(of_emergency("    review: true", "    review: true\n    when: {opinion_level: red}"));
    CHECK(warned("policy.yaml", "    review: true",
                 "    review: true\n    when: {incident_grade: [major, extreme]}")
              .empty());
    CHECK(tells(
        warned("policy.yaml", "press_conference: {kind: statutory", "press_conference: {kind: internal"),
        "unbounded", "policy.yaml:3:5", "'press_conference' within 24h"));
    CHECK(tells(warned("policy.yaml", "response: {title: 回应, kind: statutory",
                       "response: {title: 回应, kind: internal"),
                "unbounded", "policy.yaml:4:5", "of incident_grade considerable, for which"));
}

TEST_CASE("Warning: bounds are asked of every class that a matter of public opinion may come to") {
    const std::string classes = "classes:\n";
    const auto with = [&](const std::string& one) {
        return warned("policy.yaml", classes, classes + one + "\n");
    };
    const std::string bare = ", obligations: [holding]}";
    CHECK(with("  - {id: x, match: {matter: hotline}" + bare).empty());
    const auto some = with("  - {id: x, match: {field: housing}" + bare);
    CHECK(some.size() == 3);
    CHECK(tells(some, "unbounded", "policy.yaml:3:5", "'authoritative_release' within 5h"));
    CHECK(tells(some, "unbounded", "policy.yaml:3:5", "'press_conference' within 24h"));
    CHECK(tells(some, "unbounded", "policy.yaml:3:5", "'response' within 48h"));
    const auto graded = with("  - {id: x, match: {incident_grade: major}" + bare);
    CHECK(graded.size() == 2);
    // Nothing of grade extreme or major is left for the general class: it is not asked for their rules.
    CHECK(with("  - {id: x, match: {matter: [opinion, task], incident_grade: considerable}" + bare).size() ==
          1);
    // Without an emergency class the general one takes them.
    const auto general = warned("policy.yaml", "match: {incident_grade: [特别重大, major]}",
                                "match: {incident_grade: [特别重大, major], platform: 微博}");
    CHECK(tells(general, "unbounded", "policy.yaml:4:5",
                "'general' takes public opinion of incident_grade extreme"));
    CHECK(general.size() == 2);
}

TEST_CASE("Warning: a role nobody fills is named") {
    CHECK(
        tells(warned("roster.csv", "zhang,2026-06-01T08:00,2026-07-01", "zhang,2026-06-01T08:00,2026-06-02"),
              "unfilled", "directory.yaml:9:3",
              "nobody fills the role 'duty_officer' at 2026-06-12T10:00:00+08:00"));
    CHECK(tells(warned("yuqingd.yaml", "roster: roster.csv\n", ""), "unfilled", "directory.yaml:9:3",
                "'duty_officer'"));
    CHECK(tells(warned("directory.yaml", "officers: [li]", "officers: []"), "unfilled", "directory.yaml:10:3",
                "nobody fills the role 'county_head'"));
}

TEST_CASE("Warning: a roster that ends or has a gap within 14 days is named") {
    const auto ending = [](const std::string& end) {
        return warned("roster.csv", "zhang,2026-06-01T08:00,2026-07-01T08:00\n",
                      "zhang,2026-06-01T08:00," + end + "\n");
    };
    CHECK(tells(ending("2026-06-26T09:59"), "roster_ends", "directory.yaml:9:3",
                "'duty_officer' ends, or has a gap, at 2026-06-26T09:59:00+08:00"));
    CHECK(ending("2026-06-26T10:00").empty());
}

TEST_CASE("Warning: a calendar that ends within 60 days, or ended, is named") {
    const auto ending = [](const std::string& day) {
        return warned("calendar.yaml", "known_until: 2026-12-31", "known_until: " + day);
    };
    CHECK(ending("2026-08-11").empty());
    CHECK(tells(ending("2026-08-10"), "calendar_ends", "calendar.yaml:3:14", "ends in 59 days"));
    CHECK(tells(ending("2026-06-12"), "calendar_ends", "calendar.yaml:3:14", "ends in 0 days"));
    CHECK(tells(ending("2026-06-11"), "calendar_ends", "calendar.yaml:3:14", "has run out"));
    CHECK(tells(warned("calendar.yaml", "known_until: 2026-12-31\n", ""), "calendar_ends", "calendar.yaml:1",
                "known_until is not given"));
}

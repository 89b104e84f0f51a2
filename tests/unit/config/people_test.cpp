#include "scratch.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace alert::test;

namespace {

std::vector<Error> spoilt(const std::string& file, const std::string& from, const std::string& to) {
    return Scratch().change(file, from, to).load().errors;
}

LoadedConfig with_roster(const std::string& text) { return Scratch().write("roster.csv", text).load(); }

}  // namespace

TEST_CASE("Directory: the file becomes units, fields, officers and roles") {
    const auto loaded = Scratch().load();
    REQUIRE(loaded.config);
    const Directory& directory = *loaded.config->directory;
    const Unit* unit = directory.find_unit("县住建局");
    REQUIRE(unit);
    CHECK(unit->id == "zjj");
    CHECK(unit->vertical);
    CHECK(unit->channels == std::vector<ChannelId>{ChannelId{"duty-group"}});
    const Field* field = directory.find_field("保障性住房");
    REQUIRE(field);
    CHECK(field->lead == "zjj");  // named in Chinese in the file
    CHECK(directory.find_officer("zhang")->mobile == "13800000001");
    CHECK(directory.find_role("county_head")->officers == std::vector<std::string>{"li"});
    CHECK(directory.find_role("duty_officer")->roster == "duty_officer");
}

TEST_CASE("Directory: a mistake is told with its line and what would be right") {
    struct Row {
        std::string from, to, code, place, says;
    };
    const auto row = GENERATE(values<Row>({
        {"{id: zjj, ", "{", "missing_key", "directory.yaml:2", "'id' is required in unit"},
        {"{id: zjj, ", "{id: 住建, ", "invalid", "directory.yaml:2", "'住建' is not an id"},
        {"vertical: true", "vertical: 1", "invalid", "directory.yaml:2", "should be true or false"},
        {"liaison: [zhang]", "liaison: [zang]", "unknown_reference", "directory.yaml:2",
         "no officer 'zang'; did you mean 'zhang'?"},
        {"vertical: true, channels: [duty-group]", "channels: [duty-grp]", "unknown_reference",
         "directory.yaml:2",
         "no channel 'duty-grp' in the daemon's configuration; did you mean 'duty-group'?"},
        {"lead: 县住建局, ", "", "missing_key", "directory.yaml:4", "'lead' is required in field"},
        {"lead: 县住建局", "lead: zj", "unknown_reference", "directory.yaml:4",
         "no unit 'zj'; did you mean 'zjj'?"},
        {"assist: [zjj]", "assist: [abcdef]", "unknown_reference", "directory.yaml:4",
         "no unit 'abcdef'; known: zjj, 县住建局"},
        {"{id: li, name: 李四}", "{id: zhang, name: 李四}", "duplicate_key", "directory.yaml:7",
         "'zhang' exists already"},
        {"{id: li, name: 李四}", "{id: li}", "missing_key", "directory.yaml:7",
         "'name' is required in officer"},
        {"13800000001", "call me", "invalid", "directory.yaml:6", "officer.mobile: should be digits"},
        {"officers: [li], channels: [leaders]", "channels: [leaders]", "missing_key", "directory.yaml:10",
         "'roster' is required"},
        {"officers: [li], ", "officers: [li], roster: x, ", "invalid", "directory.yaml:10",
         "either `roster` or `officers`"},
        {", channels: [leaders]}", "}", "missing_key", "directory.yaml:10",
         "'channels' is required in roles.county_head"},
        {"channels: [leaders]", "channels: []", "invalid", "directory.yaml:10", "at least one channel"},
        {"  duty_officer: {", "  duty: {", "missing_key", "directory.yaml:9",
         "'duty_officer' is required in roles"},
        {"  county_head: {", "  lead_unit: {", "invalid", "directory.yaml:10:3",
         "'lead_unit' exists by itself"},
        {"units:\n", "units:\n  - {id: zjj, name: 另一局}\n", "duplicate_key", "directory.yaml:3",
         "'zjj' exists already"},
        {"units:\n", "units:\n  - {id: zjj2, name: 县住建局}\n", "duplicate_key", "directory.yaml:3",
         "'县住建局' exists already"},
        {"units:\n", "units:\n  - zjj\n", "invalid", "directory.yaml:2:5",
         "unit should be a map, here is a text"},
    }));
    INFO(row.from << " -> " << row.to);
    CHECK(tells(spoilt("directory.yaml", row.from, row.to), row.code, row.place, row.says));
}

TEST_CASE("Roster: lines become shifts in the configured zone, as spreadsheets write them") {
    const auto loaded = with_roster(
        "\xEF\xBB\xBFrole,officer,start,end\r\n"
        "duty_officer,zhang,2026-06-01T08:00,2026-06-30 08:00:30\r\n"
        "\"duty_officer\", \"li\" ,2026-06-10 08:00,\"2026-06-20T08:00\",,\r\n"
        ",,,\r\n"
        "\r\n");
    INFO(told(loaded.errors));
    REQUIRE(loaded.config);
    const Roster& roster = *loaded.config->roster;
    REQUIRE(roster.shifts.size() == 2);
    CHECK(roster.shifts[0].start == at("2026-06-01T08:00:00+08:00"));
    CHECK(roster.shifts[0].end == at("2026-06-30T08:00:30+08:00"));
    CHECK(roster.shifts[1].officer == "li");
    CHECK(roster.on_duty("duty_officer", at("2026-06-12T00:00:00+08:00")) == "li");  // the later line wins
    CHECK(roster.on_duty("duty_officer", at("2026-06-20T08:00:00+08:00")) == "zhang");
    CHECK(!roster.on_duty("duty_officer", at("2026-06-30T08:00:30+08:00")));
}

TEST_CASE("Roster: times that a spreadsheet wrote are read, and 24:00 is the end of the day") {
    const auto loaded = with_roster(
        "role,officer,start,end\n"
        "duty_officer,zhang,2026/6/1 8:00,2026/6/30 24:00\n"
        "duty_officer,li,2026/12/31 8:05:09,2026-12-31T24:00:00\n");
    INFO(told(loaded.errors));
    REQUIRE(loaded.config);
    const auto& shifts = loaded.config->roster->shifts;
    REQUIRE(shifts.size() == 2);
    CHECK(shifts[0].start == at("2026-06-01T08:00:00+08:00"));
    CHECK(shifts[0].end == at("2026-07-01T00:00:00+08:00"));
    CHECK(shifts[1].start == at("2026-12-31T08:05:09+08:00"));
    CHECK(shifts[1].end == at("2027-01-01T00:00:00+08:00"));
}

TEST_CASE("Roster: a mistake is told with its line") {
    const std::string head = "role,officer,start,end\n";
    struct Row {
        std::string text, code, place, says;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {"duty_officer,zhang,2026-06-01T08:00,2026-07-01T08:00\n", "invalid", "roster.csv:1:1",
         "should be: role,officer,start,end"},
        {"", "invalid", "roster.csv:1:1", "should be: role,officer,start,end"},
        {head + "duty_officer,zang,2026-06-01T08:00,2026-07-01T08:00\n", "unknown_reference",
         "roster.csv:2:14", "no officer 'zang' in directory.yaml; did you mean 'zhang'?"},
        {head + "county_head,zhang,2026-06-01T08:00,2026-07-01T08:00\n", "unknown_reference",
         "roster.csv:2:1", "no roster 'county_head' of a role in directory.yaml"},
        {head + "\nduty_officer,zhang,1/6/2026 8:00,2026-07-01T08:00\n", "invalid", "roster.csv:3:20",
         "not a local time: '1/6/2026 8:00'; right would be 2026-06-12 08:00 "
         "(a spreadsheet's cell format: yyyy-mm-dd hh:mm; 表格软件请将单元格格式设为"},
        {head + "duty_officer,zhang,2026/6/1 8:00 AM,2026-07-01T08:00\n", "invalid", "roster.csv:2:20",
         "not a local time"},
        {head + "duty_officer,zhang,2026/6/1 24:01,2026-07-01T08:00\n", "invalid", "roster.csv:2:20",
         "not a local time"},
        {head + "duty_officer,zhang,24:00,2026-07-01T08:00\n", "invalid", "roster.csv:2:20",
         "not a local time"},
        {head + "duty_officer,zhang,2026-07-01T08:00,2026-07-01T08:00\n", "invalid", "roster.csv:2:37",
         "later than the start"},
        {head + "duty_officer,zhang,2026-07-01T08:00\n", "invalid", "roster.csv:2:1",
         "expected 4 fields (role,officer,start,end), here are 3"},
        {head + "duty_officer,zhang,2026-06-01T08:00,2026-07-01T08:00,x\n", "invalid", "roster.csv:2:1",
         "here are 5"},
        {head + "duty_officer,\"zhang,2026-06-01T08:00,2026-07-01T08:00\n", "syntax", "roster.csv:2:14",
         "opened and not closed"},
        {head + "duty_officer,\"zhang\"x,2026-06-01T08:00,2026-07-01T08:00\n", "syntax", "roster.csv:2:14",
         "follows the closing quote"},
        {head + "duty_officer,\xD5\xC5\xC8\xFD,2026-06-01T08:00,2026-07-01T08:00\n", "syntax",
         "roster.csv:2:1", "save as CSV UTF-8"},
        {std::string("\xFF\xFEr\0o\0", 6), "syntax", "roster.csv:1:1", "save as CSV UTF-8"},
    }));
    INFO(row.text);
    CHECK(tells(with_roster(row.text).errors, row.code, row.place, row.says));
}

TEST_CASE("Calendar: days become holidays and working days") {
    const auto loaded = Scratch().load();
    REQUIRE(loaded.config);
    const Calendar& calendar = *loaded.config->calendar;
    const auto day = [](unsigned month, unsigned number) {
        return LocalDays{std::chrono::year{2026} / std::chrono::month{month} / std::chrono::day{number}};
    };
    CHECK(calendar.holidays == std::set<LocalDays>{day(10, 1), day(10, 2)});
    CHECK(calendar.workdays == std::set<LocalDays>{day(10, 10)});
    CHECK(calendar.known_until == day(12, 31));
}

TEST_CASE("Calendar: a mistake is told with its line") {
    CHECK(tells(spoilt("calendar.yaml", "2026-10-02", "2026-02-30"), "invalid", "calendar.yaml:1:24",
                "not a date: '2026-02-30'; right would be 2026-10-01"));
    CHECK(tells(spoilt("calendar.yaml", "[2026-10-10]", "[2026-10-02]"), "invalid", "calendar.yaml:2:12",
                "a holiday and a working day at once"));
    CHECK(tells(spoilt("calendar.yaml", "known_until: 2026-12-31", "known_until: soon"), "invalid",
                "calendar.yaml:3:14", "not a date: 'soon'"));
}

TEST_CASE("Roster: more shifts than the years of an office are refused") {
    std::string text = "role,officer,start,end\n";
    for (int i = 0; i < 20'001; ++i) text += "duty_officer,zhang,2026-06-01T08:00,2026-07-01T08:00\n";
    CHECK(tells(with_roster(text).errors, "too_large", "roster.csv:20002:1", "more than 20000 shifts"));
}

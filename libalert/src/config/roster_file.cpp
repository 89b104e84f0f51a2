#include "roster_file.hpp"

#include "section.hpp"
#include "text_file.hpp"

#include <algorithm>
#include <array>

namespace alert::config {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::array<std::string_view, 4> header = {"role", "officer", "start", "end"};

using Row = std::vector<Name>;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return "";
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// One line after another; a quoted field may hold commas and `""`, not line ends: no name has one.
class RosterLines {
public:
    RosterLines(std::string_view text, const FileFindings& findings) : rest_(text), findings_(findings) {}

    /// False at the end of the text.
    bool next(Row& row) {
        if (rest_.empty()) return false;
        const auto end = std::min(rest_.find_first_of("\r\n"), rest_.size());
        std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end);
        if (rest_.starts_with("\r\n")) rest_.remove_prefix(1);
        if (!rest_.empty()) rest_.remove_prefix(1);
        split(line, {++line_, 1}, row);
        return true;
    }

private:
    void split(std::string_view line, Place place, Row& row) const {
        row.clear();
        while (true) {
            const std::string_view whole = line;
            Name field{take_field(line, place), place};
            const auto taken = whole.substr(0, whole.size() - line.size());
            place.column += static_cast<std::size_t>(std::count_if(taken.begin(), taken.end(), [](char c) {
                return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
            }));
            row.push_back(std::move(field));
            if (line.empty()) break;
            line.remove_prefix(1);  // the comma
            ++place.column;
        }
        // Spreadsheets write columns that were once touched and are empty now.
        while (row.size() > header.size() && row.back().text.empty()) row.pop_back();
    }

    /// Leaves the comma or nothing in `line`.
    std::string take_field(std::string_view& line, Place place) const {
        if (!trimmed(line.substr(0, line.find(','))).starts_with('"')) {
            const auto end = std::min(line.find(','), line.size());
            const std::string field(trimmed(line.substr(0, end)));
            line.remove_prefix(end);
            return field;
        }
        line.remove_prefix(line.find('"') + 1);
        std::string field;
        while (true) {
            const auto quote = line.find('"');
            field += line.substr(0, quote);
            if (quote == std::string_view::npos) {
                findings_.error(place, "syntax", "a quote (\") is opened and not closed");
                line = {};
                return field;
            }
            line.remove_prefix(quote + 1);
            if (!line.starts_with('"')) break;
            field += '"';
            line.remove_prefix(1);
        }
        const auto end = std::min(line.find(','), line.size());
        if (!trimmed(line.substr(0, end)).empty()) {
            findings_.error(place, "syntax", "text follows the closing quote (\")");
        }
        line.remove_prefix(end);
        return std::string(trimmed(field));
    }

    std::string_view rest_;
    const FileFindings& findings_;
    std::size_t line_ = 0;
};

/// What the lines name; looked up when all are read.
struct Named {
    std::vector<Name> rosters, officers;
};

void check_named(const Named& named, const Directory& directory, const FileFindings& findings) {
    Words rosters, officers;
    for (const Role& role : directory.roles) {
        if (!role.roster.empty()) rosters.push_back(role.roster);
    }
    for (const Officer& officer : directory.officers) officers.push_back(officer.id);
    check_references(named.rosters, rosters, "roster", " of a role in directory.yaml", findings);
    check_references(named.officers, officers, "officer", " in directory.yaml", findings);
}

/// A spreadsheet that saves the file again writes `2026/11/1 8:00`: as the year leads, it is only one time.
std::string as_spreadsheets_mean(std::string_view text) {
    const auto digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool alone = digit(at) && !digit(at + 1) && (at == 0 || !digit(at - 1));
        if (alone) out += '0';
        out += text[at] == '/' ? '-' : text[at];
    }
    return out;
}

/// `24:00` is the end of that day.
Result<LocalTime> roster_time(std::string_view text) {
    auto words = as_spreadsheets_mean(text);
    const auto midnight = words.find("24:00", std::min(words.size(), std::size_t{11}));
    const bool next_day = midnight == 11 && (words.size() == 16 || words.substr(16) == ":00");
    if (next_day) words.replace(midnight, 2, "00");
    auto local = parse_local(words);
    if (local && next_day) *local += std::chrono::days(1);
    return local;
}

std::optional<TimePoint> read_time(const Name& field, const Zone& zone, const FileFindings& findings) {
    const auto local = roster_time(field.text);
    if (local) return zone.to_sys(*local);
    findings.error(field.place, "invalid",
                   "not a local time: " + in_quotes(field.text) +
                       "; right would be 2026-06-12 08:00 (a spreadsheet's cell format: yyyy-mm-dd hh:mm; "
                       "表格软件请将单元格格式设为“自定义” yyyy-mm-dd hh:mm)");
    return std::nullopt;
}

void read_shift(const Row& row, const Zone& zone, const FileFindings& findings, Roster& roster,
                Named& named) {
    if (row.size() != header.size()) {
        findings.error(row.front().place, "invalid",
                       "expected 4 fields (role,officer,start,end), here are " + std::to_string(row.size()));
        return;
    }
    named.rosters.push_back(row[0]);
    named.officers.push_back(row[1]);
    const auto start = read_time(row[2], zone, findings), end = read_time(row[3], zone, findings);
    if (!start || !end) return;
    if (*start >= *end) {
        findings.error(row[3].place, "invalid", "the end should be later than the start");
        return;
    }
    roster.shifts.push_back({row[0].text, row[1].text, *start, *end});
}

bool is_blank(const Row& row) {  // spreadsheets write `,,,` for an empty line
    return std::all_of(row.begin(), row.end(), [](const Name& field) { return field.text.empty(); });
}

bool is_header(const Row& row) {
    return std::equal(row.begin(), row.end(), header.begin(), header.end(),
                      [](const Name& field, std::string_view word) { return field.text == word; });
}

}  // namespace

Roster read_roster(std::string_view text, const Directory& directory, const Zone& zone,
                   const FileFindings& findings) {
    Roster roster;
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    if (const auto bad = first_bad_byte(text)) {
        const auto line = std::count(text.begin(), text.begin() + static_cast<long>(*bad), '\n');
        findings.error({static_cast<std::size_t>(line) + 1, 1}, "syntax",
                       "not UTF-8 text; in the spreadsheet, save as CSV UTF-8");
        return roster;
    }
    RosterLines lines(text, findings);
    Row row;
    if (!lines.next(row) || !is_header(row)) {
        findings.error({1, 1}, "invalid", "the first line should be: role,officer,start,end");
        return roster;
    }
    Named named;
    while (lines.next(row)) {
        if (roster.shifts.size() >= shifts_max) {
            findings.error(row.front().place, "too_large",
                           "more than " + std::to_string(shifts_max) + " shifts; take out those long past");
            break;
        }
        if (!is_blank(row)) read_shift(row, zone, findings, roster, named);
    }
    check_named(named, directory, findings);
    return roster;
}

}  // namespace alert::config

#include "scratch.hpp"

#include "alert/config/finding_words.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

namespace alert::test {

namespace {

// Lines are counted by tests: add at the end, or count again.
constexpr const char* daemon_text = R"(jurisdiction: qingshan
policy: policy.yaml
directory: directory.yaml
roster: roster.csv
calendar: calendar.yaml
redis:
  url: redis://127.0.0.1:6379/0
ingest:
  bind: ["tcp://127.0.0.1:5570"]
http:
  listen: 127.0.0.1:9570
  public_url: https://board.example.invalid/
channels:
  duty-group:
    format: cloudevents
    url: http://127.0.0.1:9580/duty
    secret_file: duty.secret
    fallback: leaders
  leaders:
    format: cloudevents
    url: http://127.0.0.1:9580/leaders
    secret: whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=
)";

constexpr const char* policy_text = R"(version: "1"
classes:
  - {id: emergency, title: A, match: {incident_grade: [特别重大, major]}, obligations: [press_conference,)"
                                    R"( authoritative_release]}
  - {id: general, title: B, match: {}, obligations: [response, holding]}
obligations:
  authoritative_release:
    title: 发布权威信息
    kind: statutory
    due: 5h
    start: earliest
    fulfilled_by: {event: response.published, kinds: [authoritative_release, press_conference]}
    review: true
    basis: 依据
    guide: 指引
    ladder: main
  response: {title: 回应, kind: statutory, basis: 规, due: 48h,)"
                                    R"( fulfilled_by: {event: response.published}, ladder: main}
  holding: {title: 初步回应, kind: internal, due: 3h,)"
                                    R"( when: {opinion_level: red, field: housing, lead_unit: zjj},)"
                                    R"( fulfilled_by: {event: response.published}, ladder: main}
  press_conference: {kind: statutory, basis: 规, due: 24h,)"
                                    R"( fulfilled_by: {event: response.published}, ladder: main}
ladders:
  main:
    - {at: start, notify: [duty_officer, lead_unit]}
    - {at: due-1h, notify: duty_officer, unless: acknowledged, when: {opinion_level: [red, orange]}}
    - {at: due, notify: [county_head], card: yellow, repeat: {every: 30m, times: 3}}
notices: {closed: [], attention: [duty_officer, county_head]}
commitments: {ladder: main}
)";

constexpr const char* directory_text = R"(units:
  - {id: zjj, name: 县住建局, liaison: [zhang], head: [li], vertical: true, channels: [duty-group]}
fields:
  - {id: housing, name: 保障性住房, lead: 县住建局, assist: [zjj]}
officers:
  - {id: zhang, name: 张三, mobile: "13800000001"}
  - {id: li, name: 李四}
roles:
  duty_officer: {roster: duty_officer, channels: [duty-group]}
  county_head: {officers: [li], channels: [leaders]}
)";

constexpr const char* roster_text = R"(role,officer,start,end
duty_officer,zhang,2026-06-01T08:00,2026-07-01T08:00
duty_officer,li,2026-07-01T08:00,2026-12-01T08:00
)";

constexpr const char* calendar_text = R"(holidays: [2026-10-01, 2026-10-02]
workdays: [2026-10-10]
known_until: 2026-12-31
)";

}  // namespace

Scratch::Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "yuqing-config-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    write("yuqingd.yaml", daemon_text)
        .write("policy.yaml", policy_text)
        .write("directory.yaml", directory_text);
    write("roster.csv", roster_text).write("calendar.yaml", calendar_text);
    write("audit.key", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=\n");
    write("duty.secret", "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=\n");
}

Scratch::~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

Scratch& Scratch::change(const std::string& file, const std::string& from, const std::string& to) {
    std::string text = files_.at(file);
    const auto place = text.find(from);
    REQUIRE(place != std::string::npos);
    REQUIRE(text.find(from, place + 1) == std::string::npos);
    return write(file, text.replace(place, from.size(), to));
}

Scratch& Scratch::append(const std::string& file, const std::string& text) {
    return write(file, files_.at(file) + text);
}

Scratch& Scratch::write(const std::string& file, const std::string& text) {
    files_[file] = text;
    // Behind everything a test puts there, so that no line moves.
    const bool unkeyed = file == "yuqingd.yaml" && text.find("audit:") == std::string::npos;
    std::ofstream(folder_ / file, std::ios::binary)
        << text << (unkeyed ? "audit: {key_file: audit.key}\n" : "");
    // Secrets as the daemon wants them, unless a test opens them up.
    std::filesystem::permissions(folder_ / file,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return *this;
}

LoadedConfig Scratch::load(Secrets secrets) const {
    auto loaded = load_config(path("yuqingd.yaml"), at("2026-06-12T10:00:00+08:00"), secrets);
    for (const auto* findings : {&loaded.errors, &loaded.warnings}) {
        for (const Error& finding : *findings) {
            if (finding_zh(finding.message) == finding.message) FAIL_CHECK("no Chinese: " << finding.message);
        }
    }
    return loaded;
}

TimePoint at(const std::string& rfc3339) { return parse_rfc3339(rfc3339).value(); }

std::string told(const std::vector<Error>& findings) {
    std::string text;
    for (const Error& finding : findings) {
        const auto name = finding.path.rfind('/');
        text += finding.code + " " + finding.path.substr(name == std::string::npos ? 0 : name + 1) + " " +
                finding.message + "\n";
    }
    return text;
}

bool tells(const std::vector<Error>& findings, const std::string& code, const std::string& file_and_line,
           const std::string& says) {
    for (const Error& finding : findings) {
        const auto slash = finding.path.rfind('/');
        const std::string place = finding.path.substr(slash == std::string::npos ? 0 : slash + 1) + ":";
        if (finding.code == code && place.rfind(file_and_line + ":", 0) == 0 &&
            finding.message.find(says) != std::string::npos) {
            return true;
        }
    }
    UNSCOPED_INFO("not told: " << code << " " << file_and_line << " " << says << "\nbut:\n"
                               << told(findings));
    return false;
}

}  // namespace alert::test

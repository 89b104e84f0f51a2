// The first line names a file of the configuration, the rest is its text; the others are small and sound.
// Whatever the text, there is a configuration or there are findings that say what and where.
#include "fuzz/demand.hpp"

#include "alert/codec/utf8.hpp"
#include "alert/config/config.hpp"

#include <map>
#include <string>

namespace {

using fuzz::demand;

const std::string folder = "/nonexistent/yuqing-fuzz/";
const std::map<std::string, std::string, std::less<>> sound = {
    {"yuqingd.yaml",
     "jurisdiction: a\npolicy: policy.yaml\ndirectory: directory.yaml\nroster: roster.csv\n"
     "calendar: calendar.yaml\nredis: {url: 'unix:///r'}\ningest: {bind: ['tcp://127.0.0.1:5570']}\n"
     "http: {listen: '127.0.0.1:9570', tokens: tokens.yaml}\n"
     "channels: {c: {format: cloudevents, url: 'http://127.0.0.1/', secret: whsec_"
     "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=}}\n"},
    {"policy.yaml",
     "version: '1'\nclasses: [{id: g, title: G, match: {}, obligations: [response]}]\n"
     "obligations: {response: {title: R, kind: statutory, due: 48h, basis: B, fulfilled_by: {event: "
     "response.published}, ladder: l}}\nladders: {l: [{at: due-1h, notify: [d]}]}\n"},
    {"directory.yaml",
     "units: [{id: u, name: U, channels: [c]}]\nfields: [{id: f, name: F, lead: u}]\n"
     "officers: [{id: o, name: O}]\nroles: {d: {roster: d, channels: [c]}, duty_officer: "
     "{officers: [o], channels: [c]}}\n"},
    {"roster.csv", "role,officer,start,end\nd,o,2026-06-01T08:00,2026-07-01T08:00\n"},
    {"calendar.yaml", "holidays: [2026-10-01]\nworkdays: [2026-10-10]\nknown_until: 2026-12-31\n"},
    {"tokens.yaml",
     "- {name: t, role: viewer, hash: "
     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef}\n"},
};

alert::FileSet all_but(std::string_view name, std::string_view text) {
    alert::FileSet files;
    for (const auto& [file, its_text] : sound) files.texts[folder + file] = file == name ? text : its_text;
    return files;
}

void check(const std::vector<alert::Error>& findings) {
    for (const auto& finding : findings) {
        demand(!finding.code.empty() && !finding.message.empty(), "a finding says nothing");
        demand(finding.path.starts_with(folder), "a finding is nowhere");
        demand(finding.message.size() < 4096, "a finding is told at length");
        demand(!alert::has_control_character(finding.message), "a finding steers a terminal");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = fuzz::text(data, size);
    const auto name = fuzz::take_until(rest, '\n');
    if (!sound.contains(name)) return 0;
    const auto files = all_but(name, rest);
    const auto now = alert::parse_rfc3339("2026-06-15T08:00:00+08:00").value();
    const auto loaded = alert::load_config(folder + "yuqingd.yaml", now, alert::Secrets::unread, &files);
    demand(loaded.errors.empty() == (loaded.config != nullptr),
           "there is neither configuration nor error, or both");
    check(loaded.errors);
    check(loaded.warnings);
    if (loaded.config) demand(loaded.place.has_value(), "nobody knows whose data it is");
    if (name == "policy.yaml") static_cast<void>(alert::parse_policy(std::string(rest), "policy.yaml"));
    return 0;
}

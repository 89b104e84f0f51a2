#include "told_cases.hpp"

#include "alert/codec/event_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace yuqing::test {

namespace json = boost::json;
using namespace alert;

namespace {

const std::string source_dir = YUQING_SOURCE_DIR;

std::string read_file(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string text_of(const std::optional<TimePoint>& at, const Zone& zone) {
    return at ? '"' + format_rfc3339(*at, zone) + '"' : "null";
}

/// `name` of `expected` against `is`, as JSON; absent members ask nothing.
void compare(std::string& difference, const std::string& what, const json::object& expected,
             std::string_view name, const std::string& is) {
    const json::value* asked = expected.if_contains(name);
    if (!asked || json::serialize(*asked) == is) return;
    difference +=
        what + "." + std::string(name) + ": expected " + json::serialize(*asked) + ", is " + is + "\n";
}

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

}  // namespace

std::shared_ptr<const Config> shipped_config() {
    const auto now = parse_rfc3339("2026-06-12T18:00:00+08:00").value();
    auto loaded = load_config(source_dir + "/config/yuqingd.yaml", now, Secrets::unread);
    if (loaded.config) return loaded.config;
    std::string all;
    for (const auto& error : loaded.errors) all += error.path + ": " + error.message + "\n";
    throw std::runtime_error("the shipped configuration does not load:\n" + all);
}

std::vector<Event> sample_events() {
    std::ifstream file(source_dir + "/tests/samples/events.jsonl");
    std::vector<Event> events;
    for (std::string line; std::getline(file, line);) events.push_back(decode_event(line).event.value());
    return events;
}

json::value sample_expectations() {
    return json::parse(read_file(source_dir + "/tests/samples/expected.json"));
}

std::map<CaseId, Snapshot> tell_all(const Rules& rules, const std::vector<Event>& events, TimePoint now) {
    std::map<CaseId, Snapshot> cases;
    for (const Event& event : events) {
        DecideInput input{.id = event.subject.value(), .facts = {{event, now, {}, false}}};
        if (const auto known = cases.find(input.id); known != cases.end()) {
            input.before = known->second;
            input.version = 1;
        }
        const auto transition = decide(rules, input, now);
        cases.insert_or_assign(input.id, transition.cases.at(0).next);
    }
    return cases;
}

std::string difference(const CaseView& view, const json::object& expected, const Zone& zone) {
    std::string all;
    compare(all, view.id.value, expected, "status", in_quotes(to_string(view.status)));
    compare(all, view.id.value, expected, "class", in_quotes(view.class_id));
    const auto& obligations = expected.at("obligations").as_object();
    for (const auto& [id, members] : obligations) {
        const auto what = view.id.value + "." + std::string(id);
        const auto at =
            std::find_if(view.obligations.begin(), view.obligations.end(),
                         [&, name = std::string_view(id)](const Obligation& o) { return o.id == name; });
        if (at == view.obligations.end()) {
            all += what + " is missing\n";
            continue;
        }
        const auto& asked = members.as_object();
        compare(all, what, asked, "status", in_quotes(to_string(at->status)));
        compare(all, what, asked, "start", text_of(at->start, zone));
        compare(all, what, asked, "due", text_of(at->due, zone));
        compare(all, what, asked, "fulfilled_at", text_of(at->fulfilled_at, zone));
    }
    for (const Obligation& o : view.obligations) {
        if (obligations.empty() && o.status != ObligationStatus::void_)
            all += view.id.value + "." + o.id + " is not void\n";
    }
    return all;
}

}  // namespace yuqing::test

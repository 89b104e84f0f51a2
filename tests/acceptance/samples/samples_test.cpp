// Three months of one county under the shipped rules, told in the order of the file and in other orders.
#include "told_cases.hpp"

#include "alert/codec/snapshot_json.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <set>

using namespace alert;
using namespace yuqing::test;

namespace {

constexpr int shuffles = 50;
constexpr std::size_t snapshot_bytes_max = 8 * 1024;

std::string all_differences(const std::map<CaseId, Snapshot>& cases, const Rules& rules) {
    const auto expected = sample_expectations();
    const auto as_of = parse_rfc3339(expected.at("as_of").as_string().c_str()).value();
    std::string all;
    for (const auto& [id, members] : expected.at("cases").as_object()) {
        const auto known = cases.find(CaseId(std::string(id)));
        if (known == cases.end()) {
            all += std::string(id) + " is missing\n";
            continue;
        }
        all += difference(derive(rules, known->second, as_of), members.as_object(), rules.zone);
    }
    return all;
}

/// Any order that still tells the first detection of a case before its other facts.
std::vector<Event> shuffled(std::vector<Event> events, unsigned seed) {
    const auto in_file = events;
    std::shuffle(events.begin(), events.end(), std::mt19937(seed));
    std::set<CaseId> opened;
    std::vector<Event> ordered;
    for (const Event& event : events) {
        if (opened.insert(*event.subject).second) {
            const auto first = std::find_if(in_file.begin(), in_file.end(),
                                            [&](const Event& e) { return e.subject == event.subject; });
            ordered.push_back(*first);
            if (first->key == event.key) continue;
        }
        const bool already =
            std::any_of(ordered.begin(), ordered.end(), [&](const Event& e) { return e.key == event.key; });
        if (!already) ordered.push_back(event);
    }
    return ordered;
}

}  // namespace

TEST_CASE("Samples: told in the order of the file, every case stands as expected") {
    const auto config = shipped_config();
    const auto rules = config->rules();
    const auto as_of = parse_rfc3339(sample_expectations().at("as_of").as_string().c_str()).value();
    CHECK(all_differences(tell_all(rules, sample_events(), as_of), rules) == "");
}

TEST_CASE("Samples: told in any order, every case stands as expected and has the same facts") {
    const auto config = shipped_config();
    const auto rules = config->rules();
    const auto as_of = parse_rfc3339(sample_expectations().at("as_of").as_string().c_str()).value();
    const auto events = sample_events();
    const auto in_order = tell_all(rules, events, as_of);
    for (unsigned seed = 1; seed <= shuffles; ++seed) {
        INFO("seed " << seed);
        const auto order = shuffled(events, seed);
        REQUIRE(order.size() == events.size());
        const auto cases = tell_all(rules, order, as_of);
        CHECK(all_differences(cases, rules) == "");
        for (const auto& [id, snapshot] : cases) CHECK(snapshot.facts == in_order.at(id).facts);
    }
}

TEST_CASE("Samples: a case's snapshot stays small") {
    const auto config = shipped_config();
    const auto as_of = parse_rfc3339(sample_expectations().at("as_of").as_string().c_str()).value();
    for (const auto& [id, snapshot] : tell_all(config->rules(), sample_events(), as_of)) {
        INFO(id.value);
        CHECK(encode_snapshot(snapshot).size() < snapshot_bytes_max);
    }
}

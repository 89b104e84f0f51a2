// A case is what its facts say, never in which order they came: random facts, random orders. A failure
// prints the seed; `unit_core "Order*"` with that seed in `seeds` replays it.
#include "support/office.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace alert;
using namespace yuqing::test;

namespace {

constexpr unsigned seeds = 200;

class Facts {
public:
    explicit Facts(unsigned seed) : random_(seed) {}

    std::vector<Fact> story() {
        std::vector<Fact> facts{detected(0h, detection(), "first")};
        for (int n = 4 + pick(25); n > 0; --n) facts.push_back(one(n, facts));
        for (Fact& told : facts) told.recorded_at = t0 + 24h * 30;  // told when everything is past
        return facts;
    }

    std::vector<Fact> shuffled(std::vector<Fact> facts) {
        std::shuffle(facts.begin() + 1, facts.end(), random_);
        return facts;
    }

    int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

private:
    Duration when() { return std::chrono::minutes(pick(24 * 60 * 4)) - 6h; }
    IncidentGrade grade() { return static_cast<IncidentGrade>(pick(5)); }
    OpinionLevel level() { return static_cast<OpinionLevel>(pick(4)); }
    std::string unit() {
        return std::vector<std::string>{"mzj", "县教育局", "县航天局"}[static_cast<std::size_t>(pick(3))];
    }
    bool maybe() { return pick(2) == 0; }

    Detected detection() {
        Detected d{.title = "题" + std::to_string(pick(5))};
        if (maybe()) d.incident_grade = grade();
        if (maybe()) d.opinion_level = level();
        if (maybe()) d.occurred_at = t0 - std::chrono::minutes(pick(600));
        if (maybe()) d.lead_unit = unit();
        if (maybe()) d.field = "社会救助";
        if (maybe()) d.assist_units = {unit()};
        if (maybe()) d.heat = Heat{pick(1000), 0, 0, 0};
        return d;
    }

    Fact one(int n, const std::vector<Fact>& before) {
        const auto name = std::to_string(n);
        const auto at = when();
        switch (pick(16)) {
            case 0:
            case 1: return detected(at, detection(), name);
            case 2:
            case 3:
                return fact(Assessed{"x", grade(), maybe() ? std::optional(level()) : std::nullopt, "",
                                     maybe() ? "y" : ""},
                            at, name);
            case 4: return fact(Assigned{"x", unit(), {}, ""}, at, name);
            case 5: return fact(Returned{"x", "", "y"}, at, name);
            case 6: return fact(Acknowledged{"x", ""}, at, name);
            case 7: return fact(Approved{"x", ""}, at, name);
            case 8:
            case 9: return published(at, static_cast<ResponseKind>(pick(10)), name);
            case 10: return fact(Waived{maybe() ? "response" : "continuous_release.2", "x", "y"}, at, name);
            case 11:
                return fact(CommitmentMade{"C" + std::to_string(pick(2)), "补发", t0 + when() + 10h, "x"}, at,
                            name);
            case 12: return fact(CommitmentKept{"C0", "x", ""}, at, name);
            case 13: return fact(Closed{"x", ""}, at, name);
            case 14:
                return maybe() ? fact(Reopened{"x", "y"}, at, name) : fact(Dismissed{"x", "y"}, at, name);
            default:
                return withdrawn(at, before[static_cast<std::size_t>(pick(static_cast<int>(before.size())))]);
        }
    }

    std::mt19937 random_;
};

/// One after another, or some of them together.
OneCase told(const std::vector<Fact>& facts, Facts& random) {
    OneCase one;
    for (std::size_t at = 0; at < facts.size();) {
        const auto take = std::min(facts.size() - at, static_cast<std::size_t>(1 + random.pick(3)));
        one.tell(std::vector(facts.begin() + static_cast<std::ptrdiff_t>(at),
                             facts.begin() + static_cast<std::ptrdiff_t>(at + take)),
                 24h * 30);
        at += take;
    }
    return one;
}

}  // namespace

TEST_CASE("Order: whatever the order of arrival, facts and view are the same") {
    for (unsigned seed = 1; seed <= seeds; ++seed) {
        INFO("seed " << seed);
        Facts random(seed);
        const auto story = random.story();
        const auto one = told(story, random), other = told(random.shuffled(story), random);
        REQUIRE(one.snapshot.facts == other.snapshot.facts);
        const auto a = one.view(), b = other.view();
        REQUIRE(one.statuses() == other.statuses());
        REQUIRE(a.obligations == b.obligations);
        REQUIRE(a.status == b.status);
        REQUIRE(a.flags == b.flags);
        REQUIRE(a.class_id == b.class_id);
        REQUIRE(a.attributes.lead_unit == b.attributes.lead_unit);
        REQUIRE(a.acknowledged_at == b.acknowledged_at);
    }
}

TEST_CASE("Order: told in time or all at the end, the obligations are the same") {
    for (unsigned seed = 1; seed <= seeds; ++seed) {
        INFO("seed " << seed);
        Facts random(seed);
        auto story = random.story();
        const auto late = told(story, random);
        std::stable_sort(story.begin() + 1, story.end(),
                         [](const Fact& a, const Fact& b) { return a.event.time < b.event.time; });
        OneCase live;
        for (const Fact& next : story) {
            live.run_until(std::max(next.event.time - t0, Duration{0}));
            live.tell(next);
        }
        live.run_until(24h * 30);
        // Only what depends on the moment of recording may differ.
        CHECK(live.statuses() == late.statuses());
        const auto a = live.view().obligations, b = late.view().obligations;
        REQUIRE(a.size() == b.size());
        for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == b[i]);
    }
}

TEST_CASE("Order: no step fires twice, before its time, or after its obligation ended") {
    for (unsigned seed = 1; seed <= seeds; ++seed) {
        INFO("seed " << seed);
        Facts random(seed);
        const auto story = random.shuffled(random.story());
        OneCase one;
        Duration now = 0h;
        for (const Fact& next : story) {
            now = std::max(now + std::chrono::minutes(random.pick(600)), next.event.time - t0);
            one.run_until(now);
            one.tell(next, now);
        }
        one.run_until(now + 24h * 10);
        std::set<NotificationId> ids;
        for (const auto& transition : one.transitions) {
            for (const auto& n : transition.notifications) {
                if (!n.step) continue;  // what comes to be a second time is the same notice again
                INFO(n.obligation->id << " " << n.step->at << " " << n.channel.value);
                CHECK(ids.insert(n.id).second);
                CHECK(n.step->planned <= n.created_at);
            }
        }
    }
}

TEST_CASE("Order: ten thousand detections of one matter leave a small snapshot, equal in any order") {
    std::vector<Fact> many;
    for (int i = 0; i < 10'000; ++i) {
        many.push_back(detected(std::chrono::seconds((i * 7919) % 10'000), {.heat = Heat{i, 0, 0, 0}},
                                std::to_string(i)));
        many.back().recorded_at = t0 + 10h;
    }
    const auto facts = refold(many);
    CHECK(facts.detections == 10'000);
    std::reverse(many.begin(), many.end());
    CHECK(refold(many) == facts);
    CHECK(facts.assessments.empty());
    CHECK(facts.detected->time == t0);
}

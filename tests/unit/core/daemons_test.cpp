// The daemons of one Redis: who is alive, and what they do not have alike.
#include "alert/core/daemons.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint t0{std::chrono::sys_days{std::chrono::year{2026} / 6 / 1}};

RunningDaemon daemon(const std::string& id, SharedSettings settings, TimePoint seen = t0) {
    return {id, "yq-" + id, 100, t0 - 1h, seen, std::move(settings)};
}

}  // namespace

TEST_CASE("Daemons: those that go by the same files, and one alone, are no trouble") {
    CHECK_FALSE(settings_trouble({}));
    CHECK_FALSE(settings_trouble({daemon("a", {{"policy", "1"}})}));
    CHECK_FALSE(settings_trouble(
        {daemon("a", {{"policy", "1"}, {"roster", "2"}}), daemon("b", {{"policy", "1"}, {"roster", "2"}})}));
}

TEST_CASE("Daemons: what they do not have alike is named, and who they are") {
    const auto trouble =
        settings_trouble({daemon("a", {{"policy", "1"}, {"roster", "1"}, {"calendar", "1"}}),
                          daemon("b", {{"policy", "2"}, {"roster", "1"}, {"calendar", "3"}})});
    REQUIRE(trouble);
    CHECK(trouble->id == TroubleId{TroubleKind::settings_differ, ""});
    CHECK(trouble->zh == "不一致的：calendar、policy；守护进程：yq-a:100、yq-b:100");
    CHECK(trouble->en == "calendar, policy differ between yq-a:100, yq-b:100");
}

TEST_CASE("Daemons: what only one version knows of counts for nothing") {
    CHECK_FALSE(settings_trouble(
        {daemon("a", {{"policy", "1"}}), daemon("b", {{"policy", "1"}, {"holidays", "7"}})}));
}

TEST_CASE("Daemons: a crowd is named in a few words") {
    std::vector<RunningDaemon> crowd;
    for (char id = 'a'; id < 'z'; ++id)
        crowd.push_back(daemon(std::string(1, id), {{"policy", id < 'c' ? "1" : "2"}}));
    CHECK(settings_trouble(crowd)->en == "policy differ between yq-a:100, yq-b:100, yq-c:100, yq-d:100, …");
}

TEST_CASE("Daemons: one that was not seen for a minute has stopped") {
    const auto alive = alive_daemons(
        {daemon("c", {}, t0 - 1min - 1ms), daemon("b", {}, t0 - 1min), daemon("a", {}, t0 + 1s)}, t0);
    REQUIRE(alive.size() == 2);
    CHECK(alive[0].id == "a");
    CHECK(alive[1].id == "b");
}

#include "scratch.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace alert::test;

namespace {

LoadedConfig with(const std::string& assessment) {
    return Scratch().append("yuqingd.yaml", "assessment: " + assessment + "\n").load();
}

}  // namespace

TEST_CASE("Assessment section: how units are scored may be set, and has defaults") {
    CHECK(with("{}").config->score == ScoreRules{});
    const auto set = with(
                         "{answer: 100, acknowledge: 0, commitment: 5, overdue_less: 3, red_less: 4, "
                         "return_less: 1, less_max: 30, pass: 80}")
                         .config->score;
    CHECK(set == ScoreRules{100, 0, 5, 3, 4, 1, 30, 80});
}

TEST_CASE("Assessment section: points out of bounds and parts that come to nothing are refused") {
    CHECK(tells(with("{pass: 101}").errors, "invalid", "yuqingd.yaml:23", "from 0 to 100"));
    CHECK(tells(with("{overdue: 1}").errors, "unknown_key", "yuqingd.yaml:23", "overdue_less"));
    CHECK(tells(with("{answer: 0, acknowledge: 0, commitment: 0}").errors, "invalid", "yuqingd.yaml:23",
                "cannot all be 0"));
}

// Facts told as history: recorded, ringing nobody, and leaving alone what the case owes without them.
#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

namespace {

using Texts = std::vector<std::string>;

const Fact first = detected(0h, {.lead_unit = "mzj"});

std::vector<Fact> as_history(std::vector<Fact> facts) {
    for (Fact& told : facts) told.silent = true;
    return facts;
}

}  // namespace

TEST_CASE("History: facts told as history are recorded, ring nobody, and steps of that time stay silent") {
    OneCase one;
    auto old = first;
    old.silent = true;
    CHECK(one.tell(old, 47h + 30min).notifications.empty());
    CHECK(one.fired().empty());
    CHECK(one.passed().size() == 3);
    CHECK(one.record.front().silent);
    one.run_until(48h);
    CHECK(one.fired() == Texts{"response due@48h"});
}

TEST_CASE("History: what falls due after it was told rings as usual, whatever was passed in silence") {
    OneCase one;
    one.tell(as_history({first, acknowledged(1min)}), 47h + 30min);
    CHECK(one.fired().empty());
    CHECK(one.passed() == Texts{"superseded response start@47h30m", "superseded response 50%@47h30m",
                                "skipped response due-1h@47h30m history"});
    one.run_until(80h);
    CHECK(one.fired() == Texts{"response due@48h", "response due+24h@72h"});
}

TEST_CASE("History: neither an answer, a closing nor a flag of that time is told") {
    OneCase one;
    one.tell(as_history({detected(0h, {.lead_unit = "nobody"}), published(1h), closed(2h)}), 3h);
    CHECK(one.notices().empty());
    CHECK(one.transitions.back().notifications.empty());
    CHECK(one.view().flags.contains("unknown_unit"));
    CHECK(one.obligation("response").status == ObligationStatus::met);
}

TEST_CASE("History: what a case owed without it is told all the same, unless it is the answer") {
    OneCase one;
    one.tell({first, acknowledged(1min)});
    one.fired();
    one.notices();
    one.tell(as_history({fact(Noted{"x", "y"}, 1h)}), 24h);
    CHECK(one.fired() == Texts{"response 50%@24h"});
    one.tell(as_history({published(2h)}), 47h);
    CHECK(one.fired().empty());
    CHECK(one.notices().empty());
}

TEST_CASE("History: a mute does not keep for later what history brings") {
    OneCase one;
    one.tell(as_history({first, acknowledged(1min), fact(Muted{t0 + 30h, "x", "y"}, 1h)}), 25h);
    CHECK(one.fired().empty());
    one.run_until(40h);
    CHECK(one.fired().empty());
    one.run_until(48h);
    CHECK(one.fired() == Texts{"response due-1h@47h", "response due@48h"});
}

TEST_CASE("History: a mute goes on holding what the case owed before") {
    OneCase one;
    one.tell({first, acknowledged(1min), fact(Muted{t0 + 30h, "x", "y"}, 1h)});
    one.fired();
    one.look(25h);
    one.tell(as_history({fact(Noted{"x", "y"}, 2h)}), 26h);
    CHECK(one.fired().empty());
    CHECK(one.passed().empty());
    one.run_until(40h);
    CHECK(one.fired() == Texts{"response 50%@30h"});
}

TEST_CASE("History: an excused obligation stays silent") {
    OneCase one;
    one.tell({first, acknowledged(1min)});
    one.run_until(48h);
    one.tell(waived(49h, "response"));
    one.fired();
    CHECK(one.tell(as_history({fact(Noted{"x", "y"}, 1h)}), 73h).notifications.empty());
    CHECK(one.fired().empty());
    CHECK(one.obligation("response").status == ObligationStatus::overdue);
}

TEST_CASE("History: what it undoes was not owed") {
    OneCase one;
    one.office.ladder("continuous") = {step("start", {"duty_officer"}), step("due", {"duty_officer"})};
    one.office.rule("acknowledge").ladder = "continuous";
    const auto second = assigned(1h, "jyj");
    one.tell({first, acknowledged(1min), second});
    CHECK(one.obligation("acknowledge.2").status == ObligationStatus::pending);
    one.fired();
    one.tell(as_history({withdrawn(2h, second)}), 2h);  // its deadline was not looked at
    CHECK(one.fired().empty());
    CHECK(one.statuses() == "acknowledge.1 met, response pending");
}

TEST_CASE(
    "History: a detection after the closing is not told as renewed, the next one that is no history is") {
    OneCase one;
    one.tell({first, acknowledged(1min), published(1h), closed(2h)});
    one.notices();
    one.tell(as_history({detected(3h)}));
    CHECK(one.notices().empty());
    one.tell(detected(3h + 1min));
    CHECK(one.notices() == Texts{"attention:renewed"});
}

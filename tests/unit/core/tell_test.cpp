// Who is told what through which channel, and that it is told once.
#include "alert/core/messages.hpp"
#include "support/office.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace alert;
using namespace yuqing::test;
using enum IncidentGrade;

namespace {

using Texts = std::vector<std::string>;

const Fact first = detected(0h, {.lead_unit = "mzj"});

/// "duty-group: duty_officer(chen) lead_unit(zhang)" for each notification.
Texts audiences(const Transition& transition) {
    Texts texts;
    for (const auto& n : transition.notifications) {
        std::string text = n.channel.value + ":";
        for (const auto& target : n.targets) {
            text += " " + target.role + "(";
            for (const auto& officer : target.officers) text += (text.back() == '(' ? "" : ",") + officer;
            text += ")";
        }
        texts.push_back(text);
    }
    return texts;
}

OneCase with_step(Step step) {
    OneCase one;
    one.office.ladder("general") = {std::move(step)};
    return one;
}

std::vector<NotificationId> ids_of(const Transition& transition) {
    std::vector<NotificationId> ids;
    for (const auto& n : transition.notifications) ids.push_back(n.id);
    return ids;
}

}  // namespace

TEST_CASE("Audience: roles of one step on one channel are one message") {
    auto one = with_step(step("start", {"duty_officer", "duty_leader", "county_head"}));
    CHECK(audiences(one.tell(first)) ==
          Texts{"duty-group: duty_officer(chen) duty_leader(wang)", "leaders: county_head(li)"});
}

TEST_CASE(
    "Audience: the case's units are reached through their own channels, else those of the duty officer") {
    auto one = with_step(step("start", {"lead_unit", "unit_head", "assist_units"}));
    CHECK(audiences(one.tell(detected(0h, {.lead_unit = "mzj", .assist_units = {"jyj"}}))) ==
          Texts{"duty-group: assist_units(wang)", "mzj-group: lead_unit(zhang) unit_head(li)"});
    auto other = with_step(step("start", {"lead_unit", "unit_head"}));
    CHECK(audiences(other.tell(detected(0h, {.lead_unit = "jyj"}))) ==
          Texts{"duty-group: lead_unit(wang) unit_head(zhao)"});
    auto nobody = with_step(step("start", {"lead_unit"}));
    CHECK(audiences(nobody.tell(detected())).front() == "duty-group: lead_unit()");
}

TEST_CASE("Audience: the officer of a roster is whoever is on duty when the step fires") {
    auto one = with_step(step("start+10h", {"duty_officer"}));
    one.office.roster.shifts.push_back({"duty_officer", "li", t0 + 10h, t0 + 11h});
    one.tell({first, acknowledged(1min)});
    CHECK(audiences(one.look(10h)) == Texts{"duty-group: duty_officer(li)"});
}

TEST_CASE(
    "Roster gap: the role's channels are told without a mention, the next step's roles too, and attention") {
    OneCase one;
    one.office.ladder("general") = {step("start+10h", {"duty_leader"}), step("start+20h", {"county_head"})};
    one.office.roster.shifts.erase(one.office.roster.shifts.begin() + 1);
    one.tell({first, acknowledged(1min)});
    one.notices();
    CHECK(audiences(one.look(10h)) ==
          Texts{"duty-group: duty_officer(chen)", "duty-group: duty_leader()", "leaders: county_head(li)"});
    CHECK(one.notices() == Texts{"attention:roster_gap"});
    CHECK(one.view().flags.contains("roster_gap"));
}

TEST_CASE("Roster gap: is told once for a case and role") {
    OneCase one;
    one.office.ladder("general") = {step("start+10h", {"duty_leader"}), step("start+20h", {"duty_leader"})};
    one.office.roster.shifts.erase(one.office.roster.shifts.begin() + 1);
    one.tell({first, acknowledged(1min)});
    one.run_until(30h);
    CHECK(one.fired().size() == 2);
    const auto notices = one.notices();
    CHECK(std::count(notices.begin(), notices.end(), "attention:roster_gap") == 1);
}

TEST_CASE("Message: says what, by when, on what basis and what to do") {
    auto one = with_step(step("start", {"duty_officer"}));
    one.office.ladder("general").front().card = Card::yellow;
    const auto n = one.tell(detected(0h, {.title = "低保发放",
                                          .field = "社会救助",
                                          .incident_grade = ordinary,
                                          .opinion_level = OpinionLevel::orange,
                                          .lead_unit = "mzj"}))
                       .notifications.at(0);
    CHECK(n.reason == Reason::opened);
    CHECK(n.card == Card::yellow);
    REQUIRE(n.matter);
    CHECK(n.matter->title == "低保发放");
    CHECK(n.matter->class_id == "general");
    CHECK(n.matter->field == "社会救助");
    CHECK(n.matter->lead_unit == "县民政局");
    REQUIRE(n.obligation);
    CHECK(n.obligation->id == "response");
    CHECK(n.obligation->due == t0 + 48h);
    REQUIRE(n.step);
    CHECK(n.step->at == "start");
    CHECK(n.step->planned == t0);
    CHECK(n.created_at == t0);
    const auto message = compose(n, one.office.directory, t0, one.office.zone);
    CHECK(message.title == "【新事项】低保发放");
    for (const char* part : {"义务 response", "法定时限：06-03 08:00（剩余2天）", "一般突发事件，橙色舆情",
                             "责任单位：县民政局", "黄牌", "怎么做：怎么做", "依据：依据", "通知：陈七"}) {
        CHECK_THAT(message.text, Catch::Contains(part));
    }
    CHECK_THAT(compose(n, one.office.directory, t0 + 49h, one.office.zone).text,
               Catch::Contains("已超期1小时"));
}

TEST_CASE("Reasons: every one is read back from its name") {
    for (int i = 0; i <= static_cast<int>(Reason::self); ++i) {
        const auto reason = static_cast<Reason>(i);
        CHECK(parse_reason(to_string(reason)) == reason);
    }
    CHECK_FALSE(parse_reason("breach"));
}

TEST_CASE("Notices: a raised grade or level is told, a lowered one is not") {
    OneCase one;
    one.tell({detected(0h, {.incident_grade = ordinary, .lead_unit = "mzj"}), acknowledged(1min)});
    one.notices();
    one.tell(assessed(1h, major));
    CHECK(one.notices() == Texts{"upgraded"});
    one.tell(assessed(2h, ordinary, "核实"));
    CHECK(one.notices().empty());
    one.tell(fact(Assessed{.by = "x", .opinion_level = OpinionLevel::red}, 3h));
    CHECK(one.notices() == Texts{"upgraded"});
    one.tell(assessed(4h, major));
    CHECK(one.notices() == Texts{"upgraded"});  // raised again: another message
    std::set<NotificationId> ids;
    for (const auto& t : one.transitions) {
        for (const auto& n : t.notifications) {
            if (n.reason == Reason::upgraded) CHECK(ids.insert(n.id).second);
        }
    }
}

TEST_CASE("Notices: a grade raised after the closing or the dismissal is told") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj"}), acknowledged(1min), published(1h), closed(2h)});
    one.notices();
    one.tell(assessed(3h, major));
    CHECK(one.notices() == Texts{"upgraded", "attention:closed_unanswered"});
    one.tell(fact(Dismissed{"x", "不属实"}, 4h));
    one.notices();
    one.tell(assessed(5h, IncidentGrade::extreme));
    CHECK(one.notices() == Texts{"upgraded"});
}

TEST_CASE("Notices: an answer is told once, also to whoever was told due or later") {
    OneCase one;
    one.tell({first, acknowledged(1min)});
    one.run_until(48h);
    one.notices();
    CHECK(audiences(one.tell(published(49h))) ==
          Texts{"duty-group: duty_officer(chen)", "leaders: deputy_head(zhao) county_head(li)"});
    CHECK(one.notices() == Texts{"fulfilled response"});
    one.tell(published(50h));
    CHECK(one.notices().empty());
}

TEST_CASE("Notices: an answer before due goes to those the policy names, [] silences it") {
    OneCase one;
    one.office.policy.notices["fulfilled"] = {"duty_leader"};
    one.tell({first, acknowledged(1min)});
    CHECK(audiences(one.tell(published(1h))) == Texts{"duty-group: duty_leader(wang)"});
    OneCase silent;
    silent.office.policy.notices["fulfilled"] = {};
    silent.tell({first, acknowledged(1min)});
    silent.notices();
    CHECK(silent.tell(published(1h)).notifications.empty());
    CHECK(silent.notices().empty());
}

TEST_CASE(
    "Notices: an answer, a closing and a raised grade have one name, however often the case was written") {
    const auto names = [](bool together) {
        OneCase one;
        const auto raised = assessed(30min, IncidentGrade::major);
        if (together) {
            one.tell({first, acknowledged(1min)});
        } else {
            one.tell(first);
            one.tell(acknowledged(1min));
        }
        std::set<std::string> found;
        for (const auto& fact : {raised, published(1h), closed(2h)}) {
            for (const auto& n : one.tell(fact).notifications)
                if (!n.step && n.reason != Reason::attention) found.insert(n.id.value);
        }
        return found;
    };
    CHECK(names(true).size() >= 2);
    CHECK(names(true) == names(false));
}

TEST_CASE("Notices: an answer withdrawn and given again is told again") {
    OneCase one;
    const auto answer = published(1h);
    one.tell({first, acknowledged(1min)});
    one.tell(answer);
    one.tell(withdrawn(2h, answer));
    one.notices();
    one.tell(published(3h));
    CHECK(one.notices() == Texts{"fulfilled response"});
}

TEST_CASE("Notices: a due time that a withdrawal moves later is told, one that moves earlier is not") {
    OneCase one;
    const auto early = detected(-10h, {.lead_unit = "mzj"}, "early");
    one.tell({first, acknowledged(1min)});
    one.notices();
    one.tell(early, 1h);
    CHECK(one.notices().empty());
    one.tell(withdrawn(2h, early));
    CHECK(one.notices() == Texts{"attention:due_moved response"});
    CHECK_THAT(one.transitions.back().notifications.at(0).detail,
               Catch::Contains("2026-06-02T22:00:00+08:00"));
}

TEST_CASE("Overtaken: a later step replaces the message of the one before, an answer replaces both") {
    OneCase one;
    const auto opened = one.tell({first, acknowledged(1min)}).notifications;
    std::set<NotificationId> overtaken;
    for (const auto& o : one.look(24h).overtaken) overtaken.insert(o.id);
    for (const auto& n : opened) {
        // The unit's own channel is not told at half time: its message still goes.
        if (n.reason == Reason::opened) CHECK(overtaken.contains(n.id) == (n.channel.value == "duty-group"));
    }
    const auto half = ids_of(one.transitions.back());
    overtaken.clear();
    for (const auto& o : one.tell(published(25h)).overtaken) overtaken.insert(o.id);
    for (const auto& id : half) CHECK(overtaken.contains(id));
    for (const auto& n : opened) {
        if (n.reason == Reason::opened && n.channel.value != "duty-group") CHECK(overtaken.contains(n.id));
    }
    CHECK(one.tell(published(26h)).overtaken.empty());
}

TEST_CASE("Overtaken: a step on the leaders' channel does not silence what the duty group was to hear") {
    auto one = with_step(step("start", {"duty_officer", "county_head"}));
    one.office.ladder("general").push_back(step("start+1h", {"county_head"}));
    one.office.ladder("general").push_back(step("start+2h", {"duty_officer"}));
    one.tell(first);
    const auto opened = ids_of(one.transitions.back());  // duty-group, leaders
    REQUIRE(opened.size() == 2);
    const auto overtaken_at = [&](Duration at) {
        std::set<NotificationId> ids;
        for (const auto& o : one.look(at).overtaken) ids.insert(o.id);
        return ids;
    };
    CHECK(overtaken_at(1h) == std::set{opened[1]});
    CHECK(overtaken_at(2h) == std::set{opened[0]});
}

TEST_CASE("Overtaken: an answer takes back what waits of every step, however many channels were told since") {
    auto one = with_step(step("start", {"duty_officer"}));
    one.office.ladder("general").push_back(step("start+1h", {"county_head"}));
    const auto opened = ids_of(one.tell({first, acknowledged(1min)}));
    const auto later = ids_of(one.look(1h));
    std::set<NotificationId> overtaken;
    for (const auto& o : one.tell(published(2h)).overtaken) overtaken.insert(o.id);
    CHECK(overtaken.contains(opened.at(0)));
    CHECK(overtaken.contains(later.at(0)));
}

TEST_CASE("Notices: a cause that went away and comes back is told again, under another id") {
    OneCase one;
    const auto no_unit = ids_of(one.tell(detected()));
    const auto assignment = assigned(1h, "mzj");
    one.tell(assignment);
    one.notices();
    const auto again = ids_of(one.tell(withdrawn(2h, assignment)));
    CHECK(one.notices() == Texts{"attention:unassigned"});
    REQUIRE_FALSE(again.empty());
    for (const auto& id : again) CHECK(std::find(no_unit.begin(), no_unit.end(), id) == no_unit.end());
}

TEST_CASE("Overtaken: the message to a unit that no longer leads is taken back too") {
    auto one = with_step(step("start", {"lead_unit"}));
    one.office.ladder("general").push_back(step("start+1h", {"lead_unit"}));
    const auto opened = one.tell({first, acknowledged(1min)}).notifications.front();
    one.tell(assigned(1h, "jyj"));
    const auto overtaken = one.transitions.back().overtaken;
    CHECK(std::any_of(overtaken.begin(), overtaken.end(),
                      [&](const Overtaken& o) { return o.id == opened.id; }));
}

TEST_CASE("Ids: a decision taken twice is one message") {
    const Office office = an_office();
    DecideInput input{.id = CaseId("QS-1"), .facts = {detected(0h, {.incident_grade = major})}};
    const auto once = decide(office.rules(), input, t0), twice = decide(office.rules(), input, t0 + 3s);
    CHECK(once.notifications.size() >= 2);
    CHECK(ids_of(once) == ids_of(twice));
}

TEST_CASE("Ids: no two messages of a case share one") {
    OneCase one;
    one.tell({detected(0h, {.incident_grade = major, .lead_unit = "mzj"}), assigned(10min, "jyj")});
    one.run_until(100h);
    one.tell({published(101h, ResponseKind::press_conference), closed(102h)});
    std::set<NotificationId> ids;
    std::size_t count = 0;
    for (const auto& t : one.transitions) {
        for (const auto& n : t.notifications) ids.insert(n.id), ++count;
    }
    CHECK(count > 10);
    CHECK(ids.size() == count);
}

TEST_CASE("Office notice: about no one case, equal occasions are one message") {
    const Office office = an_office();
    const auto one =
        office_notice(office.rules(), Reason::attention, "rejected", "来源：x", "rejected:x:1", t0);
    REQUIRE(one.size() == 1);
    CHECK_FALSE(one[0].matter);
    CHECK(one[0].flag == "rejected");
    CHECK(one[0].targets.at(0).officers == Texts{"chen"});
    CHECK(one[0].id ==
          office_notice(office.rules(), Reason::attention, "rejected", "", "rejected:x:1", t0 + 1h).at(0).id);
    CHECK(one[0].id !=
          office_notice(office.rules(), Reason::attention, "rejected", "", "rejected:x:2", t0).at(0).id);
}

TEST_CASE("Notices: [] silences a closing and a raised grade, which are recorded all the same") {
    OneCase one;
    one.office.policy.notices = {{"closed", {}}, {"upgraded", {}}};
    one.tell({detected(0h, {.incident_grade = ordinary, .lead_unit = "mzj"}), acknowledged(1min)});
    one.notices();
    one.tell({assessed(1h, considerable), published(2h), closed(3h)});
    CHECK(one.view().attributes.incident_grade == considerable);
    CHECK(one.view().status == CaseStatus::closed);
    CHECK(one.notices() == Texts{"fulfilled response"});
}

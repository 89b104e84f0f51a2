#include "simulation/invented_office.hpp"

#include <algorithm>
#include <set>

namespace yuqing::simulation {

using namespace alert;
using namespace std::chrono_literals;

namespace {

const std::vector<std::string> roles{"duty_officer", "duty_leader",  "county_head",
                                     "lead_unit",    "assist_units", "unit_head"};

std::size_t type_index(std::string_view name) {
    const auto at = std::find(event_type_names.begin(), event_type_names.end(), name);
    return static_cast<std::size_t>(at - event_type_names.begin());
}

template <class E>
std::vector<E> some(Dice& dice, std::initializer_list<E> of) {
    std::vector<E> picked;
    for (const E one : of) {
        if (dice.chance(0.4)) picked.push_back(one);
    }
    if (picked.empty()) picked.push_back(*of.begin());
    return picked;
}

Condition a_condition(Dice& dice) {
    Condition condition;
    using enum IncidentGrade;
    using enum OpinionLevel;
    switch (dice.between(0, 6)) {
        case 0: condition.incident_grade = some(dice, {major, extreme, considerable}); break;
        case 1: condition.opinion_level = some(dice, {red, orange, yellow}); break;
        case 2: condition.matter = some(dice, {Matter::hotline, Matter::consultation}); break;
        case 3: condition.field = {dice.chance(0.5) ? "f0" : "领域f1"}; break;
        case 4: condition.lead_unit = {dice.chance(0.5) ? "u0" : "单位u1"}; break;
        case 5: condition.platform = {"weibo"}; break;
        default: condition.source = {"hotline"}; break;
    }
    return condition;
}

Period a_period(Dice& dice) {
    static const std::vector<Duration> lengths{15min, 30min, 1h, 3h, 5h, 12h, 24h, 48h, 72h};
    if (dice.chance(0.1)) return {.workdays = dice.between(1, 5)};
    if (dice.chance(0.03)) return {.months = 1};
    return {.fixed = dice.pick(lengths)};
}

void set_clock(Dice& dice, ObligationRule& rule) {
    const double kind = dice.share();
    using enum StartRule;
    static const std::vector<StartRule> starts{detected, occurred, recorded, earliest};
    rule.start = dice.pick(starts);
    if (kind < 0.2) {
        rule.every = Period{.fixed = dice.between(3, 24) * 1h};
    } else if (kind < 0.28) {
        rule.due_given = true;
    } else {
        rule.due = a_period(dice);
        if (kind < 0.5) rule.start = assigned;
    }
}

ObligationRule a_rule(Dice& dice, const std::string& id) {
    using enum ResponseKind;
    ObligationRule rule{.id = id, .title = "义务" + id};
    rule.kind = dice.chance(0.5) ? ObligationKind::statutory : ObligationKind::internal;
    set_clock(dice, rule);
    const double by = dice.share();
    if (rule.start == StartRule::assigned ? by < 0.8 : by < 0.15) {
        rule.fulfilled_by.event_type = type_index("case.acknowledged");
    } else if (by < 0.25) {
        rule.fulfilled_by.event_type = type_index("response.approved");
    } else {
        rule.fulfilled_by.event_type = type_index("response.published");
        if (dice.chance(0.6)) {
            rule.fulfilled_by.kinds =
                some(dice, {authoritative_release, press_conference, online_reply, progress_update});
        }
        rule.review = dice.chance(0.3);
    }
    if (dice.chance(0.25)) rule.when = a_condition(dice);
    if (dice.chance(0.9)) rule.ladder = "l" + std::to_string(dice.between(0, 3));
    return rule;
}

Step a_step(Dice& dice, const std::string& at) {
    Step step{.at = parse_step_time(at).value()};
    for (int i = dice.between(1, 3); i > 0; --i) {
        const auto& role = dice.pick(roles);
        if (std::find(step.notify.begin(), step.notify.end(), role) == step.notify.end())
            step.notify.push_back(role);
    }
    if (dice.chance(0.2)) step.unless = dice.chance(0.7) ? Unless::acknowledged : Unless::approved;
    if (dice.chance(0.1)) step.when = a_condition(dice);
    const bool late = step.at.anchor == StepTime::Anchor::due && !step.at.before;
    if (late && dice.chance(0.6)) step.card = dice.chance(0.6) ? Card::yellow : Card::red;
    if (dice.chance(late ? 0.25 : 0.08)) {
        step.repeat = dice.chance(0.12) ? Repeat{dice.between(48, 168) * 1h, std::nullopt}
                                        : Repeat{dice.between(1, 16) * 30min, dice.between(1, 4)};
    }
    return step;
}

/// Steps mostly in the order of time, each written once.
Ladder a_ladder(Dice& dice, const std::string& id) {
    static const std::vector<std::string> menu{"start",   "start+15m", "start+1h", "25%",
                                               "50%",     "90%",       "due-1d",   "due-1h",
                                               "due-15m", "due+30m",   "due+6h",   "due+2d"};
    Ladder ladder{.id = id, .steps = {}};
    for (const auto& at : menu) {
        if (at == "due+30m" && dice.chance(0.85)) ladder.steps.push_back(a_step(dice, "due"));
        if (dice.chance(0.24)) ladder.steps.push_back(a_step(dice, at));
    }
    if (dice.chance(0.1)) std::reverse(ladder.steps.begin(), ladder.steps.end());
    return ladder;
}

std::shared_ptr<const Policy> a_policy(Dice dice, const std::string& text) {
    Policy policy{.version = text, .hash = PolicyHash(text), .text = text, .classes = {}};
    const int rules = dice.between(4, 8);
    for (int i = 0; i < rules; ++i) {
        const auto id = "r" + std::to_string(i);
        policy.obligations[id] = a_rule(dice, id);
    }
    for (int i = 0; i < 4; ++i) {
        const auto id = "l" + std::to_string(i);
        policy.ladders[id] = a_ladder(dice, id);
    }
    const int classes = dice.between(2, 3);
    for (int i = 0; i < classes; ++i) {
        CaseClass one{"c" + std::to_string(i), "类", {}, {}};
        if (i == 0) one.match.incident_grade = {IncidentGrade::extreme, IncidentGrade::major};
        if (i == 1 && (classes > 2 || dice.chance(0.05))) one.match = a_condition(dice);
        for (const auto& [id, rule] : policy.obligations) {
            if (dice.chance(0.55)) one.obligations.push_back(id);
        }
        policy.classes.push_back(std::move(one));
    }
    for (const char* reason : {"upgraded", "fulfilled", "closed"}) {
        if (dice.chance(0.3)) policy.notices[reason] = {};
        if (dice.chance(0.3)) policy.notices[reason] = {dice.pick(roles)};
    }
    if (dice.chance(0.7)) policy.commitment_ladder = "l" + std::to_string(dice.between(0, 3));
    return std::make_shared<Policy>(std::move(policy));
}

Directory a_directory(Dice& dice) {
    Directory directory;
    for (int i = 0; i < 4; ++i) {
        const auto n = std::to_string(i);
        Unit unit{
            .id = "u" + n, .name = "单位u" + n, .liaison = {"o" + n}, .head = {"o" + n}, .channels = {}};
        if (dice.chance(0.7)) unit.channels = {ChannelId(dice.chance(0.5) ? "units" : "duty")};
        directory.units.push_back(unit);
        directory.fields.push_back({"f" + n, "领域f" + n, "u" + n, {}});
        directory.officers.push_back({.id = "o" + n, .name = "人" + n});
    }
    directory.roles = {{"duty_officer", "duty_officer", {}, {ChannelId("duty")}},
                       {"duty_leader", "duty_leader", {}, {ChannelId("duty"), ChannelId("leaders")}},
                       {"county_head", "", {"o1"}, {ChannelId("leaders")}}};
    return directory;
}

Roster a_roster(Dice& dice, TimePoint from, TimePoint until) {
    Roster roster;
    for (const char* role : {"duty_officer", "duty_leader"}) {
        for (auto at = from - 24h * 40; at < until + 24h * 40; at += 24h * 7) {
            if (!dice.chance(0.1)) roster.shifts.push_back({role, "o2", at, at + 24h * 7});
            if (dice.chance(0.3)) roster.shifts.push_back({role, "o3", at + 10h, at + 34h});
        }
    }
    return roster;
}

Calendar a_calendar(Dice& dice, TimePoint from, TimePoint until) {
    Calendar calendar;
    const LocalDays first{std::chrono::floor<std::chrono::days>(from).time_since_epoch()};
    const LocalDays last{std::chrono::floor<std::chrono::days>(until).time_since_epoch()};
    for (LocalDays day = first; day < last; day += std::chrono::days(1)) {
        if (dice.chance(0.04)) calendar.holidays.insert(day);
        if (dice.chance(0.03)) calendar.workdays.insert(day);
    }
    calendar.known_until = last;
    return calendar;
}

}  // namespace

InventedOffice invent_office(Dice dice, TimePoint from, TimePoint until) {
    InventedOffice office;
    office.first = a_policy(dice.fork("first"), "policy-1");
    office.second = a_policy(dice.fork("second"), "policy-2");
    office.directory = std::make_shared<Directory>(a_directory(dice));
    office.roster = std::make_shared<Roster>(a_roster(dice, from, until));
    office.calendar = std::make_shared<Calendar>(a_calendar(dice, from, until));
    office.zone = Zone::find("Asia/Shanghai").value();
    return office;
}

}  // namespace yuqing::simulation

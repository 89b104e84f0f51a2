#include "support/office.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace yuqing::test {

using namespace alert;

const TimePoint t0 = parse_rfc3339("2026-06-01T08:00:00+08:00").value();

namespace {

ObligationRule rule(const std::string& id, ObligationKind kind, Period due, StartRule start,
                    std::size_t event, std::vector<ResponseKind> kinds, const std::string& ladder) {
    return {.id = id,
            .title = "义务 " + id,
            .kind = kind,
            .due = due,
            .start = start,
            .fulfilled_by = {event, std::move(kinds)},
            .basis = "依据",
            .guide = "怎么做",
            .ladder = ladder};
}

std::size_t type_index(std::string_view name) {
    const auto at = std::find(event_type_names.begin(), event_type_names.end(), name);
    return static_cast<std::size_t>(at - event_type_names.begin());
}

void add_obligations(Policy& policy) {
    using enum ResponseKind;
    const auto published_type = type_index("response.published");
    const auto add = [&](ObligationRule added) { policy.obligations[added.id] = std::move(added); };
    add(rule("authoritative_release", ObligationKind::statutory, {.fixed = 5h}, StartRule::earliest,
             published_type, {authoritative_release, rumor_refutation, press_conference}, "emergency"));
    policy.obligations["authoritative_release"].review = true;
    add(rule("press_conference", ObligationKind::statutory, {.fixed = 24h}, StartRule::earliest,
             published_type, {press_conference}, ""));
    add(rule("continuous_release", ObligationKind::internal, {}, StartRule::earliest, published_type,
             {authoritative_release, press_conference, progress_update, final_report}, "continuous"));
    policy.obligations["continuous_release"].due.reset();
    policy.obligations["continuous_release"].every = Period{.fixed = 12h};
    add(rule("acknowledge", ObligationKind::internal, {.fixed = 15min}, StartRule::assigned,
             type_index("case.acknowledged"), {}, ""));
    add(rule("response", ObligationKind::statutory, {.fixed = 48h}, StartRule::detected, published_type, {},
             "general"));
    add(rule("holding_statement", ObligationKind::internal, {.fixed = 3h}, StartRule::detected,
             published_type, {}, ""));
    policy.obligations["holding_statement"].when.opinion_level = {OpinionLevel::red};
}

Policy a_policy() {
    using enum IncidentGrade;
    Policy policy{
        .version = "test", .hash = PolicyHash("0123456789abcdef"), .commitment_ladder = "commitment"};
    policy.classes = {{"emergency",
                       "突发",
                       {.incident_grade = {extreme, major}},
                       {"authoritative_release", "press_conference", "continuous_release", "acknowledge"}},
                      {"general", "一般", {}, {"response", "holding_statement", "acknowledge"}}};
    add_obligations(policy);
    auto unacknowledged = step("start+15m", {"duty_leader"});
    unacknowledged.unless = Unless::acknowledged;
    auto due = step("due", {"deputy_head", "county_head"});
    due.card = Card::yellow;
    due.repeat = Repeat{30min, 3};
    policy.ladders["emergency"] = {"emergency",
                                   {step("start", {"duty_officer", "duty_leader", "lead_unit"}),
                                    unacknowledged, step("due-1h", {"duty_officer", "lead_unit"}), due}};
    due.repeat.reset();
    auto red = step("due+24h", {"county_head"});
    red.card = Card::red;
    policy.ladders["general"] = {"general",
                                 {step("start", {"duty_officer", "lead_unit"}), step("50%", {"duty_officer"}),
                                  step("due-1h", {"duty_leader"}), due, red}};
    policy.ladders["continuous"] = {"continuous",
                                    {step("due-1h", {"duty_officer"}), step("due", {"duty_leader"})}};
    policy.ladders["commitment"] = {"commitment",
                                    {step("due-1d", {"lead_unit"}), step("due", {"duty_leader"})}};
    return policy;
}

Directory a_directory() {
    const ChannelId duty("duty-group"), leaders("leaders"), civil("mzj-group");
    return {
        .units = {{"mzj", "县民政局", {"zhang"}, {"li"}, false, {civil}},
                  {"jyj", "县教育局", {"wang"}, {"zhao"}, false, {}}},
        .fields = {{"social_assistance", "社会救助", "mzj", {"jyj"}}, {"education", "义务教育", "jyj", {}}},
        .officers = {{.id = "zhang", .name = "张三"},
                     {.id = "li", .name = "李四"},
                     {.id = "wang", .name = "王五"},
                     {.id = "zhao", .name = "赵六"},
                     {.id = "chen", .name = "陈七"}},
        .roles = {{"duty_officer", "duty_officer", {}, {duty}},
                  {"duty_leader", "duty_leader", {}, {duty}},
                  {"deputy_head", "", {"zhao"}, {leaders}},
                  {"county_head", "", {"li"}, {leaders}}}};
}

std::string hours_text(Duration d) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(d).count();
    return std::to_string(minutes / 60) + "h" + (minutes % 60 != 0 ? std::to_string(minutes % 60) + "m" : "");
}

std::string step_text(const LogEntry& entry) {
    return entry.obligation + " " + entry.step + "@" + hours_text(entry.at - t0);
}

}  // namespace

Step step(const std::string& at, std::vector<std::string> notify) {
    return {.at = parse_step_time(at).value(), .notify = std::move(notify)};
}

Office an_office() {
    const auto from = t0 - 240h, until = t0 + 24h * 300;
    return {.policy = a_policy(),
            .directory = a_directory(),
            .roster = {{{"duty_officer", "chen", from, until}, {"duty_leader", "wang", from, until}}},
            .zone = Zone::find("Asia/Shanghai").value()};
}

Fact fact(EventData data, Duration after, const std::string& name) {
    const auto id = std::string(type_name(data)) + "@" + std::to_string(after.count()) + name;
    Event event{
        .key = {"office", id}, .time = t0 + after, .subject = CaseId("QS-1"), .data = std::move(data)};
    event.record = id;
    return {.event = std::move(event), .recorded_at = t0 + after};
}

Fact detected(Duration after, Detected data, const std::string& name) {
    if (data.title.empty()) data.title = "低保发放";
    auto told = fact(std::move(data), after, name);
    told.event.key.source = "douyin";
    return told;
}

Fact published(Duration after, ResponseKind kind, const std::string& name) {
    return fact(Published{.kind = kind, .by = "县融媒体中心", .approved_by = "主任"}, after, name);
}
Fact acknowledged(Duration after) { return fact(Acknowledged{"联络员", ""}, after); }
Fact assigned(Duration after, const std::string& lead_unit) {
    return fact(Assigned{"值班员", lead_unit, {}, ""}, after);
}
Fact assessed(Duration after, IncidentGrade grade, const std::string& reason) {
    return fact(Assessed{.by = "研判员", .incident_grade = grade, .reason = reason}, after);
}
Fact waived(Duration after, const std::string& obligation) {
    return fact(Waived{obligation, "主任", "上级统一发布"}, after, obligation);
}
Fact closed(Duration after) { return fact(Closed{"值班员", ""}, after); }
Fact withdrawn(Duration after, const Fact& what) {
    return fact(Withdrawn{what.event.key.source, what.event.key.id, "主任", "误报"}, after,
                what.event.key.id);
}

OneCase::OneCase(Office of, std::string id) : office(std::move(of)) {
    snapshot.id = CaseId(std::move(id));
    snapshot.policy = office.policy.hash;
}

const Transition& OneCase::tell(std::vector<Fact> facts, Duration now) {
    auto at = std::max(t0 + now, now_);
    for (const Fact& told : facts) at = std::max(at, told.event.time);
    for (Fact& told : facts) told.recorded_at = at;
    return decide_at(std::move(facts), at);
}

const Transition& OneCase::look(Duration now) { return decide_at({}, t0 + now); }

void OneCase::run_until(Duration until) {
    while (wake && *wake <= t0 + until) look(*wake - t0);
    now_ = std::max(now_, t0 + until);
}

const Transition& OneCase::decide_at(std::vector<Fact> facts, TimePoint now) {
    now_ = now;
    DecideInput input{.id = snapshot.id, .facts = facts};
    if (version > 0) {
        input.before = snapshot;
        input.version = version;
    }
    auto transition = decide(office.rules(), input, now);
    if (transition.needs_log) {
        input.log = &log;
        transition = decide(office.rules(), input, now);
    }
    REQUIRE_FALSE(transition.needs_log);
    log.insert(log.end(), facts.begin(), facts.end());
    return commit(std::move(transition), now);
}

const Transition& OneCase::rebase(Policy to, Duration now) {
    now_ = t0 + now;
    to.hash = PolicyHash(to.hash.value == "0123456789abcdef" ? "fedcba9876543210" : "0123456789abcdef");
    Office before = office;
    office.policy = std::move(to);
    const Rebase move{before.rules(), {.door = "http"}, "{}"};
    return commit(decide(office.rules(),
                         {.before = snapshot, .version = version, .id = snapshot.id, .rebase = &move}, now_),
                  now_);
}

const Transition& OneCase::commit(Transition transition, TimePoint now) {
    const CaseChange& change = transition.cases.at(0);
    REQUIRE(change.expected_version == version);
    if (change.wake) REQUIRE(*change.wake > now);
    snapshot = change.next;
    wake = change.wake;
    ++version;
    record.insert(record.end(), change.log.begin(), change.log.end());
    for (const auto& [field, delta] : transition.counters) stats[field] += delta;
    return transitions.emplace_back(std::move(transition));
}

CaseView OneCase::view(Duration now) const { return derive(office.rules(), snapshot, t0 + now); }

Obligation OneCase::obligation(const std::string& id) const {
    const auto all = view().obligations;
    const auto at = std::find_if(all.begin(), all.end(), [&](const Obligation& o) { return o.id == id; });
    INFO("obligations: " << statuses());
    REQUIRE(at != all.end());
    return *at;
}

std::string OneCase::statuses() const {
    std::map<std::string, std::string_view> by_id;
    for (const auto& o : view().obligations) by_id[o.id] = to_string(o.status);
    std::string text;
    for (const auto& [id, status] : by_id)
        text.append(text.empty() ? "" : ", ").append(id).append(" ").append(status);
    return text;
}

std::vector<std::string> OneCase::since(std::size_t& from, bool (*wanted)(const LogEntry&),
                                        std::string (*text)(const LogEntry&)) const {
    std::vector<std::string> texts;
    for (; from < record.size(); ++from) {
        if (wanted(record[from])) texts.push_back(text(record[from]));
    }
    return texts;
}

std::vector<std::string> OneCase::fired() {
    return since(
        fired_from_, [](const LogEntry& e) { return e.kind == LogKind::fired; }, step_text);
}

std::vector<std::string> OneCase::passed() {
    return since(
        passed_from_,
        [](const LogEntry& e) { return e.kind == LogKind::superseded || e.kind == LogKind::skipped; },
        [](const LogEntry& e) {
            return std::string(to_string(e.kind)) + " " + step_text(e) +
                   (e.reason.empty() ? "" : " " + e.reason);
        });
}

std::vector<std::string> OneCase::notices() {
    return since(
        notices_from_, [](const LogEntry& e) { return e.kind == LogKind::notice; },
        [](const LogEntry& e) { return e.reason + (e.obligation.empty() ? "" : " " + e.obligation); });
}

}  // namespace yuqing::test

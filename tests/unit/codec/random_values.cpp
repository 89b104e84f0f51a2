#include "unit/codec/random_values.hpp"

namespace random_values {

using namespace alert;

std::uint32_t Random::number(std::uint32_t max) {
    return std::uniform_int_distribution<std::uint32_t>(0, max)(engine_);
}

std::string Random::text() {
    static const std::string parts[] = {"",   "office",    "灯",   "😀",      "\"",
                                        "\\", "\n",        "\x01", "\x7F",   "a b",
                                        "}",  "],\"k\":[", "/",    "\u2028", std::string(1, '\0'),
                                        "é"};
    std::string text;
    for (auto n = number(3); n > 0; --n) text += parts[number(std::size(parts) - 1)];
    return text;
}

std::vector<std::string> Random::texts() {
    std::vector<std::string> texts(number(3));
    for (std::string& each : texts) each = text();
    return texts;
}

TimePoint Random::time() {
    // Before 1970 too: nothing here may depend on the sign.
    return TimePoint(Duration(std::int64_t{number(4000000000U)} * 1000 + number(999) - 1000000000000));
}

FactKey Random::key() {
    if (!keys_.empty() && number(2) == 0) return keys_[number(static_cast<std::uint32_t>(keys_.size() - 1))];
    keys_.push_back({time(), maybe() ? "office" : text(), text()});
    return keys_.back();
}

IncidentGrade Random::grade() {
    return any({IncidentGrade::none, IncidentGrade::ordinary, IncidentGrade::considerable,
                IncidentGrade::major, IncidentGrade::extreme});
}
OpinionLevel Random::level() {
    return any({OpinionLevel::blue, OpinionLevel::yellow, OpinionLevel::orange, OpinionLevel::red});
}
ResponseKind Random::kind() {
    return any({ResponseKind::authoritative_release, ResponseKind::press_conference,
                ResponseKind::online_reply, ResponseKind::final_report});
}

void Random::detections(CaseFacts& facts) {
    facts.detected = sometimes([&] { return key(); });
    facts.first_recorded_at = sometimes([&] { return time(); });
    facts.occurred_at = sometimes([&] { return time(); });
    for (auto* text_member : {&facts.title, &facts.place, &facts.platform, &facts.url, &facts.field,
                              &facts.source, &facts.matter_key}) {
        *text_member = sometimes([&] { return Told<std::string>{key(), text()}; });
    }
    facts.detected_unit = sometimes([&] { return Told<Assignment>{key(), assignment()}; });
    facts.matter = sometimes([&] { return Told<Matter>{key(), any({Matter::opinion, Matter::task})}; });
    facts.due_given = sometimes([&] { return time(); });
    facts.detected_assist = sometimes([&] { return Told<std::vector<std::string>>{key(), texts()}; });
    for (auto n = number(3); n > 0; --n) facts.grades.emplace(grade(), key());
    for (auto n = number(3); n > 0; --n) facts.levels.emplace(level(), key());
    facts.heat = sometimes([&] { return Told<Heat>{key(), {INT64_MAX, 0, number(9), 3}}; });
    facts.detections = maybe() ? number(UINT32_MAX) : 0;
    facts.last_detected = sometimes([&] { return key(); });
}

void Random::histories(CaseFacts& facts) {
    fill(facts.assessments, [&] {
        return Assessment{sometimes([&] { return grade(); }), sometimes([&] { return level(); }), text(),
                          maybe(), maybe()};
    });
    fill(facts.assignments, [&] { return assignment(); });
    fill(facts.returns, [&] { return text(); });
    fill(facts.acknowledgements, [&] { return any({'\0', 'a', '\x7F'}); });
    fill(facts.approvals, [&] { return any({'\0', 'a'}); });
    fill(facts.publications, [&] { return publication(); });
    fill(facts.waivers, [&] { return Waiver{text(), text(), text()}; });
    fill(facts.status, [&] {
        return StatusFact{any({StatusChange::closed, StatusChange::reopened, StatusChange::dismissed,
                               StatusChange::merged}),
                          CaseId(text())};
    });
    fill(facts.mutes, [&] { return Mute{time()}; });
    fill(facts.unreadable, [&] { return text(); });
}

void Random::maps(CaseFacts& facts) {
    for (auto n = number(2); n > 0; --n) {
        PublicationSummary& summary = facts.publication_summary[kind()];
        summary.earliest = {key(), publication()};
        summary.dropped = number(UINT32_MAX);
        summary.last_dropped = sometimes([&] { return key(); });
    }
    for (auto n = number(2); n > 0; --n) facts.commitments[text()] = {key(), {text(), text(), time()}};
    for (auto n = number(2); n > 0; --n) facts.commitments_kept[text()] = key();
    facts.commitments_dropped = number(2);
    for (auto n = number(2); n > 0; --n) facts.withdrawn.insert({text(), text()});
    for (auto n = number(2); n > 0; --n) facts.refused_merges.insert({text(), text()});
    for (auto n = number(2); n > 0; --n) facts.absorbed.emplace(text());
    facts.truncated = maybe();
}

Progress Random::progress() {
    Progress progress;
    for (auto n = number(2); n > 0; --n) {
        Climb& climb = progress.climbs[text()];
        for (auto rungs = number(3); rungs > 0; --rungs) climb.rungs[number(9)] = number(UINT32_MAX);
        for (auto fired = number(2); fired > 0; --fired) climb.last_fired.emplace_back(number(9), number(99));
        for (auto k = number(3); k > 0; --k) climb.told_late.insert(static_cast<std::uint32_t>(number(20)));
    }
    for (auto n = number(3); n > 0; --n) progress.told.insert(text());
    progress.renewed_told_at = sometimes([&] { return time(); });
    for (auto n = number(2); n > 0; --n) progress.workday_dues[text()] = time();
    for (auto n = number(3); n > 0; --n) progress.counted[text()] = any({'p', 'm', 'v'});
    progress.counted_class = text();
    return progress;
}

Snapshot Random::snapshot() {
    keys_.clear();
    Snapshot snapshot{CaseId("QS-1"), PolicyHash(text()), {}, progress()};
    detections(snapshot.facts);
    histories(snapshot.facts);
    maps(snapshot.facts);
    return snapshot;
}

std::vector<Target> Random::targets() {
    std::vector<Target> targets(number(3));
    for (Target& target : targets) target = {text(), texts()};
    return targets;
}

CaseBrief Random::brief() {
    return CaseBrief{CaseId(text()),
                     text(),
                     text(),
                     grade(),
                     sometimes([&] { return level(); }),
                     text(),
                     text(),
                     any({CaseStatus::open, CaseStatus::closed, CaseStatus::dismissed, CaseStatus::merged})};
}

ObligationBrief Random::obligation_brief() {
    return ObligationBrief{text(), text(), any({ObligationKind::statutory, ObligationKind::internal}),
                           time(), time(), text(),
                           text()};
}

Notification Random::notification() {
    Notification notification;
    notification.id = NotificationId(text());
    notification.channel = ChannelId(text());
    notification.reason = any({Reason::opened, Reason::overdue, Reason::attention, Reason::self});
    notification.flag = text();
    notification.card = any({Card::none, Card::yellow, Card::red});
    notification.urgency = static_cast<Urgency>(number(3));
    notification.created_at = time();
    notification.detail = text();
    notification.matter = sometimes([&] { return brief(); });
    notification.obligation = sometimes([&] { return obligation_brief(); });
    notification.step = sometimes([&] { return StepBrief{text(), time(), number(20)}; });
    notification.targets = targets();
    for (unsigned items = number(3); items > 0; --items)
        notification.items.push_back({brief(), sometimes([&] { return obligation_brief(); })});
    notification.about = text();
    notification.over = maybe();
    return notification;
}

LogEntry Random::log_entry() {
    LogEntry entry;
    entry.kind = any({LogKind::fact, LogKind::fired, LogKind::superseded, LogKind::skipped, LogKind::notice,
                      LogKind::adopted, LogKind::rebased, LogKind::redelivered});
    entry.at = time();
    entry.via = {text(), text(),
                 any({ClientRole::monitor, ClientRole::viewer, ClientRole::operator_, ClientRole::supervisor,
                      ClientRole::admin})};
    entry.record = text();
    entry.obligation = text();
    entry.step = text();
    entry.planned = time();
    entry.reason = text();
    for (auto n = number(3); n > 0; --n) entry.notifications.emplace_back(text());
    for (auto n = number(3); n > 0; --n)
        entry.channels.push_back({ChannelId(text()), static_cast<std::size_t>(number(9))});
    entry.targets = targets();
    entry.silent = maybe();
    entry.seal = text();
    return entry;
}

}  // namespace random_values

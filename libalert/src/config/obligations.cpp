// `obligations` of policy.yaml: what the office must do, by when, and what fulfils it.
#include "policy_file.hpp"

#include <algorithm>
#include <set>

namespace alert::config {

namespace {

// The facts of which the core keeps enough to say when an obligation was fulfilled.
const Words fulfilling_events = {"response.published", "case.acknowledged", "response.approved",
                                 "case.assessed",      "case.assigned",     "case.closed"};
const Words response_kinds = {
    "authoritative_release", "press_conference", "media_briefing",   "media_interview", "holding_statement",
    "online_reply",          "hotline_reply",    "rumor_refutation", "progress_update", "final_report"};

Fulfilment read_fulfilment(const Section& parent) {
    Fulfilment by;
    const Yaml* node = parent.require("fulfilled_by");
    if (!node) return by;
    const Section section(*node, parent.name("fulfilled_by"), {"event", "kinds"}, parent.findings());
    const std::string event = section.required_text("event");
    if (event.empty()) return by;
    if (std::find(fulfilling_events.begin(), fulfilling_events.end(), event) == fulfilling_events.end()) {
        section.error("event", "invalid",
                      in_quotes(event) + " fulfils nothing" + suggestion(event, fulfilling_events));
        return by;
    }
    by.event_type = static_cast<std::size_t>(
        std::find(event_type_names.begin(), event_type_names.end(), event) - event_type_names.begin());
    if (section.find("kinds") && event != "response.published") {
        section.error("kinds", "invalid", "only response.published has kinds");
    }
    for (const Name& kind : section.names("kinds")) {
        if (const auto value = parse_response_kind(kind.text)) {
            by.kinds.push_back(*value);
        } else {
            parent.findings().error(kind.place, "invalid",
                                    section.name("kinds") + ": " + in_quotes(kind.text) + " is not known" +
                                        suggestion(kind.text, response_kinds));
        }
    }
    return by;
}

std::optional<Period> read_period(const Section& section, std::string_view key) {
    const std::string word = section.text(key);
    if (word.empty()) return std::nullopt;
    const auto period = parse_period(word);
    if (!period) {
        section.error(key, "invalid", period.error().message);
    } else if (period->is_zero()) {
        section.error(key, "invalid", "should be longer than nothing");
    } else {
        return *period;
    }
    return std::nullopt;
}

/// `due: 5h`, `due: given` or `every: 12h`: exactly one.
void read_due(const Section& section, ObligationRule& rule) {
    if (section.find("due") && section.find("every")) {
        section.error("every", "invalid", "either `due` or `every`, not both");
    } else if (!section.find("due") && !section.find("every")) {
        section.require("due");
    }
    const Yaml* due = section.find("due");
    rule.due_given = due && due->kind == Yaml::Kind::scalar && due->text == "given";
    if (due && !rule.due_given) rule.due = read_period(section, "due");
    rule.every = read_period(section, "every");
}

/// Working days and months are never shorter than 24 hours and have no upper end in natural time.
bool exceeds(const Period& period, Duration bound) {
    return period.months > 0 || period.workdays > 0 || period.fixed > bound;
}

void check_bound(const Section& section, const ObligationRule& rule) {
    const auto bound = statutory_bound(rule.id);
    if (!bound || rule.kind != ObligationKind::statutory || !rule.override_reason.empty()) return;
    const bool beyond = rule.due_given || (rule.due && exceeds(*rule.due, *bound)) ||
                        (rule.every && exceeds(*rule.every, *bound));
    if (!beyond) return;
    section.error(section.find("due") ? "due" : "every", "beyond_bound",
                  "the published rules allow " +
                      std::to_string(std::chrono::duration_cast<std::chrono::hours>(*bound).count()) +
                      "h; a longer time needs `override_reason`, the document that permits it");
}

void read_obligation(const Yaml& key, const Yaml& node, PolicyFile& file, std::vector<Name>& ladders,
                     const FileFindings& findings) {
    const Section section(node, "obligations." + key.text,
                          {"title", "kind", "due", "every", "start", "fulfilled_by", "when", "review",
                           "basis", "guide", "ladder", "override_reason"},
                          findings);
    ObligationRule rule;
    rule.id = key.text;
    rule.title = section.text("title");
    if (rule.title.empty()) rule.title = rule.id;
    section.require("kind");
    rule.kind = section
                    .choice<ObligationKind>("kind", {{"statutory", ObligationKind::statutory},
                                                     {"internal", ObligationKind::internal}})
                    .value_or(ObligationKind::internal);
    rule.start = section
                     .choice<StartRule>("start", {{"detected", StartRule::detected},
                                                  {"occurred", StartRule::occurred},
                                                  {"recorded", StartRule::recorded},
                                                  {"assigned", StartRule::assigned},
                                                  {"earliest", StartRule::earliest}})
                     .value_or(StartRule::detected);
    read_due(section, rule);
    if (rule.start == StartRule::assigned && (section.find("every") || rule.due_given)) {
        section.error("start", "invalid", "`start: assigned` goes with a `due` that is a duration");
    }
    rule.fulfilled_by = read_fulfilment(section);
    rule.when = read_condition(section, "when", file);
    rule.review = section.flag("review", false);
    rule.basis = section.text("basis");
    if (rule.kind == ObligationKind::statutory && rule.basis.empty()) {
        findings.warn(section.place("kind"), "no_basis",
                      "a statutory obligation should name its `basis`, the published rule that asks for it");
    }
    rule.guide = section.text("guide");
    rule.override_reason = section.text("override_reason");
    rule.ladder = section.text("ladder");
    if (!rule.ladder.empty()) ladders.push_back({rule.ladder, section.place("ladder")});
    check_bound(section, rule);
    file.policy.obligations.emplace(rule.id, std::move(rule));
}

void check_id(const Yaml& key, const FileFindings& findings) {
    // "ID.n" is the n-th occurrence, "commitment.ID" a commitment; neither may be told apart wrongly.
    if (!is_identifier(key.text) || key.text.find('.') != std::string::npos) {
        findings.error(key.place, "invalid",
                       in_quotes(key.text) + " is not an id of at most 64 of A-Z a-z 0-9 _ -");
    } else if (key.text == "commitment") {
        findings.error(key.place, "invalid", "'commitment' names the commitments; choose another id");
    }
}

}  // namespace

void read_obligations(const Section& root, PolicyFile& file) {
    const Yaml* node = root.require("obligations");
    if (!node) return;
    Words any;
    for (const auto& [key, value] : node->members) any.push_back(key->text);
    const Section section(*node, "obligations", any, root.findings());
    std::vector<Name> ladders;
    for (const auto& [key, value] : node->members) {
        check_id(*key, root.findings());
        file.obligations.emplace(key->text, key->place);
        read_obligation(*key, *value, file, ladders, root.findings());
    }
    check_references(ladders, words_of(file.ladders), "ladder", "", root.findings());
}

}  // namespace alert::config

#include "alert/core/policy.hpp"

#include <algorithm>
#include <charconv>

namespace alert {

namespace {

template <class T>
bool agrees(const std::vector<T>& allowed, const T& value) {
    return allowed.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end();
}

/// A policy may write an id or a name.
bool agrees(const std::vector<std::string>& allowed, const std::string& id, const std::string& name) {
    return agrees(allowed, id) || (!name.empty() && agrees(allowed, name));
}

}  // namespace

bool Condition::matches(const Attributes& attributes) const {
    if (!opinion_level.empty() &&
        (!attributes.opinion_level || !agrees(opinion_level, *attributes.opinion_level))) {
        return false;
    }
    return agrees(incident_grade, attributes.incident_grade) && agrees(matter, attributes.matter) &&
           agrees(field, attributes.field, attributes.field_name) && agrees(platform, attributes.platform) &&
           agrees(source, attributes.source) &&
           agrees(lead_unit, attributes.lead_unit, attributes.lead_unit_name);
}

bool Fulfilment::by_publication() const { return event_type_names[event_type] == "response.published"; }

std::string_view to_string(ObligationKind kind) {
    return kind == ObligationKind::statutory ? "statutory" : "internal";
}

std::string_view to_string(StartRule rule) {
    switch (rule) {
        case StartRule::detected: return "detected";
        case StartRule::occurred: return "occurred";
        case StartRule::recorded: return "recorded";
        case StartRule::assigned: return "assigned";
        case StartRule::earliest: return "earliest";
    }
    return "";
}

std::string_view to_string(Card card) {
    switch (card) {
        case Card::none: return "";
        case Card::yellow: return "yellow";
        case Card::red: return "red";
    }
    return "";
}

Result<StepTime> parse_step_time(std::string_view text) {
    const auto bad = [told = text] {
        return Error{"invalid",
                     "not a step's time: '" + std::string(told.substr(0, 40)) +
                         "'; right would be start, start+15m, due-1h, due, due+4h or 50%",
                     ""};
    };
    StepTime at;
    at.text = std::string(text);
    if (text.ends_with('%')) {
        const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size() - 1, at.percent);
        if (ec != std::errc{} || end != text.data() + text.size() - 1 || at.percent < 1 || at.percent > 99)
            return bad();
        at.anchor = StepTime::Anchor::percent;
        return at;
    }
    const bool from_start = text.starts_with("start");
    if (!from_start && !text.starts_with("due")) return bad();
    at.anchor = from_start ? StepTime::Anchor::start : StepTime::Anchor::due;
    text.remove_prefix(from_start ? 5 : 3);
    if (text.empty()) return at;
    at.before = text.front() == '-';
    if ((text.front() != '+' && !at.before) || (at.before && from_start)) return bad();
    auto offset = parse_period(text.substr(1));
    if (!offset || offset->is_zero()) return bad();
    at.offset = *offset;
    return at;
}

const CaseClass* Policy::classify(const Attributes& attributes) const {
    const auto at = std::find_if(classes.begin(), classes.end(),
                                 [&](const CaseClass& c) { return c.match.matches(attributes); });
    return at == classes.end() ? nullptr : &*at;
}

const Ladder* Policy::find_ladder(const std::string& id) const {
    const auto at = ladders.find(id);
    return at == ladders.end() ? nullptr : &at->second;
}

std::vector<std::string> Policy::notice_roles(std::string_view reason) const {
    const auto at = notices.find(std::string(reason));
    const bool may_be_silent = reason != "attention" && reason != "self";
    if (at != notices.end() && (may_be_silent || !at->second.empty())) return at->second;
    return {"duty_officer"};
}

std::optional<Duration> statutory_bound(std::string_view obligation_id) {
    using std::chrono::hours;
    if (obligation_id == "authoritative_release") return hours(5);
    if (obligation_id == "press_conference") return hours(24);
    if (obligation_id == "response") return hours(48);
    return std::nullopt;
}

}  // namespace alert

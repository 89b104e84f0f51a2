// `ladders` of policy.yaml: who is told when.
#include "policy_file.hpp"

namespace alert::config {

namespace {

std::optional<Repeat> read_repeat(const Section& parent) {
    const Yaml* node = parent.find("repeat");
    if (!node) return std::nullopt;
    const Section section(*node, parent.name("repeat"), {"every", "times"}, parent.findings());
    section.require("every");
    constexpr Duration day = std::chrono::days(1), every_max = std::chrono::days(366);
    Repeat repeat{.every = section.duration("every", day, repeat_min, every_max), .times = {}};
    if (section.find("times")) {
        repeat.times = static_cast<int>(section.number("times", 1, 1, repeat_times_max));
    }
    return repeat;
}

Step read_step(const Yaml& node, const std::string& what, PolicyFile& file, const FileFindings& findings) {
    const Section section(node, what, {"at", "notify", "unless", "when", "card", "repeat"}, findings);
    Step step;
    const std::string at = section.required_text("at");
    if (!at.empty()) {
        if (auto time = parse_step_time(at)) {
            step.at = std::move(*time);
        } else {
            section.error("at", "invalid", time.error().message);
        }
    }
    for (Name& role : section.names("notify")) {
        step.notify.push_back(role.text);
        file.roles.push_back(std::move(role));
    }
    if (section.require("notify") && step.notify.empty()) {
        section.error("notify", "invalid", "a step tells at least one role");
    }
    step.unless = section
                      .choice<Unless>(
                          "unless", {{"acknowledged", Unless::acknowledged}, {"approved", Unless::approved}})
                      .value_or(Unless::never);
    step.when = read_condition(section, "when", file);
    step.card =
        section.choice<Card>("card", {{"yellow", Card::yellow}, {"red", Card::red}}).value_or(Card::none);
    step.repeat = read_repeat(section);
    return step;
}

}  // namespace

void read_ladders(const Section& root, PolicyFile& file) {
    const Yaml* node = root.find("ladders");
    if (!node) return;
    Words any;
    for (const auto& [key, value] : node->members) any.push_back(key->text);
    const Section section(*node, "ladders", any, root.findings());
    for (const auto& [key, value] : node->members) {
        file.ladders.emplace(key->text, key->place);
        const auto& items = section.list(key->text);
        if (items.size() > steps_max) {
            section.error(key->text, "invalid", "has more than " + std::to_string(steps_max) + " steps");
        }
        Ladder ladder{.id = key->text, .steps = {}};
        for (std::size_t i = 0; i < items.size(); ++i) {
            const std::string what = section.name(key->text) + "[" + std::to_string(i + 1) + "]";
            ladder.steps.push_back(read_step(*items[i], what, file, root.findings()));
        }
        file.policy.ladders.emplace(key->text, std::move(ladder));
    }
}

}  // namespace alert::config

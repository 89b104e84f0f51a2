#include "policy_file.hpp"

#include "alert/config/config.hpp"
#include "alert/core/hash.hpp"
#include "alert/core/notification.hpp"

#include <set>

namespace alert {

PolicyHash hash_of_policy(std::string_view text) {
    const Mac digest = sha256(text);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (std::size_t i = 0; i < 8; ++i) {
        hex += digits[digest[i] >> 4];
        hex += digits[digest[i] & 15];
    }
    return PolicyHash{hex};
}

}  // namespace alert

namespace alert::config {

namespace {

/// The words of an enumeration, one or several, through the core's own parser.
template <class T, class Parse>
std::vector<T> values(const Section& section, std::string_view key, Parse parse, const Words& known) {
    std::vector<T> list;
    for (const Name& word : section.names(key)) {
        if (const auto value = parse(word.text)) {
            list.push_back(*value);
        } else {
            section.findings().error(word.place, "invalid",
                                     section.name(key) + ": " + in_quotes(word.text) + " is not known" +
                                         suggestion(word.text, known));
        }
    }
    return list;
}

std::vector<std::string> texts(const Section& section, std::string_view key, std::vector<Name>* references) {
    std::vector<std::string> list;
    for (Name& word : section.names(key)) {
        list.push_back(word.text);
        if (references) references->push_back(std::move(word));
    }
    return list;
}

/// What the classes claim and refer to, all together.
struct ClassNames {
    std::set<std::string> ids;
    std::vector<Name> obligations;
};

void read_class(const Yaml& node, std::size_t index, PolicyFile& file, const FileFindings& findings,
                ClassNames& names) {
    const std::string what = "classes[" + std::to_string(index) + "]";
    const Section section(node, what, {"id", "title", "match", "obligations"}, findings);
    CaseClass one;
    one.id = section.identifier("id");
    if (!one.id.empty() && !names.ids.insert(one.id).second) {
        section.error("id", "duplicate_key", "the class " + in_quotes(one.id) + " exists already");
    }
    one.title = section.text("title");
    if (one.title.empty()) one.title = one.id;
    one.match = read_condition(section, "match", file);
    section.require("obligations");
    one.obligations = texts(section, "obligations", &names.obligations);
    file.policy.classes.push_back(std::move(one));
    file.classes.push_back(node.place);
}

bool matches_all(const Condition& c) {
    return c.incident_grade.empty() && c.opinion_level.empty() && c.matter.empty() && c.field.empty() &&
           c.platform.empty() && c.source.empty() && c.lead_unit.empty();
}

void read_classes(const Section& root, PolicyFile& file) {
    const FileFindings& findings = root.findings();
    ClassNames names;
    root.require("classes");
    const auto& items = root.list("classes");
    bool taken = false;
    for (std::size_t i = 0; i < items.size(); ++i) {
        read_class(*items[i], i + 1, file, findings, names);
        if (taken) {
            findings.warn(items[i]->place, "unreachable",
                          "no case ever comes to this class: one above matches everything");
        }
        taken = taken || matches_all(file.policy.classes.back().match);
    }
    check_references(names.obligations, words_of(file.obligations), "obligation", "", findings);
    if (!taken && root.find("classes")) {
        findings.warn(root.place("classes"), "incomplete",
                      "no class matches everything: a case that fits none has no obligation; end "
                      "the list with one of `match: {}`");
    }
}

void read_notices(const Section& root, PolicyFile& file) {
    const Yaml* node = root.find("notices");
    file.notices = node ? node->place : root.place();
    if (!node) return;
    const Words known = {"upgraded", "fulfilled", "closed",   "attention", "self",
                         "digest",   "handover",  "bulletin", "drill",     "test"};
    const Section section(*node, "notices", known, root.findings());
    for (const auto reason : known) {
        if (!section.find(reason)) continue;
        auto roles = texts(section, reason, &file.roles);
        if (roles.empty() && (reason == "attention" || reason == "self")) {
            root.findings().warn(
                section.place(reason), "ineffective",
                section.name(reason) + " cannot be silenced; duty_officer is told all the same");
        }
        file.policy.notices.emplace(std::string(reason), std::move(roles));
    }
}

void read_commitments(const Section& root, PolicyFile& file) {
    const Yaml* node = root.find("commitments");
    if (!node) return;
    const Section section(*node, "commitments", {"ladder"}, root.findings());
    const Name ladder{section.required_text("ladder"), section.place("ladder")};
    file.policy.commitment_ladder = ladder.text;
    if (ladder.text.empty()) return;
    check_references({ladder}, words_of(file.ladders), "ladder", "", root.findings());
}

}  // namespace

Words words_of(const std::map<std::string, Place>& places) {
    Words words;
    for (const auto& [id, place] : places) words.push_back(id);
    return words;
}

Condition read_condition(const Section& parent, std::string_view key, PolicyFile& file) {
    Condition condition;
    const Yaml* node = parent.find(key);
    if (!node) return condition;
    const Section section(
        *node, parent.name(key),
        {"incident_grade", "opinion_level", "field", "platform", "source", "lead_unit", "matter"},
        parent.findings());
    for (const auto& [name, value] : node->members) {
        if (value->kind == Yaml::Kind::list && value->items.empty()) {
            section.error(name->text, "invalid", "an empty list agrees with nothing; name a value");
        }
    }
    condition.incident_grade =
        values<IncidentGrade>(section, "incident_grade", parse_incident_grade,
                              {"extreme", "major", "considerable", "ordinary", "none"});
    condition.opinion_level = values<OpinionLevel>(section, "opinion_level", parse_opinion_level,
                                                   {"red", "orange", "yellow", "blue"});
    condition.matter = values<Matter>(section, "matter", parse_matter,
                                      {"opinion", "hotline", "consultation", "disclosure", "task"});
    condition.field = texts(section, "field", &file.fields);
    condition.lead_unit = texts(section, "lead_unit", &file.units);
    condition.platform = texts(section, "platform", nullptr);
    condition.source = texts(section, "source", nullptr);
    return condition;
}

PolicyFile read_policy(const std::string& text, const FileFindings& findings) {
    PolicyFile file;
    file.policy.text = text;
    file.policy.hash = hash_of_policy(text);
    const Yaml::Ptr tree = parse_yaml(text, findings);
    if (!tree) return file;
    const Section root(*tree, "", {"version", "classes", "obligations", "ladders", "notices", "commitments"},
                       findings);
    file.policy.version = root.required_text("version");
    // What is referred to comes first.
    read_ladders(root, file);
    read_obligations(root, file);
    read_classes(root, file);
    read_notices(root, file);
    read_commitments(root, file);
    return file;
}

}  // namespace alert::config

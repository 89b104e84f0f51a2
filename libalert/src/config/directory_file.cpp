#include "directory_file.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace alert::config {

namespace {

/// What the file itself must answer, once it is read.
struct Pending {
    std::vector<Name> officers, units;
};

std::vector<std::string> ids(const Section& section, std::string_view key, std::vector<Name>& references) {
    std::vector<std::string> list;
    for (Name& name : section.names(key)) {
        list.push_back(name.text);
        references.push_back(std::move(name));
    }
    return list;
}

std::vector<ChannelId> channels(const Section& section, DirectoryFile& file) {
    std::vector<ChannelId> list;
    for (std::string& id : ids(section, "channels", file.channels)) list.emplace_back(std::move(id));
    return list;
}

void claim(const Section& section, std::string_view key, const std::string& word,
           std::set<std::string>& taken) {
    if (word.empty() || taken.insert(word).second) return;
    section.error(key, "duplicate_key", in_quotes(word) + " exists already");
}

void read_units(const Section& root, DirectoryFile& file, Pending& pending) {
    std::set<std::string> taken_ids, taken_names;
    for (const auto& node : root.list("units")) {
        const Section section(*node, "unit", {"id", "name", "liaison", "head", "vertical", "channels"},
                              root.findings());
        Unit unit;
        unit.id = section.identifier("id");
        unit.name = section.required_text("name");
        claim(section, "id", unit.id, taken_ids);
        claim(section, "name", unit.name, taken_names);
        unit.liaison = ids(section, "liaison", pending.officers);
        unit.head = ids(section, "head", pending.officers);
        unit.vertical = section.flag("vertical", false);
        unit.channels = channels(section, file);
        file.directory.units.push_back(std::move(unit));
    }
}

void read_fields(const Section& root, DirectoryFile& file, Pending& pending) {
    std::set<std::string> taken_ids, taken_names;
    for (const auto& node : root.list("fields")) {
        const Section section(*node, "field", {"id", "name", "lead", "assist"}, root.findings());
        Field field;
        field.id = section.identifier("id");
        field.name = section.required_text("name");
        claim(section, "id", field.id, taken_ids);
        claim(section, "name", field.name, taken_names);
        field.lead = section.required_text("lead");
        if (!field.lead.empty()) pending.units.push_back({field.lead, section.place("lead")});
        field.assist = ids(section, "assist", pending.units);
        file.directory.fields.push_back(std::move(field));
    }
}

void read_officers(const Section& root, DirectoryFile& file) {
    std::set<std::string> taken;
    for (const auto& node : root.list("officers")) {
        const Section section(*node, "officer", {"id", "name", "mobile", "wecom", "dingtalk", "feishu"},
                              root.findings());
        Officer officer;
        officer.id = section.identifier("id");
        claim(section, "id", officer.id, taken);
        officer.name = section.required_text("name");
        officer.mobile = section.text("mobile");
        officer.wecom = section.text("wecom");
        officer.dingtalk = section.text("dingtalk");
        officer.feishu = section.text("feishu");
        if (officer.mobile.find_first_not_of("0123456789+- ") != std::string::npos) {
            section.error("mobile", "invalid", "should be digits");
        }
        file.directory.officers.push_back(std::move(officer));
    }
}

void read_role(const Yaml& key, const Yaml& node, const FileFindings& findings, DirectoryFile& file,
               Pending& pending) {
    const Section section(node, "roles." + key.text, {"roster", "officers", "channels"}, findings);
    if (!is_identifier(key.text)) {
        findings.error(key.place, "invalid",
                       in_quotes(key.text) + " is not an id of at most 64 of A-Z a-z 0-9 . _ -");
    }
    if (std::find(std::begin(unit_roles), std::end(unit_roles), key.text) != std::end(unit_roles)) {
        findings.error(key.place, "invalid",
                       in_quotes(key.text) + " exists by itself, as a role of the case's units");
    }
    Role role;
    role.id = key.text;
    if (section.find("roster") && section.find("officers")) {
        section.error("officers", "invalid", "either `roster` or `officers`, not both");
    } else if (!section.find("roster") && !section.find("officers")) {
        section.require("roster");
    }
    role.roster = section.text("roster");
    role.officers = ids(section, "officers", pending.officers);
    role.channels = channels(section, file);
    if (section.require("channels") && role.channels.empty()) {
        section.error("channels", "invalid", "a role is told through at least one channel");
    }
    file.roles.emplace(role.id, key.place);
    file.directory.roles.push_back(std::move(role));
}

void read_roles(const Section& root, DirectoryFile& file, Pending& pending) {
    const Yaml* node = root.require("roles");
    if (!node) return;
    Words any;
    for (const auto& [key, value] : node->members) any.push_back(key->text);
    const Section section(*node, "roles", any, root.findings());
    for (const auto& [key, value] : node->members) {
        read_role(*key, *value, root.findings(), file, pending);
    }
    // Whatever no other role is named for is told to this one.
    section.require("duty_officer");
}

void check_officers(const Directory& directory, const std::vector<Name>& references,
                    const FileFindings& findings) {
    Words known;
    for (const Officer& officer : directory.officers) known.push_back(officer.id);
    check_references(references, known, "officer", "", findings);
}

/// Fields may name units in Chinese; from here on there are only ids.
void settle_units(Directory& directory, const std::vector<Name>& references, const FileFindings& findings) {
    Words known;
    std::map<std::string_view, std::string_view> id_of;
    for (const Unit& unit : directory.units) {
        known.push_back(unit.id);
        id_of[unit.id] = unit.id;
    }
    for (const Unit& unit : directory.units) {  // an id wins over a name
        known.push_back(unit.name);
        id_of.emplace(unit.name, unit.id);
    }
    check_references(references, known, "unit", "", findings);
    const auto settle = [&](std::string& text) {
        if (const auto at = id_of.find(text); at != id_of.end()) text = std::string(at->second);
    };
    for (Field& field : directory.fields) {
        settle(field.lead);
        for (std::string& unit : field.assist) settle(unit);
    }
}

}  // namespace

DirectoryFile read_directory(const std::string& text, const FileFindings& findings) {
    DirectoryFile file;
    const Yaml::Ptr tree = parse_yaml(text, findings);
    if (!tree) return file;
    file.readable = true;
    const Section root(*tree, "", {"units", "fields", "officers", "roles"}, findings);
    Pending pending;
    read_units(root, file, pending);
    read_fields(root, file, pending);
    read_officers(root, file);
    read_roles(root, file, pending);
    check_officers(file.directory, pending.officers, findings);
    settle_units(file.directory, pending.units, findings);
    return file;
}

}  // namespace alert::config

// directory.yaml and roster.csv as values: units, fields, officers, roles, and who is on duty when.
#pragma once

#include "alert/core/id.hpp"
#include "alert/core/time.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alert {

struct Unit {
    std::string id, name;
    std::vector<std::string> liaison, head;  // officers
    bool vertical = false;                   // answers to its superior, not to the county (61号)
    std::vector<ChannelId> channels;
};
struct Field {
    std::string id, name, lead;
    std::vector<std::string> assist;
};
struct Officer {
    std::string id, name, mobile, wecom, dingtalk, feishu;
};
/// A function: filled by a roster or by fixed officers; told through its channels.
struct Role {
    std::string id;
    std::string roster;  // name in roster.csv; empty: `officers`
    std::vector<std::string> officers;
    std::vector<ChannelId> channels;
};

/// `值班员` of duty_officer; a role that has no name of its own goes by its id.
std::string role_name(const std::string& role);

/// `lead_unit`, `assist_units`, `unit_head` are roles that exist by themselves.
inline constexpr std::string_view unit_roles[] = {"lead_unit", "assist_units", "unit_head"};

struct Directory {
    std::vector<Unit> units;
    std::vector<Field> fields;
    std::vector<Officer> officers;
    std::vector<Role> roles;

    // By id, units and fields also by Chinese name; null when unknown.
    [[nodiscard]] const Unit* find_unit(std::string_view id_or_name) const;
    [[nodiscard]] const Field* find_field(std::string_view id_or_name) const;
    [[nodiscard]] const Officer* find_officer(std::string_view id) const;
    [[nodiscard]] const Role* find_role(std::string_view id) const;
};

/// One line of roster.csv; start included, end not. Later lines win.
struct Shift {
    std::string role;
    std::string officer;
    TimePoint start, end;
};

struct Roster {
    std::vector<Shift> shifts;  // in the order of the file

    /// Who fills the role at that instant, by the last line that covers it; nobody in a gap.
    [[nodiscard]] std::optional<std::string> on_duty(std::string_view role, TimePoint at) const;
    /// The first instant after `at` at which nobody fills the role; nothing when the role is empty at `at`.
    [[nodiscard]] std::optional<TimePoint> covered_until(std::string_view role, TimePoint at) const;
    /// How much of the time from `from` to `to` nobody fills the role.
    [[nodiscard]] Duration gap_within(std::string_view role, TimePoint from, TimePoint to) const;
};

}  // namespace alert

#include "alert/core/directory.hpp"

#include "alert/core/names.hpp"
#include "alert/core/words.hpp"

#include <algorithm>

namespace alert {

namespace {

template <class T, class Same>
const T* find_if(const std::vector<T>& items, Same same) {
    const auto at = std::find_if(items.begin(), items.end(), same);
    return at == items.end() ? nullptr : &*at;
}

/// An id wins over a name: a unit may be called like another one's id.
template <class T>
const T* find_by_id_or_name(const std::vector<T>& items, std::string_view text) {
    if (const T* found = find_if(items, [&](const T& item) { return item.id == text; })) return found;
    return find_if(items, [&](const T& item) { return item.name == text; });
}

template <class T>
std::string name_or(const T* known, const std::string& told) {
    return known ? known->name : told;
}

const Shift* covering(const std::vector<Shift>& shifts, std::string_view role, TimePoint at) {
    const auto last = std::find_if(shifts.rbegin(), shifts.rend(), [&](const Shift& shift) {
        return shift.role == role && shift.start <= at && at < shift.end;
    });
    return last == shifts.rend() ? nullptr : &*last;
}

/// From when to when somebody fills the role, of what touches the time, by its beginning. Once through the
/// roster, however long: the core asks it every few seconds.
std::vector<std::pair<TimePoint, TimePoint>> turns_within(const std::vector<Shift>& shifts,
                                                          std::string_view role, TimePoint from,
                                                          TimePoint to) {
    std::vector<std::pair<TimePoint, TimePoint>> turns;
    for (const Shift& shift : shifts) {
        if (shift.role == role && shift.start < to && from < shift.end)
            turns.emplace_back(shift.start, shift.end);
    }
    std::sort(turns.begin(), turns.end());
    return turns;
}

}  // namespace

std::string role_name(const std::string& role) {
    const auto word = role_word(role);
    return word.empty() ? role : std::string(word);
}

const Unit* Directory::find_unit(std::string_view id_or_name) const {
    return find_by_id_or_name(units, id_or_name);
}
const Field* Directory::find_field(std::string_view id_or_name) const {
    return find_by_id_or_name(fields, id_or_name);
}
const Officer* Directory::find_officer(std::string_view id) const {
    return find_if(officers, [&](const Officer& officer) { return officer.id == id; });
}
const Role* Directory::find_role(std::string_view id) const {
    return find_if(roles, [&](const Role& role) { return role.id == id; });
}

std::string unit_name(const Directory& directory, const std::string& told) {
    return name_or(directory.find_unit(told), told);
}
std::string field_name(const Directory& directory, const std::string& told) {
    return name_or(directory.find_field(told), told);
}
std::string officer_name(const Directory& directory, const std::string& id) {
    return name_or(directory.find_officer(id), id);
}

std::optional<std::string> Roster::on_duty(std::string_view role, TimePoint at) const {
    const Shift* shift = covering(shifts, role, at);
    return shift ? std::optional(shift->officer) : std::nullopt;
}

std::optional<TimePoint> Roster::covered_until(std::string_view role, TimePoint at) const {
    auto until = at;
    for (const auto& [start, end] : turns_within(shifts, role, at, TimePoint::max())) {
        if (until < start) break;
        until = std::max(until, end);
    }
    return at < until ? std::optional(until) : std::nullopt;
}

Duration Roster::gap_within(std::string_view role, TimePoint from, TimePoint to) const {
    Duration gap{0};
    for (const auto& [start, end] : turns_within(shifts, role, from, to)) {
        if (from < start) gap += start - from;
        from = std::max(from, std::min(end, to));
    }
    return gap + std::max(to - from, Duration{0});
}

}  // namespace alert

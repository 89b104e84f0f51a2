// `GET /api/v1/roster`: who is on duty. `GET /api/v1/office`: the names behind the ids that a case carries.
#include "api.hpp"

#include "alert/core/duty.hpp"
#include "alert/core/names.hpp"

#include <boost/json.hpp>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr alert::Duration looked_ahead = std::chrono::hours(7 * 24);

json::array officers_json(const std::vector<std::string>& ids, const alert::Directory& directory) {
    json::array officers;
    for (const auto& id : ids)
        officers.push_back(json::object{{"id", id}, {"name", alert::officer_name(directory, id)}});
    return officers;
}

json::object duty_json(const alert::RoleDuty& duty, const alert::Config& config) {
    const auto time = [&](alert::TimePoint at) { return alert::format_rfc3339(at, config.zone); };
    json::object out{{"role", duty.role},
                     {"name", alert::role_name(duty.role)},
                     {"officers", officers_json(duty.officers, *config.directory)},
                     {"until", nullptr},
                     {"next", nullptr}};
    if (duty.until) out["until"] = time(*duty.until);
    if (duty.next) {
        out["next"] = {{"officers", officers_json({*duty.next}, *config.directory)},
                       {"from", time(*duty.next_from)}};
    }
    json::array gaps;
    for (const auto& gap : duty.gaps)
        gaps.push_back(json::object{{"from", time(gap.from)}, {"to", time(gap.to)}});
    out["gaps"] = std::move(gaps);
    return out;
}

template <class Items, class Name>
json::array named(const Items& items, Name name) {
    json::array list;
    for (const auto& item : items) list.push_back(json::object{{"id", item.id}, {"name", item.*name}});
    return list;
}

}  // namespace

void Api::roster(Reply reply) {
    const auto now = core_.now();
    json::array roles;
    for (const auto& duty : alert::duties(*config_->directory, *config_->roster, now, now + looked_ahead))
        roles.push_back(duty_json(duty, *config_));
    reply(json_response(200, json::object{{"now", alert::format_rfc3339(now, config_->zone)},
                                          {"until", alert::format_rfc3339(now + looked_ahead, config_->zone)},
                                          {"roles", std::move(roles)}}));
}

void Api::office(const HttpRequest& request, Reply reply) {
    const auto& policy = *config_->policy;
    json::array classes;
    for (const auto& one : policy.classes)
        classes.push_back(json::object{{"id", one.id}, {"name", one.title}});
    reply(json_response(
        200, json::object{{"jurisdiction", config_->jurisdiction},
                          {"now", alert::format_rfc3339(core_.now(), config_->zone)},
                          {"policy", policy.version},
                          {"role", alert::to_string(request.via.role)},
                          {"classes", std::move(classes)},
                          {"units", named(config_->directory->units, &alert::Unit::name)},
                          {"fields", named(config_->directory->fields, &alert::Field::name)},
                          {"officers", named(config_->directory->officers, &alert::Officer::name)}}));
}

}  // namespace yuqing

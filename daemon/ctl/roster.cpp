// roster: who is on duty now, until when, who comes next, and where nobody is.
#include "client.hpp"
#include "commands.hpp"
#include "labels.hpp"
#include "table.hpp"
#include "text.hpp"

#include <boost/json.hpp>

#include <iostream>
#include <memory>

namespace yuqing {

namespace json = boost::json;

namespace {

std::string names_of(const json::object& object) {
    std::string names;
    for (const auto& each : list_of(object, "officers")) {
        const auto* officer = each.if_object();
        if (officer == nullptr) continue;
        const auto name = text_of(*officer, "name");
        names += (names.empty() ? "" : ", ") + (name.empty() ? text_of(*officer, "id") : name);
    }
    return names;
}

std::string next_of(const json::object& role) {
    const auto* next = role.if_contains("next");
    if (next == nullptr || !next->is_object()) return "-";
    return names_of(next->get_object()) + " " + short_time(text_of(next->get_object(), "from"));
}

std::string gaps_of(const json::object& role) {
    std::string gaps;
    for (const auto& each : list_of(role, "gaps")) {
        const auto* gap = each.if_object();
        if (gap == nullptr) continue;
        gaps += (gaps.empty() ? "" : ", ") + short_time(text_of(*gap, "from")) + " – " +
                short_time(text_of(*gap, "to"));
    }
    return gaps.empty() ? "-" : gaps;
}

/// False when a role has nobody, now or within what was looked at.
bool print_roster(const ClientOptions& client, const json::object& answer) {
    const auto say = [&](std::string_view zh, std::string_view en) {
        return std::string(client.say(zh, en));
    };
    Table table({say("岗位", "ROLE"), say("现在", "NOW"), say("至", "UNTIL"), say("下一班", "NEXT"),
                 say("空缺", "GAPS")});
    bool filled = true;
    for (const auto& each : list_of(answer, "roles")) {
        const auto* role = each.if_object();
        if (role == nullptr) continue;
        const bool nobody = list_of(*role, "officers").empty(), gaps = !list_of(*role, "gaps").empty();
        const auto until = text_of(*role, "until");
        table.add({role_label(text_of(*role, "role"), client.language),
                   nobody ? say("无人", "nobody") : names_of(*role), until.empty() ? "-" : short_time(until),
                   next_of(*role), gaps_of(*role)},
                  nobody ? Tone::late
                  : gaps ? Tone::near
                         : Tone::plain);
        filled = filled && !nobody && !gaps;
    }
    table.print(std::cout, 0);  // whole: a gap that is cut off is a gap unseen
    const auto until = short_time(text_of(answer, "until"));
    if (filled)
        std::cout << client.say("至 ", "no gap until ") << safe_text(until) << client.say(" 无空缺", "")
                  << '\n';
    return filled;
}

void roster(const ClientOptions& client) {
    const auto answer = ask(client, "/api/v1/roster");
    if (client.json) {
        std::cout << safe_json(json::serialize(answer)) << '\n';
    } else if (!print_roster(client, answer)) {
        std::cerr << client.say("有空缺：请补 roster.csv，然后 yuqingctl reload",
                                "there are gaps: fill roster.csv, then yuqingctl reload")
                  << '\n';
    }
}

}  // namespace

void add_roster(CommandLine& line) {
    auto client = std::make_shared<ClientOptions>();
    auto command = line.command("roster", "现在谁值班、下一班、空缺 (who is on duty, who is next, gaps)");
    client->add_to(command);
    command.run([client] { roster(*client); });
}

}  // namespace yuqing

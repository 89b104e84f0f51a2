// explain: why each step of a case fired, was passed over, is to come, or never will.
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

/// `duty_officer 张三, county_head → duty-group (1f…)`, one message after the other.
std::string told_text(const json::object& item) {
    std::string text;
    for (const auto& each : list_of(item, "told")) {
        const auto* message = each.if_object();
        if (message == nullptr) continue;
        if (!text.empty()) text += "; ";
        bool first = true;
        for (const auto& one : list_of(*message, "targets")) {
            const auto* target = one.if_object();
            if (target == nullptr) continue;
            text += (first ? "" : ", ") + text_of(*target, "role");
            first = false;
            for (const auto& officer : list_of(*target, "officers"))
                if (const auto* members = officer.if_object()) text += " " + text_of(*members, "name");
        }
        text += " → " + text_of(*message, "channel") + " (" + text_of(*message, "notification") + ")";
    }
    return text;
}

std::string lateness_text(const ClientOptions& client, const json::object& step) {
    const auto* value = step.if_contains("lateness_seconds");
    if (value == nullptr || !value->is_number()) return {};
    const auto seconds = value->to_number<double>();
    if (seconds < 1) return std::string(client.say("准时", "on time"));
    const json::object late{{"remaining_seconds", static_cast<std::int64_t>(-seconds)}};
    const auto length = remaining_text(late, client.language);  // "超 5分", "over by 5m"
    return client.language == Language::zh ? "迟 " + length.substr(std::string("超 ").size())
                                           : length.substr(std::string("over by ").size()) + " late";
}

std::string why_text(const ClientOptions& client, const json::object& step) {
    const auto outcome = text_of(step, "outcome"), why = text_of(step, "why");
    const auto said = label(why, client.language);
    if (outcome == "fired") {
        const auto told = told_text(step);
        return lateness_text(client, step) + (told.empty() ? "" : "; " + told);
    }
    if (outcome == "superseded" && why == "rebased") return said;
    if (outcome == "superseded") return std::string(client.say("由这一步取代：", "by ")) + why;
    if (outcome == "held") return std::string(client.say("静默至 ", "muted until ")) + text_of(step, "until");
    std::string text;
    if (outcome != "ahead") return said;
    for (const auto& role : list_of(step, "roles")) {
        if (!role.is_string()) continue;
        text += (text.empty() ? "→ " : ", ") + std::string(role.get_string());
    }
    if (!why.empty())
        text += std::string(client.say("；届时如仍", "; unless this changes passed over: ")) + said +
                std::string(client.say("则不触发", ""));
    return text;
}

void print_steps(const ClientOptions& client, const json::object& obligation) {
    const auto say = [&](std::string_view zh, std::string_view en) {
        return std::string(client.say(zh, en));
    };
    Table table({say("步骤", "STEP"), say("计划", "PLANNED"), say("结果", "OUTCOME"), say("记录", "RECORDED"),
                 say("缘由", "WHY")});
    for (const auto& each : list_of(obligation, "steps")) {
        const auto* step = each.if_object();
        if (step == nullptr) continue;
        table.add({text_of(*step, "step"), text_of(*step, "planned"),
                   label(text_of(*step, "outcome"), client.language), text_of(*step, "at"),
                   why_text(client, *step)});
    }
    if (table.empty())
        std::cout << client.say("没有催办步骤", "no steps") << '\n';
    else
        table.print(std::cout, 0);  // whole: this is what was asked for
}

void print_notices(const ClientOptions& client, const json::object& item) {
    if (list_of(item, "notices").empty()) return;
    std::cout << '\n';
    Table notices({std::string(client.say("告知时间", "NOTICE")), std::string(client.say("何事", "WHAT")),
                   std::string(client.say("告知何人", "TO"))});
    for (const auto& each : list_of(item, "notices")) {
        const auto* notice = each.if_object();
        if (notice == nullptr) continue;
        const auto reason = text_of(*notice, "reason");
        const auto colon = reason.find(':');
        auto what = label(reason.substr(0, colon), client.language);
        if (colon != std::string::npos) what += " " + label(reason.substr(colon + 1), client.language);
        notices.add({text_of(*notice, "at"), what, told_text(*notice)});
    }
    notices.print(std::cout, 0);
}

/// Dead letters that somebody sent again: who, when and why.
void print_redelivered(const ClientOptions& client, const json::object& item) {
    Table table({std::string(client.say("重新发送", "SENT AGAIN")), std::string(client.say("何事", "WHAT")),
                 std::string(client.say("何人", "BY")), std::string(client.say("说明", "NOTE"))});
    for (const auto& each : list_of(item, "redelivered")) {
        const auto* entry = each.if_object();
        if (entry == nullptr) continue;
        table.add({text_of(*entry, "at"), entry_text(*entry, client.language), text_of(*entry, "by"),
                   entry_note(*entry, client.language)});
    }
    if (table.empty()) return;
    std::cout << '\n';
    table.print(std::cout, 0);
}

void print_explanation(const ClientOptions& client, const json::object& item) {
    std::cout << safe_text(text_of(item, "id") + "  " + text_of(item, "title") + "  " +
                           label(text_of(item, "status"), client.language))
              << client.say("  办法版本 ", "  policy ") << safe_text(text_of(item, "policy")) << '\n';
    for (const auto& each : list_of(item, "obligations")) {
        const auto* obligation = each.if_object();
        if (obligation == nullptr) continue;
        std::cout << '\n'
                  << safe_text(text_of(*obligation, "id") + " " + text_of(*obligation, "title") + "  " +
                               label(text_of(*obligation, "status"), client.language))
                  << client.say("  应完成 ", "  due ") << safe_text(text_of(*obligation, "due")) << '\n';
        print_steps(client, *obligation);
    }
    for (const auto& each : list_of(item, "undone")) {
        const auto* obligation = each.if_object();
        if (obligation == nullptr) continue;
        std::cout << '\n'
                  << safe_text(text_of(*obligation, "id"))
                  << client.say("  已不再要求（撤销或改用办法）",
                                "  no longer asked for: a withdrawal, or another policy")
                  << '\n';
        print_steps(client, *obligation);
    }
    print_notices(client, item);
    print_redelivered(client, item);
}

void explain(const ClientOptions& client, const std::string& id) {
    const auto item = ask(client, "/api/v1/cases/" + id + "/explain");
    if (!client.json) return print_explanation(client, item);
    std::cout << safe_json(json::serialize(item)) << '\n';
}

}  // namespace

void add_explain(CommandLine& line) {
    auto options = std::make_shared<ClientOptions>();
    auto id = std::make_shared<std::string>();
    auto command = line.command("explain", "每一步催办为何触发或未触发 (why each step fired or did not)");
    options->add_to(command);
    command.option("ID", *id, "事项编号 (case id)").required().check(case_id());
    command.run([options, id] { explain(*options, *id); });
}

}  // namespace yuqing

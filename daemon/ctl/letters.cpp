// notifications, redeliver, rejects: what was not sent, or not taken, and sending it again.
#include "client.hpp"
#include "commands.hpp"
#include "http_client.hpp"
#include "labels.hpp"
#include "table.hpp"
#include "text.hpp"

#include "alert/codec/escape.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace yuqing {

namespace json = boost::json;

namespace {

struct LetterOptions {
    ClientOptions client;
    std::string state = "dead", id, by, reason;
    std::size_t limit = 100;
    bool all = false;
};

json::object dead_page(const LetterOptions& options, const std::string& cursor, std::size_t limit) {
    return ask(options.client, "/api/v1/notifications?state=" + options.state +
                                   "&limit=" + std::to_string(std::min(limit, page_max)) +
                                   (cursor.empty() ? "" : "&cursor=" + alert::percent_encoded(cursor)));
}

std::int64_t attempts_of(const json::object& letter) {
    const auto* attempts = letter.if_contains("attempts");
    return attempts != nullptr && attempts->is_int64() ? attempts->get_int64() : 0;
}

void print_letters(const ClientOptions& client, const json::array& letters, bool more) {
    const auto say = [&](std::string_view zh, std::string_view en) {
        return std::string(client.say(zh, en));
    };
    Table table({say("编号", "ID"), say("时间", "SINCE"), say("通道", "CHANNEL"), say("何事", "REASON"),
                 say("事项", "CASE"), say("步骤", "STEP"), say("次数", "TRIES"), say("未送达原因", "ERROR")});
    for (const auto& each : letters) {
        const auto* letter = each.if_object();
        if (letter == nullptr) continue;
        const auto step = text_of(*letter, "step");
        table.add(
            {text_of(*letter, "id"), text_of(*letter, "at"), text_of(*letter, "channel"),
             label(text_of(*letter, "reason"), client.language), text_of(*letter, "case"),
             step.empty() ? text_of(*letter, "obligation") : text_of(*letter, "obligation") + " " + step,
             std::to_string(attempts_of(*letter)), cause_text(text_of(*letter, "error"), client.language)});
    }
    if (table.empty()) {
        std::cout << client.say("没有未送达的消息", "no dead letters") << '\n';
        return;
    }
    table.print(std::cout, 0);  // whole: ids are copied from here, and errors say what to do
    std::cout << client.say("排除原因后可用 yuqingctl redeliver 编号 或 --all 重新发送",
                            "once the cause is mended: yuqingctl redeliver ID or --all")
              << '\n';
    if (more) std::cout << client.say("还有更多，可用 --limit 增加", "there are more, see --limit") << '\n';
}

void list_letters(const LetterOptions& options) {
    json::array letters;
    std::string cursor;
    do {
        const auto page = dead_page(options, cursor, options.limit - letters.size());
        for (const auto& letter : list_of(page, "notifications")) letters.push_back(letter);
        cursor = text_of(page, "next");
    } while (!cursor.empty() && letters.size() < options.limit);
    if (!options.client.json) return print_letters(options.client, letters, !cursor.empty());
    std::cout << safe_json(json::serialize(letters)) << '\n';
}

Answered redeliver(const LetterOptions& options, const std::string& id) {
    json::object order{{"by", options.by}};
    if (!options.reason.empty()) order["reason"] = options.reason;
    return post(options.client, "/api/v1/notifications/" + alert::percent_encoded(id) + "/redeliver",
                json::serialize(order));
}

void redeliver_one(const LetterOptions& options) {
    const auto answered = redeliver(options, options.id);
    const bool overtaken = answered.status == 200;
    if (answered.status != 202 && !overtaken) {
        std::cerr << "yuqingctl: " << error_line(answered.body, options.client.language) << '\n';
        finish(answered.status >= 500 ? Exit::unreachable : Exit::refused);
    }
    if (options.client.json)
        std::cout << safe_json(json::serialize(answered.body)) << '\n';
    else if (overtaken)
        std::cout << safe_text(options.id)
                  << options.client.say(" 已被回应或后续提醒取代，不再发送",
                                        " was overtaken by the answer or a later step and is not sent")
                  << '\n';
    else
        std::cout << safe_text(options.id) << options.client.say(" 已重新排队发送", " waits to be sent again")
                  << '\n';
}

/// Page after page, each letter once: what dies again meanwhile stands before the page looked at.
void redeliver_all(const LetterOptions& options) {
    std::size_t sent = 0, overtaken = 0, failed = 0;
    std::string cursor;
    do {
        const auto page = dead_page(options, cursor, page_max);
        for (const auto& each : list_of(page, "notifications")) {
            const auto* letter = each.if_object();
            if (letter == nullptr) continue;
            const auto id = text_of(*letter, "id");
            const auto answered = redeliver(options, id);
            if (answered.status == 202) {
                ++sent;
            } else if (answered.status == 200) {
                ++overtaken;
            } else if (answered.status != 404 && answered.status != 409) {  // else: somebody was faster
                ++failed;
                std::cerr << safe_text(id) << ": " << error_line(answered.body, options.client.language)
                          << '\n';
            }
        }
        cursor = text_of(page, "next");
    } while (!cursor.empty());
    if (options.client.json) {
        std::cout << json::serialize(
                         json::object{{"redelivered", sent}, {"superseded", overtaken}, {"failed", failed}})
                  << '\n';
    } else {
        std::cout << options.client.say("已重新排队发送 ", "wait to be sent again: ") << sent;
        if (overtaken > 0)
            std::cout << options.client.say("，已被取代不再发送 ", ", overtaken and not sent ") << overtaken;
        if (failed > 0) std::cout << options.client.say("，未成 ", ", failed ") << failed;
        std::cout << '\n';
    }
    if (failed > 0) finish(Exit::refused);
}

void print_rejects(const ClientOptions& client, const json::array& rejects) {
    Table table({std::string(client.say("时间", "AT")), std::string(client.say("来源", "SOURCE")),
                 std::string(client.say("编号", "ID")), std::string(client.say("类型", "TYPE")),
                 std::string(client.say("原因", "ERROR"))});
    for (const auto& each : rejects) {
        const auto* reject = each.if_object();
        if (reject == nullptr) continue;
        table.add({text_of(*reject, "at"), text_of(*reject, "source"), text_of(*reject, "id"),
                   label(text_of(*reject, "type"), client.language), error_line(*reject, client.language)});
    }
    if (table.empty())
        std::cout << client.say("没有被拒的消息", "no rejects") << '\n';
    else
        table.print(std::cout, 0);
}

void add_redeliver(CommandLine& line) {
    auto options = std::make_shared<LetterOptions>();
    auto command = line.command("redeliver", "重新发送未送达的消息 (send dead letters again)");
    const auto id =
        command.option("ID", options->id, "消息编号 (notification id)").check(case_id()).offer({});
    command.flag("--all", options->all, "全部未送达的消息 (all dead letters)");
    command.option("--by", options->by, "何人 (who)");
    command.option("--reason", options->reason, "理由 (reason)");
    options->client.add_to(command);
    command.run([options, id] {
        if (id.given() == options->all)
            throw UsageError({"要么给出消息编号，要么用 --all", "either a notification id or --all"});
        options->all ? redeliver_all(*options) : redeliver_one(*options);
    });
}

void add_rejects(CommandLine& line) {
    auto options = std::make_shared<LetterOptions>();
    auto command = line.command("rejects", "被拒的消息及原因 (rejected events)");
    options->client.add_to(command);
    command.option("--limit", options->limit, "最多几条 (how many)").check(in_range(1, 1000)).show_default();
    command.run([options] {
        const auto body = ask(options->client, "/api/v1/rejects?limit=" + std::to_string(options->limit));
        const auto& rejects = list_of(body, "rejects");
        if (!options->client.json) return print_rejects(options->client, rejects);
        std::cout << safe_json(json::serialize(rejects)) << '\n';
    });
}

}  // namespace

void add_letters(CommandLine& line) {
    auto options = std::make_shared<LetterOptions>();
    auto command = line.command("notifications", "未送达的消息 (messages that were not delivered)");
    options->client.add_to(command);
    command.option("--state", options->state, "状态 (state)").check(one_of({"dead"})).show_default();
    command.option("--limit", options->limit, "最多几条 (how many)")
        .check(in_range(1, 100000))
        .show_default();
    command.run([options] { list_letters(*options); });
    add_redeliver(line);
    add_rejects(line);
}

}  // namespace yuqing

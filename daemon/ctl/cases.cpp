// list and show: cases as the daemon tells them over HTTP.
#include "client.hpp"
#include "commands.hpp"
#include "http_client.hpp"
#include "labels.hpp"
#include "table.hpp"
#include "text.hpp"

#include "alert/codec/escape.hpp"
#include "alert/core/event.hpp"

#include <boost/json.hpp>

#include <iostream>
#include <memory>

namespace yuqing {

namespace json = boost::json;

namespace {

struct ListOptions {
    ClientOptions client;
    std::string status, class_id, unit;
    std::size_t limit = 50;
};

void add_query(std::string& query, std::string_view name, const std::string& value) {
    if (value.empty()) return;
    query += query.empty() ? '?' : '&';
    query += name;
    query += '=';
    query += alert::percent_encoded(value);
}

/// Page after page until there are enough or no more; `more` tells whether some are left.
json::array gather(const ListOptions& options, bool& more) {
    json::array cases;
    std::string cursor;
    do {
        std::string query;
        add_query(query, "status", options.status);
        add_query(query, "class", options.class_id);
        add_query(query, "unit", options.unit);
        add_query(query, "limit", std::to_string(std::min(options.limit - cases.size(), page_max)));
        add_query(query, "cursor", cursor);
        const auto page = ask(options.client, "/api/v1/cases" + query);
        for (const auto& item : list_of(page, "cases")) cases.push_back(item);
        cursor = text_of(page, "next");
    } while (!cursor.empty() && cases.size() < options.limit);
    more = !cursor.empty();
    return cases;
}

void print_list(const ListOptions& options, const json::array& cases, bool more) {
    const auto& client = options.client;
    const auto say = [&](std::string_view zh, std::string_view en) {
        return std::string(client.say(zh, en));
    };
    Table table({say("事项", "CASE"), say("状态", "STATUS"), say("责任单位", "UNIT"),
                 say("最近时限", "NEXT DUE"), say("剩余", "LEFT"), say("义务", "OBLIGATION"),
                 say("标题", "TITLE")});
    for (const auto& each : cases) {
        const auto* item = each.if_object();
        if (item == nullptr) continue;
        const auto* urgent = most_urgent(*item);
        table.add({text_of(*item, "id"), label(text_of(*item, "status"), client.language),
                   text_of(*item, "lead_unit"), urgent ? text_of(*urgent, "due") : "-",
                   urgent ? remaining_text(*urgent, client.language) : "-",
                   urgent ? text_of(*urgent, "title") : "-", text_of(*item, "title")},
                  urgent ? tone_of(*urgent) : Tone::plain);
    }
    if (table.empty()) {
        std::cout << client.say("没有符合条件的事项", "no cases") << '\n';
        return;
    }
    table.print(std::cout, terminal_columns());
    if (more) std::cout << client.say("还有更多，可用 --limit 增加", "there are more, see --limit") << '\n';
}

void list(const ListOptions& options) {
    bool more = false;
    const auto cases = gather(options, more);
    if (!options.client.json) return print_list(options, cases, more);
    std::cout << safe_json(json::serialize(cases)) << '\n';
}

void print_obligations(const ClientOptions& client, const json::object& item) {
    const auto say = [&](std::string_view zh, std::string_view en) {
        return std::string(client.say(zh, en));
    };
    Table table({say("义务", "OBLIGATION"), say("性质", "KIND"), say("状态", "STATUS"), say("应完成", "DUE"),
                 say("完成", "FULFILLED"), say("剩余", "LEFT"), say("牌", "CARD"), say("依据", "BASIS")});
    for (const auto& each : list_of(item, "obligations")) {
        const auto* obligation = each.if_object();
        if (obligation == nullptr) continue;
        const auto title = text_of(*obligation, "title");
        const auto id = text_of(*obligation, "id");
        table.add(
            {title.empty() ? id : id + " " + title, label(text_of(*obligation, "kind"), client.language),
             label(text_of(*obligation, "status"), client.language), text_of(*obligation, "due"),
             text_of(*obligation, "fulfilled_at"), remaining_text(*obligation, client.language),
             label(text_of(*obligation, "card"), client.language), text_of(*obligation, "basis")},
            tone_of(*obligation));
    }
    if (!table.empty()) table.print(std::cout, terminal_columns());
}

void print_timeline(const ClientOptions& client, const json::object& item) {
    const auto say = [&](std::string_view zh, std::string_view en) {
        return std::string(client.say(zh, en));
    };
    Table table({say("记录时间", "RECORDED"), say("何事", "WHAT"), say("何人", "BY"), say("说明", "NOTE")});
    for (const auto& each : list_of(item, "timeline")) {
        const auto* entry = each.if_object();
        if (entry == nullptr) continue;
        table.add({text_of(*entry, "at"), entry_text(*entry, client.language), text_of(*entry, "by"),
                   entry_note(*entry, client.language)});
    }
    if (!table.empty()) table.print(std::cout, terminal_columns());
}

/// What `withdraw` wants to know of each event. Nothing is cut: it is copied from here.
void print_identities(const ClientOptions& client, const json::object& item) {
    const auto say = [&](std::string_view zh, std::string_view en) {
        return std::string(client.say(zh, en));
    };
    Table table({say("记录", "RECORDED"), say("何事", "WHAT"), say("来源", "SOURCE"), say("编号", "ID")});
    for (const auto& each : list_of(item, "timeline")) {
        const auto* entry = each.if_object();
        if (entry == nullptr || text_of(*entry, "kind") != "fact") continue;
        table.add({short_time(text_of(*entry, "at")), entry_text(*entry, client.language),
                   text_of(*entry, "source"), text_of(*entry, "id")});
    }
    if (table.empty()) return;
    std::cout << '\n'
              << client.say("各条消息的来源和编号（withdraw --event-source 来源 --event-id 编号）：",
                            "events (withdraw --event-source SOURCE --event-id ID):")
              << '\n';
    table.print(std::cout, 0);
}

void print_case(const ClientOptions& client, const json::object& item) {
    const auto line = [&](std::string_view zh, std::string_view en, const std::string& value) {
        if (!value.empty()) std::cout << client.say(zh, en) << safe_text(value) << '\n';
    };
    std::string flags;
    for (const auto& flag : list_of(item, "flags")) {
        if (!flag.is_string()) continue;
        if (!flags.empty()) flags += ", ";
        flags += label(flag.get_string(), client.language);
    }
    line("事项　　：", "case:      ", text_of(item, "id"));
    line("标题　　：", "title:     ", text_of(item, "title"));
    line("状态　　：", "status:    ", label(text_of(item, "status"), client.language));
    line("并入　　：", "into:      ", text_of(item, "into"));
    line("类别　　：", "class:     ", label(text_of(item, "class"), client.language));
    line("事件等级：", "grade:     ", label(text_of(item, "incident_grade"), client.language));
    line("舆情等级：", "level:     ", label(text_of(item, "opinion_level"), client.language));
    line("领域　　：", "field:     ", text_of(item, "field"));
    line("责任单位：", "unit:      ", text_of(item, "lead_unit"));
    line("发现　　：", "detected:  ", text_of(item, "detected_at"));
    line("发生　　：", "occurred:  ", text_of(item, "occurred_at"));
    line("签收　　：", "ack:       ", text_of(item, "acknowledged_at"));
    line("标记　　：", "flags:     ", flags);
    std::cout << '\n';
    print_obligations(client, item);
    std::cout << '\n';
    print_timeline(client, item);
    print_identities(client, item);
}

void show(const ClientOptions& client, const std::string& id) {
    const auto item = ask(client, "/api/v1/cases/" + alert::percent_encoded(id));
    if (!client.json) return print_case(client, item);
    std::cout << safe_json(json::serialize(item)) << '\n';
}

}  // namespace

Check case_id() {
    return {[](const std::string& text) -> std::optional<Said> {
                if (alert::is_case_id(text)) return {};
                return Said{"事项编号由 1 至 64 个 A-Z a-z 0-9 . _ - 组成",
                            "a case id has 1 to 64 of A-Z a-z 0-9 . _ -"};
            },
            "",
            {Offered::Kind::cases}};
}

void add_cases(CommandLine& line) {
    auto list_options = std::make_shared<ListOptions>();
    auto command = line.command("list", "事项，最急的在前 (cases, the most urgent first)");
    list_options->client.add_to(command);
    command.option("--status", list_options->status, "open, closed, dismissed, merged")
        .offer({Offered::Kind::words, {"open", "closed", "dismissed", "merged"}});
    command.option("--class", list_options->class_id, "类别 (class)");
    command.option("--unit", list_options->unit, "责任单位 (lead unit, id or name)");
    command.option("--limit", list_options->limit, "最多列出 (at most)")
        .check(in_range(1, 1'000'000))
        .show_default();
    command.run([list_options] { list(*list_options); });

    auto show_options = std::make_shared<ClientOptions>();
    auto id = std::make_shared<std::string>();
    command = line.command("show", "一个事项的全部 (all about one case)");
    show_options->add_to(command);
    command.option("ID", *id, "事项编号 (case id)").required().check(case_id());
    command.run([show_options, id] { show(*show_options, *id); });
}

}  // namespace yuqing

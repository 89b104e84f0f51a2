// ledger and assessment: a table for the terminal, or the file as the daemon makes it.
#include "client.hpp"
#include "commands.hpp"
#include "http_client.hpp"
#include "labels.hpp"
#include "table.hpp"
#include "text.hpp"

#include "alert/codec/escape.hpp"
#include "alert/core/causes.hpp"
#include "alert/core/time.hpp"

#include <unistd.h>
#include <boost/json.hpp>

#include <cmath>
#include <fstream>
#include <iostream>
#include <memory>

namespace yuqing {

namespace json = boost::json;

namespace {

/// A long report takes a while; the daemon gives it up after less.
constexpr alert::Duration patience = std::chrono::seconds(70);

struct ReportOptions {
    ClientOptions client;
    std::string path, from, to, month, as_of, by, format = "text", output;
};

std::string target_of(const ReportOptions& options) {
    std::string target = options.path;
    const auto add = [&target](const char* name, const std::string& value) {
        if (value.empty()) return;
        target += target.find('?') == std::string::npos ? '?' : '&';
        target += name;
        target += '=' + alert::percent_encoded(value);
    };
    add("from", options.from);
    add("to", options.to);
    add("month", options.month);
    add("as_of", options.as_of);
    add("by", options.by);
    if (options.format != "text") add("format", options.format);
    return target;
}

/// `-` and nothing are standard output.
void put(const ReportOptions& options, const std::string& bytes) {
    if (options.output.empty() || options.output == "-") {
        std::cout << bytes;
        return;
    }
    std::ofstream file(options.output, std::ios::binary | std::ios::trunc);
    file << bytes;
    file.close();
    if (file) return;
    const auto said = options.client.say("写不了文件 ", "cannot be written: ");
    std::cerr << "yuqingctl: " << said << safe_text(options.output) << '\n';
    finish(Exit::usage);
}

std::string number_text(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (value == nullptr || value->is_null()) return "-";
    return value->is_int64() ? std::to_string(value->get_int64()) : json::serialize(*value);
}

const json::object& object_of(const json::object& object, std::string_view name) {
    static const json::object none;
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_object() ? value->get_object() : none;
}

/// With two digits behind the point; `scale` makes a percentage of a rate.
std::string decimal_text(const json::object& object, std::string_view name, double scale,
                         const char* behind = "") {
    const auto* value = object.if_contains(name);
    if (value == nullptr || !value->is_number()) return "-";
    const auto hundredths = std::llround(value->to_number<double>() * scale * 100);
    const auto size = std::llabs(hundredths);
    const auto rest = size % 100;
    return (hundredths < 0 ? "-" : "") + std::to_string(size / 100) + (rest < 10 ? ".0" : ".") +
           std::to_string(rest) + behind;
}

std::string signed_text(const std::string& number) {
    return number == "-" || number.starts_with('-') ? number : "+" + number;
}

std::string length_text(const json::object& spread, std::string_view name) {
    const auto* value = spread.if_contains(name);
    if (value == nullptr || !value->is_int64()) return "-";
    return alert::format_duration_zh(std::chrono::seconds(value->get_int64()));
}

/// `2026-10-01T08:00:00+08:00` without what a table has no room for.
std::string day_and_time(const std::string& time) {
    return time.size() < 16 ? "-" : time.substr(0, 10) + " " + time.substr(11, 5);
}

void print_period(const ReportOptions& options, const json::object& body) {
    std::cout << options.client.say("时段 ", "period ") << day_and_time(text_of(body, "from"))
              << options.client.say(" 至 ", " to ") << day_and_time(text_of(body, "to"))
              << options.client.say("（不含），数据截至 ", " (not included), as of ")
              << day_and_time(text_of(body, "as_of")) << '\n';
}

void print_ledger_rows(const ReportOptions& options, const json::array& rows, std::string_view head) {
    const auto say = [&](const char* zh, const char* en) { return std::string(options.client.say(zh, en)); };
    Table table({say("序号", "NO"), say("编号", "CASE"), say("发现", "DETECTED"), say("责任单位", "UNIT"),
                 say("应回应", "DUE"), say("首回", "ANSWERED"), say("是否按时", "IN TIME"),
                 say("超时（分）", "LATE (MIN)"), say("状态", "STATUS"), say("标题", "TITLE")});
    for (const auto& each : rows) {
        const auto* row = each.if_object();
        if (row == nullptr) continue;
        table.add({number_text(*row, "number"), text_of(*row, "case"),
                   day_and_time(text_of(*row, "detected_at")), text_of(*row, "lead_unit"),
                   day_and_time(text_of(*row, "due")), day_and_time(text_of(*row, "answered_at")),
                   text_of(*row, "outcome"), number_text(*row, "late_minutes"), text_of(*row, "status"),
                   text_of(*row, "title")});
    }
    if (table.empty()) return;
    std::cout << head;
    table.print(std::cout, terminal_columns());
}

void print_ledger(const ReportOptions& options, const json::object& body) {
    print_period(options, body);
    const auto& rows = list_of(body, "rows");
    if (rows.empty()) std::cout << options.client.say("没有事项", "no matters") << '\n';
    print_ledger_rows(options, rows, "");
    print_ledger_rows(options, list_of(body, "apart"),
                      options.client.say("\n不予受理和合并：\n", "\ndismissed and merged:\n"));
}

std::vector<std::string> assessment_cells(const json::object& row, const std::string& name) {
    const auto& change = object_of(row, "change");
    const auto& first = object_of(row, "first_answer");
    return {number_text(row, "rank"),
            name,
            number_text(row, "received"),
            number_text(row, "due"),
            number_text(row, "on_time"),
            number_text(row, "late"),
            number_text(row, "overdue"),
            decimal_text(row, "rate", 100, "%"),
            length_text(first, "median_seconds"),
            length_text(object_of(row, "acknowledgement"), "median_seconds"),
            number_text(row, "returns"),
            number_text(row, "yellow_cards") + "/" + number_text(row, "red_cards"),
            decimal_text(object_of(row, "commitments"), "rate", 100, "%"),
            decimal_text(row, "score", 1),
            signed_text(decimal_text(change, "rate", 100)),
            signed_text(number_text(change, "rank"))};
}

/// As the office's papers say it, see words.cpp of the reports.
std::string listed_status(const std::string& status, Language language) {
    constexpr std::pair<std::string_view, std::string_view> words[] = {{"overdue", "超期未办"},
                                                                       {"pending", "未到期"},
                                                                       {"waived", "豁免"},
                                                                       {"void", "不再要求"},
                                                                       {"excused", "免责"}};
    for (const auto& [identifier, zh] : words)
        if (language == Language::zh && status == identifier) return std::string(zh);
    return label(status, language);
}

/// What has no unit or field.
std::string nobodys(const ReportOptions& options, const json::object& body) {
    const bool unit = text_of(body, "by") == "unit";
    return std::string(unit ? options.client.say("未交办", "(none)")
                            : options.client.say("未分领域", "(none)"));
}

void print_listed(const ReportOptions& options, const json::array& list, std::string_view head) {
    const auto say = [&](const char* zh, const char* en) { return std::string(options.client.say(zh, en)); };
    Table table({say("编号", "CASE"), say("责任单位", "UNIT"), say("义务", "OBLIGATION"),
                 say("情况", "STATUS"), say("时限", "DUE"), say("标题", "TITLE"), say("原因", "REASON")});
    for (const auto& each : list) {
        const auto* one = each.if_object();
        if (one == nullptr) continue;
        const bool zh = options.client.language == Language::zh;
        table.add({text_of(*one, "case"), text_of(*one, "unit"), text_of(*one, zh ? "what" : "obligation"),
                   listed_status(text_of(*one, "status"), options.client.language),
                   day_and_time(text_of(*one, "due")), text_of(*one, "title"), text_of(*one, "reason")});
    }
    if (table.empty()) return;
    std::cout << head;
    table.print(std::cout, terminal_columns());
}

void print_assessment(const ReportOptions& options, const json::object& body) {
    const auto say = [&](const char* zh, const char* en) { return std::string(options.client.say(zh, en)); };
    print_period(options, body);
    Table table({say("名次", "RANK"), say("名称", "NAME"), say("收到", "RECEIVED"), say("应回应", "DUE"),
                 say("按时", "ON TIME"), say("超时", "LATE"), say("未回应", "OVERDUE"), say("按时率", "RATE"),
                 say("首回中位", "ANSWER"), say("签收中位", "TAKEN"), say("退回", "RETURNS"),
                 say("黄/红牌", "CARDS"), say("兑现率", "KEPT"), say("得分", "SCORE"), say("环比", "CHANGE"),
                 say("升降", "PLACES")});
    for (const auto& each : list_of(body, "rows")) {
        const auto* row = each.if_object();
        if (row == nullptr) continue;
        const auto name = text_of(*row, "name");
        table.add(assessment_cells(*row, name.empty() ? nobodys(options, body) : name));
    }
    table.add(assessment_cells(object_of(body, "total"), say("合计", "total")));
    table.print(std::cout, 0);
    print_listed(options, list_of(body, "overdue"),
                 options.client.say("\n超时和未回应：\n", "\nlate and overdue:\n"));
    print_listed(options, list_of(body, "excluded"), options.client.say("\n不计入：\n", "\nnot counted:\n"));
    print_listed(options, list_of(body, "apart"),
                 options.client.say("\n不予受理和合并：\n", "\ndismissed and merged:\n"));
}

/// On standard error, so that it is seen wherever the report goes.
void warn_unread(const ReportOptions& options, const json::object& body) {
    const auto& unread = object_of(body, "unread");
    const auto& cases = list_of(unread, "cases");
    if (cases.empty()) return;
    std::cerr << "yuqingctl: " << number_text(unread, "count")
              << options.client.say("件事项的档案读不出或不全，读不出的未计入：",
                                    " cases cannot be read, or not whole; what is not read does not count:")
              << '\n';
    for (const auto& each : cases) {
        const auto* one = each.if_object();
        if (one == nullptr) continue;
        const auto code = text_of(*one, "code"), file = text_of(*one, "file");
        const auto why = options.client.language == Language::zh ? std::string(alert::code_zh(code))
                                                                 : text_of(*one, "message");
        std::cerr << "  " << safe_text(text_of(*one, "case")) << "  " << safe_text(file) << "  "
                  << safe_text(why) << '\n';
    }
}

void show(const ReportOptions& asked, void (*print)(const ReportOptions&, const json::object&)) {
    auto options = asked;
    if (options.client.json) options.format = "json";
    const bool terminal = (options.output.empty() || options.output == "-") && ::isatty(STDOUT_FILENO) != 0;
    if (options.format == "xlsx" && terminal)
        throw UsageError({"表格文件请用 --output 指定去处", "a spreadsheet wants --output"});
    if (options.format == "text" && !options.output.empty())
        throw UsageError({"--output 要与 --format 一起用", "--output wants a --format"});
    auto bytes = fetch(options.client, target_of(options), patience);
    if (options.format != "text" && options.format != "json") return put(options, bytes);
    json::error_code error;
    const auto parsed = json::parse(bytes, error);
    const auto body = error || !parsed.is_object() ? json::object() : parsed.get_object();
    if (options.format == "json")
        put(options, safe_json(bytes));
    else
        print(options, body);
    warn_unread(options, body);
}

void add_report(CommandLine& line, const std::string& name, const std::string& help,
                std::vector<std::string> formats, void (*print)(const ReportOptions&, const json::object&)) {
    auto options = std::make_shared<ReportOptions>();
    options->path = "/api/v1/" + name;
    auto command = line.command(name, help);
    const auto from =
        command.option("--from", options->from, "从何时（含）起发现的事项 (detected from, included)");
    const auto to = command.option("--to", options->to, "到何时（不含） (to, not included)");
    const auto month = command.option("--month", options->month, "某月，如 2026-10 (a month)");
    command.option("--as-of", options->as_of, "按当时已记录的事实 (as it was known then)");
    if (name == "assessment")
        command.option("--by", options->by, "分组 (grouped by)").check(one_of({"unit", "field", "month"}));
    command.option("--format", options->format, "格式 (format)")
        .check(one_of(std::move(formats)))
        .show_default();
    command.option("--output", options->output, "写入文件 (write to a file)").type("FILE");
    options->client.add_to(command);
    command.run([options, print, from, to, month] {
        if (month.given() && (from.given() || to.given()))
            throw UsageError({"--month 与 --from、--to 只能用一种", "either --month or --from and --to"});
        show(*options, print);
    });
}

}  // namespace

void add_reports(CommandLine& line) {
    add_report(line, "ledger", "台账 (the ledger of a period's matters)", {"text", "json", "csv", "xlsx"},
               print_ledger);
    add_report(line, "assessment", "考核 (what a period's matters come to, by unit, field or month)",
               {"text", "json", "csv", "xlsx", "html"}, print_assessment);
}

}  // namespace yuqing

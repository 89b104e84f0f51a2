// audit verify: has anybody touched the record of one case, or of any?
#include "client.hpp"
#include "commands.hpp"
#include "http_client.hpp"
#include "labels.hpp"
#include "progress.hpp"
#include "table.hpp"
#include "text.hpp"

#include "alert/codec/escape.hpp"
#include "alert/config/finding_words.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <iostream>
#include <memory>
#include <tuple>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr std::size_t findings_kept_max = 10'000;  // of all pages; more of them tell nothing new

// What no check can tell, by the code the daemon gives: Chinese, English.
constexpr std::tuple<std::string_view, std::string_view, std::string_view> limits[] = {
    {"unkeyed", "记录未用密钥：能写 Redis 的人可以整条重写而不被发现（密钥用 yuqingctl keygen audit 生成）",
     "the chain has no key: whoever can write to Redis can write a record anew unseen (yuqingctl keygen "
     "audit makes one)"},
    {"no_anchors", "没有锚点：记录与末端一同退回到较早状态、整个事项被删，都无法得知",
     "no anchors: a record put back to an earlier end together with its head cannot be told"},
    {"after_anchor", "最近锚点之后：记录与末端一同退回到锚点时的状态，无法得知",
     "after the last anchor: a record put back, with its head, to no earlier than that cannot be told"},
    {"key_holder", "持有密钥且能写 Redis 的人，可以改写锚点之后的记录",
     "whoever has the key and can write to Redis can write anew what no anchor holds yet"},
    {"unanchored_cases", "从未进入锚点的事项如被整个删除，无法得知",
     "a whole case that no anchor names can be removed unseen"},
};

std::uint64_t count_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (value == nullptr || !value->is_number()) return 0;
    boost::system::error_code error;
    const auto count = value->to_number<std::uint64_t>(error);
    return error ? 0 : count;
}

/// Page after page; tells a person how far it is.
json::object gather(const ClientOptions& client, const std::string& id) {
    if (!id.empty()) return ask(client, "/api/v1/audit?case=" + alert::percent_encoded(id));
    json::object all;
    json::array findings;
    std::uint64_t cases = 0, entries = 0;
    Progress progress;
    std::string cursor;
    do {
        all = ask(client,
                  "/api/v1/audit" + (cursor.empty() ? "" : "?cursor=" + alert::percent_encoded(cursor)));
        cases += count_of(all, "cases");
        entries += count_of(all, "entries");
        for (const auto& finding : list_of(all, "findings"))
            if (findings.size() < findings_kept_max) findings.push_back(finding);
        cursor = text_of(all, "next");
        progress.show(std::string(client.say("已核对 ", "checked ")) + std::to_string(cases));
    } while (!cursor.empty());
    all["cases"] = cases;
    all["entries"] = entries;
    all["findings"] = std::move(findings);
    all.erase("next");
    return all;
}

/// A record that is cut is not what the flag of the same name means, a text that was cut.
std::string kind_of(const json::object& finding, Language language) {
    const auto kind = text_of(finding, "kind");
    return kind == "truncated" && language == Language::zh ? "被截短" : label(kind, language);
}

/// What was found, in the reader's language; of the archive's files the daemon tells which.
std::string note_of(const json::object& finding, Language language) {
    const auto message = text_of(finding, "message"), kind = text_of(finding, "kind");
    if (language == Language::en) return message;
    const auto entry = std::to_string(count_of(finding, "entry"));
    if (kind == "changed") return "第" + entry + "条与写入时不同";
    if (kind == "removed") return "第" + entry + "条之前有缺失";
    if (kind == "reordered") return "第" + entry + "条不在写入时的位置";
    if (kind == "truncated") return "第" + entry + "条及以后不见了";
    if (kind == "forged") return "末端或锚点与第" + entry + "条处的记录不符";
    if (kind == "missing") return "整个事项不见了";
    return alert::finding_zh(message);
}

bool is_unread(const json::value& finding) {
    return finding.is_object() && is_of_archive(text_of(finding.get_object(), "kind"));
}

/// What the findings mean: a file that cannot be read is no sign of a touched record, and hides none.
std::string conclusion(const json::array& findings, Language language) {
    const bool zh = language == Language::zh;
    if (findings.empty()) return zh ? "未发现改动" : "nothing was touched";
    const auto unread = std::count_if(findings.begin(), findings.end(), is_unread);
    std::string text;
    if (unread < static_cast<std::ptrdiff_t>(findings.size()))
        text = zh ? "记录被改动过" : "the record was touched";
    if (unread == 0) return text;
    text += text.empty() ? "" : zh ? "；" : "; ";
    return text +
           (zh ? "有归档文件缺失或与写入时不同，其中的记录未能核对："
               : "files of the archive are gone or not what was written, what they hold was not checked: ") +
           archive_remedy.in(language);
}

void print_result(const ClientOptions& client, const json::object& result) {
    Table table({std::string(client.say("事项", "CASE")), std::string(client.say("第几条", "ENTRY")),
                 std::string(client.say("发现", "FOUND")), std::string(client.say("说明", "NOTE"))});
    for (const auto& each : list_of(result, "findings")) {
        const auto* finding = each.if_object();
        if (finding == nullptr) continue;
        const auto id = text_of(*finding, "case");
        table.add({id.empty() ? std::string(client.say("锚点文件", "anchors' file")) : id,
                   std::to_string(count_of(*finding, "entry")), kind_of(*finding, client.language),
                   note_of(*finding, client.language)});
    }
    if (!table.empty()) table.print(std::cout, terminal_columns());
    std::cout << client.say("核对事项 ", "cases checked: ") << count_of(result, "cases")
              << client.say("，记录 ", ", entries: ") << count_of(result, "entries");
    const auto* anchors = result.if_contains("anchors");
    if (anchors != nullptr && anchors->is_object())
        std::cout << client.say("，最近锚点 ", ", last anchor: ")
                  << safe_text(text_of(anchors->get_object(), "at"));
    std::cout << '\n'
              << conclusion(list_of(result, "findings"), client.language) << '\n'
              << client.say("无法得知的：", "what cannot be known:") << '\n';
    for (const auto& code : list_of(result, "unknown")) {
        for (const auto& [name, zh, en] : limits)
            if (code.is_string() && code.get_string() == name)
                std::cout << "- " << client.say(zh, en) << '\n';
    }
}

void verify(const ClientOptions& client, const std::string& id) {
    const auto result = gather(client, id);
    if (client.json)
        std::cout << safe_json(json::serialize(result)) << '\n';
    else
        print_result(client, result);
    if (!list_of(result, "findings").empty()) finish(Exit::refused);
}

}  // namespace

void add_audit(CommandLine& line) {
    auto options = std::make_shared<ClientOptions>();
    auto what = std::make_shared<std::string>();
    auto id = std::make_shared<std::string>();
    auto command =
        line.command("audit", "核对记录有无改动、缺失、调换 (was a record changed, cut or reordered)");
    options->add_to(command);
    command.option("WHAT", *what, "verify").required().check(one_of({"verify"}));
    command.option("ID", *id, "事项编号，不写为全部 (case id; all without)").check(case_id());
    command.run([options, what, id] { verify(*options, *id); });
}

}  // namespace yuqing

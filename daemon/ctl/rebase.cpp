// rebase-policy: moves one case, or all open ones, to the policy in force.
#include "client.hpp"
#include "commands.hpp"
#include "http_client.hpp"
#include "labels.hpp"
#include "text.hpp"

#include "alert/codec/escape.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace yuqing {

namespace json = boost::json;

namespace {

/// A case that moves changes its place in the list, perhaps to where this pass has been or will be.
constexpr int passes_max = 10;

struct RebaseOptions {
    ClientOptions client;
    std::string case_id, by, reason;
    bool all = false;
};

struct RebaseCounts {
    std::size_t moved = 0, seen = 0, failed = 0;
    std::string policy;
};

std::string order_of(const RebaseOptions& options) {
    json::object order{{"by", options.by}};
    if (!options.reason.empty()) order["reason"] = options.reason;
    return json::serialize(order);
}

json::object posted(const RebaseOptions& options, const std::string& target) {
    auto answered = post(options.client, target, order_of(options));
    if (answered.status == 200) return std::move(answered.body);
    std::cerr << "yuqingctl: " << error_line(answered.body, options.client.language) << '\n';
    finish(answered.status >= 500 ? Exit::unreachable : Exit::refused);
}

void print_failed(const ClientOptions& client, const json::object& page) {
    for (const auto& each : list_of(page, "failed")) {
        if (const auto* failed = each.if_object())
            std::cerr << safe_text(text_of(*failed, "id")) << ": " << error_line(*failed, client.language)
                      << '\n';
    }
}

/// All pages once; how many cases moved.
std::size_t pass(const RebaseOptions& options, RebaseCounts& counts) {
    std::string cursor;
    std::size_t moved = 0;
    counts.seen = counts.failed = 0;
    do {
        const auto query = cursor.empty() ? std::string() : "?cursor=" + alert::percent_encoded(cursor);
        const auto page = posted(options, "/api/v1/rebase-policy" + query);
        print_failed(options.client, page);
        const auto* unchanged = page.if_contains("unchanged");
        const auto rest = unchanged != nullptr && unchanged->is_int64() ? unchanged->get_int64() : 0;
        moved += list_of(page, "moved").size();
        counts.failed += list_of(page, "failed").size();
        counts.seen +=
            list_of(page, "moved").size() + static_cast<std::size_t>(std::max<std::int64_t>(rest, 0));
        counts.policy = text_of(page, "policy");
        cursor = text_of(page, "next");
        if (!options.client.json && !cursor.empty())
            std::cerr << options.client.say("已查看 ", "seen ") << counts.seen
                      << options.client.say("，已改用 ", ", moved ") << counts.moved + moved << '\n';
    } while (!cursor.empty());
    counts.moved += moved;
    return moved;
}

void rebase_all(const RebaseOptions& options) {
    RebaseCounts counts;
    for (int passes = 0; passes < passes_max && pass(options, counts) > 0; ++passes) {}
    if (options.client.json) {
        std::cout << json::serialize(json::object{
                         {"policy", counts.policy}, {"moved", counts.moved}, {"failed", counts.failed}})
                  << '\n';
    } else {
        std::cout << options.client.say("办法 ", "policy ") << safe_text(counts.policy)
                  << options.client.say("：在办事项改用 ", ": open cases moved ") << counts.moved;
        if (counts.failed > 0) std::cout << options.client.say("，未成 ", ", failed ") << counts.failed;
        std::cout << '\n';
    }
    if (counts.failed > 0) finish(Exit::refused);
}

void rebase_one(const RebaseOptions& options) {
    const auto body =
        posted(options, "/api/v1/cases/" + alert::percent_encoded(options.case_id) + "/rebase-policy");
    if (options.client.json) {
        std::cout << safe_json(json::serialize(body)) << '\n';
        return;
    }
    const auto* moved = body.if_contains("moved");
    const bool changed = moved != nullptr && moved->is_bool() && moved->get_bool();
    std::cout << safe_text(text_of(body, "id"))
              << (changed ? options.client.say(" 改用办法 ", " moved to policy ")
                          : options.client.say(" 已按办法 ", " already has policy "))
              << safe_text(text_of(body, "policy")) << '\n';
    for (const auto& each : list_of(body, "obligations")) {
        const auto* obligation = each.if_object();
        if (obligation == nullptr) continue;
        std::cout << "  " << safe_text(text_of(*obligation, "id"))
                  << options.client.say(" 应完成于 ", " due ") << safe_text(text_of(*obligation, "due"))
                  << '\n';
    }
}

}  // namespace

void add_rebase(CommandLine& line) {
    auto options = std::make_shared<RebaseOptions>();
    auto command = line.command("rebase-policy", "让事项改用现行办法 (move a case to the policy in force)");
    const auto id = command.option("ID", options->case_id, "事项编号 (case id)").check(case_id());
    command.flag("--all", options->all, "全部在办事项 (all open cases)");
    const auto by = command.option("--by", options->by, "何人 (who)");
    command.option("--reason", options->reason, "理由 (reason)");
    options->client.add_to(command);
    command.run([options, id, by] {
        if (id.given() == options->all)
            throw UsageError({"要么给出事项编号，要么用 --all", "either a case id or --all"});
        if (!by.given()) options->by = name_of_token(options->client);
        if (options->by.empty()) throw UsageError({"缺少 --by", "--by is missing"});
        options->all ? rebase_all(*options) : rebase_one(*options);
    });
}

}  // namespace yuqing

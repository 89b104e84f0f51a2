// test-channel and drill: a message that asks for nothing, and what became of it.
#include "client.hpp"
#include "commands.hpp"
#include "http_client.hpp"
#include "labels.hpp"
#include "system_clock.hpp"
#include "table.hpp"
#include "text.hpp"

#include "alert/codec/escape.hpp"

#include <boost/json.hpp>

#include <iostream>
#include <memory>
#include <thread>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr alert::Duration looked_every = std::chrono::milliseconds(200);

struct TrialOptions {
    ClientOptions client;
    std::string channel, by, reason;
    unsigned wait = 30;  // seconds
};

/// A message on its way: as it was put up, then as it was last seen.
struct Trial {
    std::string id, channel, who, state = "pending", error;
    [[nodiscard]] bool settled() const { return state != "pending" && state != "sending"; }
};

std::string who_of(const json::object& message, Language language) {
    std::string who;
    for (const auto& each : list_of(message, "targets")) {
        const auto* target = each.if_object();
        if (target == nullptr) continue;
        who += (who.empty() ? "" : ", ") + role_label(text_of(*target, "role"), language);
        for (const auto& officer : list_of(*target, "officers"))
            if (const auto* members = officer.if_object()) who += " " + text_of(*members, "name");
    }
    return who;
}

std::vector<Trial> put_up(const TrialOptions& options, const std::string& target) {
    json::object order{{"by", options.by}};
    if (!options.reason.empty()) order["reason"] = options.reason;
    const auto answered = post(options.client, target, json::serialize(order));
    if (answered.status != 202) {
        std::cerr << "yuqingctl: " << error_line(answered.body, options.client.language) << '\n';
        finish(answered.status >= 500 ? Exit::unreachable : Exit::refused);
    }
    std::vector<Trial> trials;
    for (const auto& each : list_of(answered.body, "notifications")) {
        if (const auto* message = each.if_object())
            trials.push_back({text_of(*message, "id"), text_of(*message, "channel"),
                              who_of(*message, options.client.language)});
    }
    return trials;
}

/// Tells every failed attempt as it is seen, so that nobody waits for what cannot come.
void look_at(const ClientOptions& client, Trial& trial) {
    const auto seen = look(client, "/api/v1/notifications/" + alert::percent_encoded(trial.id));
    if (!seen) return;  // the daemon may be restarting: until the bound it is asked again
    trial.state = text_of(*seen, "state");
    const auto error = text_of(*seen, "error");
    if (error == trial.error) return;
    trial.error = error;
    if (!trial.settled() && !client.json)
        std::cerr << safe_text(trial.channel) << client.say("：未送达，稍后再试：", ": will be tried again: ")
                  << safe_text(cause_text(error, client.language)) << '\n';
}

void wait_for_all(const TrialOptions& options, std::vector<Trial>& trials) {
    const auto end = boot_time() + std::chrono::seconds(options.wait);
    while (true) {
        bool settled = true;
        for (Trial& trial : trials) {
            if (!trial.settled()) look_at(options.client, trial);
            settled = settled && trial.settled();
        }
        if (settled || boot_time() >= end) return;
        std::this_thread::sleep_for(looked_every);
    }
}

std::string outcome_text(const ClientOptions& client, const Trial& trial) {
    if (trial.settled() || !trial.error.empty()) return cause_text(trial.error, client.language);
    return std::string(client.say("尚无结果，通道可能正忙或已限流，稍后会再试",
                                  "no answer yet: the channel may be busy or at its limit"));
}

void print_outcome(const ClientOptions& client, const std::vector<Trial>& trials) {
    if (client.json) {
        json::array list;
        for (const auto& trial : trials) {
            list.push_back(json::object{
                {"id", trial.id},
                {"channel", trial.channel},
                {"state", trial.state},
                {"error", trial.error.empty() ? json::value(nullptr) : json::value(trial.error)}});
        }
        std::cout << safe_json(json::serialize(list)) << '\n';
        return;
    }
    Table table({std::string(client.say("通道", "CHANNEL")), std::string(client.say("结果", "OUTCOME")),
                 std::string(client.say("通知", "TO")), std::string(client.say("说明", "NOTE"))});
    for (const auto& trial : trials) {
        const bool arrived = trial.state == "delivered";
        table.add({trial.channel, label(trial.state == "pending" ? "waiting" : trial.state, client.language),
                   trial.who, arrived ? "" : outcome_text(client, trial)});
    }
    table.print(std::cout, 0);  // whole: the note says what to do
}

void try_out(const TrialOptions& options, const std::string& target) {
    auto trials = put_up(options, target);
    wait_for_all(options, trials);
    print_outcome(options.client, trials);
    for (const auto& trial : trials)
        if (trial.state != "delivered") finish(Exit::refused);
}

void add_common(Command& command, TrialOptions& options) {
    command.option("--by", options.by, "何人 (who)");
    command.option("--reason", options.reason, "说明，写入消息 (said in the message)");
    command.option("--wait", options.wait, "最多等几秒 (seconds to wait for the outcome)")
        .check(in_range(0, 600))
        .show_default();
    options.client.add_to(command);
}

}  // namespace

void add_trials(CommandLine& line) {
    auto test = std::make_shared<TrialOptions>();
    auto test_command = line.command("test-channel", "向一个通道发一条测试消息 (send a test to a channel)");
    test_command.option("NAME", test->channel, "通道名 (channel)").required();
    add_common(test_command, *test);
    test_command.run(
        [test] { try_out(*test, "/api/v1/channels/" + alert::percent_encoded(test->channel) + "/test"); });

    auto drill = std::make_shared<TrialOptions>();
    auto drill_command =
        line.command("drill", "向在岗人员发一条【演练】消息 (send a drill to those on duty)");
    add_common(drill_command, *drill);
    drill_command.run([drill] { try_out(*drill, "/api/v1/drill"); });
}

}  // namespace yuqing

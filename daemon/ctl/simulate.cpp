// simulate: what would have happened, by the very same engine on a virtual clock.
#include "client.hpp"
#include "commands.hpp"
#include "labels.hpp"
#include "system_clock.hpp"
#include "text.hpp"

#include "alert/simulate/simulate.hpp"

#include <boost/json.hpp>

#include <fstream>
#include <iostream>
#include <memory>

namespace yuqing {

namespace json = boost::json;

namespace {

struct SimulateOptions {
    std::string config_file, events_file;
    std::optional<std::string> until;
    bool as_json = false;
    Language language = Language::zh;
};

std::shared_ptr<const alert::Config> load(const SimulateOptions& options) {
    auto loaded = alert::load_config(options.config_file, wall_time(), alert::Secrets::unread);
    for (const auto& error : loaded.errors)
        std::cerr << finding_line({"错误", "error"}, error, options.language) << '\n';
    if (!loaded.config || !loaded.errors.empty()) finish(Exit::refused);
    return loaded.config;
}

void print_case(const json::object& line, Language language) {
    std::string head = text_of(line, "id") + "  " + label(text_of(line, "status"), language);
    for (const auto& flag : list_of(line, "flags")) {
        if (flag.is_string()) head += " " + label(std::string_view(flag.get_string()), language);
    }
    std::cout << '\n' << safe_text(head + "  " + text_of(line, "title")) << '\n';
    for (const auto& each : list_of(line, "obligations")) {
        const auto* obligation = each.if_object();
        if (obligation == nullptr) continue;
        std::cout << safe_text("  " + text_of(*obligation, "id") + "  " +
                               label(text_of(*obligation, "status"), language) + "  " +
                               text_of(*obligation, "due"))
                  << '\n';
    }
}

void print_text(const json::object& line, Language language) {
    const auto kind = text_of(line, "kind");
    if (kind == "case") return print_case(line, language);
    if (kind != "notification") {
        std::cout << label(kind, language) << ' ' << safe_json(json::serialize(line)) << '\n';
        return;
    }
    std::string words = text_of(line, "time") + "  " + label(text_of(line, "reason"), language);
    if (const auto flag = text_of(line, "flag"); !flag.empty()) words += " " + label(flag, language);
    for (const auto* name : {"case", "obligation", "step", "channel"}) {
        if (const auto value = text_of(line, name); !value.empty()) words += "  " + value;
    }
    std::cout << safe_text(words + "  " + entry_note(line, language)) << '\n';
}

alert::TimePoint read_until(const std::string& text) {
    const auto until = alert::parse_rfc3339(text);
    if (until) return *until;
    throw UsageError({"--until 应写作 2026-06-12T13:38:00+08:00，不是 “" + text + "”",
                      "--until: " + until.error().message});
}

void simulate(const SimulateOptions& options) {
    alert::Simulation simulation{.config = load(options), .until = std::nullopt, .out = {}};
    if (options.until) simulation.until = read_until(*options.until);
    simulation.out = [&](const json::object& line) {
        if (!options.as_json) return print_text(line, options.language);
        std::cout << safe_json(json::serialize(line)) << '\n';
    };
    std::ifstream file(options.events_file);
    const auto result = alert::simulate(options.events_file == "-" ? std::cin : file, simulation);
    if (result) {
        if (*result == 0) return;
        const auto untold = std::to_string(*result);
        const Said said{"--until 之后的 " + untold + " 行未推演",
                        untold + " lines lie after --until and were not told"};
        std::cerr << said.in(options.language) << '\n';
        return;
    }
    std::cerr << safe_text(options.events_file + ": " + result.error().path + ": " + result.error().message)
              << '\n';
    finish(Exit::refused);
}

}  // namespace

void add_simulate(CommandLine& line) {
    auto options = std::make_shared<SimulateOptions>();
    auto command = line.command("simulate", "以虚拟时钟推演 (play events on a virtual clock)");
    command.option("--config", options->config_file, "yuqingd.yaml").required().offer({Offered::Kind::files});
    command
        .option("--events", options->events_file,
                "每行一条 JSON，- 为标准输入 (JSON lines, - is standard input)")
        .required()
        .check(readable_file());
    const auto take_until = [options](const std::string& until) { options->until = until; };
    command.option("--until", take_until, "推演到何时 (until when, RFC 3339)");
    const auto take_format = [options](const std::string& format) { options->as_json = format == "json"; };
    command.option("--format", take_format, "text 或 json (text or json)").check(one_of({"text", "json"}));
    add_language(command, options->language);
    command.run([options] { simulate(*options); });
}

}  // namespace yuqing

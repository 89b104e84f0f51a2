// check-config: every error and warning of the configuration, at once; also asks the channels' hosts.
#include "channel_check.hpp"
#include "client.hpp"
#include "commands.hpp"
#include "system_clock.hpp"
#include "text.hpp"

#include "alert/config/config.hpp"

#include <boost/json.hpp>

#include <iostream>
#include <memory>

namespace yuqing {

namespace json = boost::json;

namespace {

struct CheckOptions {
    std::string file = "/etc/yuqingd/yuqingd.yaml";
    bool strict = false;
    bool as_json = false;
    Language language = Language::zh;
};

void print_findings(const Said& kind, const std::vector<alert::Error>& findings, Language language) {
    for (const auto& finding : findings)
        std::cout << finding_line(kind, finding, language) << " [" << finding.code << "]\n";
}

json::array findings_json(const std::vector<alert::Error>& findings) {
    json::array list;
    for (const auto& finding : findings) {
        list.push_back(
            json::object{{"code", finding.code}, {"message", finding.message}, {"path", finding.path}});
    }
    return list;
}

void print(const CheckOptions& options, const alert::LoadedConfig& loaded) {
    if (options.as_json) {
        const json::object out{{"errors", findings_json(loaded.errors)},
                               {"warnings", findings_json(loaded.warnings)}};
        std::cout << safe_json(json::serialize(out)) << '\n';
        return;
    }
    print_findings({"错误", "error"}, loaded.errors, options.language);
    print_findings({"警告", "warning"}, loaded.warnings, options.language);
    const bool zh = options.language == Language::zh;
    const auto errors = std::to_string(loaded.errors.size());
    const auto warnings = std::to_string(loaded.warnings.size());
    std::cout << safe_text(options.file)
              << (zh ? "：错误 " + errors + "，警告 " + warnings
                     : ": errors " + errors + ", warnings " + warnings)
              << '\n';
}

void check(const CheckOptions& options) {
    auto loaded = alert::load_config(options.file, wall_time());
    if (loaded.config) {
        for (auto& warning : silent_channels(*loaded.config, options.file))
            loaded.warnings.push_back(std::move(warning));
    }
    print(options, loaded);
    if (!loaded.errors.empty() || !loaded.config) finish(Exit::refused);
    if (options.strict && !loaded.warnings.empty()) finish(Exit::refused);
}

}  // namespace

void add_check_config(CommandLine& line) {
    auto options = std::make_shared<CheckOptions>();
    auto command = line.command("check-config", "查配置，一次列出所有问题 (find all mistakes)");
    command.option("--config", options->file, "yuqingd.yaml").show_default().offer({Offered::Kind::files});
    command.flag("--strict", options->strict, "有警告也算不通过 (warnings refuse, too)");
    command.flag("--json", options->as_json, "供程序读取的 JSON (JSON, for programs)");
    add_language(command, options->language);
    command.run([options] { check(*options); });
}

}  // namespace yuqing

// reload: the daemon reads its files again and takes all of them, or none and says why.
#include "client.hpp"
#include "commands.hpp"
#include "text.hpp"

#include <boost/json.hpp>

#include <iostream>
#include <memory>

namespace yuqing {

namespace json = boost::json;

namespace {

void print_findings(const Said& kind, const json::array& findings, Language language) {
    for (const auto& each : findings) {
        const auto* finding = each.if_object();
        if (finding == nullptr) continue;
        const alert::Error error{text_of(*finding, "code"), text_of(*finding, "message"),
                                 text_of(*finding, "path")};
        std::cout << finding_line(kind, error, language) << '\n';
    }
}

void reload(const ClientOptions& options) {
    const auto answered = post(options, "/api/v1/reload");
    const auto& body = answered.body;
    if (options.json) {
        std::cout << safe_json(json::serialize(body)) << '\n';
    } else {
        print_findings({"错误", "error"}, list_of(body, "errors"), options.language);
        print_findings({"警告", "warning"}, list_of(body, "warnings"), options.language);
    }
    if (answered.status != 200) {
        std::cerr << "yuqingctl: " << options.say("未生效，仍按原有配置运行", "nothing was taken over")
                  << ": " << error_line(body, options.language) << '\n';
        finish(Exit::refused);
    }
    if (!options.json)
        std::cout << options.say("已生效，办法版本 ", "taken over, policy version ")
                  << safe_text(text_of(body, "policy")) << '\n';
}

}  // namespace

void add_reload(CommandLine& line) {
    auto options = std::make_shared<ClientOptions>();
    auto command = line.command("reload", "重新读取配置，全部生效或保持原样 (read the files again)");
    options->add_to(command);
    command.run([options] { reload(*options); });
}

}  // namespace yuqing

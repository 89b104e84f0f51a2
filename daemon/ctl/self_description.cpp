// completion and manual: what other programs ask of yuqingctl. Hidden: people meet what comes of them.
#include "client.hpp"
#include "commands.hpp"
#include "completion.hpp"
#include "manual.hpp"
#include "text.hpp"

#include "alert/core/event.hpp"

#include <boost/json.hpp>

#include <iostream>
#include <memory>

namespace yuqing {

namespace {

constexpr alert::Duration key_press_patience = std::chrono::seconds(1);

/// `ID:title` of the most urgent open cases. An id stands in a shell's word list: what is none is left out.
void print_cases(const ClientOptions& client) {
    const auto page = look(client, "/api/v1/cases?status=open&limit=100", key_press_patience);
    if (!page) return;
    for (const auto& each : list_of(*page, "cases")) {
        const auto* item = each.if_object();
        if (item == nullptr || !alert::is_case_id(text_of(*item, "id"))) continue;
        std::cout << text_of(*item, "id") << ':' << safe_text(text_of(*item, "title")) << '\n';
    }
}

}  // namespace

void add_self_description(CommandLine& line) {
    auto client = std::make_shared<ClientOptions>();
    auto what = std::make_shared<std::string>();
    auto completion = line.hidden_command("completion");
    completion.option("WHAT", *what, "").required().check(one_of({"bash", "zsh", "cases"}));
    client->add_to(completion);
    completion.run([&line, client, what] {
        if (*what == "cases") return print_cases(*client);
        const auto commands = line.described();
        std::cout << (*what == "bash" ? bash_completion(commands) : zsh_completion(commands));
    });
    auto language = std::make_shared<Language>(Language::zh);
    auto manual = line.hidden_command("manual");
    add_language(manual, *language);
    manual.run([&line, language] { std::cout << manual_commands(line.described(), *language); });
}

}  // namespace yuqing

// listen: the command line of listen.hpp.
#include "commands.hpp"
#include "listen.hpp"

#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>

namespace yuqing {

namespace {

/// Every line that is not blank is a secret: two while one is being changed.
void add_secrets(ListenOptions& options, const std::string& name) {
    std::ifstream file(name);
    std::string line;
    const auto before = options.secrets.size();
    while (std::getline(file, line)) {
        if (line.find_first_not_of(" \t\r") != std::string::npos) options.secrets.push_back(line);
    }
    if (options.secrets.size() == before) throw std::runtime_error(name + ": no secret can be read");
}

}  // namespace

void add_listen(CommandLine& line) {
    auto options = std::make_shared<ListenOptions>();
    auto secret_files = std::make_shared<std::vector<std::string>>();
    auto command = line.command("listen", "接收 webhook 并显示 (receive webhooks and print them)");
    command.option("--listen", options->listen, "在何处接收 (where)").show_default();
    command
        .option("--secret-file", *secret_files,
                "存放 whsec_… 的文件，给出后只收签名正确的 (only what this secret signed)")
        .offer({Offered::Kind::files});
    command.flag("--json", options->json, "原样的 JSON (the bodies)");
    command.option("--count", options->count, "收到多少条后结束 (end after so many)");
    command.run([options, secret_files] {
        for (const auto& name : *secret_files) add_secrets(*options, name);
        run_listen(*options, std::cout, std::cerr);
    });
}

}  // namespace yuqing

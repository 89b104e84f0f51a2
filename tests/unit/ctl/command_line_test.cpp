// What was typed: which command it reaches, and what is said of a mistake.
#include "client.hpp"
#include "commands.hpp"

#include <catch2/catch.hpp>

#include <iostream>
#include <sstream>

using Catch::Matchers::Contains;
using yuqing::Exit;

namespace {

struct Ran {
    Exit exit = Exit::done;
    std::string err;
    yuqing::ClientOptions client;
    std::vector<std::string> files;
    std::size_t limit = 0;
};

/// A command line with `close ID` and `list [FILE...]`.
Ran run(std::vector<std::string> words) {
    Ran ran;
    yuqing::CommandLine line("0");
    for (const auto* name : {"close", "list"}) {
        auto command = line.command(name, "");
        ran.client.add_to(command);
        if (std::string(name) == "list") command.option("FILE", ran.files, "");
        if (std::string(name) == "list") {
            command.option("--limit", ran.limit, "").check(yuqing::in_range(1, 5));
        }
        command.run([] {});
    }
    std::ostringstream err;
    auto* const before = std::cerr.rdbuf(err.rdbuf());
    ran.exit = line.run(std::move(words));
    std::cerr.rdbuf(before);
    ran.err = err.str();
    return ran;
}

}  // namespace

TEST_CASE("Command line: an unknown command is named, with the nearest one") {
    const auto near = run({"clsoe", "C-1"});
    CHECK(near.exit == Exit::usage);
    CHECK(near.err == "yuqingctl: 没有命令 “clsoe”，是 close 吗？\n用法见 yuqingctl --help\n");
    CHECK(run({"frobnicate"}).err == "yuqingctl: 没有命令 “frobnicate”\n用法见 yuqingctl --help\n");
    CHECK_THAT(run({"--lang", "en", "clsoe"}).err,
               Contains("there is no command 'clsoe', did you mean close?"));
    CHECK_THAT(run({}).err, Contains("缺少命令"));
    CHECK_THAT(run({"\x1b[31m"}).err, Contains("\\x1b[31m"));
}

TEST_CASE("Command line: general options work before the command and after it") {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"--lang", "en", "--json", "--url", "http://h:1", "--token-file", "t", "list"},
             {"list", "--lang", "en", "--json", "--url", "http://h:1", "--token-file", "t"},
             {"--lang=en", "--url=http://h:1", "list", "--json", "--token-file=t"},
             {"--lang", "zh", "--url", "http://other", "list", "--lang", "en", "--json", "--url",
              "http://h:1", "--token-file", "t"},
         }) {
        const auto ran = run(words);
        INFO(ran.err);
        CHECK(ran.exit == Exit::done);
        CHECK(ran.client.language == yuqing::Language::en);
        CHECK(ran.client.json);
        CHECK(ran.client.url == "http://h:1");
        CHECK(ran.client.token_file == "t");
    }
}

TEST_CASE("Command line: a mistake is told in the reader's language and is exit code 2") {
    struct Row {
        std::vector<std::string> words;
        std::string zh, en;
    };
    const std::vector<Row> rows{
        {{"list", "--josn"}, "没有选项 “--josn”，是 --json 吗？", "no option '--josn', did you mean --json?"},
        {{"--frob", "list"}, "没有选项 “--frob”", "there is no option '--frob'"},
        {{"close", "a", "b"}, "多出了 “a”", "'a' is one too many"},
        {{"list", "--limit"}, "--limit 缺少取值", "--limit lacks its value"},
        {{"list", "--limit", "9"}, "--limit: 应为 1 至 5 的整数，不是 “9”", "from 1 to 5 is wanted, not '9'"},
        {{"list", "--limit", "1", "--limit", "2"}, "--limit 只能给出一次", "--limit is told more than once"},
    };
    for (const auto& row : rows) {
        const auto zh = run(row.words);
        CHECK(zh.exit == Exit::usage);
        CHECK_THAT(zh.err, Contains(row.zh));
        auto words = row.words;
        words.insert(words.begin(), {"--lang", "en"});
        CHECK_THAT(run(words).err, Contains(row.en));
    }
    CHECK_THAT(run({"list", "--lang", "fr"}).err, Contains("应为 zh,en 之一，不是 “fr”"));
    CHECK_THAT(run({"list", "--josn"}).err, Contains("用法见 yuqingctl list --help"));
}

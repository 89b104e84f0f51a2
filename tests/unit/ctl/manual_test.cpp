// Completion and the manual, from a command line of the test's own.
#include "manual.hpp"
#include "completion.hpp"

#include <catch2/catch.hpp>

using namespace yuqing;
using Catch::Matchers::Contains;

namespace {

struct Made {
    std::string text, file, id;
    std::size_t limit = 5;
    bool flag = false;

    std::vector<CommandHelp> described() {
        CommandLine line("0");
        auto command = line.command("paint", "涂一栋楼：[红]的 (paint a house: [red])");
        command.option("ID", id, "编号 (id)").required().check(case_like());
        command.option("--limit", limit, "最多 (at most)")
            .check(in_range(1, 9))
            .show_default()
            .env("PAINT_LIMIT");
        command.option("--colour", text, "颜色 (colour)").check(one_of({"red", "blue"}));
        command.option("--file", file, "it's a file").offer({Offered::Kind::files});
        command.flag("--json", flag, "JSON");
        line.hidden_command("secret");
        return line.described();
    }
    static Check case_like() {
        return {[](const std::string&) { return std::optional<Said>(); }, "", {Offered::Kind::cases}};
    }
};

}  // namespace

TEST_CASE("Command line: it describes its commands, but not the hidden ones") {
    const auto commands = Made().described();
    REQUIRE(commands.size() == 1);
    CHECK(commands[0].name == "paint");
    const auto& options = commands[0].options;
    REQUIRE(options.size() == 5);
    CHECK(options[0].by_position);
    CHECK(options[0].required);
    CHECK(options[1].name == "--limit");
    CHECK(options[1].value == "INT in [1 - 9]");
    CHECK(options[1].otherwise == "5");
    CHECK(options[1].environment == "PAINT_LIMIT");
    CHECK(options[2].offered.words == std::vector<std::string>{"red", "blue"});
    CHECK(options[4].value.empty());
}

TEST_CASE("Completion: both shells offer words, files and cases, whatever stands in a help text") {
    const auto commands = Made().described();
    const auto bash = bash_completion(commands);
    CHECK_THAT(bash, Contains("*,--colour) _yuqingctl_words 'red blue'; return ;;"));
    CHECK_THAT(bash, Contains("*,--file) _yuqingctl_files; return ;;"));
    CHECK_THAT(bash, Contains("else _yuqingctl_cases\n"));
    const auto zsh = zsh_completion(commands);
    CHECK_THAT(zsh, Contains(R"('paint:涂一栋楼：\[红\]的 (paint a house\: \[red\])')"));
    CHECK_THAT(zsh, Contains("'--colour[颜色 (colour)]:{red,blue}:(red blue)'"));
    CHECK_THAT(zsh, Contains(R"('--file[it'\''s a file]:TEXT:_files')"));
    CHECK_THAT(zsh, Contains("':ID:_yuqingctl_cases'"));
}

TEST_CASE("Manual: each language gets its half of a help text") {
    CHECK(in_language("事项 (cases)", Language::zh) == "事项");
    CHECK(in_language("事项 (cases)", Language::en) == "cases");
    CHECK(in_language("何时（北京时间） (when (Beijing time))", Language::en) == "when (Beijing time)");
    CHECK(in_language("open, closed", Language::en) == "open, closed");
    CHECK(in_language("事项", Language::en) == "事项");
}

TEST_CASE("Manual: a command is a section in roff, its text is no request and its dashes are dashes") {
    const auto page = manual_commands(Made().described(), Language::en);
    CHECK_THAT(page, Contains(".SS \\fBpaint\\fR \\fIID\\fR\npaint a house: [red]\n"));
    CHECK_THAT(page,
               Contains(".TP\n\\fB\\-\\-limit\\fR \\fIINT in [1 \\- 9]\\fR\nat most; default 5; also by the "
                        "environment variable PAINT_LIMIT\n"));
    CHECK(page.find("json") == std::string::npos);  // told once for all commands
    const auto odd = manual_commands({{"x", ".so /etc/passwd \\f", {}}}, Language::en);
    CHECK_THAT(odd, Contains("\n\\&.so /etc/passwd \\ef\n"));
}

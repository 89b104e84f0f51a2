// The command line of yuqingctl: its commands, their options, and what is wrong with what was typed.
//
// CLI11 stands behind this header and is included in command_line.cpp alone: it costs seconds a file. A
// command that did what it was asked just returns; any other end is finish() or a UsageError.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace yuqing {

enum class Exit {
    done = 0,
    refused = 1,      // asked, and the answer was no
    usage = 2,        // the command line, a file or an environment variable is wrong
    unreachable = 3,  // nobody answered
};

/// Ends the command; never returns, and does nothing for Exit::done but end it.
[[noreturn]] void finish(Exit code);

enum class Language { zh, en };

/// One thing said in both languages.
struct Said {
    std::string zh, en;

    [[nodiscard]] const std::string& in(Language language) const {
        return language == Language::zh ? zh : en;
    }
};

/// The command line is wrong in a way that only the command itself can see: told, and exit code 2.
struct UsageError : std::runtime_error {
    explicit UsageError(Said what) : std::runtime_error(what.en), said(std::move(what)) {}
    Said said;
};

/// What completion offers as a value.
struct Offered {
    enum class Kind { nothing, words, files, cases } kind = Kind::nothing;
    std::vector<std::string> words = {};
};

/// What one value must be: nothing, or what is wrong with it; `kind` stands in the help.
struct Check {
    std::function<std::optional<Said>(const std::string&)> problem;
    std::string kind = "";
    Offered offered = {};
};
Check in_range(std::size_t least, std::size_t most);
Check one_of(std::vector<std::string> words);
Check readable_file();  // or -

using OfferedValues = std::map<const CLI::Option*, Offered>;

class Option {
public:
    Option(CLI::Option* option, const Language* language, OfferedValues* offered)
        : option_(option), language_(language), offered_(offered) {}
    Option& required();
    Option& check(const Check& check);
    Option& env(const std::string& name);
    Option& type(const std::string& name);
    Option& show_default();
    Option& last_counts();  // told twice, the last one holds; else that is an error
    Option& offer(Offered values);
    [[nodiscard]] bool given() const;

private:
    CLI::Option* option_;
    const Language* language_;
    OfferedValues* offered_;
};

/// `--name` is an option, `NAME` takes its place by position. What the option sets outlives the command line.
class Command {
public:
    Command(CLI::App* app, std::function<void()>* run, const Language* language, OfferedValues* offered)
        : app_(app), run_(run), language_(language), offered_(offered) {}
    Option option(const std::string& name, std::string& target, const std::string& help);
    Option option(const std::string& name, std::size_t& target, const std::string& help);
    Option option(const std::string& name, unsigned& target, const std::string& help);
    Option option(const std::string& name, std::optional<std::size_t>& target, const std::string& help);
    /// One value each time it is told; by position, as many as there are.
    Option option(const std::string& name, std::vector<std::string>& target, const std::string& help);
    Option option(const std::string& name, std::function<void(const std::string&)> take,
                  const std::string& help);
    Option flag(const std::string& name, bool& target, const std::string& help);
    void run(std::function<void()> what) { *run_ = std::move(what); }

private:
    CLI::App* app_;
    std::function<void()>* run_;
    const Language* language_;
    OfferedValues* offered_;
};

/// What the command line says of one option: completion and the manual are written from it.
struct OptionHelp {
    std::string name;   // --limit; FILE when it goes by position
    std::string value;  // what stands for its value; empty: a flag
    std::string help, otherwise, environment;
    bool by_position = false, required = false, repeatable = false;
    Offered offered = {};
};

struct CommandHelp {
    std::string name, help;
    std::vector<OptionHelp> options;
};

/// Options of every command that asks a daemon; they may stand before the command, too.
inline constexpr std::string_view general_with_value[] = {"--lang", "--url", "--token-file"};
inline constexpr std::string_view general_flag = "--json";

class CommandLine {
public:
    explicit CommandLine(const std::string& version);
    ~CommandLine();
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    Command command(const std::string& name, const std::string& help);
    /// One that people need not see: in no help, no completion, no manual.
    Command hidden_command(const std::string& name);
    /// The commands that may be seen, in the order they were added.
    [[nodiscard]] std::vector<CommandHelp> described() const;
    /// Runs the command that the words name; what is wrong is told on standard error.
    Exit run(std::vector<std::string> words);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace yuqing

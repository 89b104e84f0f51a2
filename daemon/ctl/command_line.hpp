// The command line of yuqingctl: its commands, their options, and what is wrong with what was typed.
//
// CLI11 stands behind this header and is included in command_line.cpp alone: it costs seconds a file. A
// command that did what it was asked just returns; any other end is finish() or a UsageError.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
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

/// What one value must be: nothing, or what is wrong with it; `kind` stands in the help.
struct Check {
    std::function<std::optional<Said>(const std::string&)> problem;
    std::string kind = "";
};
Check in_range(std::size_t least, std::size_t most);
Check one_of(std::vector<std::string> words);
Check readable_file();  // or -

class Option {
public:
    explicit Option(CLI::Option* option, const Language* language) : option_(option), language_(language) {}
    Option& required();
    Option& check(const Check& check);
    Option& env(const std::string& name);
    Option& type(const std::string& name);
    Option& show_default();
    Option& last_counts();  // told twice, the last one holds; else that is an error
    [[nodiscard]] bool given() const;

private:
    CLI::Option* option_;
    const Language* language_;
};

/// `--name` is an option, `NAME` takes its place by position. What the option sets outlives the command line.
class Command {
public:
    Command(CLI::App* app, std::function<void()>* run, const Language* language)
        : app_(app), run_(run), language_(language) {}
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
};

class CommandLine {
public:
    explicit CommandLine(const std::string& version);
    ~CommandLine();
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    Command command(const std::string& name, const std::string& help);
    /// Runs the command that the words name; what is wrong is told on standard error.
    Exit run(std::vector<std::string> words);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace yuqing

#include "command_line.hpp"

#include "text.hpp"

#include "alert/config/nearest.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iostream>
#include <map>

namespace yuqing {

namespace {

constexpr auto footer =
    "--lang、--json、--url、--token-file 也可写在命令之前 (these may also come before the command)";

bool is_option(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

/// How many words a general option takes at this place: 0 when it is none.
std::size_t general_words(const std::vector<std::string>& words, std::size_t at) {
    const std::string_view word = words[at];
    if (word == general_flag) return 1;
    for (const auto name : general_with_value) {
        if (word == name) return std::min<std::size_t>(2, words.size() - at);
        if (word.starts_with(name) && word.substr(name.size()).starts_with('=')) return 1;
    }
    return 0;
}

struct Ordered {
    std::vector<std::string> words;
    std::optional<std::string> command;
};

/// General options that stand before the command go behind it, where the command reads them.
Ordered command_first(const std::vector<std::string>& words) {
    Ordered out;
    std::vector<std::string> general;
    std::size_t at = 0;
    while (at < words.size() && is_option(words[at])) {
        const auto count = general_words(words, at);
        auto& to = count > 0 ? general : out.words;
        const auto end = at + std::max<std::size_t>(count, 1);
        for (; at < end; ++at) to.push_back(words[at]);
    }
    if (at == words.size()) return out;
    out.command = words[at];
    out.words.push_back(words[at++]);
    out.words.insert(out.words.end(), general.begin(), general.end());
    out.words.insert(out.words.end(), words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
    return out;
}

/// What is wrong with the command line must be said before it can be read, so --lang is looked for first.
Language language_of(const std::vector<std::string>& words) {
    auto language = Language::zh;
    for (std::size_t at = 0; at < words.size() && words[at] != "--"; ++at) {
        const bool apart = words[at] == "--lang" && at + 1 < words.size();
        if (words[at] == "--lang=en" || (apart && words[at + 1] == "en")) language = Language::en;
        if (words[at] == "--lang=zh" || (apart && words[at + 1] == "zh")) language = Language::zh;
    }
    return language;
}

Said no_such(const Said& what, const std::string& word, const std::vector<std::string>& known) {
    Said said{"没有" + what.zh + " “" + word + "”", "there is no " + what.en + " '" + word + "'"};
    const auto near = alert::nearest_word(word, {known.begin(), known.end()});
    if (near) {
        said.zh += "，是 " + std::string(*near) + " 吗？";
        said.en += ", did you mean " + std::string(*near) + "?";
    }
    return said;
}

Said left_over(const CLI::App& command, const std::string& word) {
    if (!is_option(word)) return {"多出了 “" + word + "”", "'" + word + "' is one too many"};
    std::vector<std::string> known;
    for (const auto* option : command.get_options()) {
        for (const auto& name : option->get_lnames()) known.push_back("--" + name);
    }
    return no_such({"选项", "option"}, word.substr(0, word.find('=')), known);
}

/// What CLI11 found, in both languages. Its texts are the only place where it names the option.
Said said_of(const CLI::ParseError& error, const CLI::App& command, const std::vector<std::string>& extra) {
    if (!extra.empty()) return left_over(command, extra.front());
    const std::string text = error.what(), kind = error.get_name();
    const auto name = text.substr(0, std::min(text.find(": "), text.find(" is required")));
    if (kind == "RequiredError") return {"缺少 " + name, name + " is missing"};
    if (kind == "ArgumentMismatch" && text.find("missing") != std::string::npos) {
        return {name + " 缺少取值", name + " lacks its value"};
    }
    if (kind == "ArgumentMismatch") return {name + " 只能给出一次", name + " is told more than once"};
    constexpr std::string_view unread = "Could not convert: ";
    if (kind == "ConversionError" && text.starts_with(unread)) {
        const auto what = text.substr(unread.size());
        return {"不是数：" + what, "not a number: " + what};
    }
    return {text, text};  // of a Check, which knows the language
}

void tell(const Said& said, Language language, const std::string& command) {
    const auto help = "yuqingctl " + (command.empty() ? "" : command + " ") + "--help";
    std::cerr << "yuqingctl: " << safe_text(said.in(language)) << '\n'
              << (language == Language::zh ? "用法见 " : "see ") << safe_text(help) << '\n';
}

OptionHelp help_of(const CLI::Option& option, const OfferedValues& offered) {
    OptionHelp help{.name = option.get_name(), .help = option.get_description()};
    if (option.get_items_expected_max() > 0) help.value = option.get_type_name();
    if (const auto colon = help.value.find(':'); colon != std::string::npos)
        help.value.erase(0, colon + 1);  // UINT:INT in [1 - 5], TEXT:{a,b}
    help.otherwise = option.get_default_str();
    help.environment = option.get_envname();
    help.by_position = option.get_positional();
    help.required = option.get_required();
    help.repeatable = option.get_expected_max() > 1 || option.get_allow_extra_args() ||
                      option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
    const auto found = offered.find(&option);
    if (found != offered.end()) help.offered = found->second;
    return help;
}

}  // namespace

void finish(Exit code) { throw code; }

Check in_range(std::size_t least, std::size_t most) {
    const auto from = std::to_string(least), to = std::to_string(most);
    return {[=](const std::string& word) -> std::optional<Said> {
                std::size_t value = 0;
                const auto* end = word.data() + word.size();
                const auto read = std::from_chars(word.data(), end, value);
                if (read.ec == std::errc() && read.ptr == end && value >= least && value <= most) return {};
                return Said{"应为 " + from + " 至 " + to + " 的整数，不是 “" + word + "”",
                            "a number from " + from + " to " + to + " is wanted, not '" + word + "'"};
            },
            "INT in [" + from + " - " + to + "]"};
}

Check one_of(std::vector<std::string> words) {
    std::string list;
    for (const auto& word : words) list += (list.empty() ? "" : ",") + word;
    return {[=](const std::string& word) -> std::optional<Said> {
                if (std::find(words.begin(), words.end(), word) != words.end()) return {};
                return Said{"应为 " + list + " 之一，不是 “" + word + "”",
                            "one of " + list + " is wanted, not '" + word + "'"};
            },
            "{" + list + "}",
            {Offered::Kind::words, words}};
}

Check readable_file() {
    return {[](const std::string& name) -> std::optional<Said> {
                if (name == "-" || CLI::ExistingFile(name).empty()) return {};
                return Said{"没有文件 “" + name + "”", "there is no file '" + name + "'"};
            },
            "",
            {Offered::Kind::files}};
}

Option& Option::required() {
    option_->required();
    return *this;
}

Option& Option::check(const Check& check) {
    const auto problem = [problem = check.problem, language = language_](const std::string& word) {
        const auto found = problem(word);
        return found ? found->in(*language) : std::string();
    };
    option_->check(CLI::Validator(problem, check.kind));
    if (check.offered.kind != Offered::Kind::nothing) offer(check.offered);
    return *this;
}

Option& Option::offer(Offered values) {
    (*offered_)[option_] = std::move(values);
    return *this;
}

Option& Option::env(const std::string& name) {
    option_->envname(name);
    return *this;
}

Option& Option::type(const std::string& name) {
    option_->type_name(name);
    return *this;
}

Option& Option::show_default() {
    option_->capture_default_str();
    return *this;
}

Option& Option::last_counts() {
    option_->take_last();
    return *this;
}

bool Option::given() const { return option_->count() > 0; }

Option Command::option(const std::string& name, std::string& target, const std::string& help) {
    return Option(app_->add_option(name, target, help), language_, offered_);
}

Option Command::option(const std::string& name, std::size_t& target, const std::string& help) {
    return Option(app_->add_option(name, target, help), language_, offered_);
}

Option Command::option(const std::string& name, unsigned& target, const std::string& help) {
    return Option(app_->add_option(name, target, help), language_, offered_);
}

Option Command::option(const std::string& name, std::optional<std::size_t>& target, const std::string& help) {
    return Option(app_->add_option(name, target, help), language_, offered_);
}

Option Command::option(const std::string& name, std::vector<std::string>& target, const std::string& help) {
    auto* option = app_->add_option(name, target, help);
    if (is_option(name)) option->take_all()->allow_extra_args(false);
    return Option(option, language_, offered_);
}

Option Command::option(const std::string& name, std::function<void(const std::string&)> take,
                       const std::string& help) {
    return Option(app_->add_option_function<std::string>(name, std::move(take), help), language_, offered_);
}

Option Command::flag(const std::string& name, bool& target, const std::string& help) {
    return Option(app_->add_flag(name, target, help), language_, offered_);
}

struct CommandLine::State {
    CLI::App app{"舆情时限守护进程 yuqingd 的操作命令 (operates the daemon yuqingd)", "yuqingctl"};
    Language language = Language::zh;
    std::map<std::string, std::function<void()>> runs;
    OfferedValues offered;

    Exit parse_and_run(std::vector<std::string> words);
    Exit run_command(const CLI::App& command);
};

CommandLine::CommandLine(const std::string& version) : state_(std::make_unique<State>()) {
    state_->app.require_subcommand(1);
    state_->app.set_version_flag("--version", "yuqingctl " + version);
    state_->app.footer(footer);
}

CommandLine::~CommandLine() = default;

Command CommandLine::command(const std::string& name, const std::string& help) {
    auto* command = state_->app.add_subcommand(name, help);
    command->footer("");
    return {command, &state_->runs[name], &state_->language, &state_->offered};
}

Command CommandLine::hidden_command(const std::string& name) {
    auto hidden = command(name, "");
    state_->app.get_subcommand(name)->group("");
    return hidden;
}

std::vector<CommandHelp> CommandLine::described() const {
    std::vector<CommandHelp> commands;
    for (const auto* command : state_->app.get_subcommands({})) {
        if (command->get_group().empty()) continue;
        CommandHelp described{command->get_name(), command->get_description(), {}};
        for (const auto* option : command->get_options()) {
            if (option->get_lnames() == std::vector<std::string>{"help"}) continue;
            described.options.push_back(help_of(*option, state_->offered));
        }
        commands.push_back(std::move(described));
    }
    return commands;
}

Exit CommandLine::run(std::vector<std::string> words) {
    state_->language = language_of(words);
    auto ordered = command_first(words);
    if (ordered.command && state_->runs.count(*ordered.command) == 0) {
        std::vector<std::string> known;
        for (const auto& [name, run] : state_->runs) known.push_back(name);
        tell(no_such({"命令", "command"}, *ordered.command, known), state_->language, "");
        return Exit::usage;
    }
    std::reverse(ordered.words.begin(), ordered.words.end());  // as CLI11 wants them
    return state_->parse_and_run(std::move(ordered.words));
}

Exit CommandLine::State::parse_and_run(std::vector<std::string> words) {
    try {
        app.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {  // --help, --version
            app.exit(error);
            return Exit::done;
        }
        const auto named = app.get_subcommands();
        if (named.empty() && app.remaining().empty()) {
            tell({"缺少命令", "a command is missing"}, language, "");
            return Exit::usage;
        }
        const auto& at = named.empty() ? app : *named.front();
        tell(said_of(error, at, app.remaining(true)), language, named.empty() ? "" : at.get_name());
        return Exit::usage;
    }
    return run_command(*app.get_subcommands().front());
}

Exit CommandLine::State::run_command(const CLI::App& command) {
    try {
        runs.at(command.get_name())();
    } catch (const Exit code) {
        return code;
    } catch (const UsageError& error) {
        tell(error.said, language, command.get_name());
        return Exit::usage;
    } catch (const std::exception& error) {
        std::cerr << "yuqingctl: " << safe_text(error.what()) << '\n';
        return Exit::usage;
    }
    return Exit::done;
}

}  // namespace yuqing

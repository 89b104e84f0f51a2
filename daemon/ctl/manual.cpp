#include "manual.hpp"

#include <algorithm>

namespace yuqing {

namespace {

/// Text as roff takes it: no escape, no dash that becomes a hyphen, no request at the start of a line.
std::string roff(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else if (c == '\n')
            out += ' ';
        else
            out += c;
    }
    return !out.empty() && (out.front() == '.' || out.front() == '\'') ? "\\&" + out : out;
}

bool is_general(const OptionHelp& option) {
    return option.name == general_flag ||
           std::find(std::begin(general_with_value), std::end(general_with_value), option.name) !=
               std::end(general_with_value);
}

std::string synopsis(const CommandHelp& command) {
    auto line = "\\fB" + roff(command.name) + "\\fR";
    for (const auto& option : command.options) {
        if (!option.by_position && !option.required) continue;
        auto word = option.by_position
                        ? "\\fI" + roff(option.name) + "\\fR"
                        : "\\fB" + roff(option.name) + "\\fR \\fI" + roff(option.value) + "\\fR";
        if (option.by_position && option.repeatable) word += "...";
        line += option.required ? " " + word : " [" + word + "]";
    }
    return line;
}

std::string option_text(const OptionHelp& option, Language language) {
    const bool zh = language == Language::zh;
    auto text = roff(in_language(option.help, language));
    if (!option.otherwise.empty()) text += (zh ? "；默认 " : "; default ") + roff(option.otherwise);
    if (!option.environment.empty())
        text += (zh ? "；也可用环境变量 " : "; also by the environment variable ") + roff(option.environment);
    return text;
}

void add_option(std::string& out, const OptionHelp& option, Language language) {
    out += ".TP\n";
    out += option.by_position ? "\\fI" + roff(option.name) + "\\fR" : "\\fB" + roff(option.name) + "\\fR";
    if (!option.by_position && !option.value.empty()) out += " \\fI" + roff(option.value) + "\\fR";
    out += "\n" + option_text(option, language) + "\n";
}

}  // namespace

std::string in_language(const std::string& help, Language language) {
    const auto last = std::find_if(help.rbegin(), help.rend(),
                                   [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    if (last == help.rend() || !help.ends_with(')')) return help;
    const auto behind = static_cast<std::size_t>(help.rend() - last);
    const auto open = help.find(" (", behind > 0 ? behind - 1 : 0);
    if (open == std::string::npos) return help;
    if (language == Language::zh) return help.substr(0, open);
    return help.substr(open + 2, help.size() - open - 3);
}

std::string manual_commands(const std::vector<CommandHelp>& commands, Language language) {
    std::string out;
    for (const auto& command : commands) {
        out += ".SS " + synopsis(command) + "\n" + roff(in_language(command.help, language)) + "\n";
        for (const auto& option : command.options)
            if (!is_general(option)) add_option(out, option, language);
    }
    return out;
}

}  // namespace yuqing

#include "completion.hpp"

#include <map>
#include <set>

namespace yuqing {

namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

/// Inside single quotes of either shell.
std::string shell_quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

const OptionHelp* find_option(const std::vector<CommandHelp>& commands, std::string_view name) {
    for (const auto& command : commands)
        for (const auto& option : command.options)
            if (option.name == name) return &option;
    return nullptr;
}

// ---- bash

/// A function that offers, and its words.
std::string bash_action(const Offered& offered) {
    switch (offered.kind) {
        case Offered::Kind::words: return "_yuqingctl_words " + shell_quoted(joined(offered.words));
        case Offered::Kind::files: return "_yuqingctl_files";
        case Offered::Kind::cases: return "_yuqingctl_cases";
        case Offered::Kind::nothing: break;
    }
    return ":";
}

constexpr auto bash_head = R"sh(# Completion of yuqingctl for bash, written by: yuqingctl completion bash
_yuqingctl_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$_yuqingctl_cur"); }
_yuqingctl_files() {
    mapfile -t COMPREPLY < <(compgen -f -- "$_yuqingctl_cur")
    compopt -o filenames 2>/dev/null || :
}
_yuqingctl_cases() { _yuqingctl_words "$(yuqingctl completion cases 2>/dev/null | cut -d: -f1)"; }
_yuqingctl() {
    local _yuqingctl_cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command='' at
    COMPREPLY=()
    for ((at = 1; at < COMP_CWORD; ++at)); do
        case ${COMP_WORDS[at]} in
)sh";

/// What an option's value may be; one line for all commands that agree.
std::string bash_values(const std::vector<CommandHelp>& commands) {
    std::map<std::string, std::set<std::string>> actions;
    for (const auto& command : commands)
        for (const auto& option : command.options)
            if (!option.by_position && !option.value.empty())
                actions[option.name].insert(bash_action(option.offered));
    std::string out = "    case $command,$before in\n";
    for (const auto& [name, found] : actions)
        if (found.size() == 1) out += "        *," + name + ") " + *found.begin() + "; return ;;\n";
    for (const auto& command : commands) {
        for (const auto& option : command.options) {
            if (option.by_position || option.value.empty() || actions[option.name].size() == 1) continue;
            out += "        " + command.name + "," + option.name + ") " + bash_action(option.offered) +
                   "; return ;;\n";
        }
    }
    return out + "    esac\n";
}

std::string bash_command(const CommandHelp& command) {
    std::string options, action;
    for (const auto& option : command.options) {
        if (!option.by_position)
            options += option.name + " ";
        else if (option.offered.kind != Offered::Kind::nothing)
            action += bash_action(option.offered) + "; ";
    }
    auto out = "        " + command.name + ")\n            if [[ $_yuqingctl_cur == -* ]]; then " +
               "_yuqingctl_words '" + options + "--help'\n";
    if (!action.empty()) out += "            else " + action.substr(0, action.size() - 2) + "\n";
    return out + "            fi ;;\n";
}

// ---- zsh

/// In the brackets and between the colons of _arguments, and in the entries of _describe.
std::string zsh_escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '[' || c == ']' || c == ':') out += '\\';
        out += c;
    }
    return out;
}

std::string zsh_action(const OptionHelp& option) {
    switch (option.offered.kind) {
        case Offered::Kind::words: return "(" + joined(option.offered.words) + ")";
        case Offered::Kind::files: return "_files";
        case Offered::Kind::cases: return "_yuqingctl_cases";
        case Offered::Kind::nothing: break;
    }
    return " ";
}

std::string zsh_option(const OptionHelp& option) {
    std::string spec = option.repeatable ? "*" : "";
    spec += option.name + "[" + zsh_escaped(option.help) + "]";
    if (!option.value.empty()) spec += ":" + zsh_escaped(option.value) + ":" + zsh_action(option);
    return shell_quoted(spec);
}

std::string zsh_command(const CommandHelp& command) {
    auto out = "                " + command.name + ") _arguments '--help[--help]'";
    for (const auto& option : command.options) {
        const auto place = (option.repeatable ? "*:"
                            : option.required ? ":"
                                              : "::") +
                           zsh_escaped(option.name);
        out += " \\\n                    " +
               (option.by_position ? shell_quoted(place + ":" + zsh_action(option)) : zsh_option(option));
    }
    return out + " ;;\n";
}

}  // namespace

std::string bash_completion(const std::vector<CommandHelp>& commands) {
    std::string out = bash_head, general, names;
    for (const auto name : general_with_value) general += (general.empty() ? "" : " | ") + std::string(name);
    out += "            " + general + ") ((++at)) ;;\n" +
           "            -*) ;;\n            *) command=${COMP_WORDS[at]}; break ;;\n        esac\n    done\n";
    out += bash_values(commands);
    for (const auto& command : commands) names += command.name + " ";
    for (const auto name : general_with_value) names += std::string(name) + " ";
    out += "    case $command in\n        '') _yuqingctl_words '" + names + std::string(general_flag) +
           " --help --version' ;;\n";
    for (const auto& command : commands) out += bash_command(command);
    return out + "    esac\n}\ncomplete -F _yuqingctl yuqingctl\n";
}

std::string zsh_completion(const std::vector<CommandHelp>& commands) {
    std::string out = R"sh(#compdef yuqingctl
# Completion of yuqingctl for zsh, written by: yuqingctl completion zsh
_yuqingctl_cases() {
    local -a cases=(${(f)"$(yuqingctl completion cases 2>/dev/null)"})
    _describe -t cases case cases
}
_yuqingctl() {
    local curcontext=$curcontext state line
    typeset -A opt_args
    local -a commands=(
)sh";
    for (const auto& command : commands)
        out += "        " + shell_quoted(command.name + ":" + zsh_escaped(command.help)) + "\n";
    out += "    )\n    _arguments -C '(- *)--help[--help]' '(- *)--version[--version]'";
    std::vector<std::string_view> general(std::begin(general_with_value), std::end(general_with_value));
    general.push_back(general_flag);
    for (const auto name : general)
        if (const auto* option = find_option(commands, name)) out += " \\\n        " + zsh_option(*option);
    out += " \\\n        '1:command:->command' '*::word:->words'\n";
    out += "    case $state in\n        command) _describe -t commands command commands ;;\n";
    out += "        words)\n            case $words[1] in\n";
    for (const auto& command : commands) out += zsh_command(command);
    return out + "            esac ;;\n    esac\n}\n_yuqingctl \"$@\"\n";
}

}  // namespace yuqing

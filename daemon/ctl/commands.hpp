// The groups of commands of yuqingctl. Each adds its subcommands to the application; main.cpp runs it.
//
// A command that did what it was asked just returns; any other end is finish() with the exit code.
#pragma once

#include <CLI/CLI.hpp>

namespace yuqing {

enum class Exit {
    done = 0,
    refused = 1,      // asked, and the answer was no
    usage = 2,        // the command line, a file or an environment variable is wrong
    unreachable = 3,  // nobody answered
};

/// Ends the command; never returns, and does nothing for Exit::done but end it.
[[noreturn]] inline void finish(Exit code) { throw CLI::RuntimeError(static_cast<int>(code)); }

void add_send(CLI::App& app);
void add_cases(CLI::App& app);  // list, show
void add_verbs(CLI::App& app);  // one for each event an operator tells
void add_check_config(CLI::App& app);
void add_reload(CLI::App& app);
void add_simulate(CLI::App& app);
void add_listen(CLI::App& app);

}  // namespace yuqing

// The groups of commands of yuqingctl. Each adds its commands to the command line; main.cpp runs it.
#pragma once

#include "command_line.hpp"

namespace yuqing {

void add_send(CommandLine& line);
void add_cases(CommandLine& line);  // list, show
void add_explain(CommandLine& line);
void add_audit(CommandLine& line);
void add_verbs(CommandLine& line);  // one for each event an operator tells
void add_check_config(CommandLine& line);
void add_reload(CommandLine& line);
void add_rebase(CommandLine& line);  // rebase-policy
void add_replay(CommandLine& line);
void add_redis_switch(CommandLine& line);
void add_letters(CommandLine& line);  // notifications, redeliver, rejects
void add_trials(CommandLine& line);   // test-channel, drill
void add_reports(CommandLine& line);  // ledger, assessment
void add_simulate(CommandLine& line);
void add_token(CommandLine& line);
void add_watch(CommandLine& line);
void add_roster(CommandLine& line);
void add_keygen(CommandLine& line);
void add_guard(CommandLine& line);
void add_listen(CommandLine& line);
void add_self_description(CommandLine& line);  // completion, manual

}  // namespace yuqing

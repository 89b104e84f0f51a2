// yuqingctl: the operator's command.
#include "commands.hpp"

#include <algorithm>
#include <csignal>

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a pager that was left is an error of the stream, not a crash

    yuqing::CommandLine line(YUQING_VERSION);
    yuqing::add_send(line);
    yuqing::add_cases(line);
    yuqing::add_watch(line);
    yuqing::add_roster(line);
    yuqing::add_explain(line);
    yuqing::add_audit(line);
    yuqing::add_verbs(line);
    yuqing::add_check_config(line);
    yuqing::add_reload(line);
    yuqing::add_rebase(line);
    yuqing::add_replay(line);
    yuqing::add_redis_switch(line);
    yuqing::add_letters(line);
    yuqing::add_trials(line);
    yuqing::add_reports(line);
    yuqing::add_simulate(line);
    yuqing::add_token(line);
    yuqing::add_keygen(line);
    yuqing::add_guard(line);
    yuqing::add_listen(line);
    yuqing::add_self_description(line);
    return static_cast<int>(line.run({argv + std::min(1, argc), argv + argc}));
}

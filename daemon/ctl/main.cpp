// yuqingctl: the operator's command.
#include "commands.hpp"

#include <csignal>
#include <exception>
#include <iostream>

int main(int argc, char** argv) {
    using yuqing::Exit;
    std::signal(SIGPIPE, SIG_IGN);  // a pager that was left is an error of the stream, not a crash

    CLI::App app{"舆情时限守护进程 yuqingd 的操作命令 (operates the daemon yuqingd)", "yuqingctl"};
    app.require_subcommand(1);
    app.set_version_flag("--version", "yuqingctl " YUQING_VERSION);
    yuqing::add_send(app);
    yuqing::add_cases(app);
    yuqing::add_verbs(app);
    yuqing::add_check_config(app);
    yuqing::add_reload(app);
    yuqing::add_simulate(app);
    yuqing::add_listen(app);

    try {
        app.parse(argc, argv);
    } catch (const CLI::RuntimeError& end) {
        return end.get_exit_code();
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? static_cast<int>(Exit::done) : static_cast<int>(Exit::usage);
    } catch (const std::exception& error) {
        std::cerr << "yuqingctl: " << error.what() << '\n';
        return static_cast<int>(Exit::usage);
    }
    return static_cast<int>(Exit::done);
}

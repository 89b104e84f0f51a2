// The daemon: two loops, one thread each, joined by hand-over of values. The only place that starts threads.
#pragma once

#include "core_loop.hpp"
#include "edge_loop.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <csignal>
#include <filesystem>
#include <memory>
#include <thread>

namespace yuqing {

class App {
public:
    /// Binds all sockets; throws when it cannot. `file` is what `loaded` was read from; `refused` is why the
    /// files on the disk were not taken, when `loaded` is what was kept of earlier ones.
    App(std::filesystem::path file, const alert::LoadedConfig& loaded,
        std::vector<alert::Error> refused = {});

    /// Until SIGTERM or SIGINT and the graceful stop after it. SIGHUP reloads.
    void run();

private:
    void wait_for_signal();
    /// Tells the watchdog every second that the edge's loop turns.
    void pulse();
    /// Loads the files aside and takes all of them, or none. In the edge's thread: it takes milliseconds.
    /// `done` is told in that thread, when what is told next is decided by them; Redis need not be there.
    void reload(std::function<void(const ReloadOutcome&)> done);
    /// Both loops go by `config_` from one instant on; `taken` is called in the edge's thread behind it.
    void take(std::vector<std::string> keep_files_by, std::function<void()> taken);
    [[nodiscard]] CoreState core_state();
    /// What the core answers, told in the edge's thread.
    template <class Answer>
    std::function<void(Answer)> on_edge(std::function<void(Answer)> done);
    /// In the edge's thread, told in the core's.
    void archive(alert::Archiver::Done done);
    void stop();

    const std::filesystem::path file_;
    std::shared_ptr<const alert::Config> config_;  // once it runs: the edge's
    std::vector<alert::Error> warnings_;           // of these files; the edge's too
    boost::asio::io_context core_io_{1};
    boost::asio::io_context edge_io_{1};
    Metrics metrics_;
    Watchdog watchdog_;
    boost::asio::steady_timer edge_pulse_{edge_io_};
    EdgeLoop edge_;
    CoreLoop core_;
    boost::asio::signal_set signals_{core_io_, SIGTERM, SIGINT, SIGHUP};
};

}  // namespace yuqing

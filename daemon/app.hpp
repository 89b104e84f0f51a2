// The daemon: two loops, one thread each, joined by hand-over of values. The only place that starts threads.
#pragma once

#include "core_loop.hpp"
#include "edge_loop.hpp"

#include <memory>
#include <thread>

namespace yuqing {

class App {
public:
    /// Binds all sockets; throws when it cannot.
    App(std::shared_ptr<const alert::Config> config, std::size_t warnings);

    /// Until SIGTERM or SIGINT and the graceful stop after it.
    void run();

private:
    [[nodiscard]] CoreState core_state();
    void stop();

    std::shared_ptr<const alert::Config> config_;
    boost::asio::io_context core_io_{1};
    boost::asio::io_context edge_io_{1};
    Metrics metrics_;
    Watchdog watchdog_;
    EdgeLoop edge_;
    CoreLoop core_;
};

}  // namespace yuqing

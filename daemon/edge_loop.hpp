// The edge thread's parts, wired: the HTTP server with the API, and the sender of messages.
#pragma once

#include "alert/config/config.hpp"
#include "alert/flow/archiver.hpp"
#include "alert/notify/http_sender.hpp"
#include "alert/redis/redis_case_archive.hpp"
#include "api.hpp"
#include "archive/file_shelf.hpp"
#include "audit.hpp"
#include "heartbeat.hpp"
#include "http_server.hpp"
#include "report/desk.hpp"
#include "system_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>

namespace yuqing {

class EdgeLoop {
public:
    /// Binds the HTTP socket; throws when it cannot. `core` is where results go.
    EdgeLoop(boost::asio::io_context& io, boost::asio::io_context& core,
             std::shared_ptr<const alert::Config> config, Metrics& metrics);

    /// `state` tells of the core; its `not_ready` is asked after this thread's own view of Redis.
    void start(CoreState state);
    /// Lets answers under way go out, then calls `stopped`.
    void stop(std::function<void()> stopped);

    /// Shows and sends by these files from now on.
    void take(std::shared_ptr<const alert::Config> config);

    /// Writes the heads of grown records to the anchors' file; false: not all of them.
    void anchor(std::function<void(bool)> done) { audit_.anchor(std::move(done)); }

    /// Brings cases that ended long ago to the archive; one run at a time.
    void archive(alert::Archiver::Done done);
    /// What came of reading an archived case. Set before start().
    FileShelf::OnRead on_archive_read;

    [[nodiscard]] alert::Sender& sender() { return sender_; }
    [[nodiscard]] std::uint16_t port() const { return server_.local_port(); }

private:
    /// Whether the heartbeat may say that all is well.
    Heartbeat::Ports heartbeat_ports(const CoreState& state);

    boost::asio::io_context& io_;
    std::shared_ptr<const alert::Config> config_;
    Metrics& metrics_;
    SystemClock clock_;
    alert::redis::Connection connection_;
    alert::HttpSender sender_;
    Watcher watcher_;
    std::unique_ptr<FileShelf> shelf_;  // none without `archive`
    alert::RedisCaseArchive archived_;
    std::optional<alert::Archiver> archiver_;
    Audit audit_;
    ReportDesk reports_;
    Heartbeat heartbeat_;
    std::unique_ptr<Api> api_;
    HttpServer server_;
};

}  // namespace yuqing

// A mail relay that says its lines one after the other, whatever it is told, then falls silent or hangs up.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace yuqing::test {

enum class AtLast { hang, close };

class ScriptedRelay {
public:
    explicit ScriptedRelay(std::vector<std::string> lines, AtLast at_last = AtLast::close);
    ~ScriptedRelay();
    ScriptedRelay(const ScriptedRelay&) = delete;
    ScriptedRelay& operator=(const ScriptedRelay&) = delete;

    [[nodiscard]] std::string url(const std::string& host = "127.0.0.1") const;
    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    /// What it was told, of all connections: a command, or a whole mail.
    [[nodiscard]] std::vector<std::string> told() const;
    /// Waits until it was told so much; whether it was.
    [[nodiscard]] bool wait_for(std::size_t count) const;

private:
    struct Guest;
    void accept();
    void serve(const std::shared_ptr<Guest>& guest);
    void listen(const std::shared_ptr<Guest>& guest, const char* end);

    std::vector<std::string> lines_;
    AtLast at_last_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<std::string> told_;
    std::thread thread_;
};

}  // namespace yuqing::test

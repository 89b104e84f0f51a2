// A daemon that answers what the test says, and a command run against it.
#pragma once

#include "commands.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace ctl_test {

namespace asio = boost::asio;

/// Answers as many requests as there are responses and keeps the body of the first.
class FakeDaemon {
public:
    explicit FakeDaemon(std::vector<std::string> responses)
        : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}),
          thread_([this, responses = std::move(responses)] {
              for (const auto& response : responses) serve(response);
          }) {}
    explicit FakeDaemon(const std::string& response) : FakeDaemon(std::vector{response}) {}
    ~FakeDaemon() { finish(); }

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    }
    std::string body() {
        finish();
        return body_.value_or("");
    }

private:
    void serve(const std::string& response) {
        boost::system::error_code ignored;
        asio::ip::tcp::socket socket(io_);
        acceptor_.accept(socket, ignored);
        std::string bytes;
        const auto head = asio::read_until(socket, asio::dynamic_buffer(bytes), "\r\n\r\n", ignored);
        const auto at = bytes.find("Content-Length: ");
        const auto length = at == std::string::npos ? 0 : std::stoul(bytes.substr(at + 16));
        if (bytes.size() < head + length) {
            asio::read(socket, asio::dynamic_buffer(bytes),
                       asio::transfer_exactly(head + length - bytes.size()), ignored);
        }
        if (!body_) body_ = bytes.substr(head);
        asio::write(socket, asio::buffer(response), ignored);
    }
    void finish() {
        if (thread_.joinable()) thread_.join();
    }

    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_;
    std::optional<std::string> body_;
    std::thread thread_;
};

inline std::string response(const std::string& status, const std::string& body) {
    return "HTTP/1.1 " + status +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nConnection: close\r\n\r\n" + body;
}

struct Ran {
    int exit_code = 0;
    std::string out, err;
};

inline Ran run(void (*add)(yuqing::CommandLine&), std::vector<std::string> words) {
    yuqing::CommandLine line("0");
    add(line);
    const std::ostringstream out, err;
    auto* const out_before = std::cout.rdbuf(out.rdbuf());
    auto* const err_before = std::cerr.rdbuf(err.rdbuf());
    Ran ran;
    ran.exit_code = static_cast<int>(line.run(std::move(words)));
    std::cout.rdbuf(out_before);
    std::cerr.rdbuf(err_before);
    ran.out = out.str();
    ran.err = err.str();
    return ran;
}

}  // namespace ctl_test

// Between a client and a real server: passes everything on, and says to the client whatever a test wants
// beside it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include <unistd.h>

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace redis_test {

/// Of one connection at a time, on the client's own loop.
class Interposer {
public:
    Interposer(boost::asio::io_context& io, std::string server_path)
        : io_(io), server_path_(std::move(server_path)), acceptor_(io) {
        std::filesystem::remove(path());
        acceptor_.open();
        acceptor_.bind(path());
        acceptor_.listen();
        accept();
    }
    ~Interposer() { std::filesystem::remove(path()); }
    Interposer(const Interposer&) = delete;
    Interposer& operator=(const Interposer&) = delete;

    static std::string url() { return "unix://" + path(); }

    /// To the client, at once, in one piece.
    void say(const std::string& bytes) { boost::asio::write(pair_->client, boost::asio::buffer(bytes)); }
    /// Both sides see the connection end.
    void cut() { end(*pair_); }
    /// What becomes of each piece that the server says; as it is when empty.
    std::function<std::string(std::string)> change;
    bool bytewise = false;  // each byte in a write of its own

private:
    using Socket = boost::asio::local::stream_protocol::socket;
    struct Pair {
        explicit Pair(boost::asio::io_context& io) : client(io), server(io) {}
        Socket client, server;
        std::array<char, 64 * 1024> asked{}, answered{};
    };

    static std::string path() {
        return std::filesystem::temp_directory_path() / ("interposer-" + std::to_string(::getpid()));
    }

    void accept() {
        auto pair = std::make_shared<Pair>(io_);
        acceptor_.async_accept(pair->client, [this, pair](boost::system::error_code error) {
            if (error) return;
            pair_ = pair;
            pair->server.connect(server_path_);
            ask(pair);
            answer(pair);
            accept();
        });
    }

    void ask(const std::shared_ptr<Pair>& pair) {
        pair->client.async_read_some(boost::asio::buffer(pair->asked),
                                     [this, pair](boost::system::error_code error, std::size_t count) {
                                         if (error) return end(*pair);
                                         write(pair->server, {pair->asked.data(), count});
                                         ask(pair);
                                     });
    }

    void answer(const std::shared_ptr<Pair>& pair) {
        pair->server.async_read_some(boost::asio::buffer(pair->answered),
                                     [this, pair](boost::system::error_code error, std::size_t count) {
                                         if (error) return end(*pair);
                                         std::string bytes(pair->answered.data(), count);
                                         if (change) bytes = change(std::move(bytes));
                                         const std::size_t piece = bytewise ? 1 : bytes.size();
                                         for (std::size_t at = 0; at < bytes.size(); at += piece)
                                             write(pair->client, std::string_view(bytes).substr(at, piece));
                                         answer(pair);
                                     });
    }

    static void write(Socket& to, std::string_view bytes) {
        boost::system::error_code gone;
        boost::asio::write(to, boost::asio::buffer(bytes), gone);
    }

    static void end(Pair& pair) {
        boost::system::error_code ignored;
        pair.client.close(ignored);
        pair.server.close(ignored);
    }

    boost::asio::io_context& io_;
    const std::string server_path_;
    boost::asio::local::stream_protocol::acceptor acceptor_;
    std::shared_ptr<Pair> pair_;
};

}  // namespace redis_test

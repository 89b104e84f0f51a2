#include "raw_client.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace yuqing::test {

namespace {

constexpr time_t patience_seconds = 20;

}  // namespace

ServerThread::ServerThread(HttpServer::Handler handler, HttpServerOptions options) {
    options.on_limit = [this](std::string_view limit) {
        const std::lock_guard lock(mutex_);
        ++limits_[std::string(limit)];
    };
    server_ = std::make_unique<HttpServer>(io_, std::move(options), std::move(handler));
    server_->start();
    thread_ = std::thread([this] {
        const auto work = boost::asio::make_work_guard(io_);
        io_.run();
    });
}

ServerThread::~ServerThread() {
    io_.stop();
    thread_.join();
    server_.reset();
}

void ServerThread::stop() {
    boost::asio::post(io_, [this] { server_->stop([this] { stopped_ = true; }); });
}

std::map<std::string, int> ServerThread::limits() const {
    const std::lock_guard lock(mutex_);
    return limits_;
}

void echo(const HttpRequest& request, const HttpServer::Reply& reply) {
    std::string text = request.method + "\n" + request.path + "\n";
    for (const auto& [name, value] : request.query) text += name + "=" + value + "\n";
    reply({.content_type = "text/plain; charset=utf-8", .body = text + request.body});
}

RawClient::RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{.tv_sec = patience_seconds, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        ::close(fd_);
        throw std::runtime_error("the server does not take the connection");
    }
}

RawClient::~RawClient() { ::close(fd_); }

bool RawClient::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

void RawClient::finish_sending() const { ::shutdown(fd_, SHUT_WR); }

bool RawClient::fill() {
    char bytes[16 * 1024];
    const auto count = ::recv(fd_, bytes, sizeof bytes, 0);
    if (count > 0) buffer_.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
}

bool RawClient::readable(std::chrono::milliseconds time) const {
    pollfd waited{.fd = fd_, .events = POLLIN, .revents = 0};
    return ::poll(&waited, 1, static_cast<int>(time.count())) > 0;
}

bool RawClient::at_end() {
    char byte = 0;
    if (!buffer_.empty()) return false;
    const auto count = ::recv(fd_, &byte, 1, 0);
    return count == 0 || (count < 0 && errno == ECONNRESET);
}

RawAnswer RawClient::read(bool head_only) {
    std::size_t head_end = 0;
    while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (!fill()) return {};
    }
    RawAnswer answer{.status = std::stoi(buffer_.substr(sizeof("HTTP/1.1 ") - 1, 3))};
    const auto head = buffer_.substr(0, head_end + 2);
    buffer_.erase(0, head_end + 4);
    for (auto begin = head.find("\r\n") + 2; begin < head.size();) {
        const auto end = head.find("\r\n", begin);
        auto name = head.substr(begin, head.find(':', begin) - begin);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        answer.headers[name] = head.substr(begin + name.size() + 2, end - begin - name.size() - 2);
        begin = end + 2;
    }
    const bool has_body = !head_only && answer.headers.count("content-length") != 0;
    const auto length = has_body ? std::stoul(answer.headers["content-length"]) : 0;
    while (buffer_.size() < length) {
        if (!fill()) return {};
    }
    answer.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return answer;
}

std::string RawClient::read_until(std::string_view text) {
    std::size_t at = 0;
    while ((at = buffer_.find(text)) == std::string::npos) {
        if (!fill()) return "";
    }
    const auto found = buffer_.substr(0, at + text.size());
    buffer_.erase(0, found.size());
    return found;
}

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"; }

}  // namespace yuqing::test

// Blocking sockets and plain threads: nothing of what it tests is used to test it.
#include "test_proxy.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace yuqing::test {

namespace {

constexpr std::size_t read_bytes = 16 * 1024;

std::string header(const std::string& head, const std::string& name) {
    const auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const auto begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

}  // namespace

struct TestProxy::Socket {
    explicit Socket(int descriptor) : fd(descriptor) {}
    ~Socket() { ::close(fd); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    bool read(std::string& buffer) const {
        char bytes[read_bytes];
        const auto count = ::recv(fd, bytes, sizeof bytes, 0);
        if (count > 0) buffer.append(bytes, static_cast<std::size_t>(count));
        return count > 0;
    }
    bool write(const std::string& text) const {
        for (std::size_t sent = 0; sent < text.size();) {
            const auto count = ::send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
            if (count <= 0) return false;
            sent += static_cast<std::size_t>(count);
        }
        return true;
    }
    void end() const { ::shutdown(fd, SHUT_RDWR); }

    int fd;
    std::string unread;  // what was read and not used yet
};

TestProxy::TestProxy() : listener_(0, [this](int fd) { take(fd); }) {}

TestProxy::~TestProxy() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        for (const auto& socket : sockets_) socket->end();
    }
    listener_.stop();
    for (auto& thread : threads_) thread.join();
}

std::string TestProxy::url(const std::string& login) const {
    return "http://" + (login.empty() ? "" : login + "@") + authority();
}

void TestProxy::ask_for(const std::string& login) {
    const std::lock_guard lock(mutex_);
    login_ = login;
}

void TestProxy::say(const std::string& answer) {
    const std::lock_guard lock(mutex_);
    saying_ = answer;
}

void TestProxy::hang() {
    const std::lock_guard lock(mutex_);
    hanging_ = true;
}

std::vector<ProxyRequest> TestProxy::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

std::string TestProxy::tunnelled() const {
    const std::lock_guard lock(mutex_);
    return tunnelled_;
}

void TestProxy::take(int fd) {
    auto client = std::make_shared<Socket>(fd);
    keep(client);
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    threads_.emplace_back([this, client] { serve(client); });
}

void TestProxy::keep(const std::shared_ptr<Socket>& socket) {
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    if (stopped_) socket->end();
}

void TestProxy::serve(const std::shared_ptr<Socket>& client) {
    std::shared_ptr<Socket> upstream;
    while (serve_one(client, upstream)) {}
    client->end();
    if (upstream) upstream->end();
}

std::shared_ptr<TestProxy::Socket> TestProxy::reach(const std::string& authority) {
    const auto colon = authority.rfind(':');
    const auto port = colon == std::string::npos ? 80 : std::stoi(authority.substr(colon + 1));
    const auto address = loopback(static_cast<std::uint16_t>(port));
    auto upstream = std::make_shared<Socket>(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(upstream->fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return nullptr;
    keep(upstream);
    return upstream;
}

bool TestProxy::serve_one(const std::shared_ptr<Socket>& client, std::shared_ptr<Socket>& upstream) {
    std::size_t end = 0;
    while ((end = client->unread.find("\r\n\r\n")) == std::string::npos) {
        if (!client->read(client->unread)) return false;
    }
    const auto head = client->unread.substr(0, end + 4);
    const auto line = head.substr(0, head.find("\r\n"));
    const auto login = header(head, "Proxy-Authorization");
    client->unread.erase(0, end + 4);
    std::string saying;
    {
        const std::lock_guard lock(mutex_);
        requests_.push_back({line, login, head});
        saying = saying_;
        if (!login_.empty() && login != login_)
            saying = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
        if (hanging_) saying = " ";
    }
    if (saying == " ") {
        while (client->read(saying)) saying.clear();
        return false;
    }
    if (!saying.empty()) return client->write(saying), false;
    const auto begin = line.find(' ') + 1;
    const auto target = line.substr(begin, line.rfind(' ') - begin);
    if (line.starts_with("CONNECT ")) {
        upstream = reach(target);
        if (!upstream) return client->write("HTTP/1.1 502 Bad Gateway\r\n\r\n"), false;
        if (client->write("HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n"))
            tunnel(client, upstream);
        return false;
    }
    const auto host = target.substr(7, target.find('/', 7) - 7);
    if (!upstream) upstream = reach(host);
    if (!upstream) return client->write("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"), false;
    const auto length = header(head, "Content-Length");
    while (client->unread.size() < std::stoul(length.empty() ? "0" : length)) {
        if (!client->read(client->unread)) return false;
    }
    const auto path = target.substr(target.find('/', 7));
    upstream->write(line.substr(0, begin) + path + " HTTP/1.1" + head.substr(line.size()) + client->unread);
    client->unread.clear();
    std::string answer;
    return upstream->read(answer) && client->write(answer);  // what the sinks say comes in one piece
}

void TestProxy::tunnel(const std::shared_ptr<Socket>& client, const std::shared_ptr<Socket>& upstream) {
    if (!client->unread.empty()) {
        const std::lock_guard lock(mutex_);
        tunnelled_ += "EARLY:" + client->unread;
    }
    pollfd ends[] = {{client->fd, POLLIN, 0}, {upstream->fd, POLLIN, 0}};
    while (::poll(ends, 2, -1) > 0) {
        std::string bytes;
        const bool from_client = ends[0].revents != 0;
        if (!(from_client ? client : upstream)->read(bytes)) return;
        if (!(from_client ? upstream : client)->write(bytes)) return;
        if (!from_client) continue;
        const std::lock_guard lock(mutex_);
        tunnelled_ += bytes;
    }
}

}  // namespace yuqing::test

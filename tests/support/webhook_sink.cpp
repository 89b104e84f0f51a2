// Blocking sockets and plain threads: nothing of what it tests is used to test it.
#include "webhook_sink.hpp"

#include <openssl/ssl.h>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>

namespace yuqing::test {

namespace {

constexpr std::size_t read_bytes = 16 * 1024;
constexpr std::chrono::milliseconds drip_every{50};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string head_of(const SinkAnswer& answer, std::size_t body_bytes) {
    std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " Told\r\n";
    for (const auto& [name, value] : answer.headers) head += name + ": " + value + "\r\n";
    return head + "Content-Length: " + std::to_string(body_bytes) + "\r\n\r\n";
}

/// Null: plain.
std::shared_ptr<void> tls_context(const SinkOptions& options) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    if (options.certificate_file.empty()) return nullptr;
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    std::shared_ptr<void> tls(context, [](void* held) { SSL_CTX_free(static_cast<SSL_CTX*>(held)); });
    if (SSL_CTX_use_certificate_file(context, options.certificate_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        throw std::runtime_error("the sink's certificate cannot be read");
    }
    return tls;
}

}  // namespace

/// One connection; the descriptor is closed when its last user has gone.
struct WebhookSink::Stream {
    Stream(int descriptor, SSL_CTX* tls) : fd(descriptor), ssl(tls ? SSL_new(tls) : nullptr) {
        if (ssl) SSL_set_fd(ssl, fd);
    }
    ~Stream() {
        SSL_free(ssl);
        ::close(fd);
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    bool greet() { return !ssl || SSL_accept(ssl) == 1; }
    bool read(std::string& buffer) {
        char bytes[read_bytes];
        const auto count = ssl ? SSL_read(ssl, bytes, sizeof bytes) : ::recv(fd, bytes, sizeof bytes, 0);
        if (count > 0) buffer.append(bytes, static_cast<std::size_t>(count));
        return count > 0;
    }
    bool write(const std::string& text) {
        if (ssl) return SSL_write(ssl, text.data(), static_cast<int>(text.size())) > 0;
        for (std::size_t sent = 0; sent < text.size();) {
            const auto count = ::send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
            if (count <= 0) return false;
            sent += static_cast<std::size_t>(count);
        }
        return true;
    }
    void end() const { ::shutdown(fd, SHUT_RDWR); }

    int fd;
    SSL* ssl;
};

WebhookSink::WebhookSink(SinkOptions options)
    : options_(std::move(options)),
      tls_(tls_context(options_)),
      listener_(options_.port, [this](int fd) { take(fd); }) {}

WebhookSink::~WebhookSink() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        for (const auto& stream : streams_) stream->end();
    }
    changed_.notify_all();
    listener_.stop();
    for (auto& thread : threads_) thread.join();
}

std::string WebhookSink::url(const std::string& path, const std::string& host) const {
    return (tls_ ? "https://" : "http://") + host + ":" + std::to_string(port()) + path;
}

void WebhookSink::answer(SinkAnswer answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
}

void WebhookSink::answer_next(SinkAnswer answer) {
    const std::lock_guard lock(mutex_);
    next_.push_back(std::move(answer));
}

std::vector<SinkRequest> WebhookSink::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

std::size_t WebhookSink::count() const {
    const std::lock_guard lock(mutex_);
    return requests_.size();
}

std::size_t WebhookSink::connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
}

bool WebhookSink::wait_for(std::size_t count, std::chrono::milliseconds bound) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, bound, [&] { return requests_.size() >= count; });
}

void WebhookSink::drop_connections() {
    const std::lock_guard lock(mutex_);
    for (const auto& stream : streams_) stream->end();
    streams_.clear();
}

void WebhookSink::take(int fd) {
    const std::lock_guard lock(mutex_);
    if (stopped_) {
        ::close(fd);
        return;
    }
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto stream = std::make_shared<Stream>(fd, static_cast<SSL_CTX*>(tls_.get()));
    streams_.push_back(stream);
    threads_.emplace_back([this, stream, number = ++connections_] { serve(stream, number); });
}

void WebhookSink::serve(const std::shared_ptr<Stream>& stream, std::size_t number) {
    std::string buffer;
    if (stream->greet()) {
        while (serve_one(*stream, number, buffer)) {}
    }
    stream->end();
    const std::lock_guard lock(mutex_);
    std::erase(streams_, stream);
}

bool WebhookSink::serve_one(Stream& stream, std::size_t number, std::string& buffer) {
    std::size_t head_end = 0;
    while ((head_end = buffer.find("\r\n\r\n")) == std::string::npos) {
        if (!stream.read(buffer)) return false;
    }
    SinkRequest request{.connection = number};
    std::string head = buffer.substr(0, head_end + 2);
    buffer.erase(0, head_end + 4);
    for (std::size_t begin = 0; begin < head.size();) {
        const auto end = head.find("\r\n", begin);
        const auto line = head.substr(begin, end - begin);
        const auto colon = line.find(':');
        if (begin == 0) {
            request.method = line.substr(0, line.find(' '));
            request.target =
                line.substr(request.method.size() + 1, line.rfind(' ') - request.method.size() - 1);
        } else if (colon != std::string::npos) {
            request.headers[lower(line.substr(0, colon))] =
                line.substr(line.find_first_not_of(' ', colon + 1));
        }
        begin = end + 2;
    }
    const auto length =
        request.headers.count("content-length") ? std::stoul(request.headers["content-length"]) : 0;
    while (buffer.size() < length) {
        if (!stream.read(buffer)) return false;
    }
    request.body = buffer.substr(0, length);
    buffer.erase(0, length);
    return give(stream, keep(std::move(request)));
}

SinkAnswer WebhookSink::keep(SinkRequest request) {
    request.at = std::chrono::system_clock::now();
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
    changed_.notify_all();
    if (next_.empty()) return answer_;
    auto answer = std::move(next_.front());
    next_.pop_front();
    return answer;
}

bool WebhookSink::give(Stream& stream, const SinkAnswer& answer) {
    using Kind = SinkAnswer::Kind;
    switch (answer.kind) {
        case Kind::answer:
            return stream.write(head_of(answer, answer.body.size()) + answer.body) && !answer.close_after;
        case Kind::interim:
            return stream.write("HTTP/1.1 102 Processing\r\n\r\n") &&
                   stream.write(head_of(answer, answer.body.size()) + answer.body);
        case Kind::hang: {
            std::string ignored;
            while (stream.read(ignored)) ignored.clear();
            return false;
        }
        case Kind::drip_head: return drip(stream, head_of(answer, 0));
        case Kind::drip_body: return stream.write(head_of(answer, read_bytes)) && drip(stream, "x");
        case Kind::endless: {
            const std::string chunk(read_bytes, 'x');
            if (!stream.write("HTTP/1.1 " + std::to_string(answer.status) + " Told\r\n\r\n")) return false;
            while (stream.write(chunk)) {}
            return false;
        }
        case Kind::long_head: {
            if (!stream.write("HTTP/1.1 200 OK\r\n")) return false;
            while (stream.write("x-more: " + std::string(1000, 'x') + "\r\n")) {}
            return false;
        }
        case Kind::garbage: stream.write("SSH-2.0-OpenSSH_9.2\r\n\r\n"); return false;
        case Kind::close: return false;
    }
    return false;
}

/// The text, byte by byte, then its last byte again and again until somebody has had enough.
bool WebhookSink::drip(Stream& stream, const std::string& text) {
    for (std::size_t at = 0;; at = std::min(at + 1, text.size() - 1)) {
        const bool last = at + 1 == text.size();
        if (wait_until_stopped(drip_every) || !stream.write(last ? "x" : text.substr(at, 1))) return false;
    }
}

bool WebhookSink::wait_until_stopped(std::chrono::milliseconds bound) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, bound, [this] { return stopped_; });
}

}  // namespace yuqing::test

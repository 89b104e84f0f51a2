#include "proxy_tunnel.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>

#include <charconv>

namespace alert {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t answer_bytes_max = 16 * 1024;

/// Of `HTTP/1.1 200 Connection established`; 0 when it is no such line.
int status_of(std::string_view line) {
    constexpr std::string_view version = "HTTP/1.";
    const auto at = version.size() + 2;  // behind the minor version and a blank
    int status = 0;
    if (!line.starts_with(version) || line.size() < at + 3 || line[at - 1] != ' ') return 0;
    const char* digits = line.data() + at;
    const auto [end, failure] = std::from_chars(digits, digits + 3, status);
    return failure == std::errc{} && end == digits + 3 && status >= 100 ? status : 0;
}

}  // namespace

std::string proxy_refusal(int status) {
    const auto told = "the proxy refused: HTTP " + std::to_string(status);
    return status == proxy_wants_login ? told + ", its user or password is missing or wrong" : told;
}

std::optional<std::string> read_tunnel_answer(std::string_view said) {
    constexpr std::string_view end_of_header = "\r\n\r\n";
    const bool too_long = said.size() > answer_bytes_max;
    while (!said.empty()) {
        const auto end = said.find(end_of_header);
        const auto line = said.substr(0, said.find("\r\n"));
        const bool line_is_whole = line.size() < said.size();
        const int status = status_of(line);
        if (line_is_whole && status == 0) return "the proxy's answer is not HTTP";
        if (line_is_whole && status >= 300) return proxy_refusal(status);
        if (end == std::string_view::npos) break;
        said.remove_prefix(end + end_of_header.size());
        if (status < 200) continue;  // an interim answer
        // Whoever asked has not spoken yet, so the other end has nothing to say.
        return said.empty() ? "" : "the proxy said more than its answer";
    }
    if (too_long) return "the proxy's answer is too long";
    return std::nullopt;
}

void ProxyTunnel::open(std::string request, std::shared_ptr<void> owner, Done done) {
    request_ = std::move(request);
    done_ = std::move(done);
    asio::async_write(socket_, asio::buffer(request_), [this, owner](error_code, std::size_t) {
        // Where writing failed reading tells what the proxy said before it went.
        if (done_) read(owner);
    });
}

void ProxyTunnel::read(const std::shared_ptr<void>& owner) {
    socket_.async_read_some(asio::buffer(input_), [this, owner](error_code error, std::size_t count) {
        if (done_) heard({input_.data(), count}, error, owner);
    });
}

void ProxyTunnel::heard(std::string_view bytes, error_code error, const std::shared_ptr<void>& owner) {
    said_.append(bytes);
    auto answer = read_tunnel_answer(said_);
    if (!answer && error)
        answer =
            error == asio::error::eof ? "the proxy closed the connection" : "the proxy: " + error.message();
    if (!answer) return read(owner);
    const auto done = std::move(done_);
    stop();
    done(std::move(*answer));
}

}  // namespace alert

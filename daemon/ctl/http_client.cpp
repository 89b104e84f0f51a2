// Beast writes and reads the messages; the loop runs until the response is there or the time is over.
#include "http_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/url/parse.hpp>

#include <optional>

namespace yuqing {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::uint64_t response_bytes_max = 64 * 1024 * 1024;

struct Place {
    std::string host, port, host_header;
};

alert::Result<Place> place_of(const std::string& text) {
    const auto url = boost::urls::parse_uri(text);
    if (!url || url->scheme() != "http" || url->host().empty()) {
        return alert::Error{"usage", "a URL like http://127.0.0.1:9570 is wanted", text};
    }
    const bool bare = url->encoded_path().empty() || url->encoded_path() == "/";
    if (!bare || url->has_query() || url->has_fragment() || url->has_userinfo()) {
        return alert::Error{"usage", "the URL may have no path, query, fragment or user", text};
    }
    Place place{url->host_address(), url->has_port() ? std::string(url->port()) : "80", {}};
    place.host_header = std::string(url->encoded_host_and_port());
    return place;
}

http::request<http::string_body> message_of(const ClientRequest& request, const Place& place) {
    http::request<http::string_body> message{http::string_to_verb(request.method), request.target, 11};
    message.set(http::field::host, place.host_header);
    message.set(http::field::user_agent, "yuqingctl");
    message.set(http::field::accept, "application/json");
    message.keep_alive(false);
    if (!request.token.empty()) message.set(http::field::authorization, "Bearer " + request.token);
    if (!request.body.empty()) {
        message.set(http::field::content_type, "application/json");
        message.body() = request.body;
    }
    message.prepare_payload();
    return message;
}

/// Resolve, connect, write, read; each step starts the next, `result` is set by the last.
class Exchange {
public:
    Exchange(const ClientRequest& request, const Place& place)
        : resolver_(io_), socket_(io_), message_(message_of(request, place)) {
        parser_.body_limit(response_bytes_max);
        resolver_.async_resolve(place.host, place.port, [this](error_code error, const auto& found) {
            if (error) return fail(error);
            asio::async_connect(socket_, found, [this](error_code failed, const auto&) {
                if (failed) return fail(failed);
                write();
            });
        });
    }

    alert::Result<ClientResponse> run(alert::Duration timeout, const std::string& url) {
        io_.run_for(timeout);
        if (!done_) return alert::Error{"unreachable", "no answer within the time allowed", url};
        if (error_) return alert::Error{"unreachable", error_.message(), url};
        return ClientResponse{static_cast<int>(parser_.get().result_int()), parser_.get().body()};
    }

private:
    void write() {
        http::async_write(socket_, message_, [this](error_code error, std::size_t) {
            if (error) return fail(error);
            http::async_read(socket_, buffer_, parser_, [this](error_code failed, std::size_t) {
                error_ = failed;
                done_ = true;
            });
        });
    }
    void fail(error_code error) {
        error_ = error;
        done_ = true;
    }

    asio::io_context io_{1};
    asio::ip::tcp::resolver resolver_;
    asio::ip::tcp::socket socket_;
    http::request<http::string_body> message_;
    http::response_parser<http::string_body> parser_;
    boost::beast::flat_buffer buffer_;
    error_code error_;
    bool done_ = false;
};

}  // namespace

alert::Result<ClientResponse> http_request(const ClientRequest& request) {
    const auto place = place_of(request.url);
    if (!place) return place.error();
    Exchange exchange(request, *place);
    return exchange.run(request.timeout, request.url);
}

}  // namespace yuqing

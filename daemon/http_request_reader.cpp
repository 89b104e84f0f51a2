#include "http_request_reader.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>

namespace yuqing {

namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::size_t read_bytes = 16 * 1024;

void lower(std::string& text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

HttpRequestReader::Refusal unreadable(error_code error) {
    if (error == http::error::header_limit)
        return {http_error(431, "too_large", "the header is larger than this server reads"), "http_header"};
    if (error == http::error::body_limit)
        return {http_error(413, "too_large", "the body is larger than this server reads"), "http_body"};
    return {http_error(400, "malformed", "this is not an HTTP/1.1 request")};
}

/// The message as a value; what is wrong with it, or nothing.
std::optional<HttpResponse> read_message(http::request<http::string_body> message, HttpRequest& request) {
    request.method = std::string(message.method_string());
    for (const auto& field : message) {
        std::string name(field.name_string());
        lower(name);
        auto [at, is_new] = request.headers.emplace(std::move(name), std::string(field.value()));
        if (!is_new) at->second.append(", ").append(field.value());
    }
    const auto hosts = message.count(http::field::host);
    if (hosts > 1 || (hosts == 0 && message.version() >= 11)) {
        return http_error(400, "malformed", "a request needs one Host", "host");
    }
    if (message.has_content_length() && message.count(http::field::transfer_encoding) != 0) {
        return http_error(400, "malformed", "Content-Length and Transfer-Encoding exclude each other");
    }
    if (message.count(http::field::transfer_encoding) != 0 &&
        request.header("transfer-encoding") != "chunked") {
        return http_error(501, "malformed", "the only Transfer-Encoding is chunked", "transfer-encoding");
    }
    if (!read_target(std::string_view(message.target()), request)) {
        return http_error(400, "malformed", "the target is not a path");
    }
    request.body = std::move(message.body());
    return std::nullopt;
}

}  // namespace

class HttpRequestReader::Impl {
public:
    Impl(std::size_t header_bytes_max, std::size_t body_bytes_max)
        : header_bytes_max_(header_bytes_max),
          body_bytes_max_(body_bytes_max),
          input(header_bytes_max + read_bytes) {}

    void next_request() {
        parser.emplace();
        parser->header_limit(static_cast<std::uint32_t>(header_bytes_max_));
        parser->body_limit(body_bytes_max_);
        parser->eager(true);
        keep_alive = false;
    }

    Progress read() {
        error_code error;
        while (input.size() != 0 && !parser->is_done()) {
            input.consume(parser->put(input.data(), error));
            if (error) break;
        }
        if (error && error != http::error::need_more) return refuse(unreadable(error));
        if (parser->is_done()) return finish();
        if (input.size() == input.max_size()) return refuse(unreadable(http::error::header_limit));
        return parser->is_header_done() ? Progress::body : Progress::header;
    }

private:
    Progress finish() {
        keep_alive = parser->keep_alive();
        request = {};
        if (auto wrong = read_message(parser->release(), request)) return refuse({std::move(*wrong)});
        return Progress::whole;
    }

    Progress refuse(Refusal why) {
        refusal = std::move(why);
        return Progress::refused;
    }

    const std::size_t header_bytes_max_, body_bytes_max_;

public:
    boost::beast::flat_buffer input;
    std::optional<http::request_parser<http::string_body>> parser;
    bool keep_alive = false;
    HttpRequest request;
    Refusal refusal;
};

HttpRequestReader::HttpRequestReader(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : impl_(std::make_unique<Impl>(header_bytes_max, body_bytes_max)) {
    next_request();
}

HttpRequestReader::~HttpRequestReader() = default;

void HttpRequestReader::next_request() { impl_->next_request(); }

std::span<char> HttpRequestReader::room() {
    auto& input = impl_->input;
    const auto room = input.prepare(std::min(read_bytes, input.max_size() - input.size()));
    return {static_cast<char*>(room.data()), room.size()};
}

void HttpRequestReader::took(std::size_t bytes) { impl_->input.commit(bytes); }
void HttpRequestReader::forget() { impl_->input.clear(); }
bool HttpRequestReader::has_input() const { return impl_->input.size() != 0; }

HttpRequestReader::Progress HttpRequestReader::read() { return impl_->read(); }

bool HttpRequestReader::awaits_go_on() const {
    return impl_->parser->is_header_done() && impl_->parser->get()[http::field::expect] == "100-continue";
}

bool HttpRequestReader::keep_alive() const { return impl_->keep_alive; }
HttpRequest HttpRequestReader::request() { return std::move(impl_->request); }
HttpRequestReader::Refusal HttpRequestReader::refusal() { return std::move(impl_->refusal); }

}  // namespace yuqing

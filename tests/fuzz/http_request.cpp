// The input is what a client sends on one connection: it is read as the same requests in whatever pieces
// it comes, and what is said about each of them without asking Redis holds together.
#include "fuzz/demand.hpp"

#include "access.hpp"
#include "alert/core/act_link.hpp"
#include "http_request_reader.hpp"
#include "masked.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using fuzz::demand;
using yuqing::HttpRequest;
using yuqing::HttpRequestReader;

constexpr std::size_t header_max = 512, body_max = 1024;  // small, so that the limits are met
const alert::TimePoint now{};

void check_response(const yuqing::HttpResponse& response) {
    demand(response.status >= 200 && response.status < 600, "the status is none");
    const auto head = yuqing::response_head(response, false);
    demand(std::count(head.begin(), head.end(), '\n') == std::count(head.begin(), head.end(), '\r'),
           "a header is torn");
    boost::json::error_code error;
    if (response.status >= 400) boost::json::parse(response.body, error);
    demand(!error, "an error is no JSON");
}

bool is_clean(const std::string& text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; });
}

void check_request(const HttpRequest& request) {
    static const std::vector<alert::AccessToken> tokens{
        {"t", alert::ClientRole::viewer, alert::token_hash("x"), {}}};
    demand(request.path.starts_with('/') && is_clean(request.path), "the path is none");
    for (const auto& [name, value] : request.query)
        demand(is_clean(name) && is_clean(value), "a control character came through the query");
    for (const auto& [name, value] : request.headers)
        demand(value.find_first_of("\r\n") == std::string::npos, "a header has two lines");
    demand(request.body.size() <= body_max, "the body is too long");

    HttpRequest local = request;
    local.loopback_peer = true;
    demand(yuqing::guard_local(request).has_value(), "somebody from elsewhere was let in");
    demand(!yuqing::guard_local(local) == yuqing::admit(local, std::nullopt, now).has_value(),
           "two guards differ");
    const auto via = yuqing::admit(request, tokens, now);
    if (via)
        demand(request.header("authorization").find(" x") != std::string::npos, "let in without a token");
    if (!via) check_response(yuqing::refusal(via.error()));
    check_response(yuqing::refusal(request, yuqing::Need::administer));
    if (yuqing::prefers_masked(request)) yuqing::masked_answer({.body = request.body});

    std::map<std::string, std::string> form;
    if (yuqing::read_form(request.body, form))
        for (const auto& [name, value] : form)
            demand(is_clean(value), "a control character came through a form");
    const alert::LinkKey key{"0123456789abcdef0123456789abcdef"};
    const auto link = alert::open_act_link(key, alert::CaseId("QS-1"), request.path.substr(1), now);
    demand(link.has_error(), "a link was forged");
}

using Requests = std::vector<std::string>;

/// All requests of the bytes, which come in pieces of this size, up to a refusal: what is wrong in a
/// header that is not whole may be found sooner or later. Nothing when a header was near its limit: its
/// bytes are counted as they come.
std::optional<Requests> read_all(std::string_view bytes, std::size_t piece) {
    HttpRequestReader reader(header_max, body_max);
    Requests seen;
    while (true) {
        switch (reader.read()) {
            case HttpRequestReader::Progress::refused: {
                const auto refusal = reader.refusal();
                check_response(refusal.response);
                return refusal.limit == "http_header" ? std::nullopt : std::optional(seen);
            }
            case HttpRequestReader::Progress::whole: {
                const auto request = reader.request();
                check_request(request);
                seen.push_back(request.method + " " + request.path + " " + request.body);
                if (!reader.keep_alive()) return seen;
                reader.next_request();
                continue;
            }
            default: break;
        }
        if (bytes.empty()) return seen;
        const auto room = reader.room();
        demand(!room.empty(), "there is no room and no refusal");
        const auto part = bytes.substr(0, std::min(piece, room.size()));
        std::copy(part.begin(), part.end(), room.begin());
        reader.took(part.size());
        bytes.remove_prefix(part.size());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = fuzz::text(data, size);
    const auto whole = read_all(bytes, bytes.size() + 1), pieces = read_all(bytes, 7);
    demand(!whole || !pieces || *whole == *pieces, "other pieces make other requests");
    return 0;
}

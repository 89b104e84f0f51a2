#include "query.hpp"

#include "alert/codec/event_json.hpp"

#include <catch2/catch.hpp>

using namespace yuqing;

namespace {

HttpRequest asked(const std::string& target) {
    HttpRequest request{.method = "GET"};
    REQUIRE(read_target(target, request));
    return request;
}

std::string error_of(const std::string& target, std::string_view known) {
    const auto error = query_error(asked(target), known);
    return error ? error->path + ": " + error->message : "";
}

}  // namespace

TEST_CASE("Query: what is known and told once may be asked") {
    CHECK(error_of("/", "").empty());
    CHECK(error_of("/?from=2026-10-01&to=", "from to").empty());
}

TEST_CASE("Query: an unknown name is refused with the nearest known one, else with all") {
    CHECK(error_of("/?mont=2026-10", "from to month") ==
          "mont: there is no parameter 'mont' here; did you mean 'month'?");
    CHECK(error_of("/?colour=red", "from to") ==
          "colour: there is no parameter 'colour' here; there are from, to");
    CHECK(error_of("/?by=unit", "from to") == "by: there is no parameter 'by' here; there are from, to");
    CHECK(error_of("/?x", "") == "x: there is no parameter 'x' here; this path takes none");
    CHECK(error_of("/?From=2026-10-01", "from to") ==
          "From: there is no parameter 'From' here; did you mean 'from'?");
}

TEST_CASE("Query: a name told twice is refused, whatever it was told") {
    CHECK(error_of("/?from=1&from=2", "from") == "from: from is told twice; tell it once");
    CHECK(error_of("/?from=1&from=1", "from") == "from: from is told twice; tell it once");
}

TEST_CASE("Query: an unknown name is shown cut, and stays readable") {
    std::string name;
    for (int i = 0; i < 100; ++i) name += "%E5%90%8D";  // 64 bytes end within a character
    const auto error = query_error(asked("/?" + name), "from");
    REQUIRE(error);
    CHECK(error->path.size() < 100);
    CHECK(alert::as_utf8(error->path) == error->path);
}

// The vectors were made by the npm package standardwebhooks and by openssl.
#include "alert/notify/standard_webhooks.hpp"

#include <catch2/catch.hpp>

namespace {

using alert::WebhookKey;

struct Vector {
    std::string secret, id, timestamp, body, signature;
};

const Vector vectors[] = {
    {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
     "{\"test\": 2432232314}", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
    {"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "msg_01JH0000000000000000000042", "1767323045",
     "{\"type\":\"deadline.escalated\",\"timestamp\":\"2026-01-02T03:04:05Z\",\"data\":{\"case\":\"YQ-2026-"
     "0042\","
     "\"title\":\"距回应时限15分钟\"}}",
     "v1,3ida1UDkcSQUrCW0AceGgp/t382V5gXEzLHxWTjJfik="},
};
const std::string second_secret = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
const std::string both_signatures =
    "v1,3ida1UDkcSQUrCW0AceGgp/t382V5gXEzLHxWTjJfik= v1,vR8aVnMvbAyXzLVlHfAXDGZ8mMKJQL8L//LlEsIr5og=";

std::vector<WebhookKey> keys(const std::vector<std::string>& secrets) {
    return alert::parse_webhook_keys(secrets).value();
}

alert::TimePoint at(std::int64_t seconds) { return alert::TimePoint(std::chrono::seconds(seconds)); }

std::string refusal(const std::vector<std::string>& secrets, const alert::WebhookHeaders& headers,
                    std::string_view body, std::int64_t now) {
    const auto verified = alert::verify_webhook(keys(secrets), headers, body, at(now));
    return verified ? "" : verified.error().code;
}

}  // namespace

TEST_CASE("Standard Webhooks: signatures are those of other programs") {
    for (const auto& vector : vectors) {
        CHECK(alert::sign_webhook(keys({vector.secret}), vector.id, vector.timestamp, vector.body) ==
              vector.signature);
    }
}

TEST_CASE("Standard Webhooks: while a secret is changed both sign") {
    const auto& v = vectors[1];
    CHECK(alert::sign_webhook(keys({v.secret, second_secret}), v.id, v.timestamp, v.body) == both_signatures);
    const alert::WebhookHeaders headers{v.id, v.timestamp, both_signatures};
    CHECK(refusal({v.secret}, headers, v.body, 1767323045).empty());
    CHECK(refusal({second_secret}, headers, v.body, 1767323045).empty());
}

TEST_CASE("Standard Webhooks: a message is taken within five minutes of its time") {
    const auto& v = vectors[0];
    const alert::WebhookHeaders headers{v.id, v.timestamp, v.signature};
    CHECK(refusal({v.secret}, headers, v.body, 1614265330).empty());
    CHECK(refusal({v.secret}, headers, v.body, 1614265330 + 300).empty());
    CHECK(refusal({v.secret}, headers, v.body, 1614265330 - 300).empty());
    CHECK(refusal({v.secret}, headers, v.body, 1614265330 + 301) == "stale");
    CHECK(refusal({v.secret}, headers, v.body, 1614265330 - 301) == "stale");
}

TEST_CASE("Standard Webhooks: whatever was changed on the way is refused") {
    const auto& v = vectors[0];
    const std::int64_t now = 1614265330;
    struct Row {
        alert::WebhookHeaders headers;
        std::string_view body;
        std::string_view code;
    };
    const Row rows[] = {
        {{v.id, v.timestamp, v.signature}, "{\"test\": 2432232315}", "forged"},
        {{"msg_other", v.timestamp, v.signature}, v.body, "forged"},
        {{v.id, "1614265331", v.signature}, v.body, "forged"},
        {{v.id, v.timestamp, vectors[1].signature}, v.body, "forged"},
        {{v.id, v.timestamp, "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}, v.body, "forged"},
        {{v.id, v.timestamp, "v1,"}, v.body, "forged"},
        {{v.id, v.timestamp, "v1,g0hM9SsE"}, v.body, "forged"},
        {{v.id, v.timestamp, "  "}, v.body, "forged"},
        {{"", v.timestamp, v.signature}, v.body, "unsigned"},
        {{v.id, "", v.signature}, v.body, "unsigned"},
        {{v.id, "1614265330.0", v.signature}, v.body, "unsigned"},
        {{v.id, "99999999999999999999", v.signature}, v.body, "unsigned"},
        {{v.id, v.timestamp, ""}, v.body, "unsigned"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.headers.id, row.headers.timestamp, row.headers.signature, row.body);
        CHECK(refusal({v.secret}, row.headers, row.body, now) == row.code);
    }
    CHECK(refusal({second_secret}, {v.id, v.timestamp, v.signature}, v.body, now) == "forged");
    CHECK(refusal({}, {v.id, v.timestamp, v.signature}, v.body, now) == "forged");
}

TEST_CASE("Standard Webhooks: a timestamp at the ends of the numbers is stale, not a crash") {
    const auto& v = vectors[0];
    CHECK(refusal({v.secret}, {v.id, "9223372036854775807", v.signature}, v.body, 0) == "stale");
    CHECK(refusal({v.secret}, {v.id, "-9223372036854775808", v.signature}, v.body, 0) == "stale");
}

TEST_CASE("Standard Webhooks: a secret that is none is refused and not repeated") {
    for (const std::string secret : {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_geheim!",
                                     "whsec_AAA", "whsec_AAAA=AAA", "whsec_====", "whsec_AA AA=="}) {
        CAPTURE(secret);
        const auto key = WebhookKey::parse(secret);
        REQUIRE(key.has_error());
        CHECK(key.error().code == "invalid");
        CHECK(key.error().message.find("geheim") == std::string::npos);
    }
    CHECK(WebhookKey::parse("whsec_" + std::string(4096, 'A')).has_error());
    CHECK(WebhookKey::parse("whsec_QQ==").value().bytes() == "A");
    CHECK(WebhookKey::parse("whsec_QUI=").value().bytes() == "AB");
    CHECK(WebhookKey::parse("whsec_QUJD").value().bytes() == "ABC");
}

// What vectors.json holds was computed by other programs; a vector or a member that nothing here reads fails.
#include "alert/core/hash.hpp"
#include "alert/notify/standard_webhooks.hpp"
#include "fingerprint.hpp"
#include "room.hpp"

#include <boost/json/serialize.hpp>

#include <catch2/catch.hpp>

#include <fstream>
#include <functional>
#include <iterator>
#include <set>

using namespace alert;
using namespace yuqing::test;
namespace json = boost::json;

namespace {

/// A vector of which every member has to be read.
class Vector {
public:
    explicit Vector(const json::object& members) : members_(members) {}

    const json::value& at(std::string_view name) {
        read_.insert(std::string(name));
        return members_.at(name);
    }
    std::string text(std::string_view name) { return std::string(at(name).as_string()); }
    [[nodiscard]] bool has(std::string_view name) const { return members_.contains(name); }
    void check_all_read() const {
        for (const auto& member : members_) CHECK(read_.contains(std::string(member.key())));
    }

private:
    const json::object& members_;
    std::set<std::string> read_;
};

void check_dingtalk(Vector& vector) {
    Room room;
    const auto stamp = vector.at("timestamp_ms").as_int64();
    room.now = TimePoint(Duration(stamp));
    const auto letter = room.write(*make_dingtalk_format({.secret = vector.text("secret")}), {message()});
    CHECK(letter.query == "timestamp=" + std::to_string(stamp) + "&sign=" + vector.text("sign_urlenc"));
}

void check_feishu(Vector& vector) {
    Room room;
    const auto stamp = vector.at("timestamp_s").as_int64();
    room.now = TimePoint(std::chrono::seconds(stamp));
    const auto body = room.write(*make_feishu_format({.secret = vector.text("secret")}), {message()}).body;
    CHECK(text_at(body, "/timestamp") == std::to_string(stamp));
    CHECK(text_at(body, "/sign") == vector.text("sign"));
    if (vector.has("wrong_order")) CHECK(text_at(body, "/sign") != vector.text("wrong_order"));
}

void check_standard_webhooks(Vector& vector) {
    std::vector<std::string> secrets;
    for (const auto& secret : vector.at("secrets").as_array()) secrets.emplace_back(secret.as_string());
    const auto keys = parse_webhook_keys(secrets);
    REQUIRE(keys.has_value());
    const auto stamp = std::to_string(vector.at("timestamp").as_int64());
    CHECK(sign_webhook(*keys, vector.text("id"), stamp, vector.text("body")) == vector.text("signature"));
}

void check_hmac(Vector& vector) {
    std::string hex;
    for (const unsigned char byte : hmac_sha256(vector.text("key"), vector.text("content")))
        hex.append(1, "0123456789abcdef"[byte >> 4U]).append(1, "0123456789abcdef"[byte & 0xFU]);
    CHECK(hex == vector.text("hex"));
}

void check_fingerprint(Vector& vector) {
    std::map<std::string, std::string> labels;
    for (const auto& label : vector.at("labels").as_object())
        labels.emplace(label.key(), label.value().as_string());
    CHECK(alert_fingerprint(labels) == vector.text("fingerprint"));
}

json::object vectors() {
    std::ifstream file(YUQING_SOURCE_DIR "/tests/unit/notify/vectors.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return json::parse(text).as_object();
}

}  // namespace

TEST_CASE("Vectors: what other programs computed is computed here too, every vector of it") {
    std::map<std::string, std::function<void(Vector&)>> checks = {
        {"dingtalk", check_dingtalk},
        {"feishu", check_feishu},
        {"standard_webhooks", check_standard_webhooks},
        {"hmac_sha256", check_hmac},
        {"alertmanager_fingerprint", check_fingerprint}};
    for (const auto& section : vectors()) {
        const std::string name(section.key());
        INFO(name);
        const auto check = checks.extract(name);
        REQUIRE_FALSE(check.empty());
        REQUIRE_FALSE(section.value().as_array().empty());
        for (const auto& each : section.value().as_array()) {
            Vector vector(each.as_object());
            INFO(json::serialize(each));
            CHECK_FALSE(vector.text("checked_with").empty());
            check.mapped()(vector);
            vector.check_all_read();
        }
    }
    CHECK(checks.empty());  // each of the formats has some
}

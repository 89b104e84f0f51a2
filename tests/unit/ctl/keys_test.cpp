// keygen and roster, as they end on a terminal.
#include "fake_daemon.hpp"

#include "alert/notify/standard_webhooks.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <set>

using namespace ctl_test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
namespace fs = std::filesystem;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / ("yuqing-keys-" + std::to_string(::getpid()));
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
};

std::string text_of_file(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("keygen: every key is new, and says where it belongs") {
    std::set<std::string> keys;
    for (const auto* kind : {"webhook", "link", "audit", "webhook", "link", "audit"}) {
        const auto ran = run(yuqing::add_keygen, {"keygen", kind});
        CHECK(ran.exit_code == 0);
        CHECK_THAT(ran.err, Contains("yuqingd.yaml"));
        CHECK(ran.out.ends_with("=\n"));
        CHECK((std::string(kind) == "webhook") == ran.out.starts_with("whsec_"));
        keys.insert(ran.out);
    }
    CHECK(keys.size() == 6);
    CHECK(run(yuqing::add_keygen, {"keygen", "frobnicate"}).exit_code == 2);
}

TEST_CASE("keygen: a webhook's key is one that signs") {
    const auto ran = run(yuqing::add_keygen, {"keygen", "webhook"});
    const auto secret = ran.out.substr(0, ran.out.size() - 1);
    CHECK(alert::WebhookKey::parse(secret).has_value());
}

TEST_CASE("keygen: a file is made for its owner and its folder's group, and never overwritten") {
    const Folder folder;
    const auto file = (folder.path / "link.key").string();
    CHECK(run(yuqing::add_keygen, {"keygen", "link", "--out", file}).exit_code == 0);
    const auto made = text_of_file(file);
    CHECK(made.size() == 45);
    using fs::perms;
    const auto mode = fs::status(file).permissions();
    CHECK(mode == (perms::owner_read | perms::owner_write | perms::group_read));
    const auto again = run(yuqing::add_keygen, {"keygen", "link", "--out", file});
    CHECK(again.exit_code == 1);
    CHECK_THAT(again.err, Contains("已存在"));
    CHECK(text_of_file(file) == made);
    CHECK(
        run(yuqing::add_keygen, {"keygen", "link", "--out", (folder.path / "no" / "x").string()}).exit_code ==
        1);
}

TEST_CASE("token: a file is made for its owner alone, and never overwritten, through a link neither") {
    const Folder folder;
    const auto file = (folder.path / "li.token").string();
    const std::vector<std::string> words{"token", "--name", "李四", "--output", file};
    CHECK(run(yuqing::add_token, words).exit_code == 0);
    const auto made = text_of_file(file);
    CHECK_THAT(made, StartsWith("yq_"));
    using fs::perms;
    CHECK(fs::status(file).permissions() == (perms::owner_read | perms::owner_write));
    const auto again = run(yuqing::add_token, words);
    CHECK(again.exit_code == 1);
    CHECK_THAT(again.err, Contains("已存在，未改动"));
    CHECK(text_of_file(file) == made);
    const auto link = folder.path / "link.token";
    fs::create_symlink(folder.path / "elsewhere", link);
    CHECK(run(yuqing::add_token, {"token", "--name", "x", "--output", link.string()}).exit_code == 1);
    CHECK_FALSE(fs::exists(folder.path / "elsewhere"));
}

TEST_CASE("roster: who is on duty, until when, who is next, and a gap with what to do") {
    const std::string body =
        R"({"now":"2026-06-12T13:38:00+08:00","until":"2026-06-19T13:38:00+08:00","roles":[
        {"role":"duty_officer","name":"","officers":[{"id":"zhang","name":"张三"}],
         "until":"2026-06-13T08:00:00+08:00",
         "next":{"officers":[{"id":"li","name":"李四"}],"from":"2026-06-13T08:00:00+08:00"},"gaps":[]},
        {"role":"duty_leader","name":"带班领导","officers":[],"until":null,"next":null,
         "gaps":[{"from":"2026-06-12T13:38:00+08:00","to":"2026-06-14T08:00:00+08:00"}]}]})";
    FakeDaemon daemon(response("200 OK", body));
    const auto ran = run(yuqing::add_roster, {"roster", "--url", daemon.url()});
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.out, Contains("值班员    张三  06-13 08:00  李四 06-13 08:00  -\n"));
    CHECK_THAT(ran.out,
               Contains("带班领导  无人  -            -                 06-12 13:38 – 06-14 08:00\n"));
    CHECK_THAT(ran.err, Contains("roster.csv"));
}

// keygen and roster, as they end on a terminal.
#include "fake_daemon.hpp"

#include "curve_keys.hpp"

#include "alert/config/token_file.hpp"
#include "alert/notify/standard_webhooks.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
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

TEST_CASE("keygen: the two halves of a CURVE key belong together, and the public one may be read by all") {
    const auto shown = run(yuqing::add_keygen, {"keygen", "curve"});
    CHECK_THAT(shown.out, Catch::Matches("secret .{40}\npublic .{40}\n"));
    const Folder folder;
    const auto file = (folder.path / "curve.key").string();
    const auto ran = run(yuqing::add_keygen, {"keygen", "curve", "--out", file});
    CHECK(ran.exit_code == 0);
    CHECK(ran.out.empty());
    const auto secret = text_of_file(file), own_public = text_of_file(file + ".pub");
    CHECK(secret.size() == 41);
    CHECK(yuqing::read_curve_keys(file, file + ".pub").own_public + "\n" == own_public);
    CHECK_THAT(ran.err, Contains("role: monitor, key: \"" + own_public.substr(0, 40) + "\"}"));
    CHECK_THAT(ran.err, !Contains(secret.substr(0, 40)));
    using fs::perms;
    CHECK(fs::status(file).permissions() == (perms::owner_read | perms::owner_write | perms::group_read));
    CHECK((fs::status(file + ".pub").permissions() & perms::others_read) == perms::others_read);
    fs::remove(file);
    const auto again = run(yuqing::add_keygen, {"keygen", "curve", "--out", file});
    CHECK(again.exit_code == 1);
    CHECK_THAT(again.err, Contains("curve.key.pub") && Contains("已存在"));
    CHECK_FALSE(fs::exists(file));
}

TEST_CASE("send: a key file that is missing or holds no key is told before anything is sent") {
    const Folder folder;
    const auto file = (folder.path / "curve.key").string(), other = (folder.path / "other").string();
    run(yuqing::add_keygen, {"keygen", "curve", "--out", file});
    std::ofstream(other) << "whsec_0123456789\n";
    const auto refused = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"send", "-"});
        const auto ran = run(yuqing::add_send, std::move(words));
        CHECK(ran.exit_code == 2);
        return ran.err;
    };
    CHECK_THAT(refused({"--key-file", file}), Contains("--server-key-file"));
    CHECK_THAT(refused({"--server-key-file", file + ".pub"}), Contains("--key-file"));
    CHECK_THAT(refused({"--key-file", other, "--server-key-file", file + ".pub"}),
               Contains("keygen curve") && Contains(other) && !Contains("whsec_"));
    CHECK_THAT(refused({"--key-file", file, "--server-key-file", file + ".no"}), Contains("读不出来"));
}

TEST_CASE("token: the file of tokens keeps what it says and stays one that the daemon reads") {
    struct Row {
        std::string why, before;
    };
    const std::string li = "{name: 李四, role: viewer, hash: " + std::string(64, 'a') + "}\n";
    const std::vector<Row> rows{
        {"a list that is indented", "# who\ntokens:\n  - " + li + "# the end\n"},
        {"one that is not, without its last line's end", "tokens:\n- " + li.substr(0, li.size() - 1)},
        {"members on lines of their own",
         "tokens:\n    - name: 李四\n      role: viewer\n      hash: " + std::string(64, 'a') + "\n"},
        {"an empty one, with a remark", "tokens: []  # tokens: [] to begin with\n# who may ask\n"},
        {"nothing but a remark", "# tokens: []\n"},
        {"nothing", ""},
    };
    for (const auto& row : rows) {
        INFO(row.why);
        const Folder folder;
        const auto file = (folder.path / "tokens.yaml").string();
        std::ofstream(file) << row.before;
        fs::permissions(file, fs::perms::owner_read | fs::perms::others_read);
        const std::vector<std::string> words{"token", "--name", "张三", "--role", "admin", "--tokens", file};
        CHECK(run(yuqing::add_token, words).exit_code == 0);
        const auto after = text_of_file(file);
        const auto read = alert::parse_tokens(after, file, {});
        CHECK(read.errors.empty());
        REQUIRE_FALSE(read.tokens.empty());
        CHECK(read.tokens.back().name == "张三");
        CHECK((read.tokens.front().name == "李四") == (row.before.find("李四") != std::string::npos));
        CHECK(std::count(after.begin(), after.end(), '#') ==
              std::count(row.before.begin(), row.before.end(), '#'));
        CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::others_read));
        CHECK_FALSE(fs::exists(file + ".new"));

        const auto again = run(yuqing::add_token, words);
        CHECK(again.exit_code == 1);
        CHECK_THAT(again.err, Contains("已有名为 “张三” 的令牌"));
        CHECK(text_of_file(file) == after);
    }
}

TEST_CASE("token: a file that cannot be read, or written to, stays as it is, and no token is made") {
    const std::string li = "{name: 李四, role: viewer, hash: " + std::string(64, 'a') + "}";
    for (const auto& [before, told] : {std::pair{std::string("tokens:\n  - {name: x}\n"), "tokens.yaml:2"},
                                       {"tokens: [" + li + "]\n", "手工"}}) {
        const Folder folder;
        const auto file = (folder.path / "tokens.yaml").string(), made = (folder.path / "x.token").string();
        std::ofstream(file) << before;
        const auto ran =
            run(yuqing::add_token, {"token", "--name", "张三", "--tokens", file, "--output", made});
        CHECK(ran.exit_code == 1);
        CHECK_THAT(ran.err, Contains(told));
        CHECK(text_of_file(file) == before);
        CHECK_FALSE(fs::exists(made));
    }
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

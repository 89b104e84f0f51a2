#include "scratch.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace alert::test;

TEST_CASE("Redis: its address is a URL or a socket") {
    Scratch scratch;
    const std::string url = "redis://127.0.0.1:6379/0";
    SECTION("a socket's path is made absolute") {
        scratch.change("yuqingd.yaml", url, "unix://redis.sock");
        const auto loaded = scratch.load();
        REQUIRE(loaded.config);
        CHECK(loaded.config->redis.url == "unix://" + scratch.path("redis.sock").string());
    }
    SECTION("a host, user and password") {
        scratch.change("yuqingd.yaml", url, "redis://me:hunter2@redis.example.invalid/3");
        const auto loaded = scratch.load();
        REQUIRE(loaded.config);
        CHECK(loaded.config->redis.url == "redis://me:hunter2@redis.example.invalid/3");
    }
    SECTION("anything else is refused, without repeating it") {
        for (const std::string bad : {"http://x:hunter2@y", "redis://hunter2@:1", "redis://h:0",
                                      "redis://h:99999", "redis://h/hunter2", "'redis://'", "hunter2"}) {
            Scratch fresh;
            fresh.change("yuqingd.yaml", url, bad);
            const auto errors = fresh.load().errors;
            INFO(bad);
            CHECK(tells(errors, "invalid", "yuqingd.yaml:7:8",
                        "should be redis://[user:password@]host:port/db"));
            CHECK(told(errors).find("hunter2") == std::string::npos);
        }
    }
    SECTION("TLS is named") {
        scratch.change("yuqingd.yaml", url, "rediss://h:6379");
        CHECK(tells(scratch.load().errors, "unsupported", "yuqingd.yaml:7:8", "TLS to Redis"));
    }
    SECTION("the path of a socket has an end") {
        scratch.change("yuqingd.yaml", url, "unix:///" + std::string(110, 'x'));
        CHECK(tells(scratch.load().errors, "invalid", "yuqingd.yaml:7:8", "at most 107 bytes"));
    }
}

TEST_CASE("Redis: the password comes from a file, once") {
    Scratch scratch;
    scratch.write("redis.password", "hunter2\r\n");
    scratch.change("yuqingd.yaml", "  url: redis://127.0.0.1:6379/0\n",
                   "  url: redis://127.0.0.1:6379/0\n  user: me\n  password_file: redis.password\n");
    SECTION("the line's end is cut off") {
        const auto loaded = scratch.load();
        REQUIRE(loaded.config);
        CHECK(loaded.config->redis.password == "hunter2");
        CHECK(loaded.config->redis.user == "me");
    }
    SECTION("twice is refused") {
        scratch.change("yuqingd.yaml", "redis://127", "redis://me:hunter2@127");
        const auto errors = scratch.load().errors;
        CHECK(tells(errors, "invalid", "yuqingd.yaml:9", "the password is in `url` as well"));
        CHECK(tells(errors, "invalid", "yuqingd.yaml:8", "the user is in `url` as well"));
        CHECK(told(errors).find("hunter2") == std::string::npos);
    }
    SECTION("an empty file is refused") {
        scratch.write("redis.password", "\n");
        CHECK(tells(scratch.load().errors, "invalid", "yuqingd.yaml:9", "is empty or not text"));
    }
}

TEST_CASE("Secrets: a file that every user of the machine can read is warned of, wherever it is named") {
    Scratch scratch;
    scratch.write("redis.password", "hunter2\n");
    scratch.change("yuqingd.yaml", "  url: redis://127.0.0.1:6379/0\n",
                   "  url: redis://127.0.0.1:6379/0\n  password_file: redis.password\n");
    CHECK(told(scratch.load().warnings).find("open_secret") == std::string::npos);
    using std::filesystem::perms;
    for (const std::string file : {"redis.password", "duty.secret", "audit.key"})
        std::filesystem::permissions(scratch.path(file), perms::others_read,
                                     std::filesystem::perm_options::add);
    const auto warnings = scratch.load().warnings;
    CHECK(tells(warnings, "open_secret", "yuqingd.yaml:8", "redis.password; chmod 0640"));
    CHECK(tells(warnings, "open_secret", "yuqingd.yaml:18", "duty.secret"));
    CHECK(tells(warnings, "open_secret", "yuqingd.yaml:24", "audit.key"));
    CHECK(told(warnings).find("hunter2") == std::string::npos);
}

TEST_CASE("Secrets: files that systemd hands over are named by the folder it tells") {
    Scratch scratch;
    scratch.write("handed-over", "hunter2\n");
    scratch.change(
        "yuqingd.yaml", "  url: redis://127.0.0.1:6379/0\n",
        "  url: redis://127.0.0.1:6379/0\n  password_file: ${CREDENTIALS_DIRECTORY}/handed-over\n");
    ::setenv("CREDENTIALS_DIRECTORY", scratch.path("").c_str(), 1);
    const auto loaded = scratch.load();
    ::unsetenv("CREDENTIALS_DIRECTORY");
    REQUIRE(loaded.config);
    CHECK(loaded.config->redis.password == "hunter2");
    CHECK(tells(scratch.load().errors, "invalid", "yuqingd.yaml:8", "'CREDENTIALS_DIRECTORY' is not set"));
}

TEST_CASE("Redis: durability is one of three") {
    Scratch scratch;
    scratch.change("yuqingd.yaml", "  url: redis:", "  durability: allways\n  url: redis:");
    CHECK(tells(scratch.load().errors, "invalid", "yuqingd.yaml:7:15", "did you mean 'always'?"));
}

TEST_CASE("Ingest: binds to this machine only, unless CURVE guards it") {
    const std::string bind = R"(["tcp://127.0.0.1:5570"])";
    const auto bound = [&](const std::string& text) {
        return Scratch().change("yuqingd.yaml", bind, text).load();
    };
    SECTION("loopback and ipc are taken, names made addresses") {
        const auto loaded =
            bound(R"([tcp://localhost:5570, "tcp://[::1]:5570", "tcp://127.8.9.10:*", ipc:///run/in.sock])");
        REQUIRE(loaded.config);
        CHECK(loaded.config->ingest.bind == std::vector<std::string>{"tcp://127.0.0.1:5570",
                                                                     "tcp://[::1]:5570", "tcp://127.8.9.10:*",
                                                                     "ipc:///run/in.sock"});
    }
    SECTION("one value stands for a list of one") { CHECK(bound("tcp://127.0.0.1:5570").config); }
    SECTION("what others reach needs CURVE") {
        for (const std::string open : {"tcp://0.0.0.0:5570", "'tcp://*:5570'", "tcp://10.0.0.1:5570",
                                       "tcp://127.0.0.1.example.invalid:5570", "'tcp://[::]:5570'"}) {
            INFO(open);
            CHECK(tells(bound(open).errors, "insecure", "yuqingd.yaml:9:9",
                        "is reachable from other machines and needs ingest.curve; `yuqingctl keygen curve`"));
        }
    }
    SECTION("anything else is refused") {
        for (const std::string bad :
             {"udp://127.0.0.1:1", "tcp://127.0.0.1", "tcp://127.0.0.1:65536", "tcp://:5570"}) {
            INFO(bad);
            CHECK(tells(bound(bad).errors, "invalid", "yuqingd.yaml:9:9",
                        "should be tcp://ADDRESS:PORT or ipc://"));
        }
    }
    SECTION("an empty list is refused") {
        CHECK(tells(bound("[]").errors, "invalid", "yuqingd.yaml:9:9", "at least one address"));
    }
}

TEST_CASE("HTTP: listens on this machine only") {
    const auto listening = [](const std::string& text) {
        return Scratch().change("yuqingd.yaml", "listen: 127.0.0.1:9570", "listen: " + text).load();
    };
    CHECK(listening("localhost:9570").config);
    CHECK(listening("'[::1]:9570'").config->http.host == "::1");
    CHECK(tells(listening("0.0.0.0:9570").errors, "insecure", "yuqingd.yaml:11:11",
                "needs http.tokens; `yuqingctl token` makes one"));
    CHECK(tells(listening("':9570'").errors, "invalid", "yuqingd.yaml:11:11", "should be host:port"));
    CHECK(tells(listening("127.0.0.1").errors, "invalid", "yuqingd.yaml:11:11", "should be host:port"));
}

TEST_CASE("HTTP: the public URL is an http URL people can open") {
    const auto with = [](const std::string& url) {
        return Scratch().change("yuqingd.yaml", "  public_url: https://board.example.invalid/\n", url).load();
    };
    CHECK(with("  public_url: https://gov.example.invalid/yuqing/\n").config->http.public_url ==
          "https://gov.example.invalid/yuqing");
    const struct {
        std::string url, why;
    } unfit[] = {{"https://gov.example.invalid/?a=b", "without a query or fragment"},
                 {"https://gov.example.invalid/y?a", "without a query or fragment"},
                 {"'https://gov.example.invalid/#top'", "without a query or fragment"},
                 {"https://gov.example.invalid/x)(y", "holds a character"},
                 {"https://gov.example.invalid/x*y", "holds a character"},
                 {"https://gov.example.invalid/舆情", "written like %20"}};
    for (const auto& [url, why] : unfit) {
        INFO(url);
        CHECK(tells(with("  public_url: " + url + "\n").errors, "invalid", "yuqingd.yaml:12:15", why));
    }
    CHECK(tells(with("  public_url: ftp://x\n").errors, "invalid", "yuqingd.yaml:12:15",
                "should be an http or https URL"));
    CHECK(tells(with("  public_url: http://127.0.0.1:9570\n").warnings, "loopback_url", "yuqingd.yaml:12:15",
                "lead to this machine only"));
    const auto absent = with("");
    REQUIRE(absent.config);
    CHECK(absent.config->http.public_url == "http://127.0.0.1:9570");
    CHECK(tells(absent.warnings, "loopback_url", "yuqingd.yaml:11", "lead to this machine only"));
}

TEST_CASE("Daemon: limits are read and kept within their range") {
    Scratch scratch;
    const std::string bind = "  bind: [\"tcp://127.0.0.1:5570\"]\n", listen = "  listen: 127.0.0.1:9570\n";
    SECTION("read") {
        scratch.change("yuqingd.yaml", bind,
                       bind +
                           "  batch_frames_max: 16\n  in_flight_max: 100\n  client_rate: 7/1m\n"
                           "  connections_max: 50\n  handshakes_max: 5\n  handshake_within: 2s\n"
                           "  heartbeat: 1m\n");
        scratch.change("yuqingd.yaml", listen, listen + "  connections_max: 7\n");
        const auto loaded = scratch.load();
        REQUIRE(loaded.config);
        CHECK(loaded.config->ingest.batch_frames_max == 16);
        CHECK(loaded.config->ingest.in_flight_max == 100);
        CHECK(loaded.config->ingest.client_rate == RateLimit{7, std::chrono::minutes(1)});
        CHECK(loaded.config->ingest.connections_max == 50);
        CHECK(loaded.config->ingest.handshakes_max == 5);
        CHECK(loaded.config->ingest.handshake_within == std::chrono::seconds(2));
        CHECK(loaded.config->ingest.heartbeat == std::chrono::minutes(1));
        CHECK(loaded.config->http.connections_max == 7);
    }
    SECTION("refused") {
        for (const std::string bad : {"0", "513", "-1", "1.5", "12 apples", "[1]", "99999999999999999999"}) {
            Scratch fresh;
            fresh.change("yuqingd.yaml", bind, bind + "  batch_frames_max: " + bad + "\n");
            INFO(bad);
            CHECK(
                tells(fresh.load().errors, "invalid", "yuqingd.yaml:10:21", "a whole number from 1 to 512"));
        }
    }
}

TEST_CASE(
    "Daemon: journal says where what was answered is kept, how much of it, and what holds without Redis") {
    CHECK_FALSE(Scratch().load().config->journal);
    Scratch scratch;
    scratch.append("yuqingd.yaml", "journal: {dir: told}\n");
    JournalConfig usual;
    usual.dir = scratch.path("told").string();
    CHECK(scratch.load().config->journal == usual);
    Scratch other;
    other.append("yuqingd.yaml",
                 "journal: {dir: /told, redis_away: retry, unwritable: accept, file_mib: 8, total_mib: 16, "
                 "keep: 30d}\n");
    const auto config = other.load().config;
    CHECK(config->journal == JournalConfig{"/told", false, true, 8, 16, std::chrono::days(30)});
    CHECK(needs_restart(*scratch.load().config, *config) == std::vector<std::string>{"journal"});
}

TEST_CASE("Daemon: a journal without a folder, or with bounds that cannot hold, is refused") {
    const auto errors = [](const std::string& section) {
        Scratch scratch;
        scratch.append("yuqingd.yaml", "journal: " + section + "\n");
        return scratch.load().errors;
    };
    CHECK(tells(errors("{keep: 30d}"), "missing_key", "yuqingd.yaml:23", "'dir' is required"));
    CHECK(tells(errors("{dir: x, redis_away: wait}"), "invalid", "yuqingd.yaml:23", "accept"));
    CHECK(tells(errors("{dir: x, file_mib: 0}"), "invalid", "yuqingd.yaml:23", "1 to 1024"));
    CHECK(tells(errors("{dir: x, file_mib: 64, total_mib: 100}"), "invalid", "yuqingd.yaml:23",
                "at least twice file_mib"));
    CHECK(tells(errors("{dir: x, keep: 1m}"), "invalid", "yuqingd.yaml:23", "keep"));
}

TEST_CASE("Daemon: archive says what leaves Redis, when, and where to") {
    CHECK_FALSE(Scratch().load().config->archive);
    Scratch scratch;
    scratch.append("yuqingd.yaml", "archive: {dir: old}\n");
    const auto usual = *scratch.load().config->archive;
    CHECK(usual.dir == scratch.path("old").string());
    CHECK(usual.rules == ArchiveRules{});
    Scratch other;
    other.append("yuqingd.yaml", "archive: {dir: /old, closed_after: 800d, every: 10m, per_minute: 50}\n");
    const auto config = other.load().config;
    CHECK(config->archive->rules == ArchiveRules{std::chrono::days(800), std::chrono::minutes(10), 50});
    CHECK(needs_restart(*scratch.load().config, *config) == std::vector<std::string>{"archive"});
}

TEST_CASE("Daemon: an archive without a folder, or with numbers that mean nothing, is refused") {
    const auto errors = [](const std::string& section) {
        Scratch scratch;
        scratch.append("yuqingd.yaml", "archive: " + section + "\n");
        return scratch.load().errors;
    };
    CHECK(tells(errors("{closed_after: 400d}"), "missing_key", "yuqingd.yaml:23", "'dir' is required"));
    CHECK(tells(errors("{dir: x, closed_after: 1m}"), "invalid", "yuqingd.yaml:23", "closed_after"));
    CHECK(tells(errors("{dir: x, per_minute: 0}"), "invalid", "yuqingd.yaml:23", "per_minute"));
    CHECK(tells(errors("{dir: x, folder: y}"), "unknown_key", "yuqingd.yaml:23", "folder"));
}

TEST_CASE("Daemon: audit names the key of the record's chain, and where its heads are anchored") {
    Scratch scratch;
    scratch.append("yuqingd.yaml", "audit: {key_file: audit.key, anchors: anchors.jsonl}\n");
    const auto audit = scratch.load().config->audit;
    CHECK(audit.key == ChainKey("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="));
    CHECK(audit.anchors == scratch.path("anchors.jsonl").string());
    CHECK_FALSE(scratch.load(Secrets::unread).config->audit.key.keyed());
}

TEST_CASE("Daemon: an audit section without a good key is refused, none at all is warned of") {
    const auto with = [](const std::string& section) {
        Scratch scratch;
        return scratch.append("yuqingd.yaml", section + "\n").write("short.key", "short\n").load();
    };
    CHECK(tells(with("# audit: later").warnings, "unkeyed", "yuqingd.yaml:1", "without audit.key_file"));
    CHECK(tells(with("audit: {anchors: a}").errors, "missing_key", "yuqingd.yaml:23",
                "'key_file' is required"));
    CHECK(tells(with("audit: {key_file: short.key}").errors, "weak_secret", "yuqingd.yaml:23",
                "shorter than 32 bytes"));
    CHECK(tells(with("audit: {key_file: none.key}").errors, "unreadable", "yuqingd.yaml:23", "no such file"));
    CHECK(tells(with("audit: {key: x}").errors, "unknown_key", "yuqingd.yaml:23", "key"));
}

namespace {

LoadedConfig with_redis(const std::string& lines) {
    Scratch scratch;
    scratch.write("sentinel.password", "watch\n");
    scratch.change("yuqingd.yaml", "  url: redis://127.0.0.1:6379/0\n", lines);
    return scratch.load();
}

}  // namespace

TEST_CASE("Daemon: sentinels name the master of a service, and one replica has what is answered") {
    const auto loaded = with_redis(
        "  sentinels: [10.1.0.1:26379, '[::1]:26380', redis-3:26379]\n  service: yuqing\n"
        "  sentinel_user: asks\n  sentinel_password_file: sentinel.password\n  database: 2\n");
    REQUIRE(loaded.config);
    const auto& redis = loaded.config->redis;
    CHECK(redis.url.empty());
    CHECK(redis.sentinels == std::vector<RedisNode>{{"10.1.0.1", 26379}, {"::1", 26380}, {"redis-3", 26379}});
    CHECK(redis.service == "yuqing");
    CHECK(redis.sentinel_user == "asks");
    CHECK(redis.sentinel_password == "watch");
    CHECK(redis.database == 2);
    CHECK(redis.replicas == 1);
    CHECK(redis.replica_timeout == std::chrono::milliseconds(400));
}

TEST_CASE("Daemon: a single Redis has no replicas to wait for, unless it is told") {
    CHECK(with_redis("  url: redis://h\n").config->redis.replicas == 0);
    const auto loaded = with_redis("  url: redis://h\n  replicas: 2\n  replica_timeout: 3s\n");
    REQUIRE(loaded.config);
    CHECK(loaded.config->redis.replicas == 2);
    CHECK(loaded.config->redis.replica_timeout == std::chrono::seconds(3));
}

TEST_CASE("Daemon: the mirror of Redis has a size, and a patience") {
    const auto redis = with_redis("  url: redis://h\n").config->redis;
    CHECK(redis.mirror_cases == 5000);
    CHECK(redis.mirror_after == std::chrono::milliseconds(300));
    const auto told = with_redis("  url: redis://h\n  mirror_cases: 0\n  mirror_after: 2s\n").config->redis;
    CHECK(told.mirror_cases == 0);
    CHECK(told.mirror_after == std::chrono::seconds(2));
    CHECK(tells(with_redis("  url: redis://h\n  mirror_cases: 100001\n").errors, "invalid", "yuqingd.yaml:8",
                "100000"));
    CHECK(tells(with_redis("  url: redis://h\n  mirror_after: 10ms\n").errors, "invalid", "yuqingd.yaml:8",
                "should be from 100ms to 10s"));
}

TEST_CASE("Daemon: any node of a cluster says where the others are") {
    const auto loaded = with_redis("  cluster: [10.1.0.1:7000, 10.1.0.2:7000]\n");
    REQUIRE(loaded.config);
    CHECK(loaded.config->redis.cluster == std::vector<RedisNode>{{"10.1.0.1", 7000}, {"10.1.0.2", 7000}});
    CHECK(loaded.config->redis.replicas == 0);
}

TEST_CASE("Daemon: where Redis is, is said once and whole") {
    const auto errors = [](const std::string& lines) { return with_redis(lines).errors; };
    CHECK(tells(errors("  durability: always\n"), "missing_key", "yuqingd.yaml:7", "'url' is required"));
    CHECK(tells(errors("  url: redis://h\n  sentinels: [a:1]\n  service: s\n"), "invalid", "yuqingd.yaml:8",
                "give one of url, sentinels and cluster"));
    CHECK(tells(errors("  sentinels: [a:1]\n"), "missing_key", "yuqingd.yaml:7", "'service' is required"));
    CHECK(tells(errors("  url: redis://h\n  service: s\n"), "invalid", "yuqingd.yaml:8",
                "redis.service: is there for sentinels alone"));
    CHECK(tells(errors("  sentinels: [a]\n  service: s\n"), "invalid", "yuqingd.yaml:7",
                "'a' should be host:port, as in 10.1.0.1:26379"));
    CHECK(tells(errors("  cluster: []\n"), "invalid", "yuqingd.yaml:7", "at least one address"));
    CHECK(tells(errors("  url: redis://h\n  replica_timeout: 9s\n"), "invalid", "yuqingd.yaml:8",
                "should be from 100ms to 3s"));
    CHECK(tells(with_redis("  sentinels: [a:1]\n  service: s\n  replicas: 0\n").warnings, "unreplicated",
                "yuqingd.yaml:9", "may be lost in a failover"));
}

TEST_CASE("Daemon: links to act by have a key and a life, and are missed where people read messages") {
    Scratch scratch;
    scratch.change("yuqingd.yaml", "http:\n", "http:\n  link_key_file: audit.key\n  link_valid: 3d\n");
    const auto key = scratch.load().config->http.link_key;
    CHECK(key == LinkKey{"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=", std::chrono::hours(72)});

    const auto with = [](const std::string& lines) {
        Scratch other;
        other.write("short.key", "short\n");
        return other.change("yuqingd.yaml", "http:\n", "http:\n" + lines).load();
    };
    CHECK(
        tells(with("  link_key_file: short.key\n").errors, "weak_secret", "yuqingd.yaml", "shorter than 32"));
    CHECK(
        tells(with("  link_valid: 1m\n").errors, "invalid", "yuqingd.yaml", "link_valid: should be from 1h"));
    CHECK(tells(with("  link_valid: 8d\n").errors, "invalid", "yuqingd.yaml",
                "link_valid: should be from 1h to"));
}

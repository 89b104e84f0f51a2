#include "failover_words.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using yuqing::failure_words;

TEST_CASE("Failover words: a flag of the sentinels is told as what it means") {
    const auto said = failure_words({"not_settled", "master,s_down,o_down", "10.1.0.1:6379"});
    CHECK_THAT(said.zh,
               StartsWith("主库 10.1.0.1:6379 状态不正常，未切换：没有应答，多数哨兵认定它已下线。"));
    CHECK_THAT(said.en, Contains("does not answer, most sentinels hold it for down"));
    const auto busy = failure_words({"not_settled", "master,failover_in_progress,force_failover", "a:1"});
    CHECK_THAT(busy.zh, Contains("：正在切换。"));
    CHECK_THAT(failure_words({"not_settled", "master,new_flag", "a:1"}).zh, Contains("master,new_flag"));
}

TEST_CASE("Failover words: of replicas that are not fit each is told with its reason") {
    const std::string each = "10.1.0.2:6379\tslave,never_chosen\n10.1.0.3:6379\tslave,disconnected";
    const auto said = failure_words({"no_replica", each, ""});
    CHECK_THAT(said.zh,
               Contains("10.1.0.2:6379 replica-priority 为 0，不会被选为主库；10.1.0.3:6379 哨兵连不上它。"));
    CHECK_THAT(said.zh, Contains("CONFIG SET replica-priority 100"));
    CHECK_THAT(said.en, Contains("10.1.0.2:6379 its replica-priority is 0"));
}

TEST_CASE("Failover words: who is silent is told in words, and what Redis says as it is") {
    const std::string each = "10.1.0.1:26379\tConnection refused\n10.1.0.2:26379\tno answer in time";
    const auto silent = failure_words({"no_sentinel", each, ""});
    CHECK_THAT(silent.zh,
               Contains("10.1.0.1:26379 连接被拒绝，没有在运行或端口不对；10.1.0.2:26379 限时内没有应答"));
    CHECK_THAT(silent.en, Contains("10.1.0.1:26379 connection refused; 10.1.0.2:26379 no answer in time"));
    const auto login = failure_words({"login", "WRONGPASS invalid username-password pair", "10.1.0.1:6379"});
    CHECK_THAT(login.zh, Contains("10.1.0.1:6379") && Contains("WRONGPASS") && Contains("--password-file"));
    CHECK_THAT(failure_words({"right", "client|pause", "a:1"}).zh, Contains("+client|pause"));
}

TEST_CASE("Failover words: every failure that can be told says in both languages what and where") {
    std::ifstream file(YUQING_SOURCE_DIR "/daemon/ctl/planned_failover.cpp");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    REQUIRE_FALSE(text.empty());
    std::set<std::string> codes{"unreachable", "login", "right", "refused"};  // of RedisNode
    const std::regex named(R"re((?:wrong\(|Error\{|code = |\? )"([a-z_]+)"( : "([a-z_]+)")?)re");
    for (std::sregex_iterator at(text.begin(), text.end(), named), end; at != end; ++at) {
        codes.insert((*at)[1]);
        if ((*at)[3].matched) codes.insert((*at)[3]);
    }
    CHECK(codes.size() >= 18);
    for (const auto& code : codes) {
        CAPTURE(code);
        const auto said = failure_words({code, "what", "where"});
        CHECK_THAT(said.zh, Contains(code == "no_sentinel" || code == "no_replica" ? "what" : "where"));
        CHECK(said.zh != "what");
        CHECK(said.en != said.zh);
    }
}

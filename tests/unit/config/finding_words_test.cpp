#include "alert/config/finding_words.hpp"

#include "../../../libalert/src/config/finding_phrases.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <utility>

using alert::finding_zh;

namespace {

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Literals that stand side by side as the one text they are, comments and includes left out.
std::vector<std::string> literals_of(const std::string& source) {
    static const std::regex passed(R"((^|\n)#include[^\n]*|(^|\s)//[^\n]*)"), side_by_side(R"("\s*\n\s*")"),
        literal(R"re("((?:[^"\\\n]|\\.)*)")re");
    const auto code = std::regex_replace(std::regex_replace(source, passed, "\n"), side_by_side, "");
    std::vector<std::string> found;
    for (std::sregex_iterator at(code.begin(), code.end(), literal), end; at != end; ++at)
        found.push_back(std::regex_replace((*at)[1].str(), std::regex(R"(\\(.))"), "$1"));
    return found;
}

/// More than one word, or a piece of a sentence: keys, formats and values have no blanks.
bool is_told(const std::string& literal) {
    static const std::regex piece(R"([a-z]+ [a-z]+|^[;,]? ?[a-z]+:? $|^ [a-z]+[;:,]?)");
    const bool is_list_of_names = literal.starts_with("id ");  // of what a template may use
    return !is_list_of_names && std::regex_search(literal, piece);
}

bool has_words(std::string literal) {
    // What suggest.hpp puts behind any sentence, and what is hashed and never told.
    if (literal.starts_with("; did you mean") || literal.starts_with("; known:") || literal == "yuqing token")
        return true;
    if (literal.starts_with(": ")) literal.erase(0, 2);  // behind a name
    for (const auto* behind : {"", "'x'"}) {
        if (finding_zh(literal + behind) != literal + behind) return true;
    }
    for (const auto table : {alert::config::finding_phrases(), alert::config::finding_nouns()}) {
        for (const auto& phrase : table) {
            if (phrase.english.find(literal) != std::string_view::npos) return true;
        }
    }
    return false;
}

}  // namespace

TEST_CASE("Finding words: every sentence of the sources has its Chinese") {
    const std::filesystem::path root = YUQING_SOURCE_DIR;
    std::vector<std::filesystem::path> sources{root / "daemon/ctl/channel_check.cpp",
                                               root / "libalert/src/codec/message_template.cpp"};
    for (const auto& entry : std::filesystem::directory_iterator(root / "libalert/src/config")) {
        const auto name = entry.path().filename().string();
        if (name.ends_with(".cpp") && !name.starts_with("finding_")) sources.push_back(entry.path());
    }
    std::size_t told = 0;
    for (const auto& source : sources) {
        for (const auto& literal : literals_of(text_of(source))) {
            if (!is_told(literal)) continue;
            ++told;
            INFO(source.filename().string() << ": " << literal);
            CHECK(has_words(literal));
        }
    }
    CHECK(told > 100);
}

TEST_CASE("Finding words: gaps keep what stands in them, and go where Chinese wants them") {
    const std::pair<std::string, std::string> told[] = {
        {"the key 'policy' is required", "缺少配置项“policy”"},
        {"unknown key 'ladder' in obligations.response; did you mean 'ladders'?",
         "obligations.response 中没有配置项“ladder”；是“ladders”吗？"},
        {"redis.durability: 'on' is not known; known: always, everysec, none",
         "redis.durability：不认识“on”；可用：always, everysec, none"},
        {"no officer 'wang' in directory.yaml; known: zhang, li",
         "directory.yaml 中没有人员“wang”；可用：zhang, li"},
        {"ladders.main[1].at should be a text, here is a list", "ladders.main[1].at 应为一个值，现在是列表"},
        {"the file should be a map, here is nothing", "整个文件应为“配置项: 值”的组合，现在是空的"},
        {"policy: cannot read /etc/p.yaml: no such file", "policy：读不出 /etc/p.yaml：没有这个文件"},
        {"policy: cannot read /etc/p.yaml: Too many levels of symbolic links",
         "policy：读不出 /etc/p.yaml：Too many levels of symbolic links"},
        {"nobody fills the role 'duty_officer' at 2026-06-12T10:00:00+08:00",
         "岗位“duty_officer”在 2026-06-12T10:00:00+08:00 无人"},
        {"channels.a.body: nothing is called {{titel}}", "channels.a.body：没有叫 {{titel}} 的取值"},
        {"the channel 'sms' does not answer at its proxy proxy:3128: Connection refused",
         "通道“sms”的代理 proxy:3128 没有回答：连接被拒绝（Connection refused）"},
        {"not YAML: end of map not found",
         "YAML 写法有误：缩进不齐，或一行写得不完整（end of map not found）"},
        {"and 12 more", "另有12处"},
    };
    for (const auto& [english, chinese] : told) CHECK(finding_zh(english) == chinese);
}

TEST_CASE("Finding words: what an administrator wrote is not taken for a word of ours") {
    const std::pair<std::string, std::string> told[] = {
        {"unknown key 'should be digits' in channels", "channels 中没有配置项“should be digits”"},
        {"channels.my group.url: should be an http or https URL",
         "channels.my group.url：应为 http 或 https 地址"},
        {"no role 'a list' in directory.yaml; did you mean 'a map'?",
         "directory.yaml 中没有岗位“a list”；是“a map”吗？"},
        {"'it's exists already' exists already", "“it's exists already”已有"},
        {"not a duration: 'x: should be digits'; right would be 90s, 15m, 5h, 2d, 1mo or 3wd",
         "“x: should be digits”不是时长；应写作 90s、15m、5h、2d、1mo（月）或 3wd（工作日）"},
    };
    for (const auto& [english, chinese] : told) CHECK(finding_zh(english) == chinese);
}

TEST_CASE("Finding words: a sentence without words stays as it is") {
    for (const std::string text : {"", ": ", "something new", "a: b: c: d", "no thing 'x' in directory.yaml"})
        CHECK(finding_zh(text) == text);
}

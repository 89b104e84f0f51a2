// The policies beside a journal: each is the text that its name says, or it is none.
#include "alert/config/config.hpp"
#include "journal_folder.hpp"

#include <fstream>

using namespace yuqing;
using namespace yuqing::test;

TEST_CASE("Policy files: they lie beside the entries, each once, as they were") {
    Folder folder;
    const std::string text = "version: \"1\"\n# 办法\n";
    const JournalPolicy policy{alert::hash_of_policy(text), text};
    {
        JournalFiles files(folder.path(), {});
        REQUIRE(files.open().has_value());
        REQUIRE(files.keep_policy(policy).has_value());
        REQUIRE(files.keep_policy(policy).has_value());
    }
    const auto kept = journal_policies_in(folder.path());
    CHECK(kept.unsound.empty());
    REQUIRE(kept.sound.size() == 1);
    CHECK(kept.sound[0].hash == policy.hash);
    CHECK(kept.sound[0].text == text);
}

TEST_CASE("Policy files: one that somebody changed is named, not used, and written anew when it is known") {
    Folder folder;
    const std::string text = "version: \"1\"\n";
    const JournalPolicy policy{alert::hash_of_policy(text), text};
    const auto path = folder.path() + "/policy-" + policy.hash.value + ".yaml";
    JournalFiles files(folder.path(), {});
    REQUIRE(files.open().has_value());
    std::ofstream(path) << "version: \"2\"\n";
    const auto changed = files.policies();
    CHECK(changed.sound.empty());
    REQUIRE(changed.unsound.size() == 1);
    CHECK(changed.unsound[0].path == path);
    REQUIRE(files.keep_policy(policy).has_value());
    CHECK(files.policies().sound.size() == 1);
    CHECK(files.policies().unsound.empty());
}

// Which journals of a folder a daemon may be told: its own jurisdiction's, whatever lies beside them.
#include "journal_survey.hpp"

#include <catch2/catch.hpp>

using namespace yuqing;

namespace {

JournalSurvey of(const std::string& folder, std::map<std::string, std::string> jurisdictions = {}) {
    return {.folder = folder, .jurisdictions = std::move(jurisdictions)};
}

std::vector<std::string> own(const JournalChoice& choice) {
    std::vector<std::string> folders;
    for (const auto* survey : choice.own) folders.push_back(survey->folder);
    return folders;
}

using Folders = std::vector<std::string>;

}  // namespace

TEST_CASE("journal survey: lines say whose a journal is, whatever the folder is called") {
    CHECK(jurisdiction_of(of("/backup/hongshan", {{"qingshan", "a:1"}})) == "qingshan");
    CHECK(own(choose_journals({of("/backup/old", {{"qingshan", "a:1"}})}, "qingshan")) ==
          Folders{"/backup/old"});
}

TEST_CASE("journal survey: where lines of earlier versions say nothing the folder's name does") {
    for (const auto* folder : {"/backup/qingshan", "/backup/qingshan/", "/backup/./qingshan"}) {
        CAPTURE(folder);
        CHECK(jurisdiction_of(of(folder)) == "qingshan");
    }
    const std::vector<JournalSurvey> found{of("/backup/copy")};
    const auto choice = choose_journals(found, "qingshan");
    REQUIRE(choice.refused);
    REQUIRE(choice.left_out.size() == 1);
    CHECK(choice.left_out[0].en.find("rename the folder") != std::string::npos);
}

TEST_CASE("journal survey: of several only the daemon's own are taken, and the others are named") {
    const std::vector<JournalSurvey> found{of("/j/qingshan"), of("/j/hongshan"),
                                           of("/j/copy", {{"baishan", "/j/copy/1.jsonl:3"}})};
    const auto choice = choose_journals(found, "qingshan");
    CHECK(own(choice) == Folders{"/j/qingshan"});
    CHECK_FALSE(choice.refused);
    REQUIRE(choice.left_out.size() == 2);
    CHECK(choice.left_out[0].en.find("/j/hongshan") != std::string::npos);
    CHECK(choice.left_out[1].en.find("baishan (see /j/copy/1.jsonl:3)") != std::string::npos);
}

TEST_CASE("journal survey: lines of two jurisdictions in one folder are refused, and both are named") {
    const std::vector<JournalSurvey> found{of("/j/qingshan", {{"hongshan", "b:7"}, {"qingshan", "a:1"}})};
    const auto choice = choose_journals(found, "qingshan");
    REQUIRE(choice.refused);
    CHECK(choice.refused->en.find("b:7 is of hongshan, a:1 of qingshan") != std::string::npos);
}

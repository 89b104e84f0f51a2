#include "daemon_file.hpp"

namespace alert::config {

ScoreRules read_assessment(const Section& root) {
    ScoreRules score;
    const Yaml* node = root.find("assessment");
    if (!node) return score;
    const Section section(*node, "assessment",
                          {"answer", "acknowledge", "commitment", "overdue_less", "red_less", "return_less",
                           "less_max", "pass"},
                          root.findings());
    constexpr std::size_t points_max = 100;
    const auto read = [&section](const char* key, std::size_t& points) {
        points = section.number(key, points, 0, points_max);
    };
    read("answer", score.answer);
    read("acknowledge", score.acknowledge);
    read("commitment", score.commitment);
    read("overdue_less", score.overdue_less);
    read("red_less", score.red_less);
    read("return_less", score.return_less);
    read("less_max", score.less_max);
    read("pass", score.pass);
    if (score.answer + score.acknowledge + score.commitment == 0)
        section.error("answer", "invalid", "answer, acknowledge and commitment cannot all be 0");
    return score;
}

}  // namespace alert::config

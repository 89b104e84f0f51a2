#include "table.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using yuqing::Table;

namespace {

std::string printed(const Table& table, std::size_t columns_max = 0) {
    std::ostringstream out;
    table.print(out, columns_max);
    return out.str();
}

}  // namespace

TEST_CASE("Table: columns stand under each other, Chinese counted as two") {
    Table table({"单位", "CASE", "TITLE"});
    table.add({"县民政局", "a", "x"});
    table.add({"yjj", "longer", "y"});
    CHECK(printed(table) ==
          "单位      CASE    TITLE\n"
          "县民政局  a       x\n"
          "yjj       longer  y\n");
}

TEST_CASE("Table: a cell cannot forge a row") {
    Table table({"A", "B"});
    table.add({"x\ny", "\x1b[2J"});
    CHECK(printed(table) == "A     B\nx\\ny  \\x1b[2J\n");
}

TEST_CASE("Table: the last column is cut to the terminal, never to nothing") {
    Table table({"A", "B"});
    table.add({"x", std::string(100, 'b')});
    CHECK(printed(table, 30) == "A  B\nx  " + std::string(26, 'b') + "…\n");
    CHECK(printed(table, 5) == "A  B\nx  " + std::string(15, 'b') + "…\n");
    CHECK(printed(table, 0) == "A  B\nx  " + std::string(100, 'b') + "\n");
}

TEST_CASE("Table: missing cells are empty") {
    Table table({"A", "B"});
    CHECK(table.empty());
    table.add({"x"});
    CHECK_FALSE(table.empty());
    CHECK(printed(table) == "A  B\nx  \n");
}

// A table for people: columns as wide as what stands in them, Chinese counted as two.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace yuqing {

class Table {
public:
    explicit Table(std::vector<std::string> heads) { rows_.push_back(std::move(heads)); }

    /// Cells are made safe to print here; a row has as many as there are heads.
    void add(std::vector<std::string> cells);
    [[nodiscard]] bool empty() const { return rows_.size() == 1; }

    /// The last column is cut so that a line fits into `columns_max`; 0: nothing is cut.
    void print(std::ostream& out, std::size_t columns_max) const;

private:
    std::vector<std::vector<std::string>> rows_;  // the first holds the heads
};

/// Columns of the terminal that standard output is, 0 when it is none.
std::size_t terminal_columns();

}  // namespace yuqing

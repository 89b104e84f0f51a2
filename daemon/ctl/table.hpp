// A table for people: columns as wide as what stands in them, Chinese counted as two.
#pragma once

#include "colour.hpp"

#include <ostream>
#include <string>
#include <vector>

namespace yuqing {

class Table {
public:
    explicit Table(std::vector<std::string> heads) { rows_.push_back(std::move(heads)); }

    /// Cells are made safe to print here; a row has as many as there are heads.
    void add(std::vector<std::string> cells, Tone tone = Tone::plain);
    [[nodiscard]] bool empty() const { return rows_.size() == 1; }

    /// The heads and the rows, without colours. The last column is cut so that a line fits into
    /// `columns_max`; 0: nothing is cut.
    [[nodiscard]] std::vector<std::string> lines(std::size_t columns_max) const;
    [[nodiscard]] Tone tone(std::size_t line) const { return tones_[line]; }

    /// The same, with colours where the output wants them.
    void print(std::ostream& out, std::size_t columns_max) const;

private:
    std::vector<std::vector<std::string>> rows_;  // the first holds the heads
    std::vector<Tone> tones_{Tone::plain};        // of the same rows
};

struct TerminalSize {
    std::size_t rows = 0, columns = 0;
};
/// Of the terminal that standard output is; zeroes when it is none.
TerminalSize terminal_size();
std::size_t terminal_columns();

}  // namespace yuqing

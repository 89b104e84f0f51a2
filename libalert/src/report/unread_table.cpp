#include "alert/report/unread_table.hpp"

#include "alert/core/causes.hpp"

#include <algorithm>

namespace alert {

namespace {

std::string cause(const UnreadCase& one) { return std::string(code_zh(one.error.code)); }

std::string left_out_text(const UnreadCases& unread) {
    return "另有" + std::to_string(unread.left_out) + "件未列出";
}

}  // namespace

std::string unread_text(const UnreadCases& unread) {
    return std::to_string(unread.count()) + "件事项的档案读不出或不全，读不出的未计入";
}

Table unread_table(const UnreadCases& unread) {
    Table table{
        "读不出的事项", {{"case", "舆情编号", 22}, {"file", "档案文件", 40}, {"why", "原因", 30}}, {}};
    for (const UnreadCase& one : unread.list)
        table.rows.push_back({text_cell(one.id.value), text_cell(one.error.path), text_cell(cause(one))});
    if (unread.left_out > 0) table.rows.push_back({text_cell(left_out_text(unread)), {}, {}});
    return table;
}

void note_unread(Table& table, const UnreadCases& unread, std::string_view id, std::string_view why) {
    const auto cell_of = [&](std::vector<Cell>& row, std::string_view name) -> Cell& {
        const auto named = [&](const Column& column) { return column.id == name; };
        const auto at = std::find_if(table.columns.begin(), table.columns.end(), named);
        return row.at(static_cast<std::size_t>(at - table.columns.begin()));
    };
    const auto add = [&](const std::string& named, const std::string& text) {
        auto& row = table.rows.emplace_back(table.columns.size());
        cell_of(row, id) = text_cell(named);
        cell_of(row, why) = text_cell(id == why ? named + "：" + text : text);
    };
    for (const UnreadCase& one : unread.list) {
        const auto file = one.error.path.empty() ? "" : "（" + one.error.path + "）";
        add(one.id.value, "档案读不出，未计入：" + cause(one) + file);
    }
    if (unread.left_out > 0) add("", "档案读不出，未计入：" + left_out_text(unread));
}

}  // namespace alert

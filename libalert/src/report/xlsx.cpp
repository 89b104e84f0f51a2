// Spreadsheets by libxlsxwriter. Strings are written as strings, whatever they begin with; an address becomes
// a link only when it is one. The library writes into a file, so there is a folder that only we can read for
// as long as it takes.
#include "alert/codec/utf8.hpp"
#include "alert/codec/web_url.hpp"
#include "alert/report/render.hpp"

#include <xlsxwriter.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace alert {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t link_bytes_max = 2000;  // Excel takes 2,079 characters of an address
constexpr int links_max = 65'000;             // Excel takes 65,530 in a sheet
constexpr std::uint8_t a4 = 9;

/// A folder for one file; gone with everything in it when done.
class Folder {
public:
    Folder() {
        std::error_code error;
        auto name = (fs::temp_directory_path(error) / "yuqing-xlsx-XXXXXX").string();
        if (!error && ::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

bool is_hex(char c) { return std::string_view("0123456789abcdefABCDEF").find(c) != std::string_view::npos; }

/// `_x000D_` stands for a character in a spreadsheet's XML: what somebody wrote like that stays as it is.
bool is_escape_at(std::string_view text, std::size_t at) {
    return text.size() - at >= 7 && text[at] == '_' && text[at + 1] == 'x' && text[at + 6] == '_' &&
           std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at) + 2,
                       text.begin() + static_cast<std::ptrdiff_t>(at) + 6, is_hex);
}

/// Text that the XML of a sheet can hold and that comes back as it was.
std::string sheet_text(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto point = code_point_at(text, at);
        if (is_escape_at(text, at)) out += "_x005F";
        if (!point.valid || is_noncharacter(point.value))
            out += "\xEF\xBF\xBD";
        else
            out.append(text, at, point.length);
        at += point.length;
    }
    return out;
}

bool is_link(const std::string& url) {
    const bool plain = url.size() <= link_bytes_max && std::all_of(url.begin(), url.end(), [](char c) {
                           return c > ' ' && c < 0x7F && c != '"' && c != '<' && c != '>';
                       });
    return plain && parse_web_url(url).has_value();
}

class SheetWriter {
public:
    SheetWriter(lxw_workbook* book, const Zone& zone) : book_(book), zone_(zone) {
        head_ = format();
        format_set_bold(head_);
        format_set_border(head_, LXW_BORDER_THIN);
        format_set_bg_color(head_, 0xE8EEF4);
        format_set_text_wrap(head_);
        format_set_align(head_, LXW_ALIGN_VERTICAL_CENTER);
        time_ = format();
        format_set_num_format(time_, "yyyy-mm-dd hh:mm:ss");
        percent_ = format();
        format_set_num_format(percent_, "0.00%");
        points_ = format();
        format_set_num_format(points_, "0.00");
        link_ = workbook_get_default_url_format(book);
    }

    void write(const Table& table) {
        sheet_ = workbook_add_worksheet(book_, sheet_text(table.name).c_str());
        links_ = 0;
        if (sheet_ == nullptr) return;
        const auto last_column = static_cast<lxw_col_t>(std::max<std::size_t>(table.columns.size(), 1) - 1);
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const auto column = static_cast<lxw_col_t>(i);
            worksheet_set_column(sheet_, column, column, table.columns[i].width, nullptr);
            worksheet_write_string(sheet_, 0, column, sheet_text(table.columns[i].title).c_str(), head_);
        }
        row_ = 0;
        for (const auto& row : table.rows) {
            ++row_;
            for (std::size_t i = 0; i < row.size(); ++i) {
                column_ = static_cast<lxw_col_t>(i);
                std::visit(*this, row[i]);
            }
        }
        worksheet_freeze_panes(sheet_, 1, 0);
        worksheet_autofilter(sheet_, 0, 0, row_, last_column);
        worksheet_set_landscape(sheet_);
        worksheet_set_paper(sheet_, a4);
        worksheet_fit_to_pages(sheet_, 1, 0);
        worksheet_repeat_rows(sheet_, 0, 0);
        worksheet_set_footer(sheet_, "&C&P / &N");
    }

    // One for each kind of cell.
    void operator()(std::monostate) {}
    void operator()(const std::string& text) {
        worksheet_write_string(sheet_, row_, column_, sheet_text(text).c_str(), nullptr);
    }
    void operator()(const WebAddress& url) {
        if (!is_link(url.text) || ++links_ > links_max) return (*this)(url.text);
        if (worksheet_write_url(sheet_, row_, column_, url.text.c_str(), link_) != LXW_NO_ERROR)
            return (*this)(url.text);
        // The library shows an address without its scheme where it thinks so: here it is shown as told.
        worksheet_write_string(sheet_, row_, column_, sheet_text(url.text).c_str(), link_);
    }
    void operator()(std::int64_t number) {
        worksheet_write_number(sheet_, row_, column_, static_cast<double>(number), nullptr);
    }
    void operator()(TimePoint at) {
        const auto local = zone_.to_local(at);
        const auto day = std::chrono::floor<std::chrono::days>(local);
        const std::chrono::year_month_day date{day};
        const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(local - day)};
        lxw_datetime when{static_cast<int>(date.year()),
                          static_cast<int>(static_cast<unsigned>(date.month())),
                          static_cast<int>(static_cast<unsigned>(date.day())),
                          static_cast<int>(time.hours().count()),
                          static_cast<int>(time.minutes().count()),
                          static_cast<double>(time.seconds().count())};
        // Before 1900 there are no dates in a spreadsheet.
        if (worksheet_write_datetime(sheet_, row_, column_, &when, time_) != LXW_NO_ERROR || when.year < 1900)
            (*this)(local_text(at, zone_));
    }
    void operator()(Percent percent) {
        worksheet_write_number(sheet_, row_, column_, static_cast<double>(percent.hundredths) / 10'000,
                               percent_);
    }
    void operator()(Points points) {
        worksheet_write_number(sheet_, row_, column_, static_cast<double>(points.hundredths) / 100, points_);
    }

private:
    lxw_format* format() { return workbook_add_format(book_); }

    lxw_workbook* book_;
    const Zone& zone_;
    lxw_format *head_, *time_, *percent_, *points_, *link_;
    lxw_worksheet* sheet_ = nullptr;
    lxw_row_t row_ = 0;
    lxw_col_t column_ = 0;
    int links_ = 0;
};

std::optional<std::string> read_whole(const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    if (!file) return std::nullopt;
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    return file.bad() ? std::nullopt : std::optional(std::move(bytes));
}

}  // namespace

Result<std::string> render_xlsx(const Book& book, const Zone& zone) {
    const Folder folder;
    const Error failed{"not_written", "the spreadsheet could not be written to the temporary folder", ""};
    if (folder.path().empty()) return failed;
    auto place = folder.path();
    const auto file = place + "/book.xlsx";
    lxw_workbook_options options{};
    options.constant_memory = 1;  // a row is written as soon as the next one begins
    options.tmpdir = place.data();
    lxw_workbook* workbook = workbook_new_opt(file.c_str(), &options);
    if (workbook == nullptr) return failed;
    auto title = sheet_text(book.title);
    lxw_doc_properties properties{};
    properties.title = title.data();
    properties.created = std::chrono::floor<std::chrono::seconds>(book.at).time_since_epoch().count();
    workbook_set_properties(workbook, &properties);
    SheetWriter writer(workbook, zone);
    for (const Table& table : book.tables) writer.write(table);
    if (workbook_close(workbook) != LXW_NO_ERROR) return failed;
    auto bytes = read_whole(file);
    if (!bytes) return failed;
    return {boost::system::in_place_value, std::move(*bytes)};
}

}  // namespace alert

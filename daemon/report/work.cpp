#include "report/work.hpp"

#include "alert/codec/escape.hpp"
#include "alert/codec/snapshot_json.hpp"
#include "alert/report/assessment_tables.hpp"
#include "alert/report/circular.hpp"
#include "alert/report/ledger_table.hpp"
#include "alert/report/render.hpp"
#include "alert/report/report_json.hpp"
#include "alert/report/unread_table.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr alert::Duration as_of_margin = std::chrono::days(31);
constexpr auto json_type = "application/json; charset=utf-8";

/// RFC 6266: a plain name for old programs, the right one for the others.
std::pair<std::string, std::string> attachment(const std::string& plain, const std::string& name) {
    return {"Content-Disposition",
            "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + alert::percent_encoded(name)};
}

}  // namespace

ReportWork::ReportWork(ReportOrder order, std::shared_ptr<const alert::Config> config)
    : order_(order),
      config_(std::move(config)),
      assessor_(order_.period, alert::period_before(order_.period, config_->zone), order_.at, order_.by,
                config_->score, config_->zone) {
    policies_[config_->policy->hash] = config_->policy;
}

alert::ReportPeriod ReportWork::wanted() const {
    auto wanted = order_.period;
    if (order_.kind == ReportOrder::Kind::assessment)
        wanted.from = alert::period_before(wanted, config_->zone).from;
    if (order_.past) wanted = {wanted.from - as_of_margin, wanted.to + as_of_margin};
    return wanted;
}

/// Of today nothing is cut: the instant a report was asked for and those of recording come from clocks of
/// their own, and what was answered before is known.
alert::TimePoint ReportWork::known_until() const { return order_.past ? order_.at : alert::TimePoint::max(); }

ReportWork::Needs ReportWork::take(Batch batch) {
    Needs needs;
    begin_page(batch.page);
    read_policies(batch.policies, needs);
    read_texts(batch.texts, needs);
    if (!needs.pieces.empty()) return needs;
    find_cases(needs);
    if (!needs.cases.empty()) return needs;
    find_policies(needs);
    if (needs.nothing()) finish_page(needs);
    return needs;
}

/// A case whose start moves meanwhile may come with a later page again.
void ReportWork::begin_page(const std::vector<alert::CaseId>& page) {
    for (const auto& id : page)
        if (seen_.insert(id).second) page_.insert(id);
}

void ReportWork::read_texts(const std::vector<alert::CaseText>& texts, Needs& needs) {
    for (const auto& text : texts) {
        if (text.unread)
            leave_out(text.id, *text.unread, needs);
        else
            read_text(text, needs);
    }
}

void ReportWork::read_text(const alert::CaseText& text, Needs& needs) {
    if (text.first == 0) {
        const auto snapshot = alert::decode_snapshot(text.id, text.snapshot);
        if (!snapshot && text.snapshot.empty()) return void(absent_.insert(text.id));
        if (!snapshot) return leave_out(text.id, snapshot.error(), needs);
        readers_.insert_or_assign(text.id,
                                  alert::RecordedCaseReader(text.id, snapshot->policy, known_until()));
    }
    const auto reader = readers_.find(text.id);
    if (reader == readers_.end()) return;
    for (const auto& entry : text.entries) {
        if (const auto taken = reader->second.take(entry); !taken) name_unread(text.id, taken.error(), needs);
    }
    if (!text.more()) return;
    const auto next = text.first + text.entries.size();
    if (next < entries_max)
        needs.pieces.emplace_back(text.id, next);
    else
        needs.limits.emplace_back("report_record");
}

/// What cannot be read counts nowhere, so whoever reads the report is told of it, and once in it.
void ReportWork::name_unread(const alert::CaseId& id, const alert::Error& error, Needs& needs) {
    if (!unread_named_.insert(id).second) return;
    needs.limits.emplace_back("report_unread");
    needs.troubles.emplace_back(
        "report", alert::Error{error.code, "case " + id.value + ": " + error.message, error.path});
    unread_.add({id, error});
}

void ReportWork::leave_out(const alert::CaseId& id, const alert::Error& error, Needs& needs) {
    name_unread(id, error, needs);
    readers_.erase(id);
    absent_.insert(id);
}

/// What is lost is replaced by the policy in force, so that the case is shown at all.
void ReportWork::read_policies(const std::map<alert::PolicyHash, std::string>& policies, Needs& needs) {
    for (const auto& [hash, text] : policies) {
        auto policy = alert::parse_policy(text, "config:" + hash.value);
        if (!policy) needs.troubles.emplace_back("policy " + hash.value, policy.error());
        policies_[hash] =
            policy ? std::make_shared<const alert::Policy>(std::move(*policy)) : config_->policy;
    }
}

bool ReportWork::too_many_connected() const { return readers_.size() > page_.size() + connected_max; }

void ReportWork::find_cases(Needs& needs) const {
    if (too_many_connected()) {
        needs.limits.emplace_back("report_connected");
        return;
    }
    std::set<alert::CaseId> missing;
    const auto miss = [&](const alert::CaseId& id) {
        if (missing.size() < connected_max && !readers_.contains(id) && !absent_.contains(id))
            missing.insert(id);
    };
    for (const auto& id : page_) miss(id);
    for (const auto& [id, reader] : readers_)
        for (const auto& named : reader.recorded().named) miss(named);
    needs.cases.assign(missing.begin(), missing.end());
}

void ReportWork::find_policies(Needs& needs) const {
    std::set<alert::PolicyHash> missing;
    for (const auto& [id, reader] : readers_)
        if (!policies_.contains(reader.recorded().policy)) missing.insert(reader.recorded().policy);
    needs.policies.assign(missing.begin(), missing.end());
}

/// All that merges connect is told of at once, whichever pages they would come with: so each is read and
/// folded once. Where they are too many to be read together, each page tells of its own.
void ReportWork::finish_page(Needs& needs) {
    const bool all = !too_many_connected();
    alert::Records records;
    for (const auto& [id, reader] : readers_) records[id] = &reader.recorded();
    for (auto& part : alert::parted_by_merges(records)) {
        const alert::ConnectedCases cases(std::move(part));
        for (const auto& [id, recorded] : cases.records()) {
            if (!page_.contains(id) && !(all && seen_.insert(id).second)) continue;
            const alert::Rules rules{*policies_.at(recorded->policy), *config_->directory, *config_->roster,
                                     *config_->calendar, config_->zone};
            if (const auto entry = cases.entry(rules, id, order_.at)) add(rules, *entry, needs);
        }
    }
    page_.clear();
    readers_.clear();
    absent_.clear();
}

void ReportWork::add(const alert::Rules& rules, const alert::LedgerEntry& entry, Needs& needs) {
    if (order_.kind == ReportOrder::Kind::assessment) return assessor_.add(rules, entry);
    if (!order_.period.holds(entry.started)) return;
    if (rows_.size() + apart_.size() >= rows_max) {
        needs.refused = alert::Error{
            "too_many",
            "more than " + std::to_string(rows_max) + " matters in this period; ask for a shorter one",
            "from"};
        return;
    }
    auto& rows = entry.counts() ? rows_ : apart_;
    rows.push_back({entry.started, entry.view.id.value, alert::ledger_row(rules, entry, 0, order_.at)});
}

/// By start, and numbered from 1; what is listed apart has numbers of its own.
std::vector<std::vector<alert::Cell>> ReportWork::numbered(std::vector<Row>& rows) const {
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
        return std::tie(a.started, a.id) < std::tie(b.started, b.id);
    });
    std::vector<std::vector<alert::Cell>> cells;
    cells.reserve(rows.size());
    for (Row& row : rows) {
        row.cells.front() = static_cast<std::int64_t>(cells.size()) + 1;
        cells.push_back(std::move(row.cells));
    }
    return cells;
}

alert::Book ReportWork::ledger_book() {
    const auto& columns = alert::ledger_columns();
    alert::Book book{"网络舆情台账", order_.at, {}};
    book.tables.push_back({"网络舆情台账", columns, numbered(rows_)});
    book.tables.push_back({"不予受理和合并", columns, numbered(apart_)});
    if (unread_.count() > 0) book.tables.push_back(alert::unread_table(unread_));
    return book;
}

std::string ReportWork::ledger_json() {
    const auto book = ledger_book();
    auto head = alert::period_json(order_.period, config_->zone);
    head["as_of"] = alert::format_rfc3339(order_.at, config_->zone);
    head["count"] = book.tables[0].rows.size();
    json::array columns;
    for (const auto& column : alert::ledger_columns())
        columns.push_back(json::object{{"id", column.id}, {"title", column.title}});
    head["columns"] = std::move(columns);
    auto text = json::serialize(head);
    text.pop_back();
    const auto append = [&](std::string_view name, const alert::Table& table) {
        text.append(",\"").append(name).append("\":[");
        for (std::size_t i = 0; i < table.rows.size(); ++i)
            text.append(i > 0 ? ",\n" : "\n")
                .append(alert::row_json(table.columns, table.rows[i], config_->zone));
        text += "]";
    };
    append("rows", book.tables[0]);
    append("apart", book.tables[1]);
    text += ",\"unread\":" + json::serialize(alert::unread_json(unread_));
    return text + "}\n";
}

/// A CSV has one table: what is listed apart stands below the others, and says what it is, and so does what
/// could not be read.
HttpResponse ReportWork::file(const alert::Book& book, const std::string& name) const {
    const auto period = period_name(order_.period, config_->zone);
    const auto kind = order_.kind == ReportOrder::Kind::ledger ? "ledger" : "assessment";
    const auto named = [&](const std::string& end) {
        return attachment(std::string(kind) + "-" + period + end, period + name + end);
    };
    if (order_.format == ReportOrder::Format::csv) {
        return {.content_type = "text/csv; charset=utf-8",
                .body = alert::render_csv(book, config_->zone),
                .headers = {named(".csv")}};
    }
    auto bytes = alert::render_xlsx(book, config_->zone);
    if (!bytes) return http_error(503, bytes.error().code, bytes.error().message);
    return {.content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            .body = std::move(*bytes),
            .headers = {named(".xlsx")}};
}

HttpResponse ReportWork::answer() {
    using Format = ReportOrder::Format;
    if (order_.kind == ReportOrder::Kind::ledger) {
        if (order_.format == Format::json) return {.content_type = json_type, .body = ledger_json()};
        auto book = ledger_book();
        if (order_.format == Format::csv) {
            auto& rows = book.tables[0].rows;
            auto& apart = book.tables[1].rows;
            for (auto& row : apart)
                row.front() = std::get<std::int64_t>(row.front()) + static_cast<std::int64_t>(rows.size());
            std::move(apart.begin(), apart.end(), std::back_inserter(rows));
            alert::note_unread(book.tables[0], unread_, "case", "remarks");
        }
        return file(book, book.title);
    }
    auto report = assessor_.result();
    report.unread = std::move(unread_);
    if (order_.format == Format::json) {
        return {.content_type = json_type,
                .body = json::serialize(alert::assessment_json(report, config_->zone)) + "\n"};
    }
    if (order_.format == Format::html) {
        return {.content_type = "text/html; charset=utf-8",
                .body = alert::render_circular(report, config_->zone),
                .headers = {{"Content-Security-Policy", alert::circular_policy()}}};
    }
    alert::Book book{"政务舆情回应考核", order_.at, alert::assessment_tables(report, config_->zone)};
    if (order_.format == Format::csv) alert::note_unread(book.tables[0], report.unread, "name", "name");
    return file(book, book.title);
}

}  // namespace yuqing

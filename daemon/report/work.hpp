// One report under way, on the thread of reports: takes cases as the text they are in Redis, says what it
// still needs of them, and in the end writes the file. Never touched by two threads at once: whoever holds it
// hands it over.
#pragma once

#include "alert/codec/recorded_case.hpp"
#include "alert/config/config.hpp"
#include "alert/redis/ledger_reader.hpp"
#include "alert/report/table.hpp"
#include "http_message.hpp"
#include "report/order.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace yuqing {

class ReportWork {
public:
    static constexpr std::size_t rows_max = 20'000;      // of a ledger; a longer period is refused
    static constexpr std::size_t entries_max = 100'000;  // of one record
    static constexpr std::size_t connected_max = 1'000;  // cases beside a page's own that merges lead to

    ReportWork(ReportOrder order, std::shared_ptr<const alert::Config> config);

    /// What is read for it.
    struct Batch {
        std::vector<alert::CaseId> page;  // a new page begins; those not met before are needed
        std::vector<alert::CaseText> texts;
        std::map<alert::PolicyHash, std::string> policies;  // empty text: it is lost
    };
    /// What must be read before the page is done.
    struct Needs {
        std::vector<alert::CaseId> cases;
        std::vector<std::pair<alert::CaseId, std::size_t>> pieces;  // of records, and where each goes on
        std::vector<alert::PolicyHash> policies;
        std::vector<std::string> limits;                             // that were hit
        std::vector<std::pair<std::string, alert::Error>> troubles;  // what cannot be read and does not count
        std::optional<alert::Error> refused;                         // it ends here
        [[nodiscard]] bool nothing() const { return cases.empty() && pieces.empty() && policies.empty(); }
    };
    Needs take(Batch batch);
    /// The answer, once all pages are done.
    HttpResponse answer();

    [[nodiscard]] const ReportOrder& order() const { return order_; }
    /// Cases of this period are looked at. A fact recorded after `as_of` may have moved a start since, so
    /// there it reaches a month further on both sides.
    [[nodiscard]] alert::ReportPeriod wanted() const;

private:
    struct Row {
        alert::TimePoint started;
        std::string id;
        std::vector<alert::Cell> cells;
    };

    void begin_page(const std::vector<alert::CaseId>& page);
    void read_texts(const std::vector<alert::CaseText>& texts, Needs& needs);
    void read_text(const alert::CaseText& text, Needs& needs);
    void name_unread(const alert::CaseId& id, const alert::Error& error, Needs& needs);
    void leave_out(const alert::CaseId& id, const alert::Error& error, Needs& needs);
    void read_policies(const std::map<alert::PolicyHash, std::string>& policies, Needs& needs);
    void find_cases(Needs& needs) const;
    void find_policies(Needs& needs) const;
    void finish_page(Needs& needs);
    [[nodiscard]] bool too_many_connected() const;
    [[nodiscard]] alert::TimePoint known_until() const;
    void add(const alert::Rules& rules, const alert::LedgerEntry& entry, Needs& needs);
    [[nodiscard]] std::vector<std::vector<alert::Cell>> numbered(std::vector<Row>& rows) const;
    [[nodiscard]] alert::Book ledger_book();
    [[nodiscard]] std::string ledger_json();
    [[nodiscard]] HttpResponse file(const alert::Book& book, const std::string& name) const;

    ReportOrder order_;
    std::shared_ptr<const alert::Config> config_;
    std::map<alert::PolicyHash, std::shared_ptr<const alert::Policy>> policies_;
    std::set<alert::CaseId> seen_;  // of all pages, and what merges connect with them
    std::set<alert::CaseId> page_;  // of this one, not seen before
    std::map<alert::CaseId, alert::RecordedCaseReader> readers_;  // of the page and what merges lead to
    std::set<alert::CaseId> absent_;        // named by a merge and not there, or lost; of this page
    std::set<alert::CaseId> unread_named_;  // of all pages
    alert::UnreadCases unread_;
    std::vector<Row> rows_, apart_;
    alert::Assessor assessor_;
};

}  // namespace yuqing

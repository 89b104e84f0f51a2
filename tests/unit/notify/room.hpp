// What every format's test writes: a room with three officers, and one message to them.
#pragma once

#include "alert/notify/format.hpp"
#include "support/office.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace yuqing::test {

using namespace alert;  // NOLINT(google-build-using-namespace): a header of tests alone

struct Room {
    Directory directory{
        .officers = {
            {.id = "zhang", .name = "张三", .mobile = "13800001111", .wecom = "zhangsan", .feishu = "ou_z"},
            {.id = "li", .name = "李四", .mobile = "13900002222"},
            {.id = "wu", .name = "吴五", .wecom = "wuwu", .dingtalk = "wu5"}}};
    Zone zone = Zone::find("Asia/Shanghai").value();
    TimePoint now = t0;

    [[nodiscard]] Scene scene() const {
        return {directory, "qingshan", "http://board.example:9570",
                zone,      now,        {"0123456789abcdef0123456789abcdef"}};
    }
    [[nodiscard]] Letter write(const Format& format, const std::vector<Notification>& messages,
                               Shape shape = Shape::full) const {
        return format.write(messages, shape, scene());
    }
};

inline Notification message(const std::string& title = "化工厂爆炸",
                            const std::vector<std::string>& officers = {"zhang"}) {
    return {.id = NotificationId("n1"),
            .reason = Reason::reminder,
            .matter = CaseBrief{.id = CaseId("QS-1"),
                                .title = title,
                                .class_id = "emergency",
                                .incident_grade = IncidentGrade::major,
                                .field = "安全生产",
                                .lead_unit = "县应急管理局"},
            .obligation = ObligationBrief{.id = "authoritative_release",
                                          .title = "发布权威信息",
                                          .kind = ObligationKind::statutory,
                                          .start = t0 - 4h,
                                          .due = t0 + 1h,
                                          .basis = "国办发〔2016〕80号",
                                          .guide = "先发布已核实事实"},
            .step = StepBrief{.at = "due-1h", .planned = t0},
            .targets = {{"duty_officer", officers}}};
}

inline std::string text_at(const std::string& body, const std::string& pointer) {
    return std::string(boost::json::parse(body).at_pointer(pointer).as_string());
}

}  // namespace yuqing::test

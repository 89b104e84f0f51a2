#include "act_page.hpp"

#include "alert/core/obligations.hpp"
#include "alert/core/privacy.hpp"

#include <kainjow/mustache.hpp>

#include <algorithm>

namespace yuqing {

namespace mustache = kainjow::mustache;

namespace {

constexpr std::size_t name_bytes_max = 120;
constexpr std::size_t url_bytes_max = 2000;

struct KindText {
    alert::ResponseKind kind;
    const char* text;
};
using alert::ResponseKind;
constexpr KindText kinds[] = {
    {ResponseKind::authoritative_release, "权威发布"}, {ResponseKind::press_conference, "新闻发布会"},
    {ResponseKind::media_briefing, "媒体通气会"},      {ResponseKind::media_interview, "接受采访"},
    {ResponseKind::holding_statement, "初步回应"},     {ResponseKind::online_reply, "网上回复"},
    {ResponseKind::hotline_reply, "热线答复"},         {ResponseKind::rumor_refutation, "辟谣"},
    {ResponseKind::progress_update, "进展通报"},       {ResponseKind::final_report, "最终通报"}};

// {{name}} is escaped; nothing here is written unescaped.
constexpr const char* frame_begin = R"(<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>舆情事项 {{id}}</title><link rel="stylesheet" href="/act.css"></head><body><main>
)";
constexpr const char* page = R"(<p class="class">{{class}} · {{status}}</p>
<h1><bdi>{{title}}</bdi></h1>
{{#problem}}<p class="problem" role="alert">{{problem}}</p>
{{/problem}}<p class="unit">责任单位 <b><bdi>{{unit}}</bdi></b></p>
<ul class="obligations">
{{#obligations}}<li class="{{state}}"><b>{{name}}</b> <span>{{due}}</span> <strong>{{left}}</strong>
{{#guide}}<p>{{guide}}</p>{{/guide}}{{#basis}}<small>{{basis}}</small>{{/basis}}</li>
{{/obligations}}</ul>
{{#deeds}}<p class="done">{{what}}：<b><bdi>{{by}}</bdi></b> <time>{{at}}</time></p>
{{/deeds}}{{#form}}<form method="post">
<input type="hidden" name="seen" value="{{version}}">
<fieldset><legend>谁在操作？ <span lang="en">Who acts?</span></legend>
{{#people}}<label><input type="radio" name="who" value="{{who}}" required> <bdi>{{name}}</bdi></label>
{{/people}}{{#anybody}}<label>姓名 <span lang="en">Name</span>
<input name="name" maxlength="40" autocomplete="name" required></label>
{{/anybody}}</fieldset>
{{#acknowledge}}<button name="act" value="acknowledge">签收 <span lang="en">Acknowledge</span></button>
{{/acknowledge}}<fieldset><legend>已经发布回应 <span lang="en">A response was published</span></legend>
<label>方式 <select name="kind">{{#kinds}}<option value="{{kind}}">{{text}}</option>{{/kinds}}</select></label>
<label>网址（可不填） <input name="url" type="url" maxlength="2000" placeholder="https://"></label>
<button name="act" value="publish">已发布 <span lang="en">Published</span></button></fieldset>
</form>
{{/form}}<p class="id">{{id}}</p>
</main></body></html>
)";
constexpr const char* refused = R"(<h1>链接不能使用</h1>
<p class="problem" role="alert">{{why}}</p><p>{{remedy}}</p>
<p lang="en">This link cannot be used. Open the latest message about the matter, or act on the duty board.</p>
</main></body></html>
)";

const char* status_text(alert::CaseStatus status) {
    switch (status) {
        case alert::CaseStatus::open: return "办理中";
        case alert::CaseStatus::closed: return "已办结";
        case alert::CaseStatus::dismissed: return "不予受理";
        case alert::CaseStatus::merged: return "已并入其他事项";
    }
    return "";
}

std::string left_of(const alert::Obligation& o, alert::TimePoint now) {
    switch (o.status) {
        case alert::ObligationStatus::pending:
        case alert::ObligationStatus::overdue: return alert::remaining_text(o.due, now);
        case alert::ObligationStatus::met: return "按时完成";
        case alert::ObligationStatus::late: return "超期完成";
        case alert::ObligationStatus::waived: return "已豁免";
        case alert::ObligationStatus::void_: return "";
    }
    return "";
}

mustache::data obligation_data(const alert::Obligation& o, const ActScene& scene) {
    mustache::data data;
    data.set("state", std::string(alert::to_string(o.status)));
    data.set("name", o.title.empty() ? o.id : alert::mask_personal_numbers(o.title));
    data.set("due", alert::clock_text(o.due, scene.zone));
    data.set("left", left_of(o, scene.now));
    if (o.open() && !o.guide.empty()) data.set("guide", o.guide);
    if (o.open() && !o.basis.empty()) data.set("basis", o.basis);
    return data;
}

mustache::data deed_data(const Deed& deed, const ActScene& scene) {
    mustache::data data;
    data.set("what", deed.what);
    data.set("by", alert::mask_personal_numbers(deed.by));
    data.set("at", alert::clock_text(deed.at, scene.zone));
    return data;
}

mustache::data deeds_data(const ActScene& scene) {
    mustache::data list{mustache::data::type::list};
    if (scene.acknowledged) list << deed_data(*scene.acknowledged, scene);
    for (const Deed& deed : scene.published) list << deed_data(deed, scene);
    return list;
}

/// The kind that is wanted most comes first, and so is chosen already.
mustache::data kinds_data(const ActScene& scene) {
    std::vector<KindText> sorted(std::begin(kinds), std::end(kinds));
    std::stable_partition(sorted.begin(), sorted.end(), [&](const KindText& one) {
        return publication_wanted(scene.view, scene.policy, one.kind);
    });
    mustache::data list{mustache::data::type::list};
    for (const auto& [kind, text] : sorted) {
        mustache::data one;
        one.set("kind", std::string(alert::to_string(kind)));
        one.set("text", text);
        list << one;
    }
    return list;
}

mustache::data form_data(const ActScene& scene) {
    mustache::data form;
    mustache::data people{mustache::data::type::list};
    for (const auto& id : scene.officers) {
        const auto* officer = scene.directory.find_officer(id);
        mustache::data one;
        one.set("who", id);
        one.set("name", officer ? officer->name : id);
        people << one;
    }
    form.set("people", people);
    form.set("anybody", mustache::data(scene.officers.empty()));
    form.set("acknowledge", mustache::data(!scene.acknowledged));
    form.set("kinds", kinds_data(scene));
    form.set("version", std::to_string(scene.version));
    return form;
}

std::string render(const char* text, const mustache::data& data) {
    mustache::mustache form(std::string(frame_begin) + text);
    return form.render(data);
}

}  // namespace

bool publication_wanted(const alert::CaseView& view, const alert::Policy& policy, alert::ResponseKind kind) {
    return std::any_of(view.obligations.begin(), view.obligations.end(), [&](const alert::Obligation& o) {
        const auto rule = policy.obligations.find(o.rule_id);
        if (!o.open() || rule == policy.obligations.end()) return false;
        const auto& by = rule->second.fulfilled_by;
        return alert::event_type_names[by.event_type] == "response.published" && alert::counts_kind(by, kind);
    });
}

std::string act_page(const ActScene& scene) {
    const alert::CaseView& view = scene.view;
    const auto& classes = scene.policy.classes;
    const auto of = std::find_if(classes.begin(), classes.end(),
                                 [&](const alert::CaseClass& one) { return one.id == view.class_id; });
    const auto& unit = view.attributes.lead_unit_name;
    mustache::data data;
    data.set("id", view.id.value);
    data.set("title", alert::mask_personal_numbers(view.title));
    data.set("class", of == classes.end() ? "" : of->title);
    data.set("status", status_text(view.status));
    data.set("unit", !unit.empty()                       ? unit
                     : view.attributes.lead_unit.empty() ? "未交办"
                                                         : view.attributes.lead_unit);
    if (!scene.problem.empty()) data.set("problem", scene.problem);
    mustache::data obligations{mustache::data::type::list};
    for (const auto& o : view.obligations) {
        if (o.status != alert::ObligationStatus::void_) obligations << obligation_data(o, scene);
    }
    data.set("obligations", obligations);
    data.set("deeds", deeds_data(scene));
    const bool open = view.status == alert::CaseStatus::open || view.status == alert::CaseStatus::closed;
    if (scene.may_act && open) data.set("form", form_data(scene));
    return render(page, data);
}

std::string act_refused_page(const alert::Error& why) {
    mustache::data data;
    data.set("id", "");
    const bool expired = why.code == "expired", no_key = why.path == "http.link_key_file";
    data.set("why", expired  ? "链接已过期。"
                    : no_key ? "尚未配置链接密钥（http.link_key_file），不能从消息里操作。"
                             : "链接不完整或已被改动。");
    data.set("remedy", no_key ? "请联系管理员；急事请用 yuqingctl 或电话报告。"
                              : "请打开这一事项最近的一条消息，或在值守看板上操作。");
    return render(refused, data);
}

alert::Result<ActOrder> read_act_order(const std::map<std::string, std::string>& form,
                                       const std::vector<std::string>& officers,
                                       const alert::Directory& directory) {
    const auto member = [&](const char* name) {
        const auto at = form.find(name);
        return at == form.end() ? std::string() : at->second;
    };
    ActOrder order;
    const auto act = member("act");
    if (act != "acknowledge" && act != "publish") return alert::Error{"invalid", "请按一个按钮。", "act"};
    order.publish = act == "publish";
    const auto who = member("who");
    if (!officers.empty()) {
        if (std::find(officers.begin(), officers.end(), who) == officers.end())
            return alert::Error{"invalid", "请先选择是谁在操作。", "who"};
        const auto* officer = directory.find_officer(who);
        order.by = officer ? officer->name : who;
    } else {
        order.by = member("name");
        if (order.by.find_first_not_of(' ') == std::string::npos || order.by.size() > name_bytes_max)
            return alert::Error{"invalid", "请填写姓名（最多 40 字）。", "name"};
    }
    if (!order.publish) return order;
    const auto kind = alert::parse_response_kind(member("kind"));
    if (!kind) return alert::Error{"invalid", "请选择发布的方式。", "kind"};
    order.kind = *kind;
    order.url = member("url");
    const bool web = order.url.starts_with("http://") || order.url.starts_with("https://");
    if (!order.url.empty() && (!web || order.url.size() > url_bytes_max))
        return alert::Error{"invalid", "网址应以 http:// 或 https:// 开头。", "url"};
    return order;
}

std::string act_style() {
    return R"(:root{color-scheme:light dark}*{box-sizing:border-box}
body{margin:0;font:18px/1.5 system-ui,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}
main{max-width:36em;margin:auto;padding:1em}
h1{font-size:1.3em;margin:.2em 0;overflow-wrap:anywhere}
.class,.id,small,[lang=en]{color:#666;font-size:.8em}
ul{list-style:none;padding:0}li{border-left:.3em solid #0a7;padding:.4em .8em;margin:.6em 0}
li.pending{border-color:#c70}li.overdue{border-color:#c00}li strong{float:right}li.overdue strong{color:#c00}
li p{margin:.2em 0}
.done{background:#0a72;padding:.6em .8em;border-radius:.4em}
.problem{background:#c002;padding:.6em .8em;border-radius:.4em;font-weight:bold}
fieldset{border:1px solid #8888;border-radius:.4em;margin:1em 0;padding:.6em .8em}
label{display:block;padding:.5em 0;overflow-wrap:anywhere}
input[type=radio]{width:1.3em;height:1.3em;vertical-align:middle}
select,input:not([type=radio]){font:inherit;width:100%;padding:.5em}
button{font:inherit;font-weight:bold;display:block;width:100%;padding:.9em;margin:.6em 0;border:0}
button{border-radius:.4em;background:#06c;color:#fff}
button [lang=en]{color:#fff}
)";
}

}  // namespace yuqing

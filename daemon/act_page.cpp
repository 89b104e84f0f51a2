#include "act_page.hpp"

#include "alert/core/obligations.hpp"
#include "alert/core/privacy.hpp"
#include "alert/core/words.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <kainjow/mustache.hpp>

#include <algorithm>
#include <tuple>

namespace yuqing {

namespace mustache = kainjow::mustache;

namespace {

constexpr std::size_t name_bytes_max = 120;
constexpr std::size_t url_bytes_max = 2000;

bool is_web_address(std::string_view url) {
    return boost::istarts_with(url, "http://") || boost::istarts_with(url, "https://");
}

/// As thumbs type and keyboards add: no blanks around it, the wide and the invisible ones too.
std::string trimmed(std::string_view text) {
    constexpr std::string_view blanks[] = {" ", "\t", "\r", "\n", "\u00A0", "\u3000", "\u200B", "\uFEFF"};
    for (bool found = true; found;) {
        found = false;
        for (const auto blank : blanks) {
            const bool before = text.starts_with(blank), behind = !before && text.ends_with(blank);
            if (before) text.remove_prefix(blank.size());
            if (behind) text.remove_suffix(blank.size());
            found = found || before || behind;
        }
    }
    return std::string(text);
}

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

// {{name}} is escaped; nothing here is written unescaped. Addresses are relative: a proxy may have put the
// daemon into a folder.
constexpr const char* frame_begin = R"(<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>舆情事项 {{id}}</title><link rel="stylesheet" href="../act.css"></head><body><main>
)";
constexpr const char* page = R"(<p class="class">{{class}} · {{status}}</p>
<h1><bdi>{{title}}</bdi></h1>
{{#problem}}<p class="problem" role="alert">{{problem}}</p>
{{/problem}}<p class="unit">责任单位 <b><bdi>{{unit}}</bdi></b></p>
{{#facts}}<p class="fact">{{label}} <bdi>{{value}}</bdi></p>
{{/facts}}{{#post}}<p class="fact">原帖
{{#href}}<a href="{{href}}" rel="noreferrer nofollow"><bdi>{{text}}</bdi></a>{{/href}}
{{^href}}<bdi>{{text}}</bdi>{{/href}}</p>
{{/post}}{{#summary}}<p class="summary"><bdi>{{summary}}</bdi></p>
{{/summary}}<ul class="obligations">
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
{{/form}}<p class="id">{{id}} · <a href="../#/{{id}}">值守看板 <span lang="en">Duty board</span></a></p>
</main></body></html>
)";
constexpr const char* refused = R"(<h1>{{heading}}</h1>
<p class="problem" role="alert">{{why}}</p><p>{{remedy}}</p>
<p lang="en">{{english}}</p>
</main></body></html>
)";

struct Refusal {
    std::string_view code;
    const char *heading, *why, *remedy, *english;
};
// The last one is for whatever is wrong with a link.
constexpr Refusal refusals[] = {
    {"expired", "链接不能使用", "链接已过期。", "请打开这一事项最近的一条消息；急事请电话告诉值班人员。",
     "This link has expired. Open the latest message about the matter."},
    {"no_key", "链接不能使用", "尚未配置链接密钥（http.link_key_file），不能从消息里操作。",
     "请联系管理员；急事请用 yuqingctl 或电话报告。",
     "Nobody can act by links yet: http.link_key_file is not set."},
    {"forbidden", "这里不能查看", "这个地址只能在值守系统所在的计算机上打开。",
     "请打开这一事项的消息，点其中的“签收或报告已发布”或“查看事项”；急事请电话告诉值班人员。",
     "This address opens on the daemon's own machine only. Use the link in a message about the matter."},
    {"not_found", "没有这一事项", "没有找到这一事项，地址可能不完整。", "请重新打开消息里的链接。",
     "There is no such matter. Open the link in the message again."},
    {"unavailable", "暂时不能查看", "系统暂时读不到这一事项。", "请稍后再试；急事请电话告诉值班人员。",
     "The matter cannot be read just now. Try again later."},
    {"", "链接不能使用", "链接不完整或已被改动。", "请打开这一事项最近的一条消息；急事请电话告诉值班人员。",
     "This link cannot be used. Open the latest message about the matter."}};

std::string status_text(const alert::CaseView& view) {
    if (view.status == alert::CaseStatus::merged && view.into) return "已并入 " + view.into->value;
    return std::string(alert::chinese_word(to_string(view.status)));
}

std::string left_of(const alert::Obligation& o, alert::TimePoint now) {
    switch (o.status) {
        case alert::ObligationStatus::pending:
        case alert::ObligationStatus::overdue: return alert::remaining_text(o.due, now);
        case alert::ObligationStatus::void_: return "";
        default: return std::string(alert::chinese_word(to_string(o.status)));
    }
}

mustache::data obligation_data(const alert::Obligation& o, const ActScene& scene) {
    mustache::data data;
    data.set("state", std::string(alert::to_string(o.status)));
    data.set("name", alert::mask_personal_numbers(o.title.empty() ? o.id : o.title));
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
    if (scene.record.acknowledged) list << deed_data(*scene.record.acknowledged, scene);
    for (const Deed& deed : scene.record.published) list << deed_data(deed, scene);
    return list;
}

/// What is open comes first, and of that what is due first.
mustache::data obligations_data(const ActScene& scene) {
    std::vector<const alert::Obligation*> sorted;
    for (const auto& o : scene.view.obligations) {
        if (o.status != alert::ObligationStatus::void_) sorted.push_back(&o);
    }
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const alert::Obligation* a, const alert::Obligation* b) {
                         return std::tuple(!a->open(), a->due) < std::tuple(!b->open(), b->due);
                     });
    mustache::data list{mustache::data::type::list};
    for (const auto* o : sorted) list << obligation_data(*o, scene);
    return list;
}

/// Where and what it is, beyond the title. Only an address of the web can be followed.
void add_facts(const ActScene& scene, mustache::data& data) {
    const alert::CaseView& view = scene.view;
    mustache::data facts{mustache::data::type::list};
    const auto add = [&facts](const char* name, const std::string& value) {
        if (value.empty()) return;
        mustache::data one;
        one.set("label", name);
        one.set("value", alert::mask_personal_numbers(value));
        facts << one;
    };
    add("地点", view.place);
    add("平台", view.attributes.platform);
    data.set("facts", facts);
    if (!view.url.empty()) {
        mustache::data post;
        post.set("text", alert::mask_personal_numbers(view.url));
        if (is_web_address(view.url)) post.set("href", view.url);
        data.set("post", post);
    }
    if (!scene.record.summary.empty())
        data.set("summary", alert::mask_personal_numbers(scene.record.summary));
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
    form.set("acknowledge", mustache::data(!scene.record.acknowledged));
    form.set("kinds", kinds_data(scene));
    form.set("version", std::to_string(scene.version));
    return form;
}

std::string render(const char* text, const mustache::data& data) {
    mustache::mustache form(std::string(frame_begin) + text);
    return form.render(data);
}

}  // namespace

std::string publications_owed(const alert::CaseView& view, const alert::Policy& policy) {
    std::string titles;
    for (const auto& o : view.obligations) {
        const auto rule = policy.obligations.find(o.rule_id);
        if (!o.open() || rule == policy.obligations.end()) continue;
        if (!rule->second.fulfilled_by.by_publication()) continue;
        titles += (titles.empty() ? "" : "、") + o.title;
    }
    return titles;
}

bool publication_wanted(const alert::CaseView& view, const alert::Policy& policy, alert::ResponseKind kind) {
    return std::any_of(view.obligations.begin(), view.obligations.end(), [&](const alert::Obligation& o) {
        const auto rule = policy.obligations.find(o.rule_id);
        if (!o.open() || rule == policy.obligations.end()) return false;
        const auto& by = rule->second.fulfilled_by;
        return by.by_publication() && alert::counts_kind(by, kind);
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
    data.set("status", status_text(view));
    data.set("unit", !unit.empty() ? unit
                     : view.attributes.lead_unit.empty()
                         ? "未交办"
                         : alert::mask_personal_numbers(view.attributes.lead_unit));
    const auto no_form = no_form_because(scene);
    const auto& problem = scene.problem.empty() && scene.right != ActRight::none ? no_form : scene.problem;
    if (!problem.empty()) data.set("problem", problem);
    add_facts(scene, data);
    data.set("obligations", obligations_data(scene));
    data.set("deeds", deeds_data(scene));
    if (no_form.empty()) data.set("form", form_data(scene));
    return render(page, data);
}

std::string no_form_because(const ActScene& scene) {
    const alert::CaseView& view = scene.view;
    switch (view.status) {
        case alert::CaseStatus::dismissed: return "这一事项不予受理，不用操作。";
        case alert::CaseStatus::merged:
            return "这一事项" + status_text(view) + "，请在那一事项的消息里操作。";
        case alert::CaseStatus::closed:
            if (!alert::next_due(view)) return "这一事项已办结，不用再操作。";
            break;
        case alert::CaseStatus::open: break;
    }
    switch (scene.right) {
        case ActRight::none: return "这里只能查看；请从消息里的链接操作。";
        case ActRight::expired: return "这条消息已过保存期，这里只能查看；请打开这一事项最近的一条消息操作。";
        case ActRight::act: break;
    }
    return "";
}

std::string act_refused_page(const alert::Error& why) {
    const auto code = why.path == "http.link_key_file" ? "no_key" : why.code;
    const auto* found = std::find_if(std::begin(refusals), std::end(refusals) - 1,
                                     [&](const Refusal& one) { return one.code == code; });
    mustache::data data;
    data.set("id", "");
    data.set("heading", found->heading);
    data.set("why", found->why);
    data.set("remedy", found->remedy);
    data.set("english", found->english);
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
        order.by = trimmed(member("name"));
        if (order.by.empty() || order.by.size() > name_bytes_max)
            return alert::Error{"invalid", "请填写姓名（最多 40 字）。", "name"};
    }
    if (!order.publish) return order;
    const auto kind = alert::parse_response_kind(member("kind"));
    if (!kind) return alert::Error{"invalid", "请选择发布的方式。", "kind"};
    order.kind = *kind;
    order.url = trimmed(member("url"));
    if (!order.url.empty() && (!is_web_address(order.url) || order.url.size() > url_bytes_max))
        return alert::Error{"invalid", "网址应以 http:// 或 https:// 开头。", "url"};
    return order;
}

std::string act_style() {
    return R"(:root{color-scheme:light dark}*{box-sizing:border-box}
body{margin:0;font:18px/1.5 system-ui,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}
main{max-width:36em;margin:auto;padding:1em}
h1{font-size:1.3em;margin:.2em 0;overflow-wrap:anywhere}
.fact{margin:.2em 0}.fact,.summary{overflow-wrap:anywhere}.summary{white-space:pre-line}
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

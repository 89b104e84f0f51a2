#include "alert/codec/message_template.hpp"

#include "alert/codec/escape.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <kainjow/mustache.hpp>

#include <algorithm>
#include <set>

namespace alert {

namespace mustache = kainjow::mustache;

namespace {

constexpr std::string_view words_text =
    "id time timestamp jurisdiction reason heading subject title text line flag card case_id case_url "
    "acknowledge_url board_url class incident_grade opinion_level field lead_unit obligation_id obligation "
    "due "
    "remaining_seconds basis guide mobiles names";
constexpr std::string_view officer_words_text = "id name mobile wecom dingtalk feishu more";

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

std::string inside_json(std::string_view text) {
    const auto quoted = boost::json::serialize(boost::json::string(text));
    return quoted.substr(1, quoted.size() - 2);
}

std::string escaped(std::string_view text, Escape escape) {
    switch (escape) {
        case Escape::json: return inside_json(text);
        case Escape::form: return percent_encoded(text);
        case Escape::xml: return markup_escaped(text);
        case Escape::header: return header_escaped(text);
        case Escape::none: break;
    }
    return std::string(text);
}

mustache::data value_of(const std::string& text, Escape escape) {
    return text.empty() ? mustache::data(false) : mustache::data(escaped(text, escape));
}

mustache::data data_of(const TemplateValues& values, Escape escape) {
    mustache::data root;
    for (const auto& [name, text] : values.words) root.set(name, value_of(text, escape));
    mustache::data officers{mustache::data::type::list};
    for (const auto& words : values.officers) {
        mustache::data officer;
        for (const auto& [name, text] : words) officer.set(name, value_of(text, escape));
        officers.push_back(officer);
    }
    root.set("officers", officers);
    for (std::size_t i = 0; i < values.secrets.size(); ++i) {
        const auto secret = value_of(values.secrets[i], escape);
        if (i == 0) root.set("secret", secret);
        root.set("secret_" + std::to_string(i + 1), secret);
    }
    return root;
}

/// Remembers what nothing has.
class Names : public mustache::context<std::string> {
public:
    using context::context;
    const mustache::data* get(const std::string& name) const override {
        const auto* found = context::get(name);
        if (!found) unknown_.insert(name);
        return found;
    }
    const mustache::data* get_partial(const std::string& name) const override {
        unknown_.insert(">" + name);
        return nullptr;
    }
    [[nodiscard]] const std::set<std::string>& unknown() const { return unknown_; }

private:
    mutable std::set<std::string> unknown_;
};

std::string fill(const std::string& text, Escape escape, const TemplateValues& values,
                 std::set<std::string>* unknown = nullptr) {
    const auto data = data_of(values, escape);
    Names names(&data);
    mustache::mustache filled(text);
    filled.set_custom_escape([](const std::string& done) { return done; });
    auto out = filled.render(names);
    if (unknown) *unknown = names.unknown();
    return out;
}

bool is_number(std::string_view word) { return word == "timestamp" || word == "remaining_seconds"; }

/// A message with everything, and one with nothing that may be missing; each with what breaks a text open.
TemplateValues sample(bool full, std::size_t secrets) {
    const std::string hostile = "\"\\<&'\n";
    TemplateValues values;
    for (const auto word : template_words()) {
        auto& text = values.words[std::string(word)];
        if (full || word == "timestamp") text = is_number(word) ? "-1" : hostile;
    }
    for (int i = 0; full && i < 2; ++i) {
        auto& officer = values.officers.emplace_back();
        for (const auto word : template_officer_words()) officer[std::string(word)] = hostile;
        if (i == 1) officer["more"].clear();
    }
    values.secrets.assign(secrets, hostile);
    return values;
}

Error wrong(std::string message) { return {"invalid", std::move(message), ""}; }

}  // namespace

Escape escape_of(BodyKind kind) {
    switch (kind) {
        case BodyKind::json: return Escape::json;
        case BodyKind::form: return Escape::form;
        case BodyKind::xml: return Escape::xml;
        case BodyKind::text: break;
    }
    return Escape::none;
}

const std::vector<std::string_view>& template_words() {
    static const auto words = split(words_text);
    return words;
}

const std::vector<std::string_view>& template_officer_words() {
    static const auto words = split(officer_words_text);
    return words;
}

std::string fill_template(const std::string& text, Escape escape, const TemplateValues& values) {
    return fill(text, escape, values);
}

std::optional<Error> check_template(const std::string& text, Escape escape, std::size_t secrets) {
    if (text.size() > template_bytes_max)
        return wrong("at most " + std::to_string(template_bytes_max) + " bytes");
    const mustache::mustache parsed(text);
    if (!parsed.is_valid()) return wrong("no Mustache: " + parsed.error_message());
    for (const bool full : {true, false}) {
        std::set<std::string> unknown;
        const auto body = fill(text, escape, sample(full, secrets), &unknown);
        if (!unknown.empty()) {
            const auto& name = *unknown.begin();
            if (name.starts_with('>')) return wrong("partials like {{" + name + "}} are not for messages");
            return wrong("nothing is called {{" + name + "}}");
        }
        boost::json::error_code error;
        if (escape == Escape::json) boost::json::parse(body, error);
        if (error) {
            return wrong(std::string("would be no JSON") +
                         (full ? "" : " when a message has only the least") + "; texts stand inside quotes");
        }
    }
    return std::nullopt;
}

}  // namespace alert

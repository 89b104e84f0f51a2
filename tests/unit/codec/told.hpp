// Events for the codec's tests: a sound one of every type, to be spoilt member by member.
#pragma once

#include "alert/codec/event_json.hpp"

#include <boost/json.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace told {

namespace json = boost::json;

/// The data of a sound event: every member of the contract's table, all readable.
inline json::value sound_data(std::string_view type) {
    static const json::value all = json::parse(R"({
      "opinion.detected": {"title":"路灯不亮","summary":"三个路口","field":"市政","place":"青山县","platform":"抖音",
        "url":"https://example.invalid/1","occurred_at":"2026-06-12T10:00:00+08:00","incident_grade":"none",
        "opinion_level":"blue","lead_unit":"县住建局","assist_units":["县公安局"],
        "heat":{"views":1,"reposts":2,"comments":3,"likes":4},"matter":"opinion","matter_key":"k1",
        "due":"2026-06-20T10:00:00+08:00"},
      "case.assessed": {"by":"张","incident_grade":"major","opinion_level":"red","field":"市政","reason":"核实"},
      "case.assigned": {"by":"张","lead_unit":"县住建局","assist_units":["县公安局"],"reason":"职责"},
      "case.returned": {"by":"张","unit":"县住建局","reason":"非本单位职责"},
      "case.acknowledged": {"by":"张","note":"收到"},
      "response.approved": {"by":"张","note":"同意"},
      "response.published": {"kind":"online_reply","by":"张","channel":"网站","url":"https://example.invalid/2",
        "title":"答复","approved_by":"李","approved_at":"2026-06-12T12:00:00+08:00"},
      "obligation.waived": {"obligation":"response","by":"张","reason":"上级统一回应"},
      "commitment.made": {"commitment":"C1","text":"十日内修复","due":"2026-06-22T18:00:00+08:00","by":"张"},
      "commitment.kept": {"commitment":"C1","by":"张","url":"https://example.invalid/3"},
      "rating.received": {"score":4,"by":"群众"},
      "case.merged": {"into":"QS-2","by":"张","reason":"同一事项"},
      "case.muted": {"until":"2026-06-19T13:38:00+08:00","by":"张","reason":"演练"},
      "case.noted": {"by":"张","text":"已电话联系"},
      "case.closed": {"by":"张","reason":"办结"},
      "case.reopened": {"by":"张","reason":"反弹"},
      "case.dismissed": {"by":"张","reason":"不属本县"},
      "fact.withdrawn": {"event_source":"office","event_id":"7","by":"张","reason":"误报"}})");
    return all.at(type);
}

/// A sound event; change it through at(), which takes a JSON pointer.
class Told {
public:
    explicit Told(std::string_view type)
        : event_{{"specversion", "1.0"},
                 {"id", "e1"},
                 {"source", "office"},
                 {"type", type},
                 {"time", "2026-06-12T13:38:00+08:00"},
                 {"subject", "QS-1"},
                 {"data", sound_data(type)}} {}

    /// `/time` or `/data/title`.
    Told& with(std::string_view path, json::value value) {
        parent(path)[last(path)] = std::move(value);
        return *this;
    }
    Told& with(std::string_view path, std::nullptr_t) { return with(path, json::value(nullptr)); }
    Told& with(std::string_view path, const char* text) { return with(path, json::value(text)); }
    Told& with(std::string_view path, std::string_view text) { return with(path, json::value(text)); }
    Told& with(std::string_view path, const std::string& text) { return with(path, json::value(text)); }
    Told& without(std::string_view path) {
        parent(path).erase(last(path));
        return *this;
    }
    [[nodiscard]] std::string bytes() const { return json::serialize(event_); }
    [[nodiscard]] alert::DecodedEvent decoded() const { return alert::decode_event(bytes()); }

private:
    json::object& parent(std::string_view path) {
        return path.find('/', 1) == path.npos ? event_ : event_.at("data").as_object();
    }
    static std::string_view last(std::string_view path) { return path.substr(path.rfind('/') + 1); }

    json::object event_;
};

inline Told detected() { return Told("opinion.detected"); }

/// The event, or an exception that says why not.
inline alert::Event read(const Told& told) { return told.decoded().event.value(); }

template <class Data>
Data read_data(const Told& told) {
    return std::get<Data>(read(told).data);
}

/// `code path` of the finding; "accepted" when there is none.
inline std::string finding(const alert::DecodedEvent& decoded) {
    if (decoded.event) return "accepted";
    const alert::Error& error = decoded.event.error();
    if (error.message.empty()) throw std::logic_error("a finding without a message");
    return error.code + " " + error.path;
}
inline std::string finding(const Told& told) { return finding(told.decoded()); }
inline std::string finding_of_bytes(std::string_view bytes) { return finding(alert::decode_event(bytes)); }

}  // namespace told

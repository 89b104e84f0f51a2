// Built from yaml-cpp's events, not from its nodes: YAML::Node lets a second key of the same name
// vanish, and its accessors throw without a place.
#include "yaml.hpp"

#include "suggest.hpp"
#include "text_file.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

namespace alert::config {

namespace {

/// yaml-cpp counts from 0 and in bytes; people count from 1 and in characters.
class Lines {
public:
    explicit Lines(std::string_view text) : text_(text) {
        for (std::size_t at = 0; at < text.size(); ++at) {
            if (text[at] == '\n') starts_.push_back(at + 1);
        }
    }

    [[nodiscard]] Place place(const YAML::Mark& mark) {
        if (mark.line < 0 || mark.column < 0) return {};
        const auto line = static_cast<std::size_t>(mark.line);
        const auto column = static_cast<std::size_t>(mark.column);
        if (line >= starts_.size()) return {line + 1, column + 1};
        if (line != last_line_) {
            last_line_ = line;
            last_byte_ = last_char_ = 0;
        }
        // From the place before on, or a line of 4 MiB would be counted anew for each of its words.
        const std::size_t end = std::min(column, text_.size() - starts_[line]);
        for (; last_byte_ < end; ++last_byte_) last_char_ += begins_character(line, last_byte_);
        for (; last_byte_ > end; --last_byte_) last_char_ -= begins_character(line, last_byte_ - 1);
        return {line + 1, last_char_ + 1};
    }

private:
    [[nodiscard]] std::size_t begins_character(std::size_t line, std::size_t byte) const {
        return (static_cast<unsigned char>(text_[starts_[line] + byte]) & 0xC0) != 0x80 ? 1 : 0;
    }

    std::string_view text_;
    std::vector<std::size_t> starts_{0};
    std::size_t last_line_ = 0, last_byte_ = 0, last_char_ = 0;
};

[[noreturn]] void refuse(const YAML::Mark& mark, const char* why) { throw YAML::ParserException(mark, why); }

class Builder : public YAML::EventHandler {
public:
    Builder(Lines& lines, const FileFindings& findings) : lines_(lines), findings_(findings) {}

    [[nodiscard]] Yaml::Ptr root() const { return root_; }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        finish(mark, leaf(mark, Yaml::Kind::nothing), anchor);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        check_tag(mark, tag);
        auto node = leaf(mark, Yaml::Kind::scalar);
        node->text = value;
        node->plain = tag == "?";
        finish(mark, std::move(node), anchor);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto at = anchors_.find(anchor);
        if (at == anchors_.end()) refuse(mark, "an alias inside what it names");
        count(mark, at->second->nodes);
        attach(mark, at->second);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Yaml::Kind::list);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Yaml::Kind::map);
    }
    void OnMapEnd() override { close(); }

private:
    struct Open {
        std::shared_ptr<Yaml> node;
        YAML::Mark mark;
        YAML::anchor_t anchor;
        Yaml::Ptr key;                            // read, its value not yet
        std::map<std::string, std::size_t> seen;  // keys and their lines
    };

    static void check_tag(const YAML::Mark& mark, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!") refuse(mark, "tags (!...) are not supported");
    }

    void count(const YAML::Mark& mark, std::size_t nodes) {
        nodes_ += nodes;
        if (nodes_ > yaml_nodes_max) refuse(mark, "the document is too large");
    }

    std::shared_ptr<Yaml> leaf(const YAML::Mark& mark, Yaml::Kind kind) {
        count(mark, 1);
        auto node = std::make_shared<Yaml>();
        node->kind = kind;
        node->place = lines_.place(mark);
        return node;
    }

    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Yaml::Kind kind) {
        check_tag(mark, tag);
        if (open_.size() >= yaml_depth_max) refuse(mark, "nested too deep");
        open_.push_back({leaf(mark, kind), mark, anchor, nullptr, {}});
    }

    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        finish(done.mark, std::move(done.node), done.anchor);
    }

    void finish(const YAML::Mark& mark, Yaml::Ptr node, YAML::anchor_t anchor) {
        if (anchor != 0) anchors_[anchor] = node;
        attach(mark, std::move(node));
    }

    void attach(const YAML::Mark& mark, Yaml::Ptr node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        parent.node->nodes += node->nodes;
        if (parent.node->kind == Yaml::Kind::list) {
            parent.node->items.push_back(std::move(node));
        } else if (!parent.key) {
            if (node->kind != Yaml::Kind::scalar) refuse(mark, "a key must be a word");
            parent.key = std::move(node);
        } else {
            add_member(parent, std::move(node));
        }
    }

    void add_member(Open& parent, Yaml::Ptr value) {
        const Yaml::Ptr key = std::exchange(parent.key, nullptr);
        const auto [first, is_new] = parent.seen.emplace(key->text, key->place.line);
        if (is_new) {
            parent.node->members.emplace_back(key, std::move(value));
            return;
        }
        findings_.error(key->place, "duplicate_key",
                        "the key " + in_quotes(key->text) + " was given before, on line " +
                            std::to_string(first->second));
    }

    Lines& lines_;
    const FileFindings& findings_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Yaml::Ptr> anchors_;
    std::size_t nodes_ = 0;
    Yaml::Ptr root_;
};

Place place_of_byte(std::string_view text, std::size_t byte) {
    Place place{1, 1};
    for (const char c : text.substr(0, byte)) {
        if (c == '\n') {
            place = {place.line + 1, 1};
        } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
            ++place.column;
        }
    }
    return place;
}

}  // namespace

const Yaml* Yaml::find(std::string_view key) const {
    for (const auto& [name, value] : members) {
        if (name->text == key) return value.get();
    }
    return nullptr;
}

Yaml::Ptr parse_yaml(const std::string& text, const FileFindings& findings) {
    // Before yaml-cpp sees it: it would take byte 4 for the end of the file, and guess at encodings.
    if (const auto bad = first_bad_byte(text)) {
        findings.error(place_of_byte(text, *bad), "syntax",
                       "not UTF-8 text, or a control character; save the file as UTF-8");
        return nullptr;
    }
    Lines lines(text);
    Builder builder(lines, findings);
    try {
        std::istringstream in(text);
        YAML::Parser parser(in);
        parser.HandleNextDocument(builder);
        const Yaml::Ptr root = builder.root();
        if (parser.HandleNextDocument(builder)) {
            findings.error(builder.root()->place, "syntax", "a second document ('---'); one is expected");
            return nullptr;
        }
        return root ? root : std::make_shared<Yaml>();
    } catch (const YAML::Exception& e) {
        findings.error(lines.place(e.mark), "syntax", "not YAML: " + e.msg);
        return nullptr;
    }
}

}  // namespace alert::config

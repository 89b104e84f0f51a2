#include "reply_reader.hpp"

#include "alert/codec/utf8.hpp"

#include <hiredis/read.h>

namespace alert::redis {
namespace {

/// The root of a tree belongs to whoever takes it from the parser, every other part to its parent.
Reply* place_for(const redisReadTask* task) {
    if (task->parent == nullptr) return new Reply;
    auto* parent = static_cast<Reply*>(task->parent->obj);
    return &parent->items[static_cast<std::size_t>(task->idx)];
}

void* create_text(const redisReadTask* task, char* text, std::size_t size) {
    Reply* reply = place_for(task);
    reply->text.assign(text, size);
    reply->kind = Reply::Kind::text;
    if (task->type != REDIS_REPLY_ERROR) return reply;
    reply->kind = Reply::Kind::error;
    reply->text = clean_text(reply->text, error_chars_max).text;
    reply->code = classify_error(reply->text);
    if (reply->text.empty()) reply->text = "Redis refused without a word";
    return reply;
}

/// Null refuses it: the parser then says that memory is short.
void* create_array(const redisReadTask* task, int elements) {
    if (elements > reply_items_max) return nullptr;
    Reply* reply = place_for(task);
    reply->kind = Reply::Kind::array;
    reply->items.resize(static_cast<std::size_t>(elements));
    return reply;
}

void* create_integer(const redisReadTask* task, long long value) {
    Reply* reply = place_for(task);
    reply->kind = Reply::Kind::integer;
    reply->integer = value;
    return reply;
}

void* create_nil(const redisReadTask* task) { return place_for(task); }

void free_reply(void* reply) { delete static_cast<Reply*>(reply); }

redisReplyObjectFunctions builders{create_text, create_array, create_integer, create_nil, free_reply};

}  // namespace

void ReplyReader::Free::operator()(redisReader* reader) const { redisReaderFree(reader); }

ReplyReader::ReplyReader() : reader_(redisReaderCreateWithFunctions(&builders)) {}
ReplyReader::~ReplyReader() = default;

void ReplyReader::feed(std::string_view bytes) {
    unread_bytes_ += bytes.size();
    if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK && broken_.empty())
        broken_ = redisReaderGetError(reader_.get());
}

std::optional<Reply> ReplyReader::next() {
    if (!broken_.empty()) return std::nullopt;
    void* raw = nullptr;
    if (redisReaderGetReply(reader_.get(), &raw) != REDIS_OK) {
        const bool refused = reader_->err == REDIS_ERR_OOM;
        broken_ = refused ? "a reply is larger than any of Redis" : redisReaderGetError(reader_.get());
        return std::nullopt;
    }
    if (raw == nullptr) {
        if (unread_bytes_ > reply_bytes_max) broken_ = "a reply is larger than any of Redis";
        return std::nullopt;
    }
    unread_bytes_ = 0;
    const std::unique_ptr<Reply> reply(static_cast<Reply*>(raw));
    return std::move(*reply);
}

}  // namespace alert::redis

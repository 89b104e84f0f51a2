#include "secret_file.hpp"

#include "client.hpp"
#include "durable_file.hpp"
#include "text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <iostream>
#include <system_error>

namespace yuqing {

namespace {

constexpr mode_t owner_alone = 0600, group_too = 0640, all = 0644, every_bit = 07777;

[[noreturn]] void refuse_file(const std::string& file, const std::string& why) {
    std::cerr << "yuqingctl: " << safe_text(file) << ": " << safe_text(why) << '\n';
    finish(Exit::refused);
}

std::string folder_of(const std::string& file) {
    const auto folder = std::filesystem::path(file).parent_path().string();
    return folder.empty() ? "." : folder;
}

bool share(int out, Readers readers, const std::string& folder) {
    if (readers == Readers::owner) return true;
    if (readers == Readers::everybody) return ::fchmod(out, all) == 0;
    struct stat status {};
    return ::stat(folder.c_str(), &status) == 0 &&
           ::fchown(out, static_cast<uid_t>(-1), status.st_gid) == 0 && ::fchmod(out, group_too) == 0;
}

const Said exists{"已存在，未改动；要更换请先移走旧的",
                  "it is there already and stays; move it away to make another"};

}  // namespace

void require_absent(const std::string& file, Language language) {
    if (std::filesystem::exists(std::filesystem::symlink_status(file)))
        refuse_file(file, exists.in(language));
}

void write_secret_file(const std::string& file, const std::string& text, Readers readers, Language language) {
    const Said failed{"写不进去", "cannot be written"};
    const Said alone{"：只有属主可读", ": its owner alone can read it"};
    const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, owner_alone);
    if (out < 0 && errno == EEXIST) refuse_file(file, exists.in(language));
    if (out < 0) refuse_file(file, cause_text(std::generic_category().message(errno), language));
    const auto folder = folder_of(file);
    const bool shared = share(out, readers, folder);
    const bool written = write_all(out, text);
    const bool synced = written && ::fsync(out) == 0;
    const bool closed = ::close(out) == 0;
    if (!synced || !closed || !sync_folder(folder)) {
        ::unlink(file.c_str());
        refuse_file(file, failed.in(language));
    }
    if (!shared) std::cerr << "yuqingctl: " << safe_text(file) << alone.in(language) << '\n';
}

void replace_file(const std::string& file, const std::string& text, Language language) {
    std::error_code unresolved;
    const auto target = std::filesystem::weakly_canonical(file, unresolved).string();
    const auto place = unresolved ? file : target, beside = place + ".new";
    write_secret_file(beside, text, Readers::owner, language);
    struct stat before {};
    const bool known = ::stat(place.c_str(), &before) == 0;
    const bool owned = !known || ::chown(beside.c_str(), before.st_uid, before.st_gid) == 0;
    const bool same = owned && ::chmod(beside.c_str(), known ? before.st_mode & every_bit : all) == 0;
    if (same && ::rename(beside.c_str(), place.c_str()) == 0 && sync_folder(folder_of(place))) return;
    const auto why = std::generic_category().message(errno);
    ::unlink(beside.c_str());
    refuse_file(file, cause_text(why, language));
}

}  // namespace yuqing

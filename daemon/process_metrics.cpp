#include "process_metrics.hpp"

#include "system_clock.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

namespace yuqing {

namespace {

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// The second number of /proc/self/statm: pages in memory.
void set_resident(prometheus::Gauge& resident) {
    std::ifstream statm("/proc/self/statm");
    double all = 0, pages = 0;
    if (statm >> all >> pages) resident.Set(pages * static_cast<double>(sysconf(_SC_PAGESIZE)));
}

void set_open_fds(prometheus::Gauge& open) {
    std::error_code error;
    const std::filesystem::directory_iterator fds("/proc/self/fd", error);
    if (!error) open.Set(static_cast<double>(std::distance(begin(fds), end(fds))));
}

/// "Max open files   SOFT   HARD   files". A file, not a call that the unit's filter may refuse.
void set_max_fds(prometheus::Gauge& max) {
    std::ifstream limits("/proc/self/limits");
    const std::string wanted = "Max open files";
    for (std::string line; std::getline(limits, line);) {
        if (!line.starts_with(wanted)) continue;
        const auto soft = line.substr(line.find_first_not_of(' ', wanted.size()));
        max.Set(soft.starts_with("unlimited") ? std::numeric_limits<double>::infinity() : std::stod(soft));
    }
}

}  // namespace

ProcessMetrics::ProcessMetrics(prometheus::Registry& registry)
    : cpu_seconds_(prometheus::BuildCounter()
                       .Name("process_cpu_seconds_total")
                       .Help("CPU time, of the user and of the system, in seconds")
                       .Register(registry)
                       .Add({})),
      resident_bytes_(gauge(registry, "process_resident_memory_bytes", "Memory in use, in bytes")),
      open_fds_(gauge(registry, "process_open_fds", "Open descriptors")),
      max_fds_(gauge(registry, "process_max_fds", "Descriptors that it may open")) {
    gauge(registry, "process_start_time_seconds", "Since when it runs, in seconds since 1970")
        .Set(std::chrono::duration<double>(wall_time().time_since_epoch()).count());
    set_max_fds(max_fds_);
}

void ProcessMetrics::look() {
    rusage used{};
    if (getrusage(RUSAGE_SELF, &used) == 0) {
        const double now = seconds(used.ru_utime) + seconds(used.ru_stime);
        cpu_seconds_.Increment(std::max(now - cpu_seconds_.Value(), 0.0));
    }
    set_resident(resident_bytes_);
    set_open_fds(open_fds_);
}

}  // namespace yuqing

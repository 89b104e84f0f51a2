// Loaded into a program before its libraries: system calls that are slow, fail, or tell another time, as the file
// named by FAULTY_CALLS says while the program runs. faulty_calls.py writes it, and compiles this.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct orders {
    _Atomic long sync_delay_ms;     // before each fsync or fdatasync
    _Atomic long sync_fails;        // 1: EIO
    _Atomic long monotonic_lag_ms;  // the clock that stands still while a machine sleeps is so far behind
    _Atomic long wall_offset_ms;    // the time of day is so far ahead
    _Atomic long allocations_left;  // the one that comes to 0 gets nothing; below: all get what they ask for
};

static struct orders none = {.allocations_left = -1};
static struct orders* orders = &none;
static int synced = -1;  // "size path" of every file after each sync
static int (*real_clock)(clockid_t, struct timespec*);

static void* mapped(const char* path) {
    const int file = open(path, O_RDWR | O_CLOEXEC);
    void* map = mmap(NULL, sizeof(struct orders), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    return map == MAP_FAILED ? &none : map;
}

__attribute__((constructor)) static void begin(void) {
    real_clock = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
    const char* log = getenv("FAULTY_SYNCED");
    if (log != NULL) synced = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    const char* path = getenv("FAULTY_CALLS");
    if (path != NULL) orders = mapped(path);
}

// What is on the disk for certain: the size before the sync, for more may have been written meanwhile.
static void note(int file, long size) {
    char link[64], path[512], line[600];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    if (synced < 0 || length <= 0) return;
    path[length] = '\0';
    const int written = snprintf(line, sizeof line, "%ld %s\n", size, path);
    if (write(synced, line, (size_t)written) != written) _exit(70);
}

static int sync_by(long call, int file) {
    struct stat seen;
    const long size = fstat(file, &seen) == 0 ? (long)seen.st_size : 0;
    const long delay = orders->sync_delay_ms;
    if (delay > 0) {
        const struct timespec wait = {delay / 1000, delay % 1000 * 1000000};
        nanosleep(&wait, NULL);
    }
    if (orders->sync_fails != 0) {
        errno = EIO;
        return -1;
    }
    const int result = (int)syscall(call, file);
    if (result == 0) note(file, size);
    return result;
}

int fsync(int file) { return sync_by(SYS_fsync, file); }
int fdatasync(int file) { return sync_by(SYS_fdatasync, file); }

static long ahead_ms(clockid_t clock) {
    switch (clock) {
        case CLOCK_MONOTONIC:
        case CLOCK_MONOTONIC_COARSE:
        case CLOCK_MONOTONIC_RAW: return -orders->monotonic_lag_ms;
        case CLOCK_REALTIME:
        case CLOCK_REALTIME_COARSE: return orders->wall_offset_ms;
        default: return 0;
    }
}

int clock_gettime(clockid_t clock, struct timespec* at) {
    const int result = real_clock != NULL ? real_clock(clock, at) : (int)syscall(SYS_clock_gettime, clock, at);
    const long ahead = ahead_ms(clock);
    if (ahead == 0 || result != 0) return result;
    const long nanoseconds = at->tv_nsec + ahead % 1000 * 1000000 + 1000000000;  // never negative
    at->tv_sec += ahead / 1000 + nanoseconds / 1000000000 - 1;
    at->tv_nsec = nanoseconds % 1000000000;
    return 0;
}

int gettimeofday(struct timeval* restrict at, void* restrict zone) {
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t* at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at != NULL) *at = now.tv_sec;
    return now.tv_sec;
}

#ifdef ALLOCATIONS  // not for programs with an allocator of their own

static int refused(void) {
    if (orders->allocations_left < 0) return 0;
    if (atomic_fetch_sub(&orders->allocations_left, 1) != 0) return 0;
    errno = ENOMEM;
    return 1;
}

extern void* __libc_malloc(size_t);
extern void* __libc_calloc(size_t, size_t);
extern void* __libc_realloc(void*, size_t);

void* malloc(size_t size) { return refused() ? NULL : __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return refused() ? NULL : __libc_calloc(count, size); }
void* realloc(void* held, size_t size) { return refused() ? NULL : __libc_realloc(held, size); }

#endif

/* Preloaded into processes of the chaos run: a clock that is wrong, and a disk that is full.
 *
 * CHAOS_CLOCK: seconds by which this process' wall clock is ahead. Its monotonic clock is right.
 * CHAOS_FULL:  while this file exists, no file of this process can be made longer. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static long ahead(void) {
    static long seconds, known;
    if (!known) {
        const char *text = getenv("CHAOS_CLOCK");
        seconds = text ? atol(text) : 0;
        known = 1;
    }
    return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = (int)syscall(SYS_clock_gettime, clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += ahead();
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *into) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (into) *into = now.tv_sec;
    return now.tv_sec;
}

static int no_room(int file, off_t end) {
    static const char *flag;
    struct stat found;
    if (!flag) flag = getenv("CHAOS_FULL") ? getenv("CHAOS_FULL") : "";
    if (!*flag || access(flag, F_OK) || fstat(file, &found)) return 0;
    return S_ISREG(found.st_mode) && end > found.st_size;
}

#define REAL(name, type) static type real; if (!real) real = (type)dlsym(RTLD_NEXT, name)
#define REFUSE do { errno = ENOSPC; return -1; } while (0)

ssize_t pwrite(int file, const void *data, size_t size, off_t at) {
    typedef ssize_t (*call)(int, const void *, size_t, off_t);
    REAL("pwrite", call);
    if (no_room(file, at + (off_t)size)) REFUSE;
    return real(file, data, size, at);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    return pwrite(file, data, size, at);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at) {
    typedef ssize_t (*call)(int, const struct iovec *, int, off_t);
    off_t size = 0;
    REAL("pwritev", call);
    for (int n = 0; n < count; n++) size += (off_t)parts[n].iov_len;
    if (no_room(file, at + size)) REFUSE;
    return real(file, parts, count, at);
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t at) {
    return pwritev(file, parts, count, at);
}

ssize_t write(int file, const void *data, size_t size) {
    typedef ssize_t (*call)(int, const void *, size_t);
    REAL("write", call);
    if (file > 2 && no_room(file, lseek(file, 0, SEEK_CUR) + (off_t)size)) REFUSE;
    return real(file, data, size);
}

int posix_fallocate(int file, off_t at, off_t size) {
    typedef int (*call)(int, off_t, off_t);
    REAL("posix_fallocate", call);
    return no_room(file, at + size) ? ENOSPC : real(file, at, size);
}

int posix_fallocate64(int file, off64_t at, off64_t size) {
    return posix_fallocate(file, at, size);
}

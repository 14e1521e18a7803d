/* Makes the Nth write, fdatasync, fsync, close, open or change of a name fail, for one call or for all from then on.
   Only paths that hold a certain text count: that of segments, unless another is given. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { NONE, WRITE, SYNC, CLOSE, OPEN, NAME };
static int armed_call, armed_nth, armed_error, armed_for_good, seen;
static char within[4096] = ".jsonl";

void faults_within(const char *text) { snprintf(within, sizeof within, "%s", text); }

void faults_arm(int call, int nth, int error, int for_good) {
    armed_call = call; armed_nth = nth; armed_error = error; armed_for_good = for_good; seen = 0;
}

int faults_seen(void) { return seen; }

static int is_due(int call) {
    if (call != armed_call) return 0;
    seen++;
    return seen == armed_nth || (armed_for_good && seen > armed_nth);
}

static int is_segment(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return strstr(path, within) != NULL;
}

ssize_t write(int fd, const void *data, size_t size) {
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    if (armed_call == WRITE && is_segment(fd) && is_due(WRITE)) {
        if (armed_error == 0) return real(fd, data, size > 1 ? size / 2 : size); /* a short write */
        if (armed_error < 0) { real(fd, data, size / 2); errno = -armed_error; return -1; } /* torn, then failed */
        errno = armed_error;
        return -1;
    }
    return real(fd, data, size);
}

static int sync_with(const char *name, int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, name);
    if (armed_call == SYNC && is_segment(fd) && is_due(SYNC)) { errno = armed_error; return -1; }
    return real(fd);
}

int fdatasync(int fd) { return sync_with("fdatasync", fd); }
int fsync(int fd) { return sync_with("fsync", fd); }

int close(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "close");
    if (armed_call == CLOSE && is_segment(fd) && is_due(CLOSE)) { real(fd); errno = armed_error; return -1; }
    return real(fd);
}

static int open_with(const char *name, const char *path, int flags, mode_t mode) {
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, name);
    if (armed_call == OPEN && (flags & O_CREAT) && strstr(path, within) && is_due(OPEN)) {
        errno = armed_error;
        return -1;
    }
    return real(path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list rest; va_start(rest, flags); mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; va_end(rest);
    return open_with("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list rest; va_start(rest, flags); mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; va_end(rest);
    return open_with("open64", path, flags, mode);
}

static int is_refused(const char *path) {
    if (armed_call != NAME || !strstr(path, within) || !is_due(NAME)) return 0;
    errno = armed_error;
    return 1;
}

int mkdir(const char *path, mode_t mode) {
    int (*real)(const char *, mode_t) = dlsym(RTLD_NEXT, "mkdir");
    return is_refused(path) ? -1 : real(path, mode);
}

int rename(const char *from, const char *to) {
    int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
    return is_refused(to) ? -1 : real(from, to);
}

int link(const char *from, const char *to) {
    int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "link");
    return is_refused(to) ? -1 : real(from, to);
}

int linkat(int at, const char *from, int to_at, const char *to, int flags) {
    int (*real)(int, const char *, int, const char *, int) = dlsym(RTLD_NEXT, "linkat");
    return is_refused(to) ? -1 : real(at, from, to_at, to, flags);
}

int unlink(const char *path) {
    int (*real)(const char *) = dlsym(RTLD_NEXT, "unlink");
    return is_refused(path) ? -1 : real(path);
}

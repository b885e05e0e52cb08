/* Makes writes, syncs and opens of a program fail, for files below one folder: preloaded into the server under test.
 *
 * FAULT_FOLDER names the folder, FAULT_CONTROL a file of four 64-bit numbers that the test and this code share: how many
 * operations go well before the first fails, how many then fail (-1: all), with which errno, and how many operations
 * there were so far. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

struct control {
    int64_t good, bad, error, seen;
};

static struct control *control;
static const char *folder;

__attribute__((constructor)) static void start(void) {
    folder = getenv("FAULT_FOLDER");
    const char *path = getenv("FAULT_CONTROL");
    if (!folder || !path) return;
    int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    int fd = real_open(path, O_RDWR);
    if (fd < 0) return;
    void *shared = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (shared != MAP_FAILED) control = shared;
}

/* Whether this operation fails. */
static int fails(void) {
    __atomic_add_fetch(&control->seen, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&control->bad, __ATOMIC_SEQ_CST) == 0) return 0;
    if (__atomic_sub_fetch(&control->good, 1, __ATOMIC_SEQ_CST) >= 0) return 0;
    int64_t bad = __atomic_load_n(&control->bad, __ATOMIC_SEQ_CST);
    while (bad > 0 && !__atomic_compare_exchange_n(&control->bad, &bad, bad - 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
    }
    if (bad == 0) return 0;
    errno = (int)control->error;
    return 1;
}

static int path_fails(const char *path) {
    return control && !strncmp(path, folder, strlen(folder)) && fails();
}

static int file_fails(int fd) {
    if (!control) return 0;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return path_fails(path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                             \
    int name(const char *path, int flags, ...) {               \
        va_list rest;                                          \
        va_start(rest, flags);                                 \
        mode_t mode = va_arg(rest, int);                       \
        va_end(rest);                                          \
        if (path_fails(path)) return -1;                       \
        return REAL(name)(path, flags, mode);                  \
    }

OPEN(open)
OPEN(open64)

ssize_t write(int fd, const void *bytes, size_t length) {
    return file_fails(fd) ? -1 : REAL(write)(fd, bytes, length);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    return file_fails(fd) ? -1 : REAL(pwrite)(fd, bytes, length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    return file_fails(fd) ? -1 : REAL(pwrite64)(fd, bytes, length, at);
}

int fsync(int fd) {
    return file_fails(fd) ? -1 : REAL(fsync)(fd);
}

int fdatasync(int fd) {
    return file_fails(fd) ? -1 : REAL(fdatasync)(fd);
}

int ftruncate(int fd, off_t length) {
    return file_fails(fd) ? -1 : REAL(ftruncate)(fd, length);
}

int ftruncate64(int fd, off64_t length) {
    return file_fails(fd) ? -1 : REAL(ftruncate64)(fd, length);
}

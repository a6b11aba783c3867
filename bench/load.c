// Many browsers as one process: WebSocket clients on one epoll loop, for the benches. It parses no JSON and allocates nothing a
// message, so that it takes less of a core than the server under test (each bench prints how much less).
//
//   load PORT COOKIES socketio|bare [JOIN]
//
// One client for each line of the file COOKIES. Socket.IO clients send JOIN, once connected, as an event to be acknowledged.
// Prints `ready SECONDS FAILURES` when all are in, counted from the first connect. Then obeys lines on standard input:
//   count N        answers `counting`, then `counted` when N events have come since
//   burst MESSAGE  every client sends it once, at once
//   loop K MESSAGE every client sends it K times, each when the one before was acknowledged
//                  both answer `acked SECONDS P50_MS P95_MS MAX_MS FAILURES`; % in MESSAGE becomes an id of its own, and MESSAGE
//                  may be two with a tab between, which each client then sends in turns
//   cpu            answers `cpu SECONDS` that this process has used
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { UPGRADING, OPENING, CONNECTING, JOINING, IN };
#define SHOWN 80  // bytes of a message that are looked at
#define CONNECTING_AT_ONCE 128

typedef struct {
  int fd, stage, head_len, left;
  unsigned char head[14];
  uint64_t body_left;
  char shown[SHOWN + 1];
  int shown_len, opcode, newline_run;
  double sent_at;
} Client;

static Client *clients;
static char **cookies;
static int total, begun, ready, failures, epoll_fd, port, bare;
static const char *join_message;
static uint64_t events, events_wanted, ids;
static double started, work_started, *latencies;
static int acks, acks_wanted, work_each;
static char work_messages[2][1024];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void write_all(Client *c, const char *data, size_t size) {
  while (size) {
    ssize_t n = send(c->fd, data, size, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) { usleep(50); continue; }
    if (n < 0) die("send");
    data += n, size -= (size_t)n;
  }
}

// A text frame with the mask 0, which leaves the payload as it is (RFC 6455, 5.3).
static void send_text(Client *c, const char *text) {
  char frame[2048];
  size_t size = strlen(text), at = 0;
  frame[at++] = (char)0x81;
  if (size < 126) frame[at++] = (char)(0x80 | size);
  else frame[at++] = (char)(0x80 | 126), frame[at++] = (char)(size >> 8), frame[at++] = (char)size;
  memset(frame + at, 0, 4), at += 4;
  memcpy(frame + at, text, size);
  write_all(c, frame, at + size);
}

static void send_acked(Client *c, const char *message) {
  char text[1536];
  char *to = text + sprintf(text, "420");
  for (const char *p = message; *p; p++)
    if (*p == '%') to += sprintf(to, "%032llx", (unsigned long long)(++ids | (uint64_t)getpid() << 40));
    else *to++ = *p;
  *to = 0;
  c->sent_at = now();
  send_text(c, text);
}

static int by_size(const void *a, const void *b) {
  double d = *(const double *)a - *(const double *)b;
  return d < 0 ? -1 : d > 0;
}

static void connect_next(void) {
  if (begun == total) return;
  Client *c = &clients[begun];
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  char request[1024];
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0) die("socket");
  int one = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &wanted);
  snprintf(request, sizeof request,
           "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nCookie: %s\r\n"
           "Sec-WebSocket-Key: ZGllbWNhdS1iZW5jaC1rZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
           bare ? "/" : "/socket.io/?EIO=4&transport=websocket", port, cookies[begun]);
  begun++;
  write_all(c, request, strlen(request));
}

static void is_in(Client *c) {
  c->stage = IN;
  if (++ready == total) printf("ready %.6f %d\n", now() - started, failures);
  connect_next();
}

static void acked(Client *c) {
  if (!strstr(c->shown, "\"ok\":true")) {
    if (!failures++) fprintf(stderr, "refused: %s\n", c->shown);
  }
  if (c->stage == JOINING) { is_in(c); return; }
  if (acks >= acks_wanted) return;
  latencies[acks++] = now() - c->sent_at;
  if (--c->left > 0) send_acked(c, work_messages[(work_each - c->left) % 2]);
  if (acks == acks_wanted) {
    double seconds = now() - work_started;
    qsort(latencies, (size_t)acks, sizeof *latencies, by_size);
    printf("acked %.6f %.3f %.3f %.3f %d\n", seconds, latencies[acks / 2] * 1e3, latencies[acks * 95 / 100] * 1e3,
           latencies[acks - 1] * 1e3, failures);
  }
}

static void message_came(Client *c) {
  const char *m = c->shown;
  if (c->opcode == 8) { fprintf(stderr, "closed by the server\n"); exit(1); }
  if (bare || !strncmp(m, "42", 2)) {
    if (++events == events_wanted) printf("counted\n");
  } else if (!strcmp(m, "2")) send_text(c, "3");
  else if (m[0] == '0') c->stage = CONNECTING, send_text(c, "40");
  else if (!strncmp(m, "40", 2) && c->stage == CONNECTING) {
    if (*join_message) c->stage = JOINING, send_acked(c, join_message);
    else is_in(c);
  } else if (!strncmp(m, "43", 2)) acked(c);
  else if (!strncmp(m, "44", 2)) { fprintf(stderr, "not let in: %s\n", m); exit(1); }
}

static void take(Client *c, const unsigned char *data, size_t size) {
  size_t at = 0;
  for (; c->stage == UPGRADING && at < size; at++) {  // up to the empty line
    if (c->head_len < 12) c->head[c->head_len++] = data[at];
    c->newline_run = data[at] == '\n' ? c->newline_run + 1 : data[at] == '\r' ? c->newline_run : 0;
    if (c->newline_run == 2) {
      if (memcmp(c->head + 9, "101", 3)) { fprintf(stderr, "no upgrade: %.12s\n", (char *)c->head); exit(1); }
      c->head_len = 0;
      if (bare) is_in(c);
      else c->stage = OPENING;
    }
  }
  while (at < size) {
    if (!c->body_left) {
      c->head[c->head_len++] = data[at++];
      int short_size = c->head_len > 1 ? c->head[1] & 127 : 0, need = short_size == 127 ? 10 : short_size == 126 ? 4 : 2;
      if (c->head_len < need) continue;
      c->body_left = (uint64_t)short_size;
      if (need > 2) {
        c->body_left = 0;
        for (int i = 2; i < need; i++) c->body_left = c->body_left << 8 | c->head[i];
      }
      c->opcode = c->head[0] & 15, c->head_len = 0, c->shown_len = 0;
      if (c->body_left) continue;
    } else {
      size_t here = size - at < c->body_left ? size - at : c->body_left;
      size_t look = (size_t)(SHOWN - c->shown_len) < here ? (size_t)(SHOWN - c->shown_len) : here;
      memcpy(c->shown + c->shown_len, data + at, look);
      c->shown_len += (int)look, c->body_left -= here, at += here;
      if (c->body_left) continue;
    }
    c->shown[c->shown_len] = 0;
    message_came(c);
  }
}

static void obey(char *line) {
  line[strcspn(line, "\n")] = 0;
  if (!strncmp(line, "count ", 6)) events = 0, events_wanted = strtoull(line + 6, NULL, 10), printf("counting\n");
  else if (!strcmp(line, "cpu")) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("cpu %.6f\n", used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
  } else {
    char *message = line + 6;
    work_each = 1;
    if (!strncmp(line, "loop ", 5)) work_each = (int)strtol(line + 5, &message, 10), message++;
    char *other = strchr(message, '\t');
    if (other) *other++ = 0;
    snprintf(work_messages[0], sizeof *work_messages, "%s", message);
    snprintf(work_messages[1], sizeof *work_messages, "%s", other ? other : message);
    acks = failures = 0, acks_wanted = work_each * total;
    latencies = realloc(latencies, sizeof *latencies * (size_t)acks_wanted);
    work_started = now();
    for (int i = 0; i < total; i++) clients[i].left = work_each, send_acked(&clients[i], work_messages[0]);
  }
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  port = atoi(argv[1]), bare = !strcmp(argv[3], "bare"), join_message = argc > 4 ? argv[4] : "";
  FILE *file = fopen(argv[2], "r");
  if (!file) die(argv[2]);
  char line[512];
  while (fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = 0;
    cookies = realloc(cookies, sizeof *cookies * (size_t)(total + 1));
    cookies[total++] = strdup(line);
  }
  struct rlimit files = {.rlim_cur = (rlim_t)total + 64, .rlim_max = (rlim_t)total + 64};
  setrlimit(RLIMIT_NOFILE, &files);
  clients = calloc((size_t)total, sizeof *clients);
  epoll_fd = epoll_create1(0);
  struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, 0, &input);
  started = now();
  for (int i = 0; i < CONNECTING_AT_ONCE; i++) connect_next();
  static unsigned char buffer[1 << 16];
  struct epoll_event found[256];
  for (;;) {
    int n = epoll_wait(epoll_fd, found, 256, -1);
    for (int i = 0; i < n; i++) {
      Client *c = found[i].data.ptr;
      if (!c) {
        char command[1200];
        ssize_t got = read(0, command, sizeof command - 1);
        if (got <= 0) return 0;
        command[got] = 0, obey(command);
        continue;
      }
      ssize_t got = read(c->fd, buffer, sizeof buffer);
      if (got > 0) take(c, buffer, (size_t)got);
      else if (got == 0 || errno != EAGAIN) { fprintf(stderr, "cut by the server\n"); return 1; }
    }
  }
}

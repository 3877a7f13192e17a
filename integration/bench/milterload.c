/* milterload - play the MTA to any milter: real messages, over the milter protocol version 6, as fast as it answers.
 *
 *   milterload -s unix:/PATH | inet:PORT@127.0.0.1  [-c connections] [-n messages] [-k messages-per-connection]
 *              [-f sender] [-r recipient]... [-R messages-per-second] [-u] [-v] FILE.eml...
 *
 * Each connection is a thread: negotiate, CONNECT, HELO, then message after message MAIL RCPT DATA header EOH body
 * end-of-message, waiting for the replies that the filter's negotiation did not leave out. -k 1 opens a connection for
 * each message, as Postfix does. -R paces the start of transactions, all connections together. -u gives each message a
 * Message-ID of its own. -v names each modification that the filter asks for.
 *
 * Output, for people and for programs:
 *   1000 of 1000 transactions in 0.40 s: 2500 msg/s, 10 connections, 0 failed
 *   transaction ms p50 3.10 p99 12.00 max 14.20
 *   end-of-message ms p50 0.80 p99 6.10 max 9.00
 *   replies: c=1000  modifications: h=1000
 * Exit status: 0 when each transaction got a final reply, 1 when not, 2 when it was called wrongly.
 *
 * Build: cc -O2 -pthread -o milterload milterload.c
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 60              /* seconds to wait for a reply */
#define CHUNK 65535u             /* octets of body in a packet */
#define ACTIONS 0x1ffu           /* every modification is offered */
#define STEPS 0x1fffffu          /* and every protocol step may be left out */
#define MOST_RECIPIENTS 2000

struct octets { char *at; size_t size, room; };
struct field { char *name, *value; };
struct message { struct field *fields; size_t count; const char *body; size_t body_size; };

static struct {
    const char *socket, *sender, *recipients[MOST_RECIPIENTS];
    int recipient_count, connections, messages, per_connection;
    double rate;
    bool unique, verbose;
} options = {.sender = "alice@example.co.jp", .connections = 10, .messages = 1000, .per_connection = 100};

static struct message *messages;
static int message_count, next_message, failed;
static long replies[256], modifications[256];
static double *transaction_ms, *end_ms, started;

/* One milter connection: what it negotiated, the packets being written, the last one read. */
struct session {
    int socket;
    uint32_t protocol;
    struct octets packet, out, in;
    int reply;                   /* of the message: 0 until it is final, -1 when the connection broke */
    bool skip;                   /* the filter has seen enough of the body */
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what) {
    perror(what);
    exit(2);
}

static void room_for(struct octets *o, size_t size) {
    if (size <= o->room) return;
    o->room = size * 2 + 4096;
    if (!(o->at = realloc(o->at, o->room))) die("memory");
}

static void put(struct octets *o, const void *octets, size_t size) {
    room_for(o, o->size + size);
    memcpy(o->at + o->size, octets, size);
    o->size += size;
}

static void put_text(struct octets *o, const char *text) { put(o, text, strlen(text) + 1); }

/* ---- the wire: a packet is its length (network order), a command, data ---- */

static void put_packet(struct session *s, char command, const void *data, size_t size) {
    uint32_t length = htonl((uint32_t)size + 1);
    put(&s->out, &length, sizeof length);
    put(&s->out, &command, 1);
    put(&s->out, data, size);
}

/* Put the packet that has been collected in s->packet. */
static void put_collected(struct session *s, char command) {
    put_packet(s, command, s->packet.at, s->packet.size);
    s->packet.size = 0;
}

static bool flush(struct session *s) {
    for (size_t done = 0; done < s->out.size;) {
        ssize_t n = send(s->socket, s->out.at + done, s->out.size - done, MSG_NOSIGNAL);
        if (n <= 0) return false;
        done += (size_t)n;
    }
    s->out.size = 0;
    return true;
}

static bool receive(int socket, char *at, size_t size) {
    for (ssize_t n; size; at += n, size -= (size_t)n)
        if ((n = recv(socket, at, size, MSG_WAITALL)) <= 0) return false;
    return true;
}

/* The next packet's command, its data in s->in; progress is passed over. -1 when the connection is lost. */
static int read_packet(struct session *s) {
    char head[5];
    do {
        uint32_t length;
        if (!receive(s->socket, head, sizeof head)) return -1;
        memcpy(&length, head, sizeof length);
        length = ntohl(length);
        if (length < 1 || length > 64u << 20) return -1;
        s->in.size = length - 1;
        room_for(&s->in, s->in.size + 1);
        if (!receive(s->socket, s->in.at, s->in.size)) return -1;
    } while (head[4] == SMFIR_PROGRESS);
    return (unsigned char)head[4];
}

static bool is_final(int reply) {
    return reply == SMFIR_ACCEPT || reply == SMFIR_REJECT || reply == SMFIR_TEMPFAIL || reply == SMFIR_DISCARD ||
           reply == SMFIR_REPLYCODE;
}

/* Send what has been put and read the reply, unless the filter said that it gives none here. A refused recipient is
 * no reply to the message. */
static void step(struct session *s, uint32_t unanswered, bool is_recipient) {
    if (!flush(s)) { s->reply = -1; return; }
    if (s->protocol & unanswered) return;
    int reply = read_packet(s);
    if (reply < 0) s->reply = -1;
    else if (reply == SMFIR_SKIP) s->skip = true;
    else if (is_final(reply) && !is_recipient) s->reply = reply;
}

static bool wanted(const struct session *s, uint32_t left_out) { return !s->reply && !(s->protocol & left_out); }

/* ---- a session ---- */

static int dial(void) {
    struct timeval patience = {PATIENCE, 0};
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in remote = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    bool is_local = !strncmp(options.socket, "unix:", 5);
    int one = 1, fd = socket(is_local ? AF_UNIX : AF_INET, SOCK_STREAM, 0), bad;
    if (fd < 0) return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (is_local) {
        strncpy(local.sun_path, options.socket + 5, sizeof local.sun_path - 1);
        bad = connect(fd, (struct sockaddr *)&local, sizeof local);
    } else {
        remote.sin_port = htons((uint16_t)atoi(options.socket + 5));
        bad = connect(fd, (struct sockaddr *)&remote, sizeof remote);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    if (!bad) return fd;
    close(fd);
    return -1;
}

static bool negotiate(struct session *s) {
    uint32_t offer[3] = {htonl(6), htonl(ACTIONS), htonl(STEPS)};
    put_packet(s, SMFIC_OPTNEG, offer, sizeof offer);
    if (!flush(s) || read_packet(s) != SMFIC_OPTNEG || s->in.size < sizeof offer) return false;
    memcpy(offer, s->in.at, sizeof offer);
    s->protocol = ntohl(offer[2]);
    return true;
}

static bool greet(struct session *s) {
    static const char port[2] = {0x12, 0x34};
    s->reply = 0;
    if (wanted(s, SMFIP_NOCONNECT)) {
        put_text(&s->packet, "client.example.co.jp");
        put(&s->packet, "4", 1);
        put(&s->packet, port, sizeof port);
        put_text(&s->packet, "127.0.0.1");
        put_collected(s, SMFIC_CONNECT);
        step(s, SMFIP_NR_CONN, false);
    }
    if (wanted(s, SMFIP_NOHELO)) {
        put_text(&s->packet, "client.example.co.jp");
        put_collected(s, SMFIC_HELO);
        step(s, SMFIP_NR_HELO, false);
    }
    return s->reply >= 0;
}

static void send_path(struct session *s, char command, const char *address, uint32_t unanswered) {
    char path[320];
    snprintf(path, sizeof path, "<%s>", address);
    put_text(&s->packet, path);
    put_collected(s, command);
    step(s, unanswered, command == SMFIC_RCPT);
}

static void send_envelope(struct session *s, int number) {
    char id[32];
    snprintf(id, sizeof id, "%X%06X", (unsigned)(time(NULL) & 0xffff), (unsigned)number);
    put(&s->packet, "M", 1);
    put_text(&s->packet, "i");
    put_text(&s->packet, id);
    put_collected(s, SMFIC_MACRO);
    if (wanted(s, SMFIP_NOMAIL)) send_path(s, SMFIC_MAIL, options.sender, SMFIP_NR_MAIL);
    for (int r = 0; r < options.recipient_count && wanted(s, SMFIP_NORCPT); r++)
        send_path(s, SMFIC_RCPT, options.recipients[r], SMFIP_NR_RCPT);
}

static void send_field(struct session *s, const struct field *field, int number) {
    char unique[96];
    const char *value = field->value;
    if (options.unique && !strcasecmp(field->name, "Message-ID")) {
        snprintf(unique, sizeof unique, " <%d.%d.%ld@load.example>", number, (int)getpid(), (long)(started * 1e3));
        value = unique;
    }
    put_text(&s->packet, field->name);
    put_text(&s->packet, value + (!(s->protocol & SMFIP_HDR_LEADSPC) && *value == ' '));
    put_collected(s, SMFIC_HEADER);
    step(s, SMFIP_NR_HDR, false);
}

static void send_message(struct session *s, const struct message *m, int number) {
    if (wanted(s, SMFIP_NODATA)) {
        put_packet(s, SMFIC_DATA, "", 0);
        step(s, SMFIP_NR_DATA, false);
    }
    for (size_t f = 0; f < m->count && wanted(s, SMFIP_NOHDRS); f++) send_field(s, &m->fields[f], number);
    if (wanted(s, SMFIP_NOEOH)) {
        put_packet(s, SMFIC_EOH, "", 0);
        step(s, SMFIP_NR_EOH, false);
    }
    for (size_t at = 0; at < m->body_size && !s->skip && wanted(s, SMFIP_NOBODY); at += CHUNK) {
        put_packet(s, SMFIC_BODY, m->body + at, m->body_size - at < CHUNK ? m->body_size - at : CHUNK);
        step(s, SMFIP_NR_BODY, false);
    }
}

/* Send end-of-message and take modifications until the final reply; "continue" is one here. */
static void end_message(struct session *s, int number) {
    put_packet(s, SMFIC_BODYEOB, "", 0);
    if (!flush(s)) s->reply = -1;
    while (!s->reply) {
        int reply = read_packet(s);
        if (reply < 0 || is_final(reply) || reply == SMFIR_CONTINUE) {
            s->reply = reply;
            continue;
        }
        __sync_fetch_and_add(&modifications[reply], 1);
        if (options.verbose) fprintf(stderr, "%d modification %c %.*s\n", number, reply, (int)s->in.size, s->in.at);
    }
}

static void wait_for_turn(int number) {
    double left = options.rate > 0 ? started + number / options.rate - now() : 0;
    if (left <= 0) return;
    struct timespec pause = {(time_t)left, (long)((left - (double)(time_t)left) * 1e9)};
    nanosleep(&pause, NULL);
}

static bool transact(struct session *s, int number) {
    wait_for_turn(number);
    s->reply = 0;
    s->skip = false;
    double begun = now();
    send_envelope(s, number);
    if (!s->reply) send_message(s, &messages[number % message_count], number);
    double ending = now();
    if (!s->reply) end_message(s, number);
    double ended = now();
    if (s->reply < 0) {
        fprintf(stderr, "transaction %d broke\n", number);
        return false;
    }
    __sync_fetch_and_add(&replies[s->reply], 1);
    transaction_ms[number] = (ended - begun) * 1e3;
    end_ms[number] = (ended - ending) * 1e3;
    put_packet(s, SMFIC_ABORT, "", 0);
    return flush(s);
}

static void talk(struct session *s) {
    bool good = negotiate(s) && greet(s);
    for (int k = 0; good && k < options.per_connection; k++) {
        int number = __sync_fetch_and_add(&next_message, 1);
        if (number >= options.messages) break;
        good = transact(s, number);
    }
    if (!good) __sync_fetch_and_add(&failed, 1);
    put_packet(s, SMFIC_QUIT, "", 0);
    flush(s);
    s->out.size = s->packet.size = 0;
}

static void *connection(void *unused) {
    struct session s = {0};
    (void)unused;
    while (__atomic_load_n(&next_message, __ATOMIC_RELAXED) < options.messages) {
        if ((s.socket = dial()) < 0) {
            fprintf(stderr, "connect: %s\n", strerror(errno));
            __sync_fetch_and_add(&failed, 1);
            break;
        }
        int before = failed;
        talk(&s);
        close(s.socket);
        if (failed != before) break;
    }
    free(s.packet.at);
    free(s.out.at);
    free(s.in.at);
    return NULL;
}

/* ---- messages ---- */

/* A whole file with CRLF line ends, NUL-terminated. */
static struct octets read_lines(const char *name) {
    struct octets lines = {0};
    FILE *file = fopen(name, "rb");
    if (!file) die(name);
    for (int c, last = 0; (c = getc(file)) != EOF; last = c) {
        char octet = (char)c;
        if (c == '\n' && last != '\r') put(&lines, "\r", 1);
        put(&lines, &octet, 1);
    }
    fclose(file);
    put(&lines, "", 1);
    lines.size--;
    return lines;
}

/* Where a field that begins at ``at`` ends: at the first line end that no blank follows. */
static char *field_end(char *at, char *end) {
    char *line_end = at;
    while ((line_end = strstr(line_end, "\r\n")) && (line_end[2] == ' ' || line_end[2] == '\t')) line_end += 2;
    return line_end ? line_end : end;
}

/* A copy as the protocol carries it: folds are bare newlines. */
static char *without_returns(const char *at, size_t size) {
    char *copy = malloc(size + 1), *to = copy;
    if (!copy) die("memory");
    for (size_t i = 0; i < size; i++)
        if (at[i] != '\r') *to++ = at[i];
    *to = 0;
    return copy;
}

static struct message read_message(const char *name) {
    struct message m = {0};
    struct octets lines = read_lines(name);
    char *at = lines.at, *end = lines.at + lines.size;
    while (at < end && strncmp(at, "\r\n", 2)) {
        char *stop = field_end(at, end), *colon = memchr(at, ':', (size_t)(stop - at));
        if (!colon) break;
        m.fields = realloc(m.fields, sizeof *m.fields * (m.count + 1));
        if (!m.fields) die("memory");
        m.fields[m.count].name = strndup(at, (size_t)(colon - at));
        m.fields[m.count++].value = without_returns(colon + 1, (size_t)(stop - colon - 1));
        at = stop < end ? stop + 2 : end;
    }
    if (end - at >= 2 && !strncmp(at, "\r\n", 2)) at += 2;
    m.body = at;
    m.body_size = (size_t)(end - at);
    return m;
}

/* ---- what came of it ---- */

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_latency(const char *what, double *ms, int count) {
    qsort(ms, (size_t)count, sizeof *ms, by_size);
    printf("%s ms p50 %.2f p99 %.2f max %.2f\n", what, ms[count / 2], ms[(int)(count * .99)], ms[count - 1]);
}

static void print_counts(const char *what, const long *counts) {
    printf("%s:", what);
    for (int i = 0; i < 256; i++)
        if (counts[i]) printf(" %c=%ld", i, counts[i]);
}

static int usage(void) {
    fprintf(stderr, "usage: milterload -s SOCKET [-c N] [-n N] [-k N] [-f SENDER] [-r RECIPIENT]... [-R RATE] [-u] [-v] "
                    "FILE...\n");
    return 2;
}

static bool read_options(int count, char **words) {
    for (int o; (o = getopt(count, words, "s:c:n:k:f:r:R:uv")) != -1;) switch (o) {
        case 's': options.socket = optarg; break;
        case 'c': options.connections = atoi(optarg); break;
        case 'n': options.messages = atoi(optarg); break;
        case 'k': options.per_connection = atoi(optarg); break;
        case 'f': options.sender = optarg; break;
        case 'r': if (options.recipient_count == MOST_RECIPIENTS) return false;
                  options.recipients[options.recipient_count++] = optarg; break;
        case 'R': options.rate = atof(optarg); break;
        case 'u': options.unique = true; break;
        case 'v': options.verbose = true; break;
        default: return false;
        }
    if (!options.recipient_count) options.recipients[options.recipient_count++] = "bob@example.com";
    return options.socket && optind < count && options.connections > 0 && options.messages > 0 &&
           options.per_connection > 0;
}

int main(int count, char **words) {
    if (!read_options(count, words)) return usage();
    message_count = count - optind;
    messages = calloc((size_t)message_count, sizeof *messages);
    transaction_ms = calloc((size_t)options.messages, sizeof *transaction_ms);
    end_ms = calloc((size_t)options.messages, sizeof *end_ms);
    pthread_t *threads = calloc((size_t)options.connections, sizeof *threads);
    if (!messages || !transaction_ms || !end_ms || !threads) die("memory");
    for (int i = 0; i < message_count; i++) messages[i] = read_message(words[optind + i]);

    started = now();
    for (int i = 0; i < options.connections; i++) pthread_create(&threads[i], NULL, connection, NULL);
    for (int i = 0; i < options.connections; i++) pthread_join(threads[i], NULL);
    double seconds = now() - started;

    long done = 0;
    for (int i = 0; i < 256; i++) done += replies[i];
    printf("%ld of %d transactions in %.2f s: %.0f msg/s, %d connections, %d failed\n", done, options.messages, seconds,
           (double)done / seconds, options.connections, failed);
    print_latency("transaction", transaction_ms, options.messages);
    print_latency("end-of-message", end_ms, options.messages);
    print_counts("replies", replies);
    print_counts("  modifications", modifications);
    printf("\n");
    return failed || done != options.messages;
}

#include "CPostgreSQL.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

// The words of libpq-fe.h that are used here.
enum { CONNECTION_OK = 0, PGRES_COMMAND_OK = 1, PGRES_TUPLES_OK = 2, PG_DIAG_SQLSTATE = 'C', PQTRANS_IDLE = 0, PQTRANS_UNKNOWN = 4 };

static struct {
  cpq_connection *(*connect)(const char *const *, const char *const *, int);
  int (*status)(const cpq_connection *);
  void (*finish)(cpq_connection *);
  char *(*error_message)(const cpq_connection *);
  int (*socket)(const cpq_connection *);
  int (*transaction_status)(const cpq_connection *);
  void *(*set_notices)(cpq_connection *, void (*)(void *, const char *), void *);
  int (*set_nonblocking)(cpq_connection *, int);
  int (*send)(cpq_connection *, const char *);
  int (*send_prepare)(cpq_connection *, const char *, const char *, int, const unsigned *);
  int (*send_prepared)(cpq_connection *, const char *, int, const char *const *, const int *, const int *, int);
  int (*flush)(cpq_connection *);
  int (*is_busy)(cpq_connection *);
  int (*consume)(cpq_connection *);
  cpq_result *(*next_result)(cpq_connection *);
  int (*result_status)(const cpq_result *);
  char *(*error_field)(const cpq_result *, int);
  char *(*result_message)(const cpq_result *);
  int (*row_count)(const cpq_result *);
  int (*column_count)(const cpq_result *);
  char *(*column_name)(const cpq_result *, int);
  unsigned (*column_type)(const cpq_result *, int);
  int (*is_null)(const cpq_result *, int, int);
  char *(*value)(const cpq_result *, int, int);
  int (*length)(const cpq_result *, int, int);
  char *(*changes)(cpq_result *);
  void (*clear)(cpq_result *);
  cpq_notification *(*notification)(cpq_connection *);
  void (*free)(void *);
} pq;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool loaded;

static void load(void) {
#ifdef __APPLE__
  void *library = dlopen("libpq.5.dylib", RTLD_LAZY | RTLD_LOCAL);
  // Homebrew keeps it out of the way of other versions.
  if (library == NULL) library = dlopen("/opt/homebrew/opt/libpq/lib/libpq.5.dylib", RTLD_LAZY | RTLD_LOCAL);
#else
  void *library = dlopen("libpq.so.5", RTLD_LAZY | RTLD_LOCAL);
#endif
  if (library == NULL) return;
  const struct {
    const char *name;
    void *place;
  } functions[] = {
      {"PQconnectdbParams", &pq.connect},
      {"PQstatus", &pq.status},
      {"PQfinish", &pq.finish},
      {"PQerrorMessage", &pq.error_message},
      {"PQsocket", &pq.socket},
      {"PQtransactionStatus", &pq.transaction_status},
      {"PQsetNoticeProcessor", &pq.set_notices},
      {"PQsetnonblocking", &pq.set_nonblocking},
      {"PQsendQuery", &pq.send},
      {"PQsendPrepare", &pq.send_prepare},
      {"PQsendQueryPrepared", &pq.send_prepared},
      {"PQflush", &pq.flush},
      {"PQisBusy", &pq.is_busy},
      {"PQconsumeInput", &pq.consume},
      {"PQgetResult", &pq.next_result},
      {"PQresultStatus", &pq.result_status},
      {"PQresultErrorField", &pq.error_field},
      {"PQresultErrorMessage", &pq.result_message},
      {"PQntuples", &pq.row_count},
      {"PQnfields", &pq.column_count},
      {"PQfname", &pq.column_name},
      {"PQftype", &pq.column_type},
      {"PQgetisnull", &pq.is_null},
      {"PQgetvalue", &pq.value},
      {"PQgetlength", &pq.length},
      {"PQcmdTuples", &pq.changes},
      {"PQclear", &pq.clear},
      {"PQnotifies", &pq.notification},
      {"PQfreemem", &pq.free},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    void *function = dlsym(library, functions[i].name);
    if (function == NULL) return;
    *(void **)functions[i].place = function;
  }
  loaded = true;
}

bool cpq_load(void) {
  pthread_once(&once, load);
  return loaded;
}

static void ignore_notice(void *context, const char *message) {
  (void)context;
  (void)message;
}

cpq_connection *cpq_connect(const char *url, const char *seconds) {
  // Of a word that comes twice the last counts, so that whatever stands in the address goes first.
  const char *names[] = {
      "connect_timeout", "fallback_application_name", "client_encoding", "keepalives_idle", "keepalives_interval",
      "keepalives_count", "tcp_user_timeout", "dbname", NULL,
  };
  const char *values[] = {seconds, "fluxlua", "UTF8", "5", "2", "3", "10000", url, NULL};
  cpq_connection *connection = pq.connect(names, values, 1);
  if (connection != NULL) {
    pq.set_notices(connection, ignore_notice, NULL);
    pq.set_nonblocking(connection, 1);
  }
  return connection;
}

bool cpq_is_connected(const cpq_connection *connection) { return pq.status(connection) == CONNECTION_OK; }
void cpq_finish(cpq_connection *connection) { pq.finish(connection); }
const char *cpq_error_message(const cpq_connection *connection) { return pq.error_message(connection); }
int cpq_socket(const cpq_connection *connection) { return pq.socket(connection); }

bool cpq_is_in_transaction(const cpq_connection *connection) {
  int status = pq.transaction_status(connection);
  return status != PQTRANS_IDLE && status != PQTRANS_UNKNOWN;
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

// False when `deadline` has passed.
static bool wait_for(cpq_connection *connection, short events, int64_t deadline) {
  struct pollfd descriptor = {.fd = pq.socket(connection), .events = events};
  for (;;) {
    int64_t left = deadline - now();
    if (left <= 0) return false;
    int count = poll(&descriptor, 1, (int)left);
    if (count > 0) return true;
    if (count < 0 && errno != EINTR) return false;
  }
}

static cpq_result *last_result(cpq_connection *connection, int milliseconds) {
  int64_t deadline = now() + milliseconds;
  int unsent;
  while ((unsent = pq.flush(connection)) != 0) {
    if (unsent < 0 || !wait_for(connection, POLLOUT | POLLIN, deadline)) return NULL;
    if (!pq.consume(connection)) return NULL;
  }
  cpq_result *last = NULL;
  for (;;) {
    while (pq.is_busy(connection)) {
      if (!wait_for(connection, POLLIN, deadline) || !pq.consume(connection)) {
        if (last != NULL) pq.clear(last);
        return NULL;
      }
    }
    cpq_result *result = pq.next_result(connection);
    if (result == NULL) return last;
    // Of several statements the first that failed ended them.
    if (last != NULL) pq.clear(last);
    last = result;
  }
}

cpq_result *cpq_execute(cpq_connection *connection, const char *statements, int milliseconds) {
  return pq.send(connection, statements) ? last_result(connection, milliseconds) : NULL;
}

cpq_result *cpq_prepare(
    cpq_connection *connection, const char *name, const char *statement, int count, const unsigned *types,
    int milliseconds) {
  if (!pq.send_prepare(connection, name, statement, count, types)) return NULL;
  return last_result(connection, milliseconds);
}

cpq_result *cpq_execute_prepared(
    cpq_connection *connection, const char *name, int count, const char *const *values, const int *lengths,
    const int *formats, int milliseconds) {
  if (!pq.send_prepared(connection, name, count, values, lengths, formats, 0)) return NULL;
  return last_result(connection, milliseconds);
}

bool cpq_is_success(const cpq_result *result) {
  int status = pq.result_status(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

const char *cpq_sqlstate(const cpq_result *result) { return pq.error_field(result, PG_DIAG_SQLSTATE); }
const char *cpq_result_message(const cpq_result *result) { return pq.result_message(result); }
int cpq_row_count(const cpq_result *result) { return pq.row_count(result); }
int cpq_column_count(const cpq_result *result) { return pq.column_count(result); }
const char *cpq_column_name(const cpq_result *result, int column) { return pq.column_name(result, column); }
unsigned cpq_column_type(const cpq_result *result, int column) { return pq.column_type(result, column); }
bool cpq_is_null(const cpq_result *result, int row, int column) { return pq.is_null(result, row, column) != 0; }
const char *cpq_value(const cpq_result *result, int row, int column) { return pq.value(result, row, column); }
int cpq_length(const cpq_result *result, int row, int column) { return pq.length(result, row, column); }
long cpq_changes(cpq_result *result) { return strtol(pq.changes(result), NULL, 10); }
void cpq_clear(cpq_result *result) { pq.clear(result); }
bool cpq_consume(cpq_connection *connection) { return pq.consume(connection) != 0; }
cpq_notification *cpq_next_notification(cpq_connection *connection) { return pq.notification(connection); }
void cpq_free(void *memory) { pq.free(memory); }

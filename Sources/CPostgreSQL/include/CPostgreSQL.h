#ifndef CPOSTGRESQL_H
#define CPOSTGRESQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libpq, found and loaded when the first connection is made: it brings a dozen libraries along that nobody needs whose
// ledger is a file. The names are libpq's own with another beginning; what they do is in its manual.

typedef struct pg_conn cpq_connection;
typedef struct pg_result cpq_result;

// As libpq has it; stable since 7.3.
typedef struct {
  char *channel;
  int sender;
  char *payload;
  void *next;
} cpq_notification;

enum { CPQ_BYTEA = 17, CPQ_BIGINT = 20, CPQ_SMALLINT = 21, CPQ_INTEGER = 23, CPQ_TEXT = 25, CPQ_FLOAT8 = 701, CPQ_NUMERIC = 1700 };

// Whether libpq is on this machine.
bool cpq_load(void);

// Connects, for `connect_timeout` seconds at most. What is in `url` goes before what is set here.
cpq_connection *cpq_connect(const char *url, const char *seconds);
bool cpq_is_connected(const cpq_connection *connection);
void cpq_finish(cpq_connection *connection);
const char *cpq_error_message(const cpq_connection *connection);
int cpq_socket(const cpq_connection *connection);
bool cpq_is_in_transaction(const cpq_connection *connection);

// Each gives the last result of what was sent; NULL where no answer came within `milliseconds`, or the connection broke.
cpq_result *cpq_execute(cpq_connection *connection, const char *statements, int milliseconds);
cpq_result *cpq_prepare(
    cpq_connection *connection, const char *name, const char *statement, int count, const unsigned *types,
    int milliseconds);
cpq_result *cpq_execute_prepared(
    cpq_connection *connection, const char *name, int count, const char *const *values, const int *lengths,
    const int *formats, int milliseconds);

bool cpq_is_success(const cpq_result *result);
// The five characters of SQLSTATE; NULL where there are none.
const char *cpq_sqlstate(const cpq_result *result);
const char *cpq_result_message(const cpq_result *result);
int cpq_row_count(const cpq_result *result);
int cpq_column_count(const cpq_result *result);
const char *cpq_column_name(const cpq_result *result, int column);
unsigned cpq_column_type(const cpq_result *result, int column);
bool cpq_is_null(const cpq_result *result, int row, int column);
const char *cpq_value(const cpq_result *result, int row, int column);
int cpq_length(const cpq_result *result, int row, int column);
// Rows that a statement changed.
long cpq_changes(cpq_result *result);
void cpq_clear(cpq_result *result);

// Takes in what has come. False: the connection is broken.
bool cpq_consume(cpq_connection *connection);
// The next notification, to be given to `cpq_free`; NULL: there is none.
cpq_notification *cpq_next_notification(cpq_connection *connection);
void cpq_free(void *memory);

#endif

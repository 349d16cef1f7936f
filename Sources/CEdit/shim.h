// libedit: the line editor of the REPL. Its variadic calls, one wrapper each.
#pragma once
#include <histedit.h>
#include <stdio.h>
#include <unistd.h>
#include <wchar.h>

/// Writes to the terminal itself, whatever has become of the C library's streams.
static inline EditLine *ce_open(const char *program) {
  FILE *output = fdopen(dup(1), "w"), *error = fdopen(dup(2), "w");
  return output == NULL || error == NULL ? NULL : el_init(program, stdin, output, error);
}

typedef int (*ce_reader)(EditLine *, wchar_t *);

/// What reads each character.
static inline int ce_set_reader(EditLine *editor, ce_reader reader) { return el_set(editor, EL_GETCFN, reader); }

/// Draws the line anew where the cursor stands.
static inline int ce_refresh(EditLine *editor) { return el_set(editor, EL_REFRESH); }

typedef char *(*ce_prompt_function)(EditLine *);

/// What `ce_client_data` gives back, also to the prompt function.
static inline int ce_set_client_data(EditLine *editor, void *data) { return el_set(editor, EL_CLIENTDATA, data); }

static inline void *ce_client_data(EditLine *editor) {
  void *data = NULL;
  el_get(editor, EL_CLIENTDATA, &data);
  return data;
}

/// In the prompt, what stands between two of the characters \1 takes no room: colours.
static inline int ce_set_prompt(EditLine *editor, ce_prompt_function prompt) {
  return el_set(editor, EL_PROMPT_ESC, prompt, '\1');
}

static inline int ce_set_keys(EditLine *editor, const char *style) { return el_set(editor, EL_EDITOR, style); }

static inline int ce_bind(EditLine *editor, const char *key, const char *command) {
  return el_set(editor, EL_BIND, key, command, NULL);
}

typedef unsigned char (*ce_command)(EditLine *, int);

static inline int ce_add_command(EditLine *editor, const char *name, const char *help, ce_command command) {
  return el_set(editor, EL_ADDFN, name, help, command);
}

/// Terminal settings while a line is edited, as for stty; `mode` is `-d`.
static inline int ce_set_terminal(EditLine *editor, const char *mode, const char *setting) {
  return el_set(editor, EL_SETTY, mode, setting, NULL);
}

static inline int ce_use_history(EditLine *editor, History *list) { return el_set(editor, EL_HIST, history, list); }

static inline int ce_history_size(History *list, int lines) {
  HistEvent event;
  return history(list, &event, H_SETSIZE, lines);
}

static inline int ce_history_unique(History *list) {
  HistEvent event;
  return history(list, &event, H_SETUNIQUE, 1);
}

static inline int ce_history_add(History *list, const char *line) {
  HistEvent event;
  return history(list, &event, H_ENTER, line);
}

static inline int ce_history_load(History *list, const char *file) {
  HistEvent event;
  return history(list, &event, H_LOAD, file);
}

static inline int ce_history_save(History *list, const char *file) {
  HistEvent event;
  return history(list, &event, H_SAVE, file);
}

// How many cells of a terminal a character takes. wchar.h shows it only where X/Open is asked for.
int wcwidth(wchar_t character);

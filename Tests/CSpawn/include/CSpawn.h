// Starting a program for a test.
#pragma once
#include <sys/types.h>

/// Starts a program in a folder, in a process group of its own, with three streams and no other file, and with no signal
/// blocked or ignored. Lists end with NULL. Gives 0, or the code of what went wrong.
int cs_spawn(
    pid_t *identifier, const char *program, char *const arguments[], char *const environment[], const char *folder,
    int input, int output, int error);

// libedit: the line editor of the REPL.
#pragma once
#include <histedit.h>

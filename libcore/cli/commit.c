/* The Makefile compiles this file for the library, without a commit, and for the programs. */
#include "cli/cli.h"

#ifndef LT_COMMIT
#define LT_COMMIT ""
#endif

const char lt_commit[] = LT_COMMIT;

/* Writes JSON to an output, for the reports.  Stops writing after a failure. */
#ifndef LT_REPORT_PUT_JSON_H
#define LT_REPORT_PUT_JSON_H

#include "stream/output.h"

struct lt_put_json {
	struct lt_output *out;
	struct lt_error *err;
	int code; /* of the first failure */
};

void lt_put_raw(struct lt_put_json *json, const char *text);
/* UTF-8 without control characters, in quotes; quotes and backslashes are escaped. */
void lt_put_string(struct lt_put_json *json, const char *text);
void lt_put_count(struct lt_put_json *json, const char *key, uint64_t count); /* "key": 3 */
void lt_put_real(struct lt_put_json *json, const char *key, double value);    /* NaN: null */

#endif

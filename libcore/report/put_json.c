#include "report/put_json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/number.h"

void lt_put_raw(struct lt_put_json *json, const char *text)
{
	if (json->code == 0)
		json->code = lt_output_write(json->out, text, strlen(text), json->err);
}

void lt_put_string(struct lt_put_json *json, const char *text)
{
	const char *c;

	lt_put_raw(json, "\"");
	for (c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			lt_put_raw(json, "\\");
		if (json->code == 0)
			json->code = lt_output_write(json->out, c, 1, json->err);
	}
	lt_put_raw(json, "\"");
}

void lt_put_count(struct lt_put_json *json, const char *key, uint64_t count)
{
	if (json->code == 0)
		json->code =
			lt_output_printf(json->out, json->err, "\"%s\": %" PRIu64, key, count);
}

void lt_put_real(struct lt_put_json *json, const char *key, double value)
{
	char text[32] = "null";

	if (isfinite(value))
		lt_format_real(value, text);
	if (json->code == 0)
		json->code = lt_output_printf(json->out, json->err, "\"%s\": %s", key, text);
}

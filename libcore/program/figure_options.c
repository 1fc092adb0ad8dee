#include "program/figure_options.h"

#include <string.h>

#include "base/printable.h"

/* A file may have any name; the report shows one line of it. */
static void make_printable(const char *text, char *out, size_t room)
{
	size_t at = 0;

	while (*text) {
		size_t n = lt_printable(text);

		if (at + (n ? n : 1) >= room)
			break;
		if (n == 0)
			out[at++] = '?';
		else
			memcpy(out + at, text, n);
		at += n;
		text += n ? n : 1;
	}
	out[at] = '\0';
}

int lt_figure_request(const struct lt_figure_options *options, const struct lt_cli *cli,
		      struct lt_figure_request *request, struct lt_error *err)
{
	struct lt_more_options *more = &request->more;
	int code;

	*request =
		(struct lt_figure_request){.more = {.level = options->level.value,
						    .replicates = (int)options->bootstrap.value,
						    .seed = lt_cli_seed(cli)}};
	if (options->figures.given &&
	    (code = lt_figure_sets_parse(options->figures.value, &more->sets, err)) != 0)
		return code;
	if (options->ratios.given) {
		if ((code = lt_ratios_parse(options->ratios.value, &more->ratios, err)) != 0)
			return code;
		more->sets |= LT_SET(priors);
	}
	if (options->against.given) {
		make_printable(options->against.value, request->against,
			       sizeof request->against);
		more->against = request->against;
	}
	request->wanted = more->sets || more->against;
	if ((options->level.given || options->bootstrap.given) && !more->against &&
	    !(more->sets & LT_SET(intervals)))
		return lt_fail(err, LT_USAGE,
			       "--%s: intervals need --figures intervals or "
			       "--against FILE",
			       options->level.given ? "level" : "bootstrap");
	return 0;
}

int lt_figure_check_counts(const struct lt_figure_request *request, bool has_counts,
			   const char *name, struct lt_cli *cli, struct lt_error *err)
{
	if (has_counts || !(request->more.sets & LT_SET(priors)))
		return 0;
	if (request->more.ratios.n > 0)
		return lt_fail(err, LT_DATA,
			       "%s: no training counts, which --prior-ratios needs to order "
			       "the classes",
			       name);
	lt_notice(cli, "%s: no training counts, so only the uniform prior is used", name);
	return 0;
}

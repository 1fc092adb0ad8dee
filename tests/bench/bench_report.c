#include "bench_report.h"

#include <math.h>
#include <stdio.h>

#include "bench.h"

const char *const bench_task_names[] = {"train", "rotation", "moco", "fixmatch", "infer"};
const char *const bench_precision_names[] = {"f32", "bf16", "bf16-fast"};

/* Our first candidate with the same precision; the first one of all is ours. */
static const struct candidate *like(const struct candidate *all, int n,
				    enum lt_precision precision)
{
	for (int i = 0; i < n; i++)
		if (!all[i].how && all[i].work.precision == precision)
			return &all[i];
	return all;
}

/* The ratio of the times per image. */
static double time_over(const struct candidate *c, const struct candidate *other, int rounds)
{
	double ratio[BENCH_ROUNDS];

	for (int r = 0; r < rounds; r++)
		ratio[r] =
			c->seconds[r] / c->work.batch / (other->seconds[r] / other->work.batch);
	return bench_median(ratio, rounds);
}

/* NAN for peers, and if the calibrator used another number of threads. */
static double share_of_peak(const struct candidate *c, const struct report *report)
{
	double share[BENCH_ROUNDS];

	if (c->how || c->work.threads != report->threads)
		return NAN;
	for (int r = 0; r < report->rounds; r++)
		share[r] = bench_operations(&c->work) / c->seconds[r] / 1e9 / report->peak[r];
	return bench_median(share, report->rounds);
}

void report_json(const struct candidate *all, int n, const struct report *report)
{
	printf("{\"group\": \"%s\", \"calibrator_gflops\": %.1f, \"rounds\": %d}\n",
	       report->group, bench_median(report->peak, report->rounds), report->rounds);
	for (int i = 0; i < n; i++) {
		const struct candidate *c = &all[i];
		const struct bench_work *w = &c->work;
		double share = share_of_peak(c, report);

		printf("{\"group\": \"%s\", \"task\": \"%s\", \"network\": \"%s\", \"side\": "
		       "%d, \"batch\": %d, "
		       "\"threads\": %d, \"candidate\": \"%s\", \"precision\": \"%s\", "
		       "\"images_per_second\": %.1f, \"time_over_ours\": %.3f, "
		       "\"time_over_first\": %.3f, ",
		       report->group, bench_task_names[w->task], w->arch, w->side, w->batch,
		       w->threads, c->name, bench_precision_names[w->precision],
		       w->batch / bench_median(c->seconds, report->rounds),
		       time_over(c, like(all, n, w->precision), report->rounds),
		       time_over(c, all, report->rounds));
		if (!isnan(share))
			printf("\"nominal_over_peak\": %.3f, ", share);
		printf("\"peak_mib\": %.0f, \"start_seconds\": %.1f}\n", c->peak_mib,
		       c->server.start);
	}
}

void report_text(const struct candidate *all, int n, const struct report *report)
{
	printf("# calibrator %.1f GF/s, %d threads, %d rounds\n"
	       "# %-9s %-9s %5s %3s  %-28s %-9s %9s %8s %8s %7s %7s\n",
	       bench_median(report->peak, report->rounds), report->threads, report->rounds,
	       "task", "network", "batch", "thr", "candidate", "precision", "images/s", "/ours",
	       "/first", "of peak", "MiB");
	for (int i = 0; i < n; i++) {
		const struct candidate *c = &all[i];
		const struct bench_work *w = &c->work;
		double share = share_of_peak(c, report);
		char text[16] = "";

		if (!isnan(share))
			snprintf(text, sizeof text, "%.3f", share);
		printf("# %-9s %-9s %5d %3d  %-28s %-9s %9.1f %8.2f %8.2f %7s %7.0f\n",
		       bench_task_names[w->task], w->arch, w->batch, w->threads, c->name,
		       bench_precision_names[w->precision],
		       w->batch / bench_median(c->seconds, report->rounds),
		       time_over(c, like(all, n, w->precision), report->rounds),
		       time_over(c, all, report->rounds), text, c->peak_mib);
	}
}

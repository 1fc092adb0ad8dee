/*
 * Prints provenance as shell commands.  Entries form a graph: a stream that is read
 * once becomes a pipe, one that is read more often becomes a file.  Entries that
 * differ only in their output are one run of a program with several outputs.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/shell.h"
#include "stream/show.h"

struct plan {
	struct lt_buffer *text;
	const struct lt_header *header;
	struct lt_error *err;
	int code;
	int run[LT_MAX_PROV];	  /* the first entry of the same run */
	int members[LT_MAX_PROV]; /* entries of the run, at its first */
	int uses[LT_MAX_PROV];	  /* how often an entry is read, a run counted once */
	int source[LT_MAX_PROV];  /* source files before this run */
};

static bool same_run(const struct lt_prov *a, const struct lt_prov *b)
{
	int i;

	if (strcmp(a->prog, b->prog) != 0 || strcmp(a->version, b->version) != 0 ||
	    a->seed != b->seed || a->n_opts != b->n_opts || a->n_in != b->n_in)
		return false;
	for (i = 0; i < a->n_opts; i++)
		if (strcmp(a->opts[i], b->opts[i]) != 0)
			return false;
	for (i = 0; i < a->n_in; i++)
		if (strcmp(a->in[i].role, b->in[i].role) != 0 ||
		    a->in[i].entry != b->in[i].entry || a->in[i].bytes != b->in[i].bytes ||
		    a->in[i].crc != b->in[i].crc)
			return false;
	return true;
}

static void find_runs(struct plan *plan)
{
	const struct lt_prov *prov = plan->header->prov;
	int i, k, sources = 0;

	for (i = 0; i < plan->header->n_prov; i++) {
		for (k = 0; !same_run(&prov[k], &prov[i]); k++)
			;
		plan->run[i] = k;
		plan->members[k]++;
		plan->source[i] = sources;
		for (k = 0; plan->run[i] == i && k < prov[i].n_in; k++)
			if (prov[i].in[k].entry >= 0)
				plan->uses[prov[i].in[k].entry]++;
			else
				sources++;
	}
}

static void put_bytes(struct plan *plan, const char *bytes, size_t n)
{
	if (plan->code == 0 && !lt_buffer_append(plan->text, bytes, n))
		plan->code = lt_fail_memory(plan->err);
}

static void put(struct plan *plan, const char *text)
{
	put_bytes(plan, text, strlen(text));
}

static void putf(struct plan *plan, const char *fmt, ...) LT_PRINTF(2, 3);

/* For short texts: numbers, and what is around them. */
static void putf(struct plan *plan, const char *fmt, ...)
{
	char text[128];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	put(plan, text);
}

/* A word of the shell, quoted where it must be. */
static void put_word(struct plan *plan, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-_=+.,:/@%";
	size_t n = strlen(word), room;

	if (word[0] && strspn(word, plain) == n) {
		put(plan, word);
		return;
	}
	if (plan->code)
		return;
	if (!lt_mul(n, 4, &room) || !lt_add(room, 3, &room) ||
	    !lt_buffer_reserve(plan->text, room)) {
		plan->code = lt_fail_memory(plan->err);
		return;
	}
	plan->text->size += lt_shell_quote(word, (char *)plan->text->data + plan->text->size);
}

static void put_file(struct plan *plan, int entry)
{
	putf(plan, "s%d.lts", entry + 1);
}

static bool piped(const struct plan *plan, int entry)
{
	return plan->uses[entry] == 1 && plan->members[plan->run[entry]] == 1 &&
	       strcmp(plan->header->prov[entry].out, "stdout") == 0;
}

/* Only one input can be a pipe: the first one for which this is possible. */
static int pipe_of(const struct plan *plan, int entry)
{
	const struct lt_prov *prov = &plan->header->prov[entry];
	int i;

	for (i = 0; i < prov->n_in; i++)
		if (prov->in[i].entry >= 0 && piped(plan, prov->in[i].entry))
			return prov->in[i].entry;
	return -1;
}

static bool goes_into_pipe(const struct plan *plan, int entry)
{
	int i;

	for (i = entry + 1; piped(plan, entry) && i < plan->header->n_prov; i++)
		if (plan->run[i] == i && pipe_of(plan, i) == entry)
			return true;
	return false;
}

static bool is_operand(const struct lt_prov_in *in)
{
	return strcmp(in->role, "data") == 0;
}

/*
 * Rows from a pipe need no operand, unless there are other operands: then "-" marks their
 * position.
 */
static bool is_lone_operand(const struct lt_prov *prov)
{
	int i, n = 0;

	for (i = 0; i < prov->n_in; i++)
		n += is_operand(&prov->in[i]);
	return n == 1;
}

/*
 * A model that precedes the rows on the same pipe is the initial model of lt train, given by
 * an option.
 */
static const char *option_of(const struct lt_prov *prov, const char *role)
{
	return strcmp(role, "model") == 0 && strcmp(prov->prog, "train") == 0 ? "init" : role;
}

/* *source counts the source files of the run. */
static void put_input(struct plan *plan, const struct lt_prov *prov,
		      const struct lt_prov_in *in, int pipe, int *source)
{
	if (is_operand(in) && in->entry >= 0 && in->entry == pipe && is_lone_operand(prov))
		return;
	put(plan, is_operand(in) ? " " : " --");
	if (!is_operand(in)) {
		put_word(plan, option_of(prov, in->role));
		put(plan, " ");
	}
	if (in->entry < 0)
		putf(plan, "source%d", ++*source);
	else if (in->entry == pipe)
		put(plan, "-");
	else
		put_file(plan, in->entry);
}

/* The options that a user can give, without those that programs only record. */
static bool is_option(const char *opt)
{
	return strncmp(opt, "--range=", 8) != 0;
}

/*
 * The kernel set is recorded together with the BLAS, "v4+openblas-…", which no option accepts.
 */
static void put_option(struct plan *plan, const char *opt)
{
	char set[32];

	if (strncmp(opt, "--kernel=", 9) == 0 && strcspn(opt, "+") < sizeof set) {
		memcpy(set, opt, strcspn(opt, "+"));
		set[strcspn(opt, "+")] = '\0';
		opt = set;
	}
	put(plan, " ");
	put_word(plan, opt);
}

static void put_command(struct plan *plan, int run)
{
	const struct lt_prov *prov = plan->header->prov, *entry = &prov[run];
	const char *name = entry->prog;
	int i, pipe = pipe_of(plan, run), source = plan->source[run];

	put(plan, "lt ");
	put_word(plan, strncmp(name, "lt", 2) == 0 && name[2] ? name + 2 : name);
	for (i = 0; i < entry->n_opts; i++)
		if (is_option(entry->opts[i]))
			put_option(plan, entry->opts[i]);
	if (entry->seed != 0)
		putf(plan, " --seed=%llu", (unsigned long long)entry->seed);
	for (i = run; i < plan->header->n_prov; i++)
		if (plan->run[i] == run && strcmp(prov[i].out, "stdout") != 0) {
			put(plan, " --");
			put_word(plan, prov[i].out);
			put(plan, " ");
			put_file(plan, i);
		}
	for (i = 0; i < entry->n_in; i++)
		put_input(plan, entry, &entry->in[i], pipe, &source);
}

/* Writes the run that feeds this one through a pipe, which precedes it on the line. */
static void put_pipeline(struct plan *plan, int run)
{
	int chain[LT_MAX_PROV], n = 0, at;

	for (at = run; at >= 0; at = pipe_of(plan, at))
		chain[n++] = at;
	while (n-- > 0) {
		put_command(plan, chain[n]);
		put(plan, n > 0 ? " | " : "");
	}
}

/* Writes where the run's stdout goes. */
static void put_end(struct plan *plan, int run)
{
	const struct lt_header *header = plan->header;
	int i;

	for (i = run; i < header->n_prov; i++)
		if (plan->run[i] == run && strcmp(header->prov[i].out, "stdout") == 0)
			break;
	if (i == header->n_prov) {
		put(plan, " > /dev/null");
	} else if (i < header->n_prov - 1) {
		put(plan, " > ");
		put_file(plan, i);
	}
	put(plan, "\n");
}

static void put_sources(struct plan *plan)
{
	const struct lt_prov *prov = plan->header->prov;
	int i, k, n = 0;

	for (i = 0; i < plan->header->n_prov; i++)
		for (k = 0; plan->run[i] == i && k < prov[i].n_in; k++)
			if (prov[i].in[k].entry < 0)
				putf(plan, "# source%d: %llu bytes, CRC-32C %08x\n", ++n,
				     (unsigned long long)prov[i].in[k].bytes,
				     prov[i].in[k].crc);
}

int lt_how(struct lt_buffer *text, const struct lt_header *header, struct lt_error *err)
{
	struct plan plan = {.text = text, .header = header, .err = err};
	int i;

	if (header->n_prov == 0)
		put(&plan, "# no provenance\n");
	find_runs(&plan);
	put_sources(&plan);
	for (i = 0; i < header->n_prov; i++)
		if (plan.run[i] == i && !goes_into_pipe(&plan, i)) {
			put_pipeline(&plan, i);
			put_end(&plan, i);
		}
	return plan.code;
}

int lt_show_how(struct lt_output *output, const struct lt_header *header, struct lt_error *err)
{
	struct lt_buffer text = {0};
	int code = lt_how(&text, header, err);

	if (code == 0)
		code = lt_output_write(output, text.data, text.size, err);
	lt_buffer_free(&text);
	return code;
}

#include "program/learn.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "data/norm_text.h"
#include "program/schedule_options.h"

const char *const lt_precisions[] = {
	[LT_PRECISE] = "f32", [LT_BF16] = "bf16", [LT_BF16_FAST] = "bf16-fast", NULL};

int lt_learn_begin(struct lt_learn *learn, struct lt_cli *cli,
		   const struct lt_choice_value *kernel, enum lt_kind kind,
		   struct lt_error *err)
{
	const char *set = kernel->has ? lt_kernel_names[kernel->value] : NULL;
	int code;

	memset(learn, 0, sizeof *learn);
	learn->cli = cli;
	lt_header_init(&learn->header, kind);
	if ((code = lt_kernels_choose(&learn->kernels, set, err)) != 0 ||
	    (code = lt_cli_output(cli, &learn->output, err)) != 0 ||
	    (code = lt_pool_new(&learn->pool, lt_cli_threads(cli), err)) != 0)
		return code;
	return 0;
}

int lt_learn_begin_training(struct lt_learn *learn, struct lt_cli *cli,
			    struct lt_training_options *training, struct lt_error *err)
{
	struct lt_norm norm;
	int code = lt_learn_begin(learn, cli, &training->kernel, LT_MODEL, err);

	learn->training = training;
	if (code != 0 || (code = lt_schedule_settle(&learn->rates, training, err)) != 0 ||
	    (code = lt_learn_share_stdin(cli, err)) != 0)
		return code;
	return training->norm.has ? lt_norm_parse(&norm, training->norm.value, 0, err) : 0;
}

void lt_learn_end(struct lt_learn *learn)
{
	lt_header_free(&learn->header);
	lt_pool_free(learn->pool);
	lt_free(learn->inputs);
	lt_free(learn->graph);
}

/* ------------------------------------------------------------------------- inputs */

int lt_learn_note_input(struct lt_learn *learn, const struct lt_totals *totals,
			struct lt_error *err)
{
	return lt_totals_append(&learn->inputs, &learn->n_inputs, totals, err);
}

int lt_learn_note_origin(struct lt_learn *learn, const struct lt_header *header,
			 const char *role, struct lt_error *err)
{
	int last, code = lt_prov_merge(&learn->header, header, &last, err);

	return code ? code
		    : lt_prov_list(&learn->header, learn->in, &learn->n_in, role, last, err);
}

int lt_learn_note_model(struct lt_learn *learn, const struct lt_model *model, const char *role,
			struct lt_error *err)
{
	int code = lt_learn_note_input(learn, &model->totals, err);

	learn->init = model;
	return code != 0 ? code : lt_learn_note_origin(learn, &model->header, role, err);
}

static int note_table(struct lt_learn *learn, const struct lt_table *table, const char *role,
		      struct lt_error *err)
{
	int entry[LT_MAX_PROV], code;

	for (int i = 0; i < table->n_inputs; i++)
		if ((code = lt_learn_note_input(learn, &table->inputs[i], err)) != 0)
			return code;
	code = lt_prov_merge_all(&learn->header, &table->header, entry, err);
	for (int i = 0; i < table->n_origins && code == 0; i++)
		code = lt_prov_list(&learn->header, learn->in, &learn->n_in, role,
				    entry[table->origin[i]], err);
	return code;
}

/* The input size for encoded pictures, the same for all inputs. */
static int settle_input(struct lt_learn *learn, struct lt_table *table, struct lt_error *err)
{
	/* Programs that train no network have no --input and use the model's input size. */
	struct lt_int_value *input = learn->training ? &learn->training->input : NULL;
	const struct lt_model *model = learn->init;
	const struct lt_shape *shape = model ? &model->header.input : NULL;

	if (input && input->given)
		learn->input = (int)input->value;
	if (!table->is_encoded)
		return input && input->given ? lt_table_set_input(table, learn->input, err) : 0;
	if (learn->input == 0 && input && input->preset)
		learn->input = (int)input->value;
	if (learn->input == 0 && shape && shape->dims == 3) {
		if (shape->dim[0] != shape->dim[1])
			return lt_fail(err, LT_DATA,
				       "%s: takes images of %u×%u pixels, and encoded "
				       "pictures become square; --input S says of what size",
				       model->name, shape->dim[0], shape->dim[1]);
		learn->input = (int)shape->dim[0];
	}
	if (learn->input == 0)
		learn->input = LT_LARGE_INPUT;
	if (input)
		lt_int_default(input, (uint64_t)learn->input);
	return lt_table_set_input(table, learn->input, err);
}

static int read_one(struct lt_learn *learn, struct lt_table *table, unsigned flags,
		    const char *path, struct lt_model *model, bool *has_model, const char *role,
		    struct lt_error *err)
{
	struct lt_reader *reader;
	enum lt_event event;
	int code = lt_reader_open(&reader, path, err);

	if (code != 0)
		return code;
	code = lt_reader_share(reader, lt_cli_team(learn->cli), err);
	if (code == 0)
		code = lt_reader_next(reader, &event, err);
	if (code == 0 && model && !*has_model && lt_reader_header(reader)->kind == LT_MODEL) {
		code = lt_model_read(model, reader, true, err);
		if (code == 0) {
			*has_model = true;
			code = lt_learn_note_model(learn, model,
						   learn->training ? "init" : "model", err);
			if (code == 0)
				code = lt_reader_next(reader, &event, err);
			if (code == 0 && event == LT_EV_END)
				code = lt_fail(err, LT_DATA,
					       "%s: a model, but no rows after it",
					       lt_reader_name(reader));
		}
	}
	if (code == 0)
		code = lt_table_read(table, reader, true, flags, err);
	lt_reader_close(reader);
	if (code == 0 && (code = settle_input(learn, table, err)) != 0)
		lt_table_free(table);
	if (code == 0 && (code = note_table(learn, table, role, err)) != 0)
		lt_table_free(table);
	/* The program decides whether validation rows are used to choose. */
	if (code == 0 && strcmp(role, "val") != 0)
		lt_notice_test_rows(learn->cli, &table->header, table->name);
	return code;
}

int lt_learn_read_file(struct lt_learn *learn, struct lt_table *table, unsigned flags,
		       const char *path, const char *role, struct lt_error *err)
{
	return read_one(learn, table, flags, path, NULL, NULL, role, err);
}

int lt_learn_read_rows(struct lt_learn *learn, struct lt_table *table, unsigned flags,
		       struct lt_model *model, bool *has_model, const char *role,
		       struct lt_error *err)
{
	int n = lt_cli_operands(learn->cli);
	int code = read_one(learn, table, flags, lt_cli_operand(learn->cli, 0), model,
			    has_model, role, err);

	for (int i = 1; i < n && code == 0; i++) {
		struct lt_table more;

		code = lt_learn_read_file(learn, &more, flags, lt_cli_operand(learn->cli, i),
					  role, err);
		if (code == 0 && (code = lt_table_append(table, &more, err)) != 0)
			lt_table_free(&more);
		if (code != 0)
			lt_table_free(table);
	}
	if (code == 0 && (table->height > LT_SMALL_SIDE || table->width > LT_SMALL_SIDE)) {
		lt_opt_take_large(learn->cli);
		lt_verbose(learn->cli, "images of %d×%d pixels: defaults for large images",
			   table->height, table->width);
		if (learn->training &&
		    (code = lt_schedule_settle(&learn->rates, learn->training, err)) != 0)
			lt_table_free(table);
	}
	return code;
}

int lt_learn_read_model(struct lt_learn *learn, struct lt_model *model, bool *has_model,
			const char *path, const char *role, struct lt_error *err)
{
	bool from_stdin = path && strcmp(path, "-") == 0;
	int code;

	if (!path)
		return 0;
	if (from_stdin && (lt_cli_operands(learn->cli) == 0 ||
			   strcmp(lt_cli_operand(learn->cli, 0), "-") == 0))
		return 0;
	if ((code = lt_model_read_file(model, path, err)) != 0)
		return code;
	*has_model = true;
	return lt_learn_note_model(learn, model, role, err);
}

void lt_notice_test_rows(struct lt_cli *cli, const struct lt_header *rows, const char *name)
{
	if (rows->split && strcmp(rows->split, "test") == 0)
		lt_notice(cli,
			  "%s: test rows; what is learnt or chosen by them must be measured on "
			  "others",
			  name);
}

static bool same_norm(const struct lt_norm *a, const struct lt_norm *b)
{
	for (int c = 0; c < a->channels; c++)
		if (a->mean[c] != b->mean[c] || a->std[c] != b->std[c])
			return false;
	return a->channels == b->channels;
}

int lt_learn_norm(struct lt_learn *learn, const struct lt_model *model,
		  const struct lt_table *table, struct lt_norm *norm, struct lt_error *err)
{
	const struct lt_text_value *option = &learn->training->norm;
	int code;

	if (option->has) {
		if ((code = lt_norm_parse(norm, option->value, table->channels, err)) != 0)
			return code;
		if (model && !same_norm(&model->header.norm, norm))
			lt_notice(learn->cli,
				  "%s: its normalisation differs from --norm %s, which is used",
				  model->name, option->value);
		return 0;
	}
	if (model && model->header.norm.channels == table->channels)
		*norm = model->header.norm;
	else if (table->header.norm.channels == table->channels)
		*norm = table->header.norm;
	else if (table->is_encoded)
		return lt_norm_parse(norm, "imagenet", table->channels, err);
	else
		lt_table_norm(table, norm);
	return 0;
}

/* ------------------------------------------------------------------------ outputs */

static int choose_arch(struct lt_learn *learn, const struct lt_model *model,
		       struct lt_error *err)
{
	struct lt_choice_value *arch = &learn->training->arch;
	int known;

	if (!arch->given && model && model->header.arch) {
		known = lt_choice_find(lt_arch_names, model->header.arch);
		if (known < 0)
			return lt_fail(err, LT_DATA, "%s: unknown architecture '%s'",
				       model->name, model->header.arch);
		/* The network of --init takes precedence over that of a recipe. */
		*arch = (struct lt_choice_value){.has = true, .value = known};
	}
	learn->arch = lt_arch_names[arch->value];
	return 0;
}

static void choose_precision(struct lt_learn *learn)
{
	learn->has_precision = true;
	learn->precision = (enum lt_precision)learn->training->precision.value;
	if (learn->precision == LT_BF16_FAST && !learn->kernels->multiplies_bf16)
		lt_verbose(learn->cli,
			   "--precision bf16-fast: kernel set %s has no bfloat16 instructions "
			   "on this CPU, and converts",
			   learn->kernels->name);
}

int lt_learn_graph(struct lt_learn *learn, const struct lt_table *table,
		   const struct lt_model *model, const struct lt_head *heads, int n,
		   struct lt_error *err)
{
	struct lt_error why;
	int code = choose_arch(learn, model, err);

	if (code != 0)
		return code;
	choose_precision(learn);
	learn->graph = lt_new_array(1, sizeof *learn->graph);
	if (!learn->graph)
		return lt_fail_memory(err);
	code = lt_graph_build(learn->graph, learn->arch, table->height, table->width,
			      table->channels, heads, n, &why);
	if (code != 0)
		return lt_fail(
			err, LT_USAGE,
			"images of %d×%d pixels: not supported by %s in this version (%s); "
			"%s 32",
			table->height, table->width, learn->arch, why.text,
			table->is_encoded ? "use --input" : "import with --size");
	return 0;
}

struct lt_network_config lt_learn_config(const struct lt_learn *learn)
{
	return (struct lt_network_config){.graph = learn->graph,
					  .kernels = learn->kernels,
					  .pool = learn->pool,
					  .team = lt_cli_team(learn->cli),
					  .max_batch = (int)learn->training->batch.value,
					  .max_splits = 1,
					  .learns = true,
					  .recomputes = learn->training->recompute.given,
					  .precision = learn->precision};
}

int lt_learn_provenance(struct lt_learn *learn, struct lt_error *err)
{
	char kernel[128];
	int code;

	lt_kernels_provenance(learn->kernels, true, kernel);
	if ((code = lt_cli_provenance_note(learn->cli, "kernel", kernel)) != 0 ||
	    (learn->has_precision &&
	     (code = lt_cli_provenance_note(learn->cli, "precision",
					    lt_precisions[learn->precision])) != 0) ||
	    (code = lt_cli_provenance_note(learn->cli, "range", "16")) != 0)
		return lt_fail_memory(err);
	return lt_cli_provenance(learn->cli, &learn->header, "stdout", learn->in, learn->n_in,
				 err);
}

int lt_learn_describe(struct lt_learn *learn, const struct lt_norm *norm, struct lt_error *err)
{
	struct lt_header *header = &learn->header;
	int code = lt_model_describe(header, learn->graph, err);

	if (code != 0)
		return code;
	header->arch = lt_arena_text(&header->arena, learn->arch);
	if (!header->arch)
		return lt_fail_memory(err);
	header->norm = *norm;
	return lt_learn_provenance(learn, err);
}

static void show_line(void *person, const char *text)
{
	lt_verbose(person, "%s", text);
}

static void show_progress(void *person, const struct lt_run_at *at)
{
	const struct lt_meter *meter = at->meter;
	struct lt_progress progress = {.done = (uint64_t)at->number,
				       .total = (uint64_t)at->total,
				       .unit = "images",
				       .each = at->step > 0 ? meter->rows / at->step : 0};
	char what[48], more[96];

	snprintf(what, sizeof what, "epoch %d/%d", at->epoch, at->epochs);
	progress.what = what;
	/* Before the first step of an epoch there is nothing to show. */
	if (!(meter->rows > 0))
		return;
	snprintf(more, sizeof more, "loss %.4f, %s %.4f", meter->loss / meter->rows,
		 at->accuracy, meter->correct / meter->rows);
	progress.more = more;
	lt_progress_show(person, &progress);
}

int lt_learn_train(struct lt_learn *learn, struct lt_run *run, const struct lt_task *task,
		   struct lt_network *net, struct lt_error *err)
{
	const struct lt_training_options *options = learn->training;

	*run = (struct lt_run){
		.task = task,
		.net = net,
		.optimiser = {.kind = (enum lt_optimiser_kind)options->optimiser.value,
			      .momentum = options->momentum.value,
			      .nesterov = options->nesterov.has,
			      .decay = options->decay.value,
			      .decayed = (enum lt_decayed)options->decay_on.value},
		.rates = learn->rates,
		.header = &learn->header,
		.inputs = learn->inputs,
		.n_inputs = learn->n_inputs,
		.checkpoint = options->checkpoint.value,
		.resume = options->resume.given,
		.log = options->log.value,
		.output = learn->output,
		.person = learn->cli,
		.line = show_line,
		.progress = show_progress,
	};
	return lt_run_train(run, err);
}

int lt_learn_write(struct lt_learn *learn, struct lt_run *run, struct lt_error *err)
{
	struct lt_writer *writer;
	int code = lt_cli_begin(learn->cli, &writer, learn->output, &learn->header, err);

	if (code == 0)
		code = lt_run_write(run, writer, err);
	for (int i = 0; i < learn->n_inputs && code == 0; i++)
		code = lt_writer_input(writer, &learn->inputs[i], err);
	return code != 0 ? code : lt_cli_done(learn->cli, writer, NULL, err);
}

#include "method/run.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/signals.h"

/* The position of a run: its next step. */
struct place {
	int epoch, step;
	struct lt_meter meter;
};

/* -------------------------------------------------------------------------- notes */

/* Keeps the figures of an epoch for checkpoints, the log and the model. */
static int keep_note(struct lt_run *run, const struct lt_note_item *item, int n,
		     struct lt_error *err)
{
	struct lt_model_note *grown =
		lt_grow_array(run->note, (size_t)run->n_notes + 1, sizeof *run->note);
	struct lt_model_note *note;

	if (!grown)
		return lt_fail_memory(err);
	run->note = grown;
	note = &run->note[run->n_notes];
	note->n = n;
	note->item = lt_arena_array(&run->arena, (size_t)n, sizeof *note->item);
	if (!note->item)
		return lt_fail_memory(err);
	for (int i = 0; i < n; i++) {
		note->item[i] = item[i];
		note->item[i].key = lt_arena_text(&run->arena, item[i].key);
		if (!note->item[i].key)
			return lt_fail_memory(err);
		if (item[i].type == LT_NOTE_TEXT &&
		    !(note->item[i].text = lt_arena_text(&run->arena, item[i].text)))
			return lt_fail_memory(err);
	}
	run->n_notes++;
	return 0;
}

static void format_item(const struct lt_note_item *item, char out[64])
{
	switch (item->type) {
	case LT_NOTE_INT:
		snprintf(out, 64, "%lld", (long long)item->integer);
		break;
	case LT_NOTE_REAL:
		lt_format_real(item->real, out);
		break;
	case LT_NOTE_TEXT:
		snprintf(out, 64, "%s", item->text);
		break;
	}
}

/* ---------------------------------------------------------------------------- log */

static int log_text(const struct lt_model_note *note, bool heading, struct lt_buffer *out,
		    struct lt_error *err)
{
	char text[64];

	for (int i = 0; i < note->n; i++) {
		const char *word = heading ? note->item[i].key : text;

		format_item(&note->item[i], text);
		if (!lt_buffer_append(out, word, strlen(word)) ||
		    !lt_buffer_append(out, i + 1 < note->n ? "\t" : "\n", 1))
			return lt_fail_memory(err);
	}
	return 0;
}

/*
 * Rewrites the whole log, so a resumed run repeats and misses no epoch, and a full disk loses
 * no line.  A terminal or a pipe gets each line once.
 */
static int write_log(struct lt_run *run, struct lt_error *err)
{
	struct lt_buffer text = {0};
	struct lt_output *output;
	int code = 0, first = 0;

	if (!run->log || lt_team_rank(lt_network_team(run->net)) > 0)
		return 0;
	if (!lt_output_replaces(run->log) && run->n_notes > 0)
		first = run->n_notes - 1;
	for (int i = first; i < run->n_notes && code == 0; i++) {
		if (i == 0)
			code = log_text(&run->note[i], true, &text, err);
		if (code == 0)
			code = log_text(&run->note[i], false, &text, err);
	}
	if (code == 0 && (code = lt_output_open(&output, run->log, err)) == 0) {
		code = lt_output_write(output, text.data, text.size, err);
		if (code == 0)
			code = lt_output_finish(output, err);
		else
			lt_output_abort(output);
	}
	lt_buffer_free(&text);
	return code;
}

/* -------------------------------------------------------------------- checkpoints */

static int write_position(struct lt_run *run, struct lt_writer *writer,
			  const struct place *place, struct lt_error *err)
{
	int64_t position[2] = {place->epoch, place->step};
	double meter[3] = {place->meter.loss, place->meter.correct, place->meter.rows};
	struct lt_shape two = {1, {2}}, three = {1, {3}};
	struct lt_shape list = {2, {(uint32_t)run->n_inputs, 2}};
	int64_t *inputs = lt_new_array((size_t)run->n_inputs * 2, sizeof *inputs);
	int code;

	if (!inputs)
		return lt_fail_memory(err);
	for (int i = 0; i < run->n_inputs; i++) {
		inputs[2 * i] = (int64_t)run->inputs[i].rows;
		inputs[2 * i + 1] = run->inputs[i].crcs;
	}
	code = lt_writer_tensor(writer, "rng.position", LT_I8, &two, position, err);
	if (code == 0)
		code = lt_writer_tensor(writer, "rng.meter", LT_F8, &three, meter, err);
	if (code == 0)
		code = lt_writer_tensor(writer, "rng.inputs", LT_I8, &list, inputs, err);
	lt_free(inputs);
	return code;
}

static int write_checkpoint_body(struct lt_run *run, struct lt_writer *writer,
				 const struct place *place, struct lt_error *err)
{
	int code = lt_run_write(run, writer, err);

	if (code == 0)
		code = lt_optimiser_save(&run->moves, writer, err);
	if (code == 0)
		code = lt_average_save(&run->task->average, writer, err);
	if (code == 0 && run->task->save)
		code = run->task->save(run->task->self, writer, err);
	if (code == 0)
		code = write_position(run, writer, place, err);
	for (int i = 0; i < run->n_inputs && code == 0; i++)
		code = lt_writer_input(writer, &run->inputs[i], err);
	return code;
}

static int write_checkpoint(struct lt_run *run, const struct place *place, struct lt_error *err)
{
	struct lt_output *output;
	struct lt_writer *writer;
	int code;

	if (!run->checkpoint || lt_team_rank(lt_network_team(run->net)) > 0)
		return 0;
	run->header->epoch = place->epoch - 1;
	if ((code = lt_output_open(&output, run->checkpoint, err)) != 0)
		return code;
	code = lt_writer_begin(&writer, output, run->header, err);
	if (code == 0) {
		code = write_checkpoint_body(run, writer, place, err);
		if (code == 0)
			code = lt_writer_done(writer, NULL, err);
		else
			lt_writer_fail(writer, "checkpoint", err);
	}
	if (code != 0) {
		lt_output_abort(output);
		return code;
	}
	return lt_output_finish(output, err);
}

/* All options that can change the result must be unchanged. */
static int same_options(const struct lt_run *run, const struct lt_model *model,
			struct lt_error *err)
{
	const struct lt_header *now = run->header, *then = &model->header;
	const struct lt_prov *a, *b;

	if (now->n_prov < 1 || then->n_prov < 1)
		return lt_fail(err, LT_DATA, "%s: no provenance to compare with", model->name);
	a = &now->prov[now->n_prov - 1];
	b = &then->prov[then->n_prov - 1];
	if (strcmp(a->prog, b->prog) != 0)
		return lt_fail(err, LT_DATA, "%s: a checkpoint of '%s'", model->name, b->prog);
	if (strcmp(a->version, b->version) != 0)
		return lt_fail(err, LT_DATA, "%s: a checkpoint of version %s", model->name,
			       b->version);
	if (a->seed != b->seed)
		return lt_fail(err, LT_DATA, "%s: made with --seed %llu, not %llu", model->name,
			       (unsigned long long)b->seed, (unsigned long long)a->seed);
	for (int i = 0; i < a->n_opts || i < b->n_opts; i++) {
		const char *was = i < b->n_opts ? b->opts[i] : "nothing";
		const char *is = i < a->n_opts ? a->opts[i] : "nothing";

		if (strcmp(was, is) != 0)
			return lt_fail(err, LT_DATA, "%s: made with %s, not %s", model->name,
				       was, is);
	}
	return 0;
}

static int same_inputs(const struct lt_run *run, const struct lt_model *model,
		       struct lt_error *err)
{
	const struct lt_model_tensor *list = lt_model_find(model, "rng.inputs");
	bool same = list && list->dtype == LT_I8 && list->elements == 2 * (size_t)run->n_inputs;

	for (int i = 0; i < run->n_inputs && same; i++) {
		const int64_t *input = (const int64_t *)list->data + 2 * i;

		same = input[0] == (int64_t)run->inputs[i].rows &&
		       input[1] == (int64_t)run->inputs[i].crcs;
	}
	return same ? 0 : lt_fail(err, LT_DATA, "%s: made from other input", model->name);
}

static int load_position(const struct lt_model *model, struct place *place,
			 struct lt_error *err)
{
	const struct lt_model_tensor *position = lt_model_find(model, "rng.position");
	const struct lt_model_tensor *meter = lt_model_find(model, "rng.meter");
	const int64_t *at;
	const double *sum;

	if (!position || position->dtype != LT_I8 || position->elements != 2 || !meter ||
	    meter->dtype != LT_F8 || meter->elements != 3)
		return lt_fail(err, LT_DATA, "%s: a model, not a checkpoint", model->name);
	at = position->data;
	sum = meter->data;
	if (at[0] < 1 || at[0] > INT32_MAX || at[1] < 0 || at[1] > INT32_MAX)
		return lt_fail(err, LT_DATA, "%s: impossible position", model->name);
	*place = (struct place){(int)at[0], (int)at[1], {sum[0], sum[1], sum[2]}};
	return 0;
}

static int load_checkpoint(struct lt_run *run, const struct lt_model *model,
			   struct place *place, struct lt_error *err)
{
	int code;

	if ((code = load_position(model, place, err)) != 0 ||
	    (code = same_options(run, model, err)) != 0 ||
	    (code = same_inputs(run, model, err)) != 0 ||
	    (code = lt_model_load(model, run->net, true, err)) != 0 ||
	    (code = lt_optimiser_load(&run->moves, model, err)) != 0 ||
	    (code = lt_average_load(&run->task->average, model, err)) != 0)
		return code;
	if (run->task->load && (code = run->task->load(run->task->self, model, err)) != 0)
		return code;
	for (int i = 0; i < model->n_notes; i++)
		if ((code = keep_note(run, model->note[i].item, model->note[i].n, err)) != 0)
			return code;
	return 0;
}

/* --resume without an existing file starts a new run. */
static int resume(struct lt_run *run, struct place *place, struct lt_error *err)
{
	struct lt_model model;
	int code;

	if (!run->resume || !run->checkpoint ||
	    (access(run->checkpoint, F_OK) != 0 && errno == ENOENT))
		return 0;
	if ((code = lt_model_read_file(&model, run->checkpoint, err)) != 0)
		return code;
	code = load_checkpoint(run, &model, place, err);
	lt_model_free(&model);
	return code;
}

/* --------------------------------------------------------------------------- teams */

/* A checksum of what differs if two ranks were started with other options. */
static uint32_t options_sum(const struct lt_run *run)
{
	const struct lt_header *header = run->header;
	const struct lt_prov *prov;
	uint32_t sum;

	if (header->n_prov < 1)
		return 0;
	prov = &header->prov[header->n_prov - 1];
	sum = lt_crc32c(0, prov->prog, strlen(prov->prog) + 1);
	sum = lt_crc32c(sum, prov->version, strlen(prov->version) + 1);
	sum = lt_crc32c(sum, &prov->seed, sizeof prov->seed);
	for (int i = 0; i < prov->n_opts; i++)
		sum = lt_crc32c(sum, prov->opts[i], strlen(prov->opts[i]) + 1);
	return sum;
}

static uint32_t inputs_sum(const struct lt_run *run)
{
	uint32_t sum = 0;

	for (int i = 0; i < run->n_inputs; i++) {
		sum = lt_crc32c(sum, &run->inputs[i].rows, sizeof run->inputs[i].rows);
		sum = lt_crc32c(sum, &run->inputs[i].crcs, sizeof run->inputs[i].crcs);
	}
	return sum;
}

static uint32_t state_sum(const struct lt_run *run, const struct place *place)
{
	const struct lt_graph *g = lt_network_graph(run->net);
	uint32_t sum = lt_crc32c(0, &place->epoch, sizeof place->epoch);

	sum = lt_crc32c(sum, &place->step, sizeof place->step);
	sum = lt_crc32c(sum, lt_network_params(run->net), g->params * sizeof(lt_real));
	return lt_crc32c(sum, lt_network_state(run->net), g->state * sizeof(lt_real));
}

/*
 * Ranks that do not do the same would wait for each other for ever, or train a model that no
 * one process could.
 */
static int agree(const struct lt_run *run, const struct place *place, struct lt_error *err)
{
	const struct lt_team *team = lt_network_team(run->net);
	char set[128];
	struct {
		uint32_t sum;
		const char *text;
	} same[] = {
		{0, "has another kernel set or OpenBLAS core than rank 0; --kernel and "
		    "OPENBLAS_CORETYPE name them"},
		{options_sum(run), "was started with other options than rank 0"},
		{inputs_sum(run), "has read other input than rank 0"},
		{state_sum(run, place),
		 "begins at another step or with other weights than rank 0; all ranks must see "
		 "the file of --checkpoint"}};
	int rank, code;

	lt_kernels_provenance(lt_network_kernels(run->net), true, set);
	same[0].sum = lt_crc32c(0, set, strlen(set));
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		code = lt_team_differs(team, &same[i].sum, sizeof same[i].sum, &rank, err);
		if (code != 0)
			return code;
		if (rank > 0)
			return lt_fail(err, LT_DATA, "rank %d %s", rank, same[i].text);
	}
	return 0;
}

/* Whether any rank was asked to stop: then all stop, at the same step. */
static int asked(const struct lt_run *run, bool *stopped, struct lt_error *err)
{
	return lt_team_any(lt_network_team(run->net), lt_signals_asked() != 0, stopped, err);
}

/*
 * Waits for all ranks.  A rank that has failed never gets here, so rank 0 writes nothing of a
 * step that failed on another; and no rank ends the job while rank 0 is still writing.
 */
static int meet(const struct lt_run *run, struct lt_error *err)
{
	bool any;

	return lt_team_any(lt_network_team(run->net), false, &any, err);
}

/* ----------------------------------------------------------------------- training */

static struct lt_note_item whole(const char *key, int64_t value)
{
	return (struct lt_note_item){.key = key, .type = LT_NOTE_INT, .integer = value};
}

static struct lt_note_item fraction(const char *key, double value)
{
	return (struct lt_note_item){.key = key, .type = LT_NOTE_REAL, .real = value};
}

static bool all_finite(const lt_real *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(v[i]))
			return false;
	return true;
}

/*
 * The loss was computed before this update, so the weights after the last step are checked
 * directly.
 */
static int finite_weights(struct lt_run *run, const struct place *place, struct lt_error *err)
{
	const struct lt_graph *graph = lt_network_graph(run->net);

	if (all_finite(lt_network_params(run->net), graph->params) &&
	    all_finite(lt_network_state(run->net), graph->state))
		return 0;
	return lt_fail(err, LT_FALSE,
		       "training diverged: the weights are not finite after epoch %d, step %d; "
		       "try a lower --lr",
		       place->epoch, place->step);
}

static int end_epoch(struct lt_run *run, const struct place *place, double rate,
		     struct lt_error *err)
{
	struct lt_note_item item[4 + LT_MAX_REPORT] = {
		whole("epoch", place->epoch),
		fraction("rate", rate),
		fraction("loss", place->meter.loss / place->meter.rows),
		fraction(run->task->accuracy, place->meter.correct / place->meter.rows),
	};
	char text[512];
	size_t used;
	int more = 0, code;

	if (run->task->report && (code = run->task->report(run->task->self, place->epoch,
							   item + 4, &more, err)) != 0)
		return code;
	if ((code = keep_note(run, item, 4 + more, err)) != 0 || (code = meet(run, err)) != 0 ||
	    (code = write_log(run, err)) != 0)
		return code;
	used = (size_t)snprintf(
		text, sizeof text, "epoch %d of %d: rate %g, loss %.4f, %s %.4f", place->epoch,
		run->rates.epochs, rate, item[2].real, item[3].key, item[3].real);
	for (int i = 4; i < 4 + more && used < sizeof text; i++)
		used += (size_t)snprintf(
			text + used, sizeof text - used, ", %s %.4f", item[i].key,
			item[i].type == LT_NOTE_INT ? (double)item[i].integer : item[i].real);
	if (run->line)
		run->line(run->person, text);
	return 0;
}

int lt_task_step(const struct lt_task *task, const struct lt_optimiser *optimiser,
		 const struct lt_step *step, struct lt_meter *meter, struct lt_error *err)
{
	const struct lt_average *average = &task->average;
	int code;

	if (average->net && average->before)
		lt_average_step(average, optimiser->net, step->number);
	if ((code = task->learn(task->self, step, meter, err)) != 0)
		return code;
	lt_optimiser_step(optimiser, step->rate, step->number);
	if (average->net && !average->before)
		lt_average_step(average, optimiser->net, step->number);
	return 0;
}

/* The next step, in epochs of this many steps. */
static struct lt_step step_at(const struct lt_run *run, const struct place *place, int steps)
{
	const struct lt_rates *rates = &run->rates;
	struct lt_step step = {
		.epoch = place->epoch,
		.step = place->step,
		.number = (int64_t)(place->epoch - 1) * steps + place->step,
		.total = rates->steps > 0 ? rates->steps : (int64_t)rates->epochs * steps,
	};

	step.rate = lt_rates_step(rates, step.epoch, step.number, step.total);
	return step;
}

static void show(struct lt_run *run, const struct place *place, const struct lt_step *step,
		 int steps)
{
	struct lt_run_at at = {.epoch = place->epoch,
			       .epochs = run->rates.epochs,
			       .step = place->step,
			       .steps = steps,
			       .number = step->number,
			       .total = step->total,
			       .meter = &place->meter,
			       .accuracy = run->task->accuracy};

	if (run->progress)
		run->progress(run->person, &at);
}

/*
 * Runs the steps of an epoch from place->step on.  Sets *rate to that of the last one, and
 * *stopped if a signal was received.
 */
static int train_epoch(struct lt_run *run, struct place *place, double *rate, bool *stopped,
		       struct lt_error *err)
{
	int steps, code = run->task->plan(run->task->self, place->epoch, &steps, err);
	struct lt_step step;

	if (code != 0)
		return code;
	for (step = step_at(run, place, steps); place->step < steps && step.number < step.total;
	     step = step_at(run, place, steps)) {
		if ((code = asked(run, stopped, err)) != 0 || *stopped)
			return code;
		show(run, place, &step, steps);
		code = lt_task_step(run->task, &run->moves, &step, &place->meter, err);
		if (code != 0)
			return code;
		place->step++;
		*rate = step.rate;
		if (!isfinite(place->meter.loss))
			return lt_fail(err, LT_FALSE,
				       "training diverged: the loss is not finite at epoch %d, "
				       "step %d; "
				       "try a lower --lr",
				       place->epoch, place->step);
	}
	return 0;
}

/* Of a stop, for its message. */
static const char *cause(void)
{
	return lt_signals_asked() == SIGXCPU ? "the limit on CPU time is reached; " : "";
}

static int train(struct lt_run *run, struct place *place, struct lt_error *err)
{
	int code;

	while (place->epoch <= run->rates.epochs) {
		double rate = lt_rates_at(&run->rates, place->epoch);
		bool stopped = false, ended = false;

		if ((code = train_epoch(run, place, &rate, &stopped, err)) != 0)
			return code;
		if ((code = finite_weights(run, place, err)) != 0)
			return code;
		if (!stopped) {
			if ((code = end_epoch(run, place, rate, err)) != 0)
				return code;
			*place = (struct place){.epoch = place->epoch + 1};
			ended = true;
		}
		if ((code = meet(run, err)) != 0 ||
		    (code = write_checkpoint(run, place, err)) != 0 ||
		    (code = meet(run, err)) != 0)
			return code;
		if (ended && place->epoch <= run->rates.epochs &&
		    (code = asked(run, &stopped, err)) != 0)
			return code;
		if (stopped)
			return lt_fail(
				err, LT_STOPPED,
				"%sstopped at epoch %d, step %d; go on with --resume and "
				"the same command",
				cause(), place->epoch, place->step);
		if (run->output && lt_output_reader_gone(run->output))
			lt_die_of_sigpipe();
	}
	return 0;
}

/*
 * From here on nothing checks for a stop, and the model's writer may wait for its reader, so a
 * signal ends the program at once.
 */
static int end_asking(const struct lt_run *run, struct lt_error *err)
{
	static const char text[] =
		"stopped after the last epoch; go on with --resume and the same command";
	bool stopped = false;
	int code;

	code = asked(run, &stopped, err);
	lt_signals_saved(text);
	if (code == 0 && (stopped || lt_signals_asked()))
		code = lt_fail(err, LT_STOPPED, "%s%s", cause(), text);
	return code;
}

int lt_run_train(struct lt_run *run, struct lt_error *err)
{
	struct place place = {.epoch = 1};
	int code;

	if ((code = lt_optimiser_init(&run->moves, &run->optimiser, run->net, err)) != 0)
		return code;
	lt_average_begin(&run->task->average, run->net);
	if ((code = resume(run, &place, err)) != 0 || (code = agree(run, &place, err)) != 0)
		return code;
	if (run->n_notes == 0 && (code = write_log(run, err)) != 0)
		return code;
	if (run->checkpoint)
		lt_signals_ask();
	code = train(run, &place, err);
	run->header->epoch = run->rates.epochs;
	if (code == 0 && run->checkpoint)
		code = end_asking(run, err);
	return code;
}

int lt_run_write(struct lt_run *run, struct lt_writer *writer, struct lt_error *err)
{
	int code = lt_model_write(writer, "", lt_network_graph(run->net),
				  lt_network_params(run->net), lt_network_state(run->net), err);

	for (int i = 0; i < run->n_notes && code == 0; i++)
		code = lt_writer_note(writer, run->note[i].item, run->note[i].n, err);
	return code;
}

void lt_run_free(struct lt_run *run)
{
	lt_optimiser_free(&run->moves);
	lt_free(run->note);
	lt_arena_free(&run->arena);
	run->note = NULL;
	run->n_notes = 0;
}

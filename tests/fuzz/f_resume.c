/*
 * Fuzz target: a checkpoint from which a run is resumed.  The run restores everything in
 * the checkpoint and stops before its first step.
 */
#include "net.h"

#include <signal.h>

#include "data/table.h"
#include "method/run.h"
#include "method/validation.h"

enum { EPOCHS = 3 };

static int plan(void *self, int epoch, int *steps, struct lt_error *err)
{
	(void)self;
	check(epoch >= 1 && epoch <= EPOCHS);
	*steps = 0;
	return lt_fail(err, LT_STOPPED, "resumed");
}

static int load(void *self, const struct lt_model *model, struct lt_error *err)
{
	return lt_validation_load(self, model, EPOCHS, err);
}

/* One row for a validation that keeps the weights of the best epoch. */
static struct lt_validation *validation(void)
{
	static struct lt_validation *made;
	static uint8_t pixels[4 * 4 * 3];
	static int32_t label;
	static struct lt_table rows = {.name = "rows",
				       .n = 1,
				       .height = 4,
				       .width = 4,
				       .channels = 3,
				       .image = pixels,
				       .label = &label};
	static const struct lt_norm norm = {.channels = 3, .std = {1, 1, 1}};
	static const char *const names[] = {"a", "b"};

	if (made)
		return made;
	lt_header_init(&rows.header, LT_ROWS);
	check(lt_header_set_classes(&rows.header, names, KIT_CLASSES, NULL) == 0);
	check(lt_validation_new(&made, kit_network(), &rows, &norm, true, NULL) == 0);
	return made;
}

static void begin_header(struct lt_header *header)
{
	static const char *const opts[] = {"--epochs=3", "--lr=0.1"};
	static const struct lt_prov entry = {.prog = "fuzz",
					     .version = "0",
					     .out = "model",
					     .opts = opts,
					     .n_opts = 2,
					     .seed = 1};

	lt_header_init(header, LT_MODEL);
	header->num_classes = KIT_CLASSES;
	header->input = (struct lt_shape){3, {4, 4, 3}};
	check(lt_prov_add(header, &entry, NULL) == 0);
}

static void resume(const char *path)
{
	static const struct lt_totals input = {.rows = 5, .crcs = 7};
	struct lt_task task = {.self = validation(), .accuracy = "accuracy", .plan = plan};
	struct lt_run run = {.task = &task,
			     .net = kit_network(),
			     .rates = {.rate = 0.1, .epochs = EPOCHS},
			     .inputs = &input,
			     .n_inputs = 1,
			     .checkpoint = path,
			     .resume = true};
	struct lt_error err = {0};
	struct lt_header header;
	int code;

	task.load = load;
	begin_header(&header);
	run.header = &header;
	code = lt_run_train(&run, &err);
	/* After the checkpoint of the last epoch, nothing is left to do. */
	check(code == 0 || code == LT_STOPPED || (check_refusal(code, &err), true));
	lt_run_free(&run);
	lt_header_free(&header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sigaction interrupt, end;
	uint8_t *whole;
	size_t n = kit_whole(data, size, &whole);
	int fd = kit_file(whole, n);

	/* The run catches these signals to write a checkpoint, which is not wanted here. */
	sigaction(SIGINT, NULL, &interrupt);
	sigaction(SIGTERM, NULL, &end);
	resume(kit_path(fd).text);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGTERM, &end, NULL);
	close(fd);
	free(whole);
	return 0;
}

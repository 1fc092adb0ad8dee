#include "program/training_rows.h"

#include <string.h>

#include "base/memory.h"

static int read_side(struct lt_learn *learn, const char *path, const char *role,
		     struct lt_table *table, bool *has, struct lt_error *err)
{
	*has = path != NULL;
	return path ? lt_learn_read_file(learn, table, 0, path, role, err) : 0;
}

static int read_all(struct lt_training_rows *rows, struct lt_learn *learn,
		    const struct lt_training_files *files, struct lt_table *unlabeled,
		    struct lt_error *err)
{
	const char *init = files->init;
	/* A model can precede the rows only with --init -. */
	struct lt_model *before = lt_is_stdin(init) ? &rows->init : NULL;
	int code;

	if ((code = lt_learn_read_model(learn, &rows->init, &rows->has_init, init, "init",
					err)) != 0 ||
	    (code = lt_learn_read_rows(learn, &rows->all, 0, before, &rows->has_init, "data",
				       err)) != 0 ||
	    (code = read_side(learn, files->unlabeled, "unlabeled", unlabeled,
			      &rows->has_unlabeled, err)) != 0 ||
	    (code = read_side(learn, files->val, "val", &rows->val, &rows->has_val, err)) != 0)
		return code;
	if (init && !rows->has_init)
		return lt_fail(err, LT_DATA,
			       "%s: no model before the rows, where --init - needs one",
			       rows->all.name);
	return 0;
}

static int check_unlabeled(const struct lt_training_rows *rows, struct lt_cli *cli,
			   struct lt_table *unlabeled, bool pseudo, struct lt_error *err)
{
	int code = pseudo ? lt_table_want_labels(unlabeled, err)
			  : lt_table_forget_labels(unlabeled, &rows->all.header, err);

	if (code == 0 && unlabeled->n == 0)
		lt_notice(cli, "%s: no rows, so only labelled rows are used", unlabeled->name);
	return code ? code : lt_table_want_same(&rows->all, unlabeled, err);
}

/* Rows for choosing the best epoch. */
static int check_choice(const struct lt_training_rows *rows, struct lt_cli *cli,
			struct lt_error *err)
{
	if (!lt_table_has_label(&rows->val))
		return lt_fail(err, LT_DATA,
			       "%s: no row has a label to choose the best epoch by",
			       rows->val.name);
	lt_notice_test_rows(cli, &rows->val.header, rows->val.name);
	return 0;
}

static int check_all(const struct lt_training_rows *rows, struct lt_cli *cli,
		     const struct lt_training_files *files, struct lt_table *unlabeled,
		     struct lt_error *err)
{
	int code;

	if ((code = lt_table_want_labels(&rows->all, err)) != 0 ||
	    (code = lt_table_want_given(&rows->all, err)) != 0 ||
	    (rows->has_unlabeled &&
	     (code = check_unlabeled(rows, cli, unlabeled, files->pseudo, err)) != 0) ||
	    (rows->has_val && (code = lt_table_want_same(&rows->all, &rows->val, err)) != 0))
		return code;
	return files->chooses ? check_choice(rows, cli, err) : 0;
}

/* Class counts, then all rows in one table. */
static int join(struct lt_training_rows *rows, struct lt_learn *learn,
		struct lt_table *unlabeled, bool counts_all, struct lt_error *err)
{
	struct lt_header *header = &learn->header;
	int classes = rows->all.header.n_classes, code;
	size_t n = (size_t)classes;

	rows->train_counts = lt_new_array(n, sizeof *rows->train_counts);
	rows->loss_counts = lt_new_array(n, sizeof *rows->loss_counts);
	if (!rows->train_counts || !rows->loss_counts)
		return lt_fail_memory(err);
	lt_table_counts(&rows->all, rows->train_counts);
	rows->n_given = rows->all.n;
	code = lt_learn_norm(learn, rows->has_init ? &rows->init : NULL, &rows->all,
			     &rows->norm, err);
	if (code != 0)
		return code;
	if (rows->has_unlabeled && (code = lt_table_append(&rows->all, unlabeled, err)) != 0)
		return code;
	if (counts_all)
		lt_table_counts(&rows->all, rows->loss_counts);
	else
		memcpy(rows->loss_counts, rows->train_counts, n * sizeof *rows->loss_counts);
	if ((code = lt_header_set_classes(header, rows->all.header.classes, classes, err)) !=
		    0 ||
	    (code = lt_header_set_counts(header, &header->train_counts, rows->train_counts,
					 classes, err)) != 0)
		return code;
	return lt_header_set_counts(header, &header->loss_counts, rows->loss_counts, classes,
				    err);
}

int lt_training_rows_read(struct lt_training_rows *rows, struct lt_learn *learn,
			  const struct lt_training_files *files, struct lt_error *err)
{
	struct lt_table unlabeled = {0};
	int code = read_all(rows, learn, files, &unlabeled, err);

	if (code == 0 && (code = check_all(rows, learn->cli, files, &unlabeled, err)) == 0)
		code = join(rows, learn, &unlabeled, files->counts_all, err);
	lt_table_free(&unlabeled);
	return code;
}

void lt_training_rows_free(struct lt_training_rows *rows)
{
	lt_table_free(&rows->all);
	lt_table_free(&rows->val);
	lt_model_free(&rows->init);
	lt_free(rows->train_counts);
	lt_free(rows->loss_counts);
}

/*
 * The contents of an LTS1 header (lt-stream(5)).  The reader fills the structure,
 * filters modify it, and the writer writes it.
 *
 * Ownership: everything a header points to lives in its own arena, until
 * lt_header_free.  Use lt_header_text and friends to add to it.
 */
#ifndef LT_STREAM_HEADER_H
#define LT_STREAM_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "stream/limits.h"

enum lt_kind { LT_ROWS, LT_MODEL, LT_SCORES };

enum lt_dtype { LT_U1, LT_I2, LT_I4, LT_I8, LT_F4, LT_F8, LT_BF2, LT_BYTES };

size_t lt_dtype_size(enum lt_dtype dtype);	/* bytes an element; 0 for LT_BYTES */
const char *lt_dtype_name(enum lt_dtype dtype); /* "|u1", …, "bytes" */

struct lt_shape {
	int dims; /* 0: a scalar */
	uint32_t dim[LT_MAX_DIMS];
};

/* Product of the dimensions; false on overflow. */
bool lt_shape_elements(const struct lt_shape *shape, size_t *out);
bool lt_shape_same(const struct lt_shape *a, const struct lt_shape *b);

struct lt_column {
	const char *name;
	enum lt_dtype dtype;
	struct lt_shape shape; /* of one row's cell; unused for LT_BYTES */
	const char *role;      /* "input", "label", "id", "weight", "info", or another */
};

#define LT_MAX_CHANNELS 16

/* Per-channel mean and standard deviation of pixels scaled to 0…1. */
struct lt_norm {
	int channels; /* 0: not known */
	double mean[LT_MAX_CHANNELS], std[LT_MAX_CHANNELS];
};

/* An input of a provenance entry: an earlier entry, or a source file. */
struct lt_prov_in {
	const char *role; /* "data", "model", "unlabeled", "pool", … */
	int entry;	  /* index of an earlier entry, or -1 */
	uint64_t bytes;	  /* of the source file, when entry is -1 */
	uint32_t crc;	  /* CRC-32C of it */
};

struct lt_prov {
	const char *prog, *version, *out;
	const char *const *opts; /* "--name=value" */
	int n_opts;
	uint64_t seed;
	const struct lt_prov_in *in;
	int n_in;
};

/* A head of a model with several. */
struct lt_head_line {
	const char *name; /* before its tensors' names */
	const char *kind;
	int outputs;
	double scale;
};

struct lt_header {
	int minor; /* of v = [1, minor] */
	enum lt_kind kind;
	struct lt_column cols[LT_MAX_COLUMNS];
	int n_cols;
	int n_classes; /* -1: no class list */
	const char *const *classes;
	const uint64_t *class_counts; /* n_classes of them, or NULL */
	const char *split;	      /* "train", "unlabeled", "val", "test", or NULL */
	struct lt_norm norm;
	struct lt_prov prov[LT_MAX_PROV];
	int n_prov;

	/* kind model (train_counts: also scores) */
	const char *arch;
	int num_classes;
	struct lt_shape input; /* h, w, c */
	const char *head; /* kind of the head that predicts: "linear", "cosine", "mlp", … */
	double scale;	  /* logits are scale × cosine; 1 for other heads */
	/* All heads; n_heads 0: the one above, named "fc". */
	struct lt_head_line heads[LT_MAX_HEADS];
	int n_heads;
	int predicts; /* which one num_classes, head and scale describe */
	const uint64_t *train_counts, *loss_counts; /* n_classes each, or NULL */
	int64_t epoch;

	struct lt_arena arena;
};

void lt_header_init(struct lt_header *header, enum lt_kind kind);
int lt_header_copy(struct lt_header *to, const struct lt_header *from, struct lt_error *err);
void lt_header_free(struct lt_header *header);

/* Index of a column, or -1. */
int lt_header_find(const struct lt_header *header, const char *name);

/*
 * The columns of a list "NAME,NAME,…", in its order: *n of them, up to LT_MAX_COLUMNS.
 * LT_DATA if one is missing; input: its name in messages.
 */
int lt_header_columns(const struct lt_header *header, const char *input, const char *list,
		      int *column, int *n, struct lt_error *err);

/* Appends a column; names are copied. */
int lt_header_add_column(struct lt_header *header, const char *name, enum lt_dtype dtype,
			 struct lt_shape shape, const char *role, struct lt_error *err);

/* Removes a column if it exists. */
void lt_header_drop_column(struct lt_header *header, const char *name);

/* Copies n names (or counts) into the header. */
int lt_header_set_classes(struct lt_header *header, const char *const *names, int n,
			  struct lt_error *err);
int lt_header_set_counts(struct lt_header *header, const uint64_t **field,
			 const uint64_t *counts, int n, struct lt_error *err);

/* LT_DATA, naming both inputs and the remedy, unless the class lists are equal. */
int lt_header_same_classes(const struct lt_header *a, const char *a_name,
			   const struct lt_header *b, const char *b_name, struct lt_error *err);

/* LT_DATA unless the columns (name, dtype, shape) are equal. */
int lt_header_same_columns(const struct lt_header *a, const char *a_name,
			   const struct lt_header *b, const char *b_name, struct lt_error *err);

/* LT_DATA unless columns and classes are equal, so that both form one table. */
int lt_header_same_table(const struct lt_header *a, const char *a_name,
			 const struct lt_header *b, const char *b_name, struct lt_error *err);

/*
 * Provenance.  To make the list of an output, call lt_prov_merge for each input header
 * (equal entries are stored once; *last becomes the index of that input's last
 * entry in header->prov, -1 if it has none), then lt_prov_add for the program
 * itself, whose in list names those indices.  Over LT_MAX_PROV entries: LT_DATA.
 */
int lt_prov_merge(struct lt_header *header, const struct lt_header *input, int *last,
		  struct lt_error *err);
/* The same; entry[i] becomes the index of entry i of the input. */
int lt_prov_merge_all(struct lt_header *header, const struct lt_header *input,
		      int entry[LT_MAX_PROV], struct lt_error *err);
/*
 * Appends an input, an entry of header, to a list of *n, which has room for LT_MAX_PROV.
 * The shards of one stream have one entry ("--shards=N"), which is listed once.  An entry has
 * at most 4 KiB, so from the 17th input on all of one role and origin are listed once.
 * entry -1: nothing.  LT_USAGE if there is no room.
 */
int lt_prov_list(const struct lt_header *header, struct lt_prov_in *in, int *n,
		 const char *role, int entry, struct lt_error *err);
/* Whether two headers have equal provenance. */
bool lt_prov_same(const struct lt_header *a, const struct lt_header *b);
int lt_prov_add(struct lt_header *header, const struct lt_prov *entry, struct lt_error *err);

#endif

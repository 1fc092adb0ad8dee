/*
 * The streams of one split: the data and, if given, a pool and irrelevant rows.
 * Unlabelled rows are drawn from all three, the other outputs only from the data.
 */
#ifndef LT_DATA_SPLIT_STREAMS_H
#define LT_DATA_SPLIT_STREAMS_H

#include "data/split_others.h"

struct lt_split_streams {
	struct lt_split_source data, pool; /* role NULL: not given */
	struct lt_split_others others;
	struct lt_header lineage; /* provenance of all of them */
	int own_lineage;	  /* entries of it that belong to the data */
};

/* The inputs' paths, which live as long as the streams. */
struct lt_split_inputs {
	const char *const *data; /* n_data, one stream; a NULL is stdin */
	int n_data;
	const char *const *pool;       /* one; NULL there: none */
	const char *const *irrelevant; /* n_irrelevant streams */
	int n_irrelevant;
};

/*
 * Reads each stream once.
 * LT_DATA if the pool has other classes than the data, or a stream has other input columns.
 * groups (of the data) may be NULL.  Call lt_split_streams_close in any case.
 */
int lt_split_streams_open(struct lt_split_streams *streams,
			  const struct lt_split_inputs *inputs, struct lt_split_groups *groups,
			  struct lt_error *err);
void lt_split_streams_close(struct lt_split_streams *streams);

/* The rows to draw from.  The caller sets the order. */
struct lt_split_stock lt_split_streams_stock(const struct lt_split_streams *streams);

/* Draws from all streams; manifest may be NULL (see split_text.h). */
int lt_split_streams_draw(struct lt_split_streams *streams, const struct lt_split_plan *plan,
			  const struct lt_split_stock *stock, struct lt_mt19937 *mt,
			  struct lt_output *manifest, struct lt_error *err);

/* lt_split_manifest_replay with these streams. */
int lt_split_streams_replay(struct lt_split_streams *streams, const char *manifest, bool all,
			    struct lt_prov_in *origin, struct lt_error *err);

/* The header of an output: columns, class counts, the provenance of its inputs. */
int lt_split_streams_header(struct lt_split_streams *streams, enum lt_split_place place,
			    struct lt_header *header, struct lt_error *err);
/* The inputs for an output's provenance entry, at most LT_MAX_PROV; returns how many. */
int lt_split_streams_origins(const struct lt_split_streams *streams, enum lt_split_place place,
			     struct lt_prov_in *in);
/* Records the segments that an output was made from. */
int lt_split_streams_inputs(const struct lt_split_streams *streams, enum lt_split_place place,
			    struct lt_writer *writer, struct lt_error *err);

/* The second pass over all streams (lt_split_source_send).  Frees the labels first. */
int lt_split_streams_send(struct lt_split_streams *streams,
			  const struct lt_split_sink sink[LT_PLACES],
			  void (*tell)(void *arg, uint64_t done, uint64_t total), void *arg,
			  struct lt_error *err);

#endif

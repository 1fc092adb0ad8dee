/*
 * The texts of a split's notices; a text is empty if there is nothing to report.  As
 * many classes as fit are named, and the others are counted.
 */
#ifndef LT_DATA_SPLIT_NOTICE_H
#define LT_DATA_SPLIT_NOTICE_H

#include <stddef.h>

#include "data/split_groups.h"

#define LT_SPLIT_NOTICE 1024 /* bytes of each text */

/* "'cat', 'dog' and 12 more": the classes whose pick is not 0.  size: 300 or more. */
void lt_split_list_classes(char *text, size_t size, const char *const *name,
			   const uint8_t *pick, int classes);

/* The head count was lowered, and what --order by-count would allow. */
int lt_split_tell_head(char text[LT_SPLIT_NOTICE], const struct lt_split_plan *plan,
		       const struct lt_split_rule *rule, const struct lt_split_stock *stock,
		       struct lt_error *err);
/* Classes of which no row is drawn although they have some, and the options that help. */
int lt_split_tell_empty(char text[LT_SPLIT_NOTICE], const struct lt_split_plan *plan,
			const struct lt_split_rule *rule, const struct lt_split_stock *stock,
			struct lt_error *err);
/* Classes without a row in the input. */
int lt_split_tell_absent(char text[LT_SPLIT_NOTICE], const struct lt_split_stock *stock,
			 struct lt_error *err);
/* Classes that have rows but none held out; option: "--test". */
int lt_split_tell_held(char text[LT_SPLIT_NOTICE], const char *option, const uint64_t *held,
		       const struct lt_split_stock *stock, struct lt_error *err);
/* How many groups were held out, and the shares that resulted. */
void lt_split_tell_groups(char text[LT_SPLIT_NOTICE], const struct lt_split_groups *groups,
			  struct lt_split_shares shares, const struct lt_split_stock *stock);

#endif

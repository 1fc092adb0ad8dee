/*
 * --recipe: the settings of a published experiment under one name.
 *
 * A recipe lists options for some of the programs.  They replace the program's defaults,
 * including those for large images.  Options on the command line take precedence, wherever
 * they stand. An option of the recipe that another choice does not use (the margin of another
 * loss) is dropped.  Provenance lists the resulting options, as for any run.
 *
 * A new recipe is a list of options for each program and a line in the table of recipe.c; the
 * manual's table, in ltpipe(7), must say the same.
 */
#ifndef LT_PROGRAM_RECIPE_H
#define LT_PROGRAM_RECIPE_H

#include "cli/cli.h"

#define LT_RECIPE_PROGRAMS 5 /* with the NULL at the end */

struct lt_recipe {
	const char *name;
	const char *summary, *source;
	struct {
		const char *program;	       /* canonical name; NULL after the last */
		const struct lt_default *sets; /* ends with a NULL option */
	} part[LT_RECIPE_PROGRAMS];
};

extern const struct lt_recipe lt_recipes[]; /* ends with a NULL name */
extern const char *const lt_recipe_names[]; /* the same, for the option table */

/* A line of an option table. */
#define LT_RECIPE_OPT(T, f)                                                                    \
	LT_CHOICE(T, f, "recipe", "NAME", NULL, lt_recipe_names, NULL, LT_OPT_RESULT,          \
		  "settings of a published experiment")

/*
 * Sets the options of the recipe, before any option is read; does nothing without a recipe.
 * LT_USAGE if the recipe has no options for this program; the message names those it is for.
 */
int lt_recipe_apply(const struct lt_choice_value *recipe, struct lt_cli *cli,
		    struct lt_error *err);

/*
 * For --explain: its name and source, the options it sets here, and which of them the command
 * line overrides; nothing without a recipe.
 */
int lt_recipe_explain(struct lt_output *out, const struct lt_choice_value *recipe,
		      const struct lt_cli *cli, struct lt_error *err);

#endif

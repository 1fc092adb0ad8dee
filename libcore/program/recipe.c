#include "program/recipe.h"

#include <stdio.h>
#include <string.h>

#include "program/explain.h"

/* Mean and deviation of the authors' code. */
#define CIFAR "0.4914,0.4822,0.4465/0.2023,0.1994,0.201"
#define INATURALIST "0.466,0.471,0.38/0.195,0.194,0.192"

/*
 * Small images.  The step schedule of 200 epochs has 5 epochs of warm-up and drops after 160
 * and 180; shorter runs scale it.  The batch of train is the program's default: 128, or 256
 * with pseudo-labelled rows, as in the two scripts.
 */
#define SMALL                                                                                  \
	{"arch", "resnet32"}, {"epochs", "200"}, {"lr", "0.1"}, {"schedule", "step"},          \
		{"momentum", "0.9"}, {"decay", "0.0002"},                                      \
	{                                                                                      \
		"augment", "crop-flip"                                                         \
	}

static const struct lt_default cifar_train[] = {SMALL, {"norm", CIFAR}, {0}};
static const struct lt_default cifar_rot[] = {SMALL, {"batch", "128"}, {"norm", CIFAR}, {0}};
static const struct lt_default svhn_train[] = {SMALL, {"norm", "half"}, {0}};
static const struct lt_default svhn_rot[] = {SMALL, {"batch", "128"}, {"norm", "half"}, {0}};

/* Large images, as the configuration files for ResNet-50. */
#define LARGE                                                                                  \
	{"arch", "resnet50"}, {"input", "224"}, {"epochs", "90"}, {"lr", "0.2"},               \
		{"schedule", "cosine-early"}, {"momentum", "0.9"}, {"keep", "best"},           \
	{                                                                                      \
		"keep-by", "accuracy"                                                          \
	}
#define LARGE_ROT                                                                              \
	{"arch", "resnet50"}, {"input", "224"}, {"epochs", "200"}, {"batch", "128"},           \
		{"lr", "0.1"}, {"schedule", "step"}, {"momentum", "0.9"},                      \
	{                                                                                      \
		"decay", "0.0002"                                                              \
	}
#define LARGE_MOCO                                                                             \
	{"arch", "resnet50"}, {"input", "224"}, {"epochs", "200"}, {"batch", "128"},           \
		{"lr", "0.015"}, {"schedule", "cosine"}, {"momentum", "0.9"},                  \
		{"decay", "0.0001"}, {"queue", "65536"}, {"key-momentum", "0.999"},            \
		{"temperature", "0.2"}, {"dim", "128"}, {"crop-area", "0.2"},                  \
	{                                                                                      \
		"blur", "on"                                                                   \
	}
#define CRT                                                                                    \
	{"method", "crt"}, {"procedure", "authors"}, {"batch", "512"},                         \
	{                                                                                      \
		"lr", "0.2"                                                                    \
	}

static const struct lt_default imagenet_train[] = {LARGE,
						   {"batch", "128"},
						   {"decay", "0.0005"},
						   {"augment", "resized-crop,jitter"},
						   {"norm", "imagenet"},
						   {0}};
static const struct lt_default imagenet_rot[] = {
	LARGE_ROT, {"augment", "resized-crop,jitter"}, {"norm", "imagenet"}, {0}};
static const struct lt_default imagenet_moco[] = {LARGE_MOCO, {"norm", "imagenet"}, {0}};
static const struct lt_default imagenet_crt[] = {
	CRT, {"epochs", "10"}, {"decay", "0.0005"}, {"augment", "resized-crop,jitter"}, {0}};

static const struct lt_default inaturalist_train[] = {LARGE,
						      {"batch", "100"},
						      {"decay", "0.0001"},
						      {"augment", "resized-crop"},
						      {"norm", INATURALIST},
						      {0}};
static const struct lt_default inaturalist_rot[] = {
	LARGE_ROT, {"augment", "resized-crop"}, {"norm", INATURALIST}, {0}};
static const struct lt_default inaturalist_moco[] = {LARGE_MOCO, {"norm", INATURALIST}, {0}};
static const struct lt_default inaturalist_crt[] = {
	CRT, {"epochs", "30"}, {"decay", "0.0001"}, {"augment", "resized-crop"}, {0}};

/* Cao et al. follow He et al. (CVPR 2016), who have batches of 256 and this decay. */
static const struct lt_default ldam_train[] = {
	{"loss", "ldam"},	{"margin", "0.3"},
	{"rule", "drw"},	{"defer-epoch", "60"},
	{"arch", "resnet50"},	{"input", "224"},
	{"epochs", "90"},	{"batch", "256"},
	{"lr", "0.1"},		{"schedule", "step"},
	{"warmup", "0"},	{"drops", "30,60"},
	{"drop-factor", "0.1"}, {"momentum", "0.9"},
	{"decay", "0.0001"},	{"augment", "resized-crop"},
	{"norm", INATURALIST},	{0}};

static const struct lt_default fixmatch_train[] = {{"method", "fixmatch"},
						   {"arch", "wrn-28-2"},
						   {"batch", "64"},
						   {"unlabeled-batch", "448"},
						   {"threshold", "0.95"},
						   {"consistency-weight", "1"},
						   {"ema", "0.999"},
						   {"steps", "1048576"},
						   {"report-every", "1024"},
						   {"lr", "0.03"},
						   {"schedule", "cosine-7-16"},
						   {"optimizer", "sgd"},
						   {"momentum", "0.9"},
						   {"nesterov", "on"},
						   {"decay", "0.0005"},
						   {"decay-on", "weights"},
						   {"augment", "crop-flip"},
						   {"strong", "crop-flip,randaugment"},
						   {0}};

static const char authors[] = "Yang and Xu, NeurIPS 2020, and their code";
static const char with_crt[] =
	"Yang and Xu, NeurIPS 2020, and their code; retrain: Kang et al., ICLR 2020";

const struct lt_recipe lt_recipes[] = {
	{"yang-xu-cifar",
	 "long-tailed CIFAR-10 and CIFAR-100",
	 authors,
	 {{"train", cifar_train}, {"pretrain-rot", cifar_rot}}},
	{"yang-xu-svhn",
	 "long-tailed SVHN",
	 authors,
	 {{"train", svhn_train}, {"pretrain-rot", svhn_rot}}},
	{"imagenet-lt",
	 "ImageNet-LT",
	 with_crt,
	 {{"train", imagenet_train},
	  {"pretrain-rot", imagenet_rot},
	  {"retrain", imagenet_crt}}},
	{"imagenet-lt-moco",
	 "ImageNet-LT, from an encoder of momentum contrast",
	 with_crt,
	 {{"pretrain-moco", imagenet_moco},
	  {"train", imagenet_train},
	  {"retrain", imagenet_crt}}},
	{"inaturalist",
	 "iNaturalist 2018",
	 with_crt,
	 {{"pretrain-moco", inaturalist_moco},
	  {"pretrain-rot", inaturalist_rot},
	  {"train", inaturalist_train},
	  {"retrain", inaturalist_crt}}},
	{"ldam-inaturalist",
	 "LDAM-DRW on iNaturalist 2018",
	 "Cao et al., NeurIPS 2019",
	 {{"train", ldam_train}}},
	{"fixmatch",
	 "FixMatch on CIFAR-10",
	 "Sohn et al., NeurIPS 2020",
	 {{"train", fixmatch_train}}},
	{0},
};

const char *const lt_recipe_names[] = {
	"yang-xu-cifar", "yang-xu-svhn",     "imagenet-lt", "imagenet-lt-moco",
	"inaturalist",	 "ldam-inaturalist", "fixmatch",    NULL};

/* The recipe's options for this program, or NULL. */
static const struct lt_default *sets_of(const struct lt_recipe *recipe,
					const struct lt_cli *cli)
{
	for (int i = 0; recipe->part[i].program; i++)
		if (strcmp(recipe->part[i].program, lt_cli_program(cli)) == 0)
			return recipe->part[i].sets;
	return NULL;
}

int lt_recipe_apply(const struct lt_choice_value *choice, struct lt_cli *cli,
		    struct lt_error *err)
{
	const struct lt_recipe *recipe = &lt_recipes[choice->value];
	const struct lt_default *sets;
	char programs[128] = "";
	size_t used = 0;
	int code = 0;

	if (!choice->has)
		return 0;
	sets = sets_of(recipe, cli);
	for (int i = 0; recipe->part[i].program && used < sizeof programs; i++)
		used += (size_t)snprintf(programs + used, sizeof programs - used, "%s%s",
					 i ? ", " : "", recipe->part[i].program);
	if (!sets)
		return lt_fail(err, LT_USAGE, "--recipe %s sets nothing here: it is for %s",
			       recipe->name, programs);
	for (; sets->option && code == 0; sets++)
		code = lt_opt_preset(cli, sets->option, sets->value, err);
	return code;
}

/* "epochs 90, batch 256"; otherwise: the options given instead. */
static void list(const struct lt_default *sets, const struct lt_cli *cli, bool otherwise,
		 char *text, size_t size)
{
	size_t used = 0;

	for (text[0] = '\0'; sets->option && used < size; sets++) {
		const char *value = sets->value;
		char given[256];

		if (otherwise && (!lt_opt_given(cli, sets->option) ||
				  !lt_opt_shown(cli, sets->option, given, sizeof given)))
			continue;
		if (otherwise)
			value = given;
		used += (size_t)snprintf(text + used, size - used, "%s%s %s", used ? ", " : "",
					 sets->option, value);
	}
}

int lt_recipe_explain(struct lt_output *out, const struct lt_choice_value *choice,
		      const struct lt_cli *cli, struct lt_error *err)
{
	const struct lt_recipe *recipe = &lt_recipes[choice->value];
	const struct lt_default *sets;
	char text[800], given[700];
	int code;

	if (!choice->has || !(sets = sets_of(recipe, cli)))
		return 0;
	snprintf(text, sizeof text, "%s: %s\n%s", recipe->name, recipe->summary,
		 recipe->source);
	if ((code = lt_explain_say(out, "recipe", text, err)) != 0)
		return code;
	list(sets, cli, false, text, sizeof text);
	if ((code = lt_explain_say(out, "", text, err)) != 0)
		return code;
	list(sets, cli, true, given, sizeof given);
	if (!given[0])
		return 0;
	snprintf(text, sizeof text, "but as given: %s", given);
	return lt_explain_say(out, "", text, err);
}

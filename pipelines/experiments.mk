# The experiments of the paper (Yang and Xu, NeurIPS 2020), read by the Makefile.
#
#	make table1-cifar10 DATA=ARCHIVE           your copy of the images, 200 epochs a stage
#	make table1-cifar10 DATA=sample EPOCHS=2   drawn pictures: to see that everything runs
#	make table2-cifar10 DATA=ARCHIVE RATIOS=100 ROWS='ce rot-ce' SEEDS='0 1 2'
#
# An experiment is four words:
#
#	setting   which rows: FAMILY-NAME (settings.mk).  cifar10-r100 is a draw of labelled
#	          rows; cifar10-r100@u50 is the same with unlabelled rows, drawn as "u50"
#	method    how a model is learnt from them (methods.mk): ce, ldam-drw, ce-du
#	seed      of learning; the draw of rows is the same for all seeds
#	table     settings x methods, with a title, under the name of the goal (tables.mk)
#
# A cell is SETTING/METHOD.  A method that does not read unlabelled rows has its cell in the
# setting without them: cifar10-r100/ce is a single cell in all tables, whatever unlabelled rows
# are beside it.  A cell and a seed are a chain of files, which cells share:
#
#	$(X)/FAMILY/all.lts test.lts         the images, and rows for draws: pool.lts, others.lts,
#	                                     others+NAME.lts
#	$(X)/SETTING/rows.lts                labelled rows
#	$(X)/SETTING/DRAW.lts                unlabelled rows
#	$(X)/SETTING/RUN/sSEED/              what was learnt; RUN is the epochs and FLAGS
#	    rot.lts                          an encoder
#	    METHOD.lts METHOD@DRAW.lts       a model; its training's log is METHOD.log.tsv
#	    labels-METHOD@DRAW.lts           the unlabelled rows with that model's labels; METHOD
#	                                     is followed by the options that kept some
#	    METHOD@DRAW.row                  the result: a line of results.tsv
#
# Each file is made once; FILE.seconds contains the time it took.  An interrupted run continues
# where it stopped, even within a stage.  Finished cells are added to $(RESULTS) immediately.  A
# cell in $(RESULTS) or $(COMMITTED) with the same data, epochs, flags and seed is not run
# again, except with AGAIN=1.  "make record" adds $(RESULTS) to $(COMMITTED).

DATA ?=
# Candidates for unlabelled rows, an archive like DATA.  By default they are the remaining rows
# of DATA.
POOL ?=
# Sources of the irrelevant rows of fig2 and fig3: streams, archives, and "others" for the
# held-out classes.  The default is only others; rows are drawn uniformly from all sources.
IRRELEVANT ?= others
SEEDS ?= 0
# Published lists of training and test rows for table3 and table4; DATA then contains the
# images.
LISTS ?=
# The split of the test rows in DATA, for photographs.
TEST_SPLIT ?= test
# "recipe": the number in the recipe of the images, for each stage.
EPOCHS ?= $(if $(filter table3 table4,$(MAKECMDGOALS) $(TARGET)),recipe,200)
# Ratios of the labelled rows, for the tables that have several.
RATIOS ?= 100 50 10
# The methods to run, by default those of the table.  The table shows all finished ones.
ROWS ?=
# More options for training and pre-training, as in FLAGS='--precision bf16-fast'.
FLAGS ?=
# A command that runs a stage: LAUNCH=nice, or that of a batch scheduler that waits for its job.
# With LAUNCH, -j runs stages in parallel.
LAUNCH ?=
AGAIN ?=
# Divides all counts of rows, for trials; by default, only synthetic images are reduced.
SHRINK ?= $(if $(filter sample,$(DATA)),10,1)
# The side of synthetic images, by default that of lt synth; smaller images train faster.
SAMPLE_SIZE ?=
# The name of the images in results: that of the archive, and the factor of SHRINK.
DATA_NAME ?= $(call archive,$(firstword $(DATA)))$(if $(SAMPLE),$(addprefix -,$(SAMPLE_SIZE)))$(if $(filter-out 1,$(SHRINK)),/$(SHRINK))
archive = $(firstword $(subst .tar, ,$(basename $(notdir $1))))

EMPTY :=
SPACE := $(EMPTY) $(EMPTY)
X ?= $(B)/experiments
RESULTS ?= $(X)/results.tsv
COMMITTED ?= pipelines/results/results.tsv

# The runs shown in the README's table.
README_DATA ?= $(if $(DATA),$(DATA_NAME),cifar10-jpeg)
README_FLAGS ?= $(or $(FLAGS),--precision bf16-fast)

include pipelines/methods.mk pipelines/settings.mk pipelines/tables.mk

# ---------------------------------------------------------------- names

# The beginning of the command of a stage that trains or evaluates.
STEP = $(strip $(LAUNCH) $(LT))
SAMPLE = $(filter sample,$(DATA))
RUN_DIR := $(if $(filter recipe,$(EPOCHS)),recipe,$(EPOCHS)ep)$(subst $(SPACE),,$(subst /,_,$(FLAGS)))
LEARN_FLAGS = $(strip $(if $(filter-out recipe,$(EPOCHS)),--epochs $(EPOCHS)) $(FLAGS))
# $(call recipe,SETTING): options of all programs that learn from these images.
recipe = $(addprefix --recipe ,$(RECIPE_$(FAMILY_$(call base,$1))))
pretext_recipe = $(addprefix --recipe ,$(if $(filter moco,$1),$(MOCO_$(FAMILY_$2)),$(RECIPE_$(FAMILY_$2))))
groups = $(or $(GROUPS_$(FAMILY_$(call base,$(call cell_setting,$1)))),thirds)

# $(call base,SETTING) without its draw, $(call draw,SETTING) the draw alone.
base = $(firstword $(subst @, ,$1))
draw = $(word 2,$(subst @, ,$1))
# $(call cell,SETTING,METHOD): empty if the method needs unlabelled rows and there are none.
cell = $(if $(READS_DRAW_$2),$(if $(call draw,$1),$1/$2),$(call base,$1)/$2)
cell_setting = $(patsubst %/,%,$(dir $1))
cell_method = $(notdir $1)
# $(call seed_dir,SETTING,SEED)
seed_dir = $(X)/$(call base,$1)/$(RUN_DIR)/s$2
# $(call model,CELL,SEED): its model, without .lts.
model = $(call seed_dir,$(call cell_setting,$1),$2)/$(call cell_method,$1)$(addprefix @,$(call draw,$(call cell_setting,$1)))
# $(call labels,CELL,SEED): the rows that CELL learns from, as labelled by another one.
labels = $(call seed_dir,$(call cell_setting,$1),$2)/labels-$(LABELS_$(call cell_method,$1))$(subst $(SPACE),,$(KEEP_$(call cell_method,$1)))@$(call draw,$(call cell_setting,$1)).lts
# $(call sibling,CELL,METHOD): the cell of another method in the same setting.
sibling = $(call cell,$(call cell_setting,$1),$2)

# $(call others_file,FAMILY,ITEM OF IRRELEVANT)
others_file = $(X)/$1/others$(if $(filter others,$2),,+$(call archive,$2)).lts
others_files = $(foreach i,$(or $(IRRELEVANT),others),$(call others_file,$1,$i))

# $(call chain,CELL,SEED): the files trained for it, in no particular order.
chain = $(sort $(call chain_of,$(call cell_method,$1),$1,$2))
chain_of = $(call model,$2,$3).lts \
	$(if $(PRETEXT_$1),$(call seed_dir,$(call cell_setting,$2),$3)/$(PRETEXT_$1).lts) \
	$(if $(LABELS_$1),$(call labels,$2,$3) $(call chain,$(call sibling,$2,$(LABELS_$1)),$3)) \
	$(if $(FROM_$1),$(call chain,$(call sibling,$2,$(FROM_$1)),$3)) \
	$(if $(findstring auto,$(RETRAIN_$1)),$(addprefix $(call seed_dir,$(call cell_setting,$2),$3)/choose-,$(FROM_$1).lts $1.lts))

# ---------------------------------------------------------------- what is asked for

# The tables and figures to make, or to estimate.
X_GOALS = $(filter $(TABLES) $(LOOKS),$(MAKECMDGOALS) $(if $(filter estimate,$(MAKECMDGOALS)),$(TARGET)))
# $(call table_cells,TABLE,METHODS)
table_cells = $(strip $(foreach s,$(SETTINGS_$1),$(foreach m,$2,$(call cell,$s,$m))))
table_methods = $(if $(ROWS),$(filter $(ROWS),$(METHODS_$1) $(MORE_$1)),$(METHODS_$1))
# CELL/SEED, each once and in the order of the table.
unique = $(if $1,$(firstword $1) $(call unique,$(filter-out $(firstword $1),$1)))
table_runs = $(foreach s,$(SEEDS),$(addsuffix /$s,$(call unique,$(call table_cells,$1,$(call table_methods,$1)))))
run_cell = $(patsubst %/,%,$(dir $1))
run_seed = $(notdir $1)
# Those without a result; for analyses, all cells, because they need the models themselves.
missing_runs = $(filter-out $(if $(filter $1,$(TABLES)),$(HAVE)),$(call table_runs,$1))
row_file = $(call model,$(call run_cell,$1),$(call run_seed,$1)).row

ifneq ($(X_GOALS),)
$(if $(strip $(DATA)),,$(error make $(firstword $(X_GOALS)) needs DATA=, an archive or a folder of the images, or DATA=sample))
$(foreach g,$(X_GOALS),$(if $(ROWS),$(if $(call table_methods,$g),,$(error $g has no row of ROWS=$(ROWS); it has $(METHODS_$g) $(MORE_$g)))))
$(if $(filter-out $(words $(IRRELEVANT)),$(words $(sort $(foreach i,$(IRRELEVANT),$(call others_file,x,$i))))),$(error IRRELEVANT=$(IRRELEVANT): two have the same name))
$(if $(filter table3 table4,$(X_GOALS)),$(if $(SAMPLE)$(filter 2,$(words $(LISTS))),,$(error make $(filter table3 table4,$(X_GOALS)) needs LISTS=, the published lists of training rows and of test rows, and DATA=, the images)))
HAVE := $(if $(AGAIN),,$(shell pipelines/results-have.sh '$(DATA_NAME)' '$(EPOCHS)' '$(FLAGS)' $(wildcard $(COMMITTED) $(RESULTS))))
# Each stage uses all processors, so they run one after another, whatever -j is.
ifeq ($(LAUNCH),)
.NOTPARALLEL:
endif
endif

.PHONY: $(TABLES) $(LOOKS) record readme-table
# The command that made a table, as shown on its page.
X_SHOWN = make $1 DATA=$(notdir $(firstword $(DATA))) $(if $(filter table3 table4,$1),LISTS="$(notdir $(LISTS))" )$(if $(SAMPLE),$(addsuffix $(SPACE),$(addprefix SAMPLE_SIZE=,$(SAMPLE_SIZE))))EPOCHS=$(EPOCHS)$(if $(FLAGS), FLAGS="$(FLAGS)")$(call irrelevant_shown,$1)
irrelevant_shown = $(if $(OTHERS_TAG),$(if $(filter %$(OTHERS_TAG),$(SETTINGS_$1)), IRRELEVANT="$(notdir $(IRRELEVANT))"))
# $(call table_words,TABLE): a heading for each labelled draw, a word for each cell.
table_words = $(foreach s,$(SETTINGS_$1),$(if $(call draw,$s),,'$(HASH)split $(SPLIT_$s)') \
	$(foreach m,$(METHODS_$1) $(MORE_$1),$(if $(filter $s/$m,$(call cell,$s,$m)),'$(if $(filter $m,$(METHODS_$1)),,?)$s/$m=$(TITLE_$m) | $(call draw_shown,$s)')))
# As in "factor 2 ratio 50".
draw_shown = $(if $(call draw,$1),$(subst --,,$(subst --unlabeled-,,$(DRAW_$(call drawn,$1)))),-)

# $(call figure_words,TABLE): a word for each point, as in CELL=POSITION|LINE.
figure_words = $(foreach p,$(POINTS_$1),$(call figure_word,$(subst :, ,$p)))
figure_word = '$(call cell,$(word 2,$1),$(word 3,$1))=$(word 1,$1)|$(TITLE_$(word 4,$1))'
# $(call results_table,FORM,TABLE,WORDS)
results_table = pipelines/results-table.sh $1 '$(TITLE_$2)' '$(call X_SHOWN,$2)' $(if $(SAMPLE),-,$2) '$(DATA_NAME)' '$(EPOCHS)' '$(FLAGS)' '$(wildcard $(COMMITTED)) $(RESULTS)' $3

define TABLE_RULE
$1: $(foreach r,$(call missing_runs,$1),$(call row_file,$r))
	@$(if $(filter $(HAVE),$(call table_runs,$1)),echo '$1: $(words $(filter $(HAVE),$(call table_runs,$1))) of $(words $(call table_runs,$1)) cells stand in the results and are not made again (AGAIN=1 makes them)')
	@mkdir -p $(X)
	@$(call results_table,$(if $(filter $1,$(BY_CLASS)),--classes),$1,$(call table_words,$1)) >$(X)/$1.md.new
	@mv $(X)/$1.md.new $(X)/$1.md
	@cat $(X)/$1.md
	$(if $(filter $1,$(FIGURES)),@$(call results_table,--points,$1,$(call figure_words,$1)) | $(LT) plot --x position --y error --by line --low low --high high \
		--title '$(TITLE_$1)' --x-label '$(LABEL_$1)' --y-label 'error on test rows (%)' $(OPTIONS_$1) -o $(X)/$1.svg
	@echo 'the figure is $(X)/$1.svg')
endef

# Files beside the model of each cell, listed at the end.
define LOOK_RULE
$1: $(foreach r,$(call table_runs,$1),$(addprefix $(call model,$(call run_cell,$r),$(call run_seed,$r)).,$(FILES_$1)))
	@ls $$^
endef

# The goals, for scripts.
.PHONY: list-tables list-looks
list-tables:
	@echo $(TABLES)
list-looks:
	@echo $(LOOKS)

record:
	@pipelines/results-add.sh $(COMMITTED) $(RESULTS)

# A line for each cell of BRIEF, whether it has a result or not.
brief_cells = $(foreach c,$(BRIEF),$(filter $c,$(call cell,$(call cell_setting,$c),$(call cell_method,$c))))
readme-table:
	@pipelines/results-readme.sh '$(README_DATA)' '$(EPOCHS)' '$(README_FLAGS)' '$(wildcard $(COMMITTED) $(RESULTS))' \
		$(foreach c,$(brief_cells),'$c=$(SPLIT_$(call base,$(call cell_setting,$c)))|$(TITLE_$(call cell_method,$c))|$(call draw_shown,$(call cell_setting,$c))')

# ---------------------------------------------------------------- data

# Rules are expanded text, in which a comma in a command must not end the argument of STAGE.
quoted = $(subst $(COMMA),$$(COMMA),$(strip $1))
stage = $$(call STAGE,$(call quoted,$1))
stage_to = $$(call STAGE_TO,$(call quoted,$1),$2)
learn = $$(call LEARN,$(call quoted,$1))
SAMPLE = $(filter sample,$(DATA))
# $(call take,OPTIONS,DATA): images, or rows as they are.
take = $(if $(filter-out %.lts,$2),$(LT) import $(strip $1) $2,$(LT) cat $2)
sample_size = $(or $(addprefix --size ,$(SAMPLE_SIZE)),$(SAMPLE_$1))
# $1: a family of images.
define IMAGES_RULES
$(X)/$1/all.lts: | $(X)/$1/settings $(BINS)
	$(call stage,$(if $(SAMPLE),$(LT) synth $(sample_size) --per-class $(call head,$(HEAD_$1)),$(if $(LISTED_$1),$(call listed_rows,$1,1),$(call take,$(IMPORT_$1),$(DATA)))))

$(if $(HELD_$1),$(HELD_TEST_RULE),$(IMAGES_TEST_RULE))

# For synthetic images, as many as the steepest draw needs for its first class.
$(X)/$1/pool$(POOL_TAG).lts: | $(X)/$1/settings $(BINS)
	$(call stage,$(if $(SAMPLE),$(LT) synth $(sample_size) --split unlabeled --per-class $(call head,$(HEAD_$1)0),$(if $(POOL),$(call take,$(IMPORT_$1),$(POOL)),$(LT) import --split $(POOL_SPLIT_$1) $(IMPORT_$1) $(DATA))))
endef

define IMAGES_TEST_RULE
$(X)/$1/test.lts: | $(X)/$1/settings $(BINS)
	$(call stage,$(if $(SAMPLE),$(LT) synth $(sample_size) --split test --per-class $(call head,$(TEST_$1)),$(if $(LISTED_$1),$(call listed_rows,$1,2),$(LT) import --split $(TEST_SPLIT_$1) $(IMPORT_$1) $(DATA))))
endef

# Images without test rows: some are held out.
define HELD_TEST_RULE
$(X)/$1/test.lts: $(X)/$1/all.lts
	$(call stage_to,$(LT) split $(HELD_$1) $$<,-o /dev/null --test)
endef

# $(call listed_rows,FAMILY,WHICH OF LISTS)
listed_rows = $(LT) import $(strip $(IMPORT_$1)) --root $(DATA) $(word $2,$(LISTS))

# $1: a family that is some classes of another.
define PART_RULES
$(X)/$1/all.lts $(X)/$1/test.lts: $(X)/$1/%.lts: $(X)/$(PART_OF_$1)/%.lts | $(X)/$1/settings
	$(call stage,$(LT) cat --only $(ONLY_$1) $$<)

$(X)/$1/others.lts: $(X)/$(PART_OF_$1)/all.lts | $(X)/$1/settings
	$(call stage,$(LT) cat --only $(OTHERS_$1) $$<)

$(foreach i,$(filter-out others,$(IRRELEVANT)),$(call once,OTHERS_RULE,$1,$i))
endef

# $1: such a family, $2: irrelevant rows from another source, which must have the same image
# size.
define OTHERS_RULE
$(call others_file,$1,$2): | $(X)/$1/settings $(BINS)
	$(call stage,$(call take,$(SIZE_$1),$2))
endef

define FAMILY_RULES
$(X)/$1/settings: FORCE
	$$(call SETTINGS,DATA=$(DATA) SHRINK=$(SHRINK)$(if $(SAMPLE),$(addprefix $(SPACE)SAMPLE_SIZE=,$(SAMPLE_SIZE))))

$(call $(if $(PART_OF_$1),PART,IMAGES)_RULES,$1)
$(if $(PART_OF_$1),$(call once,FAMILY_RULES,$(PART_OF_$1)))
endef

# $1: a setting without a draw, $2: its family.
define ROWS_RULES
$(X)/$1/rows.lts: $(X)/$2/all.lts
	@mkdir -p $$(@D)
	$(call stage,$(LT) split $(SPLIT_$1) $$<)

# To choose tau, a separate draw with validation rows, since all rows of the first class may be
# labelled.
$(X)/$1/choose.lts: $(X)/$2/all.lts
	@mkdir -p $$(@D)
	$(call stage,$(LT) split $(CHOOSE_$1) --val /dev/null $$<)

$(X)/$1/val.lts: $(X)/$2/all.lts
	@mkdir -p $$(@D)
	$(call stage_to,$(LT) split $(CHOOSE_$1) $$<,-o /dev/null --val)

$(call once,FAMILY_RULES,$2)
endef

# $1: a setting with a draw, $2: its family.  The labelled rows are the same without it.
define DRAW_RULES
$(X)/$(call base,$1)/$(call draw,$1).lts: $(X)/$2/all.lts $(call draw_files,$1,$2)
	@mkdir -p $$(@D)
	$(call stage_to,$(LT) split $(call split_options,$1) $(call draw_sources,$1,$2) $$<,-o /dev/null --unlabeled)
endef
draw_files = $(if $(filter pool,$(SOURCE_$1)),$(X)/$2/pool$(POOL_TAG).lts) $(if $(filter irrelevant,$(SOURCE_$1)),$(call others_files,$2))
draw_sources = $(addprefix --$(SOURCE_$1) ,$(call draw_files,$1,$2))

# ---------------------------------------------------------------- learning

# Rules are generated for the files that a goal needs, once each: $(call once,RULES,ARGUMENTS).
once = $(if $(ONCE_$1/$2/$3/$4),,$(eval ONCE_$1/$2/$3/$4 := y)$(eval $(call $1,$2,$3,$4,$5,$6)))

# $1: a cell, $2: a seed.  Its model and all prerequisites.
define MODEL_RULES
$(call $(if $(FROM_$(call cell_method,$1)),SECOND,TRAIN)_RULE,$1,$2,$(call cell_method,$1),$(call cell_setting,$1),$(call seed_dir,$(call cell_setting,$1),$2))
$(call once,ROWS_RULES,$(call base,$(call cell_setting,$1)),$(FAMILY_$(call base,$(call cell_setting,$1))))
endef

# $3 is the cell's method, $4 its setting, $5 the directory of its seed.
define TRAIN_RULE
$(call model,$1,$2).lts: $(X)/$(call base,$4)/rows.lts $(call init_file,$3,$5) $(call unlabelled_file,$1,$2,$3,$4)
	@mkdir -p $$(@D)
	$(call learn,$(STEP) train $(call recipe,$4) $(TRAIN_$3) $(addprefix --init ,$(call init_file,$3,$5)) $(addprefix --unlabeled ,$(call unlabelled_file,$1,$2,$3,$4)) $(LEARN_FLAGS) --seed $2 --log $(call model,$1,$2).log.tsv $$<)

$(if $(PRETEXT_$3),$(call once,PRETEXT_RULE,$(PRETEXT_$3),$(call base,$4),$2))
$(if $(LABELS_$3),$(call once,LABELS_RULE,$(call labels,$1,$2),$(call sibling,$1,$(LABELS_$3)),$2,$(call draw_file,$4),$(KEEP_$3)))
$(if $(READS_DRAW_$3),$(call once,DRAW_RULES,$(call drawn,$4),$(FAMILY_$(call base,$(call drawn,$4)))))
$(if $(LABELS_$3),$(call once,MODEL_RULES,$(call sibling,$1,$(LABELS_$3)),$2))
endef
init_file = $(if $(PRETEXT_$1),$2/$(PRETEXT_$1).lts)
unlabelled_file = $(if $(LABELS_$3),$(call labels,$1,$2),$(if $(READS_DRAW_$3),$(call draw_file,$4)))
# The setting that owns the draw: DRAW_OF refers to another setting's.
drawn = $(or $(DRAW_OF_$1),$1)
draw_file = $(X)/$(call base,$(call drawn,$1))/$(call draw,$(call drawn,$1)).lts

# $1: a pretext task, $2: a setting without a draw, $3: a seed.
define PRETEXT_RULE
$(call seed_dir,$2,$3)/$1.lts: $(X)/$2/rows.lts
	@mkdir -p $$(@D)
	$(call learn,$(STEP) pretrain-$1 $(call pretext_recipe,$1,$2) $(LEARN_FLAGS) --seed $3 $$<)
endef

# $1: the labelled rows to make, $2: the cell whose model labels them, $3: a seed, $4: the rows,
# $5: options that select the rows to keep.
define LABELS_RULE
$1: $(call model,$2,$3).lts $4
	$(call stage,$(STEP) pseudolabel $(addsuffix $(SPACE),$(strip $5))--model $$< $4)
endef

define SECOND_RULE
$(if $(findstring --tau auto,$(RETRAIN_$3)),$(call TAU_RULE,$1,$2,$3,$4,$5,$(call model,$(call sibling,$1,$(FROM_$3)),$2)),\
$(call HEAD_RULE,$1,$2,$3,$4,$5,$(call model,$(call sibling,$1,$(FROM_$3)),$2)))
$(call once,MODEL_RULES,$(call sibling,$1,$(FROM_$3)),$2)
endef

# $6: the model whose head is replaced, without .lts.
define HEAD_RULE
$(call model,$1,$2).lts: $6.lts $(X)/$(call base,$4)/rows.lts
	$(call stage,$(STEP) retrain $(if $(filter crt,$(RETRAIN_$3)),$(call recipe,$4)) $(RETRAIN_$3) --model $$< --seed $2 $(if $(filter crt lws ncm,$(RETRAIN_$3)),$(X)/$(call base,$4)/rows.lts))
endef

# The chosen tau is in a note of the resulting model.
define TAU_RULE
$5/choose-$(FROM_$3).lts: $(X)/$(call base,$4)/choose.lts
	@mkdir -p $$(@D)
	$(call learn,$(STEP) train $(TRAIN_$(FROM_$3)) $(LEARN_FLAGS) --seed $2 $$<)

$5/choose-$3.lts: $5/choose-$(FROM_$3).lts $(X)/$(call base,$4)/val.lts
	$(call stage,$(STEP) retrain $(RETRAIN_$3) --val $(X)/$(call base,$4)/val.lts --model $$<)

$(call model,$1,$2).lts: $6.lts $5/choose-$3.lts
	$(call stage,$(STEP) retrain --method tau --tau $$$$($(LT) cat --json $5/choose-$3.lts | sed -n 's/.*"tau":\([0-9.e+-]*\).*/\1/p' | tail -n 1) --model $$<)
endef

# ---------------------------------------------------------------- results

# $1: a cell, $2: a seed.
define RUN_RULES
$(call model,$1,$2).tsv: $(call model,$1,$2).lts $(X)/$(FAMILY_$(call base,$(call cell_setting,$1)))/test.lts
	$(call stage,$(STEP) eval --model $$< --format tsv --groups $(call groups,$1) $(X)/$(FAMILY_$(call base,$(call cell_setting,$1)))/test.lts)

$(call model,$1,$2).row: $(call model,$1,$2).tsv
	@LT='$(LT)' pipelines/results-line.sh '$(DATA_NAME)' $(call cell_setting,$1) $(call cell_method,$1) $2 '$(EPOCHS)' '$(FLAGS)' $$< $(call model,$1,$2).lts $(addsuffix .seconds,$(call chain,$1,$2)) >$$@.new
	@pipelines/results-add.sh $(RESULTS) $$@.new
	@mv $$@.new $$@

$(call once,PAGE_RULE,$1,$2)
$(foreach p,train test,$(call once,LOOK_RULES,$(call model,$1,$2),$p,$(if $(filter test,$p),$(X)/$(FAMILY_$(call base,$(call cell_setting,$1)))/test.lts,$(X)/$(call base,$(call cell_setting,$1))/rows.lts)))
$(call once,MODEL_RULES,$1,$2)
endef

# Analyses: $1 is a model without .lts, $2 is train or test, $3 those rows.
define LOOK_RULES
$1.confusion-$2.txt: $1.lts $3
	$(call stage,$(STEP) eval --confusion --model $$< $3)

$1.scores-$2.lts: $1.lts $3
	$(call stage_to,$(STEP) eval --model $$< $3,-o /dev/null --scores)

$1.tsne-$2.lts: $1.scores-$2.lts
	$(call stage,$(STEP) tsne $$<)
endef

# $1: a cell, $2: a seed.
define PAGE_RULE
$(call model,$1,$2).page.html: $(call model,$1,$2).tsne-test.lts $(X)/$(FAMILY_$(call base,$(call cell_setting,$1)))/test.lts
	$(call stage,$(STEP) report --title "$(TITLE_$(call cell_method,$1)): $(DATA_NAME)$(COMMA) split $(SPLIT_$(call base,$(call cell_setting,$1)))$(if $(call draw,$(call cell_setting,$1)),$(COMMA) unlabelled $(call draw_shown,$(call cell_setting,$1)))$(COMMA) $(EPOCHS) epochs a stage" \
		--groups $(call groups,$1) $$$$([ ! -f $(call model,$1,$2).log.tsv ] || echo --log $(call model,$1,$2).log.tsv) --rows $(X)/$(FAMILY_$(call base,$(call cell_setting,$1)))/test.lts $$<)
endef

$(foreach g,$(X_GOALS),$(eval $(call $(if $(filter $g,$(LOOKS)),LOOK,TABLE)_RULE,$g)))
$(foreach g,$(X_GOALS),$(foreach r,$(call missing_runs,$g),$(call once,RUN_RULES,$(call run_cell,$r),$(call run_seed,$r))))

# ---------------------------------------------------------------- what it would take

# The rows are made for it, but nothing is trained.
.PHONY: estimate
ifneq ($(filter estimate,$(MAKECMDGOALS)),)
$(if $(X_GOALS),,$(error make estimate needs TARGET=, one of $(TABLES) $(LOOKS)))
rows_files = $(X)/$(call base,$(call cell_setting,$1))/rows.lts $(if $(READS_DRAW_$(call cell_method,$1)),$(call draw_file,$(call cell_setting,$1))) \
	$(X)/$(FAMILY_$(call base,$(call cell_setting,$1)))/test.lts
estimate: $(sort $(foreach r,$(call missing_runs,$(TARGET)),$(call rows_files,$(call run_cell,$r))))
	@$(MAKE) -n --no-print-directory $(TARGET) | LT='$(LT)' pipelines/estimate.sh '$(TARGET)' '$(FLAGS)'
endif

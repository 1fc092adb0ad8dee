# Self-training by the amount of unlabelled rows, over several generations, and with half of
# the labels (Yang and Xu, NeurIPS 2020, section 2 and appendix), read by the Makefile.
#
#	make selftrain                   on the built-in sample data
#	make selftrain SELF_DATA=ARCHIVE SELF_MAX=450      on images of your own
#
# Stages are files under $(SELF), one directory a seed, as those of cifar10.mk.  Of an archive
# labelled and unlabelled rows are drawn apart, so its classes must hold SELF_MAX rows and ten
# times as many besides; 450 is for 5,000.

SELF ?= $(B)/selftrain
SELF_DATA ?=
SELF_SEEDS ?= 0
SELF_MAX ?= 500
SELF_RATIO ?= 50
SELF_TEST ?= 100
SELF_EPOCHS ?= 20
# More options for all learning programs.
SELF_FLAGS ?= --arch resnet20
SELF_TITLE ?= Self-training on the drawn pictures of ltsynth

# Unlabelled rows for each labelled one.  5 is the paper's, and that of the rows below.
SELF_FACTORS = 0.5 1 5 10
# The classifier of one generation labels the rows that the next one learns from.
SELF_GENERATIONS = 2 3

SELF_ROWS = base $(SELF_FACTORS:%=du%) $(SELF_GENERATIONS:%=generation%) half half-du5
SELF_LEARN = --epochs $(SELF_EPOCHS) $(SELF_FLAGS)
SELF_HALF = $$(($(SELF_MAX) / 2))

SELF_SAY_base = labelled rows alone
$(foreach f,$(SELF_FACTORS),$(eval SELF_SAY_du$f = and $f times as many pseudo-labelled ones))
$(foreach g,$(SELF_GENERATIONS),$(eval SELF_SAY_generation$g = 5 times as many$(COMMA) labelled by the generation before))
SELF_SAY_half = half of the labelled rows
SELF_SAY_half-du5 = and the same unlabelled ones as in du5
SELF_WORDS = $(foreach r,$(SELF_ROWS),'$r=$(SELF_SAY_$r)')
SELF_SHOWN = make selftrain$(if $(SELF_DATA), SELF_DATA=$(notdir $(SELF_DATA))) SELF_MAX=$(SELF_MAX) SELF_RATIO=$(SELF_RATIO) SELF_EPOCHS=$(SELF_EPOCHS) SELF_FLAGS="$(SELF_FLAGS)"

.PHONY: selftrain selftrain-table
selftrain: $(foreach s,$(SELF_SEEDS),$(SELF_ROWS:%=$(SELF)/s$s/%.tsv))
	@$(MAKE) --no-print-directory selftrain-table

selftrain-table:
	@pipelines/results-table.sh '$(SELF_TITLE), $(SELF_EPOCHS) epochs a stage' '$(SELF_SHOWN)' $(SELF) \
		'$(SELF_SEEDS)' '#Labelled rows at ratio $(SELF_RATIO), unlabelled ones too' $(SELF_WORDS) >$(SELF)/table.md.new
	@mv $(SELF)/table.md.new $(SELF)/table.md
	@cat $(SELF)/table.md

ifneq ($(filter selftrain,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

# ---------------------------------------------------------------- data

$(SELF)/settings: FORCE
	$(call SETTINGS,$(foreach v,DATA MAX RATIO TEST EPOCHS FLAGS,SELF_$v=$(SELF_$v)))

# A tenth more than the factor: the published rounding of counts may ask for a few more.
$(SELF)/all.lts: $(SELF)/settings | $(BINS)
	$(call STAGE,$(LT) $(if $(SELF_DATA),import $(SELF_DATA),synth --split train --per-class $(SELF_MAX)))

$(SELF)/pool.lts: $(SELF)/settings | $(BINS)
	$(call STAGE,$(LT) synth --split unlabeled --per-class $$(($(SELF_MAX) * 11)))

$(SELF)/test.lts: $(SELF)/settings | $(BINS)
	$(call STAGE,$(LT) $(if $(SELF_DATA),import --split test $(SELF_DATA),synth --split test --per-class $(SELF_TEST)))

SELF_POOL = $(if $(SELF_DATA),,$(SELF)/pool.lts)
# $(call SELF_SPLIT,MAX): MAX labelled rows of the first class; the same ones whatever comes
# after, and half of MAX draws a part of them.
SELF_SPLIT = $(LT) split --max $(1) --ratio $(SELF_RATIO) $(SELF_POOL:%=--pool %)

$(SELF_FACTORS:%=$(SELF)/labelled%.lts): $(SELF)/labelled%.lts: $(SELF)/all.lts $(SELF_POOL)
	$(call STAGE,$(call SELF_SPLIT,$(SELF_MAX)) --unlabeled-factor $* --unlabeled-ratio $(SELF_RATIO) \
		--unlabeled $(SELF)/unlabeled$*.lts $<)

$(SELF_FACTORS:%=$(SELF)/unlabeled%.lts): $(SELF)/unlabeled%.lts: $(SELF)/labelled%.lts
	$(call SIDE,$<)

$(SELF)/half.lts: $(SELF)/all.lts
	$(call STAGE,$(LT) split --max $(SELF_HALF) --ratio $(SELF_RATIO) $<)

# ---------------------------------------------------------------- one seed

# $(1): the seed.
define SELF_SEED
$(SELF)/s$(1)/base.lts: $(SELF)/labelled5.lts
	@mkdir -p $$(@D)
	$$(call LEARN,$$(LT) train $$(SELF_LEARN) --seed $(1) $$<)

$(SELF_FACTORS:%=$(SELF)/s$(1)/pseudo%.lts): $(SELF)/s$(1)/pseudo%.lts: $(SELF)/s$(1)/base.lts $(SELF)/unlabeled%.lts
	$$(call STAGE,$$(LT) pseudolabel --model $$< $(SELF)/unlabeled$$*.lts)

$(SELF_FACTORS:%=$(SELF)/s$(1)/du%.lts): $(SELF)/s$(1)/du%.lts: $(SELF)/s$(1)/pseudo%.lts $(SELF)/labelled5.lts
	$$(call LEARN,$$(LT) train --unlabeled $$< $$(SELF_LEARN) --seed $(1) $(SELF)/labelled5.lts)

$(SELF)/s$(1)/generation1.lts: $(SELF)/s$(1)/du5.lts
	@ln -f $$< $$@

$(foreach g,$(SELF_GENERATIONS),$(SELF)/s$(1)/labels$g.lts: $(SELF)/s$(1)/generation$(words $(wordlist 2,$g,1 2 3 4 5 6 7 8 9)).lts
)
$(SELF_GENERATIONS:%=$(SELF)/s$(1)/labels%.lts): $(SELF)/unlabeled5.lts
	$$(call STAGE,$$(LT) pseudolabel --model $$(filter $(SELF)/s$(1)/generation%,$$^) $$<)

$(SELF_GENERATIONS:%=$(SELF)/s$(1)/generation%.lts): $(SELF)/s$(1)/generation%.lts: $(SELF)/s$(1)/labels%.lts $(SELF)/labelled5.lts
	$$(call LEARN,$$(LT) train --unlabeled $$< $$(SELF_LEARN) --seed $(1) $(SELF)/labelled5.lts)

$(SELF)/s$(1)/half.lts: $(SELF)/half.lts
	@mkdir -p $$(@D)
	$$(call LEARN,$$(LT) train $$(SELF_LEARN) --seed $(1) $$<)

$(SELF)/s$(1)/half-pseudo.lts: $(SELF)/s$(1)/half.lts $(SELF)/unlabeled5.lts
	$$(call STAGE,$$(LT) pseudolabel --model $$< $(SELF)/unlabeled5.lts)

$(SELF)/s$(1)/half-du5.lts: $(SELF)/s$(1)/half-pseudo.lts $(SELF)/half.lts
	$$(call LEARN,$$(LT) train --unlabeled $$< $$(SELF_LEARN) --seed $(1) $(SELF)/half.lts)

$(SELF_ROWS:%=$(SELF)/s$(1)/%.tsv): $(SELF)/s$(1)/%.tsv: $(SELF)/s$(1)/%.lts $(SELF)/test.lts
	$$(call STAGE,$$(LT) eval --model $$< --format tsv --groups thirds $(SELF)/test.lts)
endef
$(foreach s,$(SELF_SEEDS),$(eval $(call SELF_SEED,$s)))

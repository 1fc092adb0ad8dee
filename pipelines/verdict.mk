# How well the forecast of lt verdict agrees with the measured gain; read by the Makefile.
#
#	make calibrate-verdict
#	make calibrate-verdict-weak     the same from a fifth of the labelled rows
#
# A small long-tailed set of synthetic images, a base classifier (CE), and unlabelled sets of
# the same size that differ in the share of relevant rows, in their imbalance and in its
# direction.  For each set, lt verdict predicts the gain of CE + D_U over CE, in points of
# balanced accuracy on test rows; then the gain is measured.  CE is trained for as many steps as
# CE + D_U, because more steps alone help a small network.  pipelines/results/verdict.tsv is the
# table; its header has Spearman's rank correlation of prediction and gain.  verdict-weak.tsv is
# the table for a base that is too weak; verdict.svg plots both.  Each stage is a file in
# $(VERDICT), so an interrupted run continues where it stopped.

VERDICT = $(B)/verdict

VERDICT_SEEDS ?= 0
VERDICT_CLASSES ?= mug,tree,house,car,boat
# Classes of the irrelevant rows.
VERDICT_OTHERS ?= bottle,chair,lamp,mushroom,umbrella,fish,duck
VERDICT_DRAW ?= --classes 12 --size 12
VERDICT_SPLIT ?= --max 300 --ratio 20 --val-per-class 40
VERDICT_FACTOR ?= 4
VERDICT_LEARN ?= --arch resnet20 --batch 32
VERDICT_BASE_EPOCHS ?= 100
VERDICT_EPOCHS ?= 20
# More options for all learning programs.
VERDICT_FLAGS ?= --threads 1
# RELEVANCE:RATIO:PROFILE; at a ratio of 1 all profiles are the same.
VERDICT_CELLS ?= 1:1:uniform 1:10:exp 1:100:exp 1:10:reversed 1:100:reversed \
	0.5:1:uniform 0.5:10:exp 0.5:100:exp 0.5:10:reversed 0.5:100:reversed 0:20:exp

VERDICT_SETTINGS = $(foreach v,CLASSES OTHERS DRAW SPLIT FACTOR LEARN BASE_EPOCHS EPOCHS FLAGS,$v=$(VERDICT_$v))
VERDICT_RUNS = $(foreach s,$(VERDICT_SEEDS),$(foreach c,$(VERDICT_CELLS),$s/$(subst :,-,$c)))
VERDICT_GOAL = calibrate-verdict
VERDICT_RESULTS ?= pipelines/results/verdict.tsv
VERDICT_TABLES = pipelines/results/verdict.tsv pipelines/results/verdict-weak.tsv

.PHONY: calibrate-verdict calibrate-verdict-weak
calibrate-verdict: $(VERDICT_RUNS:%=$(VERDICT)/%-verdict.tsv) $(VERDICT_SEEDS:%=$(VERDICT)/%/base.tsv) $(VERDICT_RUNS:%=$(VERDICT)/%.tsv)
	pipelines/verdict-table.sh $(VERDICT_GOAL) $(VERDICT) $(VERDICT_RUNS) >$(VERDICT)/table
	@mv $(VERDICT)/table $(VERDICT_RESULTS)
	@cat $(VERDICT_RESULTS)
	awk '!/^$(HASH)/ && (!/^seed/ || !n++)' $(wildcard $(VERDICT_TABLES)) | $(LT) plot --points \
		--x score --x-low score_low --x-high score_high --y gain --by forecast --title 'Forecast and gain' \
		--x-label "score: predicted doublings of a class's labels" --y-label 'gain: points of balanced accuracy' \
		-o pipelines/results/verdict.svg

calibrate-verdict-weak:
	$(MAKE) calibrate-verdict VERDICT_GOAL=$@ VERDICT=$(VERDICT)-weak VERDICT_RESULTS=pipelines/results/verdict-weak.tsv \
		VERDICT_SPLIT='--max 60 --ratio 20 --val-per-class 40' \
		VERDICT_CELLS='1:1:uniform 1:20:exp 1:20:reversed 0.5:1:uniform'

$(VERDICT)/settings: FORCE
	$(call SETTINGS,$(VERDICT_SETTINGS))

# ---------------------------------------------------------------- data and base, a seed

$(VERDICT)/%/all.lts: | $(VERDICT)/settings $(BINS)
	@mkdir -p $(@D)
	$(call STAGE,$(LT) synth $(VERDICT_DRAW) --per-class 500 --seed $* | $(LT) cat --only $(VERDICT_CLASSES))

$(VERDICT)/%/pool.lts: | $(VERDICT)/settings $(BINS)
	@mkdir -p $(@D)
	$(call STAGE,$(LT) synth $(VERDICT_DRAW) --per-class 2000 --split unlabeled --seed $* -o $@.drawn && $(LT) cat --only $(VERDICT_CLASSES) $@.drawn)

$(VERDICT)/%/others.lts: $(VERDICT)/%/pool.lts
	$(call STAGE,$(LT) cat --only $(VERDICT_OTHERS) $<.drawn)

$(VERDICT)/%/test.lts: | $(VERDICT)/settings $(BINS)
	@mkdir -p $(@D)
	$(call STAGE,$(LT) synth $(VERDICT_DRAW) --per-class 400 --split test --seed $* | $(LT) cat --only $(VERDICT_CLASSES))

$(VERDICT)/%/labelled.lts: $(VERDICT)/%/all.lts
	$(call STAGE,$(LT) split $(VERDICT_SPLIT) --val $(@D)/val.lts --seed $* $<)

$(VERDICT)/%/base.lts: $(VERDICT)/%/labelled.lts
	$(call STAGE,$(LT) train $(VERDICT_LEARN) --epochs $(VERDICT_BASE_EPOCHS) --seed $* $(VERDICT_FLAGS) $<)

$(VERDICT)/%/base.tsv: $(VERDICT)/%/base.lts $(VERDICT)/%/test.lts
	$(call STAGE,$(LT) eval --format tsv $(VERDICT_FLAGS) --model $^)

$(VERDICT)/%/val-scores.lts: $(VERDICT)/%/base.lts
	$(call STAGE_TO,$(LT) eval $(VERDICT_FLAGS) --model $< $(@D)/val.lts -o /dev/null,--scores)

# ---------------------------------------------------------------- a cell: $1 seed, $2 cell

verdict_words = $(subst -, ,$2)
define VERDICT_CELL
$(VERDICT)/$1/$2.lts: $(VERDICT)/$1/all.lts $(VERDICT)/$1/pool.lts $(VERDICT)/$1/others.lts
	$$(call STAGE_TO,$(LT) split $(VERDICT_SPLIT) --val $$@.val --seed $1 --pool $(VERDICT)/$1/pool.lts \
		--unlabeled-factor $(VERDICT_FACTOR) --relevance $(word 1,$(verdict_words)) --irrelevant $(VERDICT)/$1/others.lts \
		--unlabeled-ratio $(word 2,$(verdict_words)) --unlabeled-profile $(word 3,$(verdict_words)) $$< -o $$@.labelled,--unlabeled)

$(VERDICT)/$1/$2-scores.lts: $(VERDICT)/$1/base.lts $(VERDICT)/$1/$2.lts
	$$(call STAGE_TO,$(LT) eval $(VERDICT_FLAGS) --model $$^ -o /dev/null,--scores)

$(VERDICT)/$1/$2-verdict.tsv: $(VERDICT)/$1/val-scores.lts $(VERDICT)/$1/$2-scores.lts
	$$(call STAGE,$(LT) verdict --format tsv $(VERDICT_FLAGS) --val $$^)

$(VERDICT)/$1/$2-model.lts: $(VERDICT)/$1/base.lts $(VERDICT)/$1/$2.lts
	$$(call STAGE,$(LT) pseudolabel $(VERDICT_FLAGS) --model $$^ | $(LT) train $(VERDICT_LEARN) --epochs $(VERDICT_EPOCHS) \
		--seed $1 $(VERDICT_FLAGS) --unlabeled - $(VERDICT)/$1/labelled.lts)

$(VERDICT)/$1/$2.tsv: $(VERDICT)/$1/$2-model.lts $(VERDICT)/$1/test.lts
	$$(call STAGE,$(LT) eval --format tsv $(VERDICT_FLAGS) --model $$^)
endef
$(foreach s,$(VERDICT_SEEDS),$(foreach c,$(VERDICT_CELLS),$(eval $(call VERDICT_CELL,$s,$(subst :,-,$c)))))

# Intermediate files of a cell that make must keep.
.SECONDARY: $(foreach s,$(VERDICT_SEEDS),$(foreach f,all pool others test labelled base val-scores,$(VERDICT)/$s/$f.lts)) \
	$(foreach r,$(VERDICT_RUNS),$(VERDICT)/$r.lts $(VERDICT)/$r-scores.lts $(VERDICT)/$r-model.lts)

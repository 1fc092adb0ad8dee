# The demo: the main job on the built-in sample data, read by the Makefile.
#
# Compares four methods on one long-tailed set: the base classifier, the same from an encoder
# pre-trained by rotation and by MoCo, and self-training with the base's pseudo-labels.  The
# result is a table and an HTML page (lt report).  Each stage is one file in $(DEMO), so an
# interrupted demo continues where it stopped; rm -r build/demo starts again, and so does
# another value of a variable below.  The stages run one after another, whatever -j is, each on
# all processors, because the table shows their times.

DEMO = $(B)/demo

DEMO_SEED ?= 0
DEMO_MAX ?= 500
DEMO_RATIO ?= 50
DEMO_FACTOR ?= 2
DEMO_TEST ?= 100
DEMO_ARCH ?= resnet20
# Epochs of every classifier, of rotation and of MoCo.
DEMO_EPOCHS ?= 20
DEMO_ROT_EPOCHS ?= $(DEMO_EPOCHS)
DEMO_MOCO_EPOCHS ?= $(DEMO_EPOCHS)
# More options for all learning programs, as in DEMO_FLAGS='--threads 1'.
DEMO_FLAGS ?=

DEMO_LEARN = --arch $(DEMO_ARCH) --seed $(DEMO_SEED) $(DEMO_FLAGS)
DEMO_SETTINGS = $(foreach v,SEED MAX RATIO FACTOR TEST ARCH EPOCHS ROT_EPOCHS MOCO_EPOCHS FLAGS,$v=$(DEMO_$v))
DEMO_METHODS = base rotation moco self

demo: $(DEMO_METHODS:%=$(DEMO)/%.tsv) $(DEMO)/report.html
	@pipelines/demo-table.sh \
		base $(DEMO)/base.tsv '$(DEMO)/base.lts' \
		'base + rotation' $(DEMO)/rotation.tsv '$(DEMO)/rotation-encoder.lts $(DEMO)/rotation.lts' \
		'base + MoCo' $(DEMO)/moco.tsv '$(DEMO)/moco-encoder.lts $(DEMO)/moco.lts' \
		'self-training' $(DEMO)/self.tsv '$(DEMO)/base.lts $(DEMO)/pseudo.lts $(DEMO)/self.lts'
	@echo
	@echo 'A page with figures of rotation beside the base: $(DEMO)/report.html'

# Rewritten only when it changes, because other settings need a new demo.  The programs are
# order-only prerequisites, so that rebuilding one does not discard minutes of training.
$(DEMO)/settings: FORCE
	@mkdir -p $(@D)
	@[ -f $@ ] && [ "$$(cat $@)" = '$(DEMO_SETTINGS)' ] || echo '$(DEMO_SETTINGS)' >$@

# ---------------------------------------------------------------- data

$(DEMO)/train.lts: $(DEMO)/settings | $(BINS)
	$(call STAGE,$(LT) synth --split train --per-class $(DEMO_MAX) --seed $(DEMO_SEED))

# A tenth more than the factor, because the published rounding of counts may need a few more.
$(DEMO)/pool.lts: $(DEMO)/settings | $(BINS)
	$(call STAGE,$(LT) synth --split unlabeled --per-class $$(($(DEMO_MAX) * $(DEMO_FACTOR) * 11 / 10)) --seed $(DEMO_SEED))

$(DEMO)/test.lts: $(DEMO)/settings | $(BINS)
	$(call STAGE,$(LT) synth --split test --per-class $(DEMO_TEST) --seed $(DEMO_SEED))

$(DEMO)/labelled.lts: $(DEMO)/train.lts $(DEMO)/pool.lts
	$(call STAGE,$(LT) split --ratio $(DEMO_RATIO) --seed $(DEMO_SEED) --pool $(DEMO)/pool.lts \
		--unlabeled-factor $(DEMO_FACTOR) --unlabeled $(DEMO)/unlabeled.lts $<)

# A side output of the split, which renames it into place before its main output.
$(DEMO)/unlabeled.lts: $(DEMO)/labelled.lts
	$(call SIDE,$<)

# ---------------------------------------------------------------- learning

$(DEMO)/base.lts: $(DEMO)/labelled.lts | $(DEMO)/test.lts
	$(call STAGE,$(LT) train --epochs $(DEMO_EPOCHS) $(DEMO_LEARN) --log $(@:.lts=-log.tsv) $<)

$(DEMO)/rotation-encoder.lts: $(DEMO)/labelled.lts | $(DEMO)/base.lts
	$(call STAGE,$(LT) pretrain-rot --epochs $(DEMO_ROT_EPOCHS) $(DEMO_LEARN) $<)

$(DEMO)/rotation.lts: $(DEMO)/rotation-encoder.lts $(DEMO)/labelled.lts
	$(call STAGE,$(LT) train --epochs $(DEMO_EPOCHS) $(DEMO_LEARN) --log $(@:.lts=-log.tsv) --init $< $(DEMO)/labelled.lts)

$(DEMO)/moco-encoder.lts: $(DEMO)/labelled.lts | $(DEMO)/rotation.lts
	$(call STAGE,$(LT) pretrain-moco --epochs $(DEMO_MOCO_EPOCHS) $(DEMO_LEARN) $<)

$(DEMO)/moco.lts: $(DEMO)/moco-encoder.lts $(DEMO)/labelled.lts
	$(call STAGE,$(LT) train --epochs $(DEMO_EPOCHS) $(DEMO_LEARN) --log $(@:.lts=-log.tsv) --init $< $(DEMO)/labelled.lts)

$(DEMO)/pseudo.lts: $(DEMO)/base.lts $(DEMO)/unlabeled.lts | $(DEMO)/moco.lts
	$(call STAGE,$(LT) pseudolabel --model $< $(DEMO)/unlabeled.lts)

$(DEMO)/self.lts: $(DEMO)/pseudo.lts $(DEMO)/labelled.lts
	$(call STAGE,$(LT) train --epochs $(DEMO_EPOCHS) $(DEMO_LEARN) --log $(@:.lts=-log.tsv) --unlabeled $< $(DEMO)/labelled.lts)

# Reports wait for the last model, because an evaluation would slow a concurrent learning stage.
$(DEMO_METHODS:%=$(DEMO)/%.tsv): $(DEMO)/%.tsv: $(DEMO)/%.lts $(DEMO)/test.lts | $(DEMO)/self.lts
	$(call STAGE,$(LT) eval --model $< --format tsv --groups thirds --scores $(@:.tsv=-scores.lts) $(DEMO)/test.lts)

$(DEMO_METHODS:%=$(DEMO)/%-scores.lts): $(DEMO)/%-scores.lts: $(DEMO)/%.tsv
	$(call SIDE,$<)

$(DEMO_METHODS:%=$(DEMO)/%-log.tsv): $(DEMO)/%-log.tsv: $(DEMO)/%.lts
	$(call SIDE,$<)

# ---------------------------------------------------------------- the page

DEMO_EMPTY :=
DEMO_LOGS = $(DEMO_METHODS:%=$(DEMO)/%-log.tsv)
DEMO_CURVES = $(subst $(DEMO_EMPTY) $(DEMO_EMPTY),$(COMMA),$(foreach m,$(DEMO_METHODS),$m=$(DEMO)/$m-log.tsv))

# The scores with a position in the plane for each row.
$(DEMO)/rotation-points.lts: $(DEMO)/rotation-scores.lts
	$(call STAGE,$(LT) tsne --perplexity $$(($(DEMO_TEST) < 10 ? $(DEMO_TEST) * 3 : 30)) $<)

$(DEMO)/report.html: $(DEMO)/rotation-points.lts $(DEMO)/base-scores.lts $(DEMO)/test.lts $(DEMO_LOGS)
	$(call STAGE,$(LT) report --title "The demo: rotation pre-training beside the base" --names rotation$(COMMA)base --groups thirds \
		--rows $(DEMO)/test.lts --log $(DEMO_CURVES) --against $(DEMO)/base-scores.lts $<)

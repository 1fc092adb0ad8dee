# What the methods are worth on real images: a row a method, a cell a seed, read by the
# Makefile.
#
#	make cifar10 DATA=ARCHIVE        an archive or a folder with train/ and test/
#
# Every stage is a file under $(CIFAR), one directory a seed; a run that was cut goes on
# where it stopped, within a stage too.  $(CIFAR)/table.md holds the cells that are
# finished, also while others are still to be made: make cifar10-table.

CIFAR ?= $(B)/cifar10
CIFAR_SEEDS ?= 0 1
CIFAR_EPOCHS ?= 20
# More options for all learning programs, as in CIFAR_FLAGS='--precision bf16-fast'.
CIFAR_FLAGS ?=
CIFAR_TITLE ?= CIFAR-10
# The rows to make, all by default; the table has every finished one.
CIFAR_ROWS ?= $(CIFAR_ALL)

# Each row: its name, and what it adds to "lt train" on the long-tailed labelled rows.  Rows
# that begin with rot- start from the encoder that learnt rotations.
CIFAR_LONG = ce rot-ce ce-drw ce-drs resample rot-resample focal cb-focal ldam ldam-drw \
	rot-ldam-drw balanced-softmax
CIFAR_TRAIN_ce =
CIFAR_TRAIN_ce-drw = --rule drw
CIFAR_TRAIN_ce-drs = --rule drs
CIFAR_TRAIN_resample = --rule resample
CIFAR_TRAIN_focal = --loss focal
CIFAR_TRAIN_cb-focal = --loss focal --rule reweight
CIFAR_TRAIN_ldam = --loss ldam
CIFAR_TRAIN_ldam-drw = --loss ldam --rule drw
CIFAR_TRAIN_balanced-softmax = --loss balanced-softmax
CIFAR_TRAIN_vat = --consistency vat
CIFAR_TRAIN_mean-teacher = --consistency mean-teacher

# Second stages on the row ce.
CIFAR_SECOND = crt tau

# Fewer labelled rows and twice as many unlabelled ones, at these ratios of the latter.
CIFAR_RATIOS = 1 50 100 200
CIFAR_SMALL = small-ce small-rot-ce $(CIFAR_RATIOS:%=small-du%)
CIFAR_SEMI = vat mean-teacher

CIFAR_ALL = $(CIFAR_LONG) $(CIFAR_SECOND) $(CIFAR_SMALL) $(CIFAR_SEMI:%=small-%)
COMMA = ,
CIFAR_LEARN = --epochs $(CIFAR_EPOCHS) $(CIFAR_FLAGS)

# What the table says of a row: its options, after the pre-training if there is one.
CIFAR_SAY_crt = retrain --method crt
CIFAR_SAY_tau = retrain --method tau
$(foreach r,$(CIFAR_LONG),$(eval CIFAR_SAY_$r = $(if $(filter rot-%,$r),pretrain-rot$(COMMA) )train $(CIFAR_TRAIN_$(r:rot-%=%))))
CIFAR_SAY_small-ce = train
CIFAR_SAY_small-rot-ce = pretrain-rot, train
$(foreach r,$(CIFAR_RATIOS),$(eval CIFAR_SAY_small-du$r = pseudolabel, train --unlabeled at ratio $r))
$(foreach m,$(CIFAR_SEMI),$(eval CIFAR_SAY_small-$m = train $(CIFAR_TRAIN_$m), unlabelled at ratio 100))
CIFAR_WORDS = $(foreach r,$(1),'$r=$(strip $(CIFAR_SAY_$r))')
CIFAR_SHOWN = make cifar10 DATA=$(notdir $(DATA)) CIFAR_EPOCHS=$(CIFAR_EPOCHS)$(if $(CIFAR_FLAGS), CIFAR_FLAGS="$(CIFAR_FLAGS)")

.PHONY: cifar10 cifar10-table
cifar10: $(foreach s,$(CIFAR_SEEDS),$(CIFAR_ROWS:%=$(CIFAR)/s$s/%.tsv))
	@$(MAKE) --no-print-directory cifar10-table

cifar10-table:
	@pipelines/results-table.sh '$(CIFAR_TITLE), $(CIFAR_EPOCHS) epochs a stage' '$(CIFAR_SHOWN)' $(CIFAR) \
		'$(CIFAR_SEEDS)' '#All labels of a long tail: split --ratio 100' $(call CIFAR_WORDS,$(CIFAR_LONG) $(CIFAR_SECOND)) \
		'#Fewer labels, twice as many unlabelled rows: split --max 1500 --ratio 100 --unlabeled-factor 2' \
		$(call CIFAR_WORDS,$(CIFAR_SMALL) $(CIFAR_SEMI:%=small-%)) >$(CIFAR)/table.md.new
	@mv $(CIFAR)/table.md.new $(CIFAR)/table.md
	@cat $(CIFAR)/table.md

# Each stage takes all processors: one after another, whatever -j is.
ifneq ($(filter cifar10,$(MAKECMDGOALS)),)
.NOTPARALLEL:
ifeq ($(DATA),)
$(error make cifar10 needs DATA=, an archive or a folder of the images)
endif
endif

# ---------------------------------------------------------------- data

$(CIFAR)/settings: FORCE
	$(call SETTINGS,DATA=$(DATA) CIFAR_EPOCHS=$(CIFAR_EPOCHS) CIFAR_FLAGS=$(CIFAR_FLAGS))

$(CIFAR)/all.lts: $(CIFAR)/settings | $(BINS)
	$(call STAGE,$(LT) import $(DATA))

$(CIFAR)/test.lts: $(CIFAR)/settings | $(BINS)
	$(call STAGE,$(LT) import --split test $(DATA))

$(CIFAR)/long.lts: $(CIFAR)/all.lts
	$(call STAGE,$(LT) split --ratio 100 $<)

# All rows of the first class are labelled in long.lts, so tau is chosen with another draw.
$(CIFAR)/choose.lts: $(CIFAR)/all.lts
	$(call STAGE,$(LT) split --max 4900 --ratio 100 --val-per-class 100 --val $(CIFAR)/val.lts $<)

$(CIFAR)/val.lts: $(CIFAR)/choose.lts
	$(call SIDE,$<)

# The labelled rows are the same whatever the unlabelled ones are.
$(CIFAR_RATIOS:%=$(CIFAR)/small%.lts): $(CIFAR)/small%.lts: $(CIFAR)/all.lts
	$(call STAGE,$(LT) split --max 1500 --ratio 100 --unlabeled-factor 2 --unlabeled-ratio $* \
		--unlabeled $(CIFAR)/du$*.lts $<)

$(CIFAR_RATIOS:%=$(CIFAR)/du%.lts): $(CIFAR)/du%.lts: $(CIFAR)/small%.lts
	$(call SIDE,$<)

# ---------------------------------------------------------------- one seed

# $(1): the seed.
define CIFAR_SEED
$(CIFAR)/s$(1)/rot.lts: $(CIFAR)/long.lts
	@mkdir -p $$(@D)
	$$(call LEARN,$$(LT) pretrain-rot $$(CIFAR_LEARN) --seed $(1) $$<)

$(CIFAR)/s$(1)/small-rot.lts: $(CIFAR)/small1.lts
	@mkdir -p $$(@D)
	$$(call LEARN,$$(LT) pretrain-rot $$(CIFAR_LEARN) --seed $(1) $$<)

$(patsubst %,$(CIFAR)/s$(1)/%.lts,$(filter-out rot-%,$(CIFAR_LONG))): $(CIFAR)/s$(1)/%.lts: $(CIFAR)/long.lts
	@mkdir -p $$(@D)
	$$(call LEARN,$$(LT) train $$(CIFAR_TRAIN_$$*) $$(CIFAR_LEARN) --seed $(1) $$<)

$(patsubst %,$(CIFAR)/s$(1)/%.lts,$(filter rot-%,$(CIFAR_LONG))): $(CIFAR)/s$(1)/rot-%.lts: $(CIFAR)/s$(1)/rot.lts $(CIFAR)/long.lts
	$$(call LEARN,$$(LT) train $$(CIFAR_TRAIN_$$*) --init $$< $$(CIFAR_LEARN) --seed $(1) $(CIFAR)/long.lts)

$(CIFAR)/s$(1)/crt.lts: $(CIFAR)/s$(1)/ce.lts $(CIFAR)/long.lts
	$$(call STAGE,$$(LT) retrain --method crt --model $$< --seed $(1) $(CIFAR)/long.lts)

$(CIFAR)/s$(1)/choose-ce.lts: $(CIFAR)/choose.lts
	@mkdir -p $$(@D)
	$$(call LEARN,$$(LT) train $$(CIFAR_LEARN) --seed $(1) $$<)

# The chosen tau stands in a note of the model that it made.
$(CIFAR)/s$(1)/choose-tau.lts: $(CIFAR)/s$(1)/choose-ce.lts $(CIFAR)/val.lts
	$$(call STAGE,$$(LT) retrain --method tau --tau auto --val $(CIFAR)/val.lts --model $$<)

$(CIFAR)/s$(1)/tau.lts: $(CIFAR)/s$(1)/ce.lts $(CIFAR)/s$(1)/choose-tau.lts
	$$(call STAGE,$$(LT) retrain --method tau --tau $$$$($$(LT) cat --json $(CIFAR)/s$(1)/choose-tau.lts | sed -n 's/.*"tau":\([0-9.e+-]*\).*/\1/p' | tail -n 1) --model $$<)

$(CIFAR)/s$(1)/small-ce.lts: $(CIFAR)/small1.lts
	@mkdir -p $$(@D)
	$$(call LEARN,$$(LT) train $$(CIFAR_LEARN) --seed $(1) $$<)

$(CIFAR)/s$(1)/small-rot-ce.lts: $(CIFAR)/s$(1)/small-rot.lts $(CIFAR)/small1.lts
	$$(call LEARN,$$(LT) train --init $$< $$(CIFAR_LEARN) --seed $(1) $(CIFAR)/small1.lts)

$(CIFAR_RATIOS:%=$(CIFAR)/s$(1)/pseudo%.lts): $(CIFAR)/s$(1)/pseudo%.lts: $(CIFAR)/s$(1)/small-ce.lts $(CIFAR)/du%.lts
	$$(call STAGE,$$(LT) pseudolabel --model $$< $(CIFAR)/du$$*.lts)

$(CIFAR_RATIOS:%=$(CIFAR)/s$(1)/small-du%.lts): $(CIFAR)/s$(1)/small-du%.lts: $(CIFAR)/s$(1)/pseudo%.lts $(CIFAR)/small1.lts
	$$(call LEARN,$$(LT) train --unlabeled $$< $$(CIFAR_LEARN) --seed $(1) $(CIFAR)/small1.lts)

$(CIFAR_SEMI:%=$(CIFAR)/s$(1)/small-%.lts): $(CIFAR)/s$(1)/small-%.lts: $(CIFAR)/small1.lts $(CIFAR)/du100.lts
	@mkdir -p $$(@D)
	$$(call LEARN,$$(LT) train $$(CIFAR_TRAIN_$$*) --unlabeled $(CIFAR)/du100.lts $$(CIFAR_LEARN) --seed $(1) $$<)

$(CIFAR_ALL:%=$(CIFAR)/s$(1)/%.tsv): $(CIFAR)/s$(1)/%.tsv: $(CIFAR)/s$(1)/%.lts $(CIFAR)/test.lts
	$$(call STAGE,$$(LT) eval --model $$< --format tsv --groups thirds $(CIFAR)/test.lts)
endef
$(foreach s,$(CIFAR_SEEDS),$(eval $(call CIFAR_SEED,$s)))

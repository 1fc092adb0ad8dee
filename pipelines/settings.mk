# The settings, one per line; read by experiments.mk.
#
#	$(call family,NAME,HEAD,TEST,TEST_SPLIT,POOL_SPLIT,IMPORT)
#
# A family of images.  HEAD and TEST: training and test rows per class, if the images are
# synthetic.  TEST_SPLIT, POOL_SPLIT: splits of DATA.  IMPORT: options of "lt import".
#
#	$(call part,NAME,OF,CLASSES,OTHERS,SIZE)
#
# Some CLASSES of family OF; OTHERS are held out and serve as irrelevant rows.  SIZE: options of
# "lt import" for irrelevant rows from elsewhere.
#
#	$(call setting,NAME,FAMILY,SPLIT,CHOOSE)
#
# SPLIT: options of "lt split" for the labelled rows.  CHOOSE: those for another draw with
# validation rows, for methods that need them to choose a parameter.
#
#	$(call unlabelled,NAME@DRAW,OPTIONS,SOURCE)
#	$(call unlabelled_of,NAME@DRAW,OTHER@DRAW)
#
# Unlabelled rows beside those of setting NAME.  SOURCE: "pool" or "irrelevant" rows are read
# too.  The second form uses the unlabelled rows of another setting.
#
# A setting "small-" has fewer labelled rows and twice as many unlabelled ones, all from one
# archive.  The published numbers of the setting without "small-" are shown beside it.

#	$(call photographs,NAME,RECIPE,GROUPS,MOCO)
#
# Family NAME of large images: RECIPE for all learning programs, except that MOCO, if given, is
# for pretrain-moco; GROUPS for lt eval.
#
#	$(call listed,NAME)
#
# Its rows are those of LISTS, its images are in DATA.
#
#	$(call held,NAME,OPTIONS)
#
# A family without test rows: OPTIONS of "lt split" hold some out.

family = $(eval HEAD_$1 := $2)$(eval TEST_$1 := $3)$(eval TEST_SPLIT_$1 := $4)$(eval POOL_SPLIT_$1 := $5)$(eval IMPORT_$1 := $6)
part = $(eval PART_OF_$1 := $2)$(eval ONLY_$1 := $3)$(eval OTHERS_$1 := $4)$(eval SIZE_$1 := $5)
setting = $(eval FAMILY_$1 := $2)$(eval SPLIT_$1 := $(strip $3))$(eval CHOOSE_$1 := $(strip $4))
unlabelled = $(eval DRAW_$1 := $2)$(eval SOURCE_$1 := $3)
unlabelled_of = $(eval DRAW_OF_$1 := $2)
photographs = $(eval RECIPE_$1 := $2)$(eval GROUPS_$1 := $3)$(eval MOCO_$1 := $(or $4,$2))$(eval SAMPLE_$1 := --size 64)
listed = $(eval LISTED_$1 := y)
held = $(eval HELD_$1 := $2)
# The options of split that make both draws of a setting.
split_options = $(SPLIT_$(call base,$1)) $(DRAW_$1)

# A count of rows, divided by SHRINK.
head = $(if $(filter 1,$(SHRINK)),$1,$(shell expr $1 / $(SHRINK)))
DIGITS = 1,2,3,4,5,6,7,8,9,0
FIRST_FIVE = 0,1,2,3,4
LAST_FIVE = 5,6,7,8,9
# The name of a draw includes the source of its other rows: cifar10-r100@u50+tinyimages.
POOL_TAG = $(foreach p,$(POOL),+$(call archive,$p))
# Draws from the held-out classes alone have no such name.
OTHERS_TAG = $(if $(filter-out others,$(IRRELEVANT)),$(subst $(SPACE),,$(foreach i,$(IRRELEVANT),+$(call archive,$i))))

# ---------------------------------------------------------------- images

$(call family,cifar10,5000,1000,test)
$(call family,cifar100,500,100,test)
$(call family,svhn,1100,1000,test,extra)
$(call family,tiny,500,50,val,,--size 32)
$(call part,five,cifar10,$(FIRST_FIVE),$(LAST_FIVE),--size 32)

# ---------------------------------------------------------------- photographs

# The classes and splits of the lists; the shorter side is 256.
$(call family,imagenet-lt,200,50,,,--encoded --size 256)
$(call photographs,imagenet-lt,imagenet-lt,100$(COMMA)20,imagenet-lt-moco)
$(call listed,imagenet-lt)
$(call setting,imagenet-lt-all,imagenet-lt,--profile natural)

$(call family,inaturalist,200,50,,,--encoded --size 256)
$(call photographs,inaturalist,inaturalist,100$(COMMA)20)
$(call listed,inaturalist)
$(call setting,inaturalist-all,inaturalist,--profile natural)

# The user's own photographs: cut to a ratio, with balanced test rows; or unchanged, with a
# fifth held out.
$(call family,photographs,200,50,$(TEST_SPLIT),,--encoded)
$(call photographs,photographs,,thirds)
$(foreach r,$(RATIOS),$(call setting,photographs-r$r,photographs,--ratio $r))

HOLD = --profile natural --test-share 20%
$(call family,own,200,50,,,--encoded)
$(call photographs,own,,thirds)
$(call held,own,$(HOLD))
$(call setting,own-natural,own,$(HOLD) --test /dev/null)

# ---------------------------------------------------------------- tables 1 and 2

# Ratios of the unlabelled rows for each ratio of the labelled ones: 1, a half of it, it, twice it.
U_100 = 1 50 100 200
U_50 = 1 25 50 100
U_10 = 1 5 10 20
unlabelled_ratios = $(or $(U_$1),1 $1)

# All rows of the first class; with 5 unlabelled rows for each labelled one, which POOL has.
$(foreach r,$(RATIOS),\
	$(call setting,cifar10-r$r,cifar10,--ratio $r,--max $(call head,4900) --ratio $r --val-per-class $(call head,100))\
	$(call setting,svhn-r$r,svhn,--max $(call head,1000) --ratio $r --order $(DIGITS))\
	$(call setting,cifar100-r$r,cifar100,--ratio $r)\
	$(call setting,tiny-r$r,tiny,--ratio $r)\
	$(foreach f,cifar10 svhn,$(foreach u,$(call unlabelled_ratios,$r),\
		$(call unlabelled,$f-r$r@u$u$(POOL_TAG),--unlabeled-factor 5 --unlabeled-ratio $u,pool))))

# One archive for both; at ratio 10 the unlabelled rows leave 1,400 for the first class.
SMALL_10 = 1400
$(foreach r,$(RATIOS),\
	$(call setting,cifar10-small-r$r,cifar10,--max $(call head,$(or $(SMALL_$r),1500)) --ratio $r)\
	$(foreach u,$(call unlabelled_ratios,$r),\
		$(call unlabelled,cifar10-small-r$r@u$u,--unlabeled-factor 2 --unlabeled-ratio $u)))

# More labelled rows than unlabelled ones, for a stronger base classifier.
$(call setting,cifar10-large-r50,cifar10,--max $(call head,4000) --ratio 50)
$(call unlabelled,cifar10-large-r50@u1,--unlabeled-factor 0.85 --unlabeled-ratio 1)

# ---------------------------------------------------------------- figures 2 and 3

# Five classes are learnt; irrelevant unlabelled rows come from the other five, or from
# IRRELEVANT.  The paper learns all ten classes and uses other TinyImages.  At ratio 50 the draw
# of figure 3 is that of figure 2.
RELEVANCES = 0 0.2 0.4 0.6 0.8 1
FIG3_RATIOS = 1 25 50 100 200
fig3_draw = five-r50@p0.6$(if $(filter-out 50,$1),-u$1)$(OTHERS_TAG)
$(call setting,five-r50,five,--max $(call head,700) --ratio 50)
$(foreach p,$(sort $(RELEVANCES) 0.6),$(call unlabelled,five-r50@p$p$(OTHERS_TAG),--unlabeled-factor 5 --unlabeled-ratio 50 --relevance $p,irrelevant))
$(foreach u,$(filter-out 50,$(FIG3_RATIOS)),$(call unlabelled,$(call fig3_draw,$u),--unlabeled-factor 5 --unlabeled-ratio $u --relevance 0.6,irrelevant))

# ---------------------------------------------------------------- ablations

# As many labelled rows as leave ten times as many unlabelled ones, and half as many.
AMOUNTS = 0.5 1 5 10
$(call setting,cifar10-amount-r50,cifar10,--max $(call head,450) --ratio 50)
$(call setting,cifar10-half-r50,cifar10,--max $(call head,225) --ratio 50)
$(foreach x,$(AMOUNTS),\
	$(call unlabelled,cifar10-amount-r50@x$x,--unlabeled-factor $x --unlabeled-ratio 50)\
	$(call unlabelled_of,cifar10-half-r50@x$x,cifar10-amount-r50@x$x))

# Half of the classes have all of their rows, the others a fraction.
$(foreach r,$(RATIOS),$(call setting,cifar10-step-r$r,cifar10,--profile step --ratio $r))

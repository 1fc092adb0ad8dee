# The comparisons, one line per table or figure; read by experiments.mk.
#
#	$(call table,GOAL,TITLE,SETTINGS,METHODS,MORE)
#
# One cell for each of SETTINGS and METHODS.  MORE methods are run if ROWS lists them, and shown
# when they are finished.  Published numbers are found in published.tsv by GOAL.  Tables 3 and 4
# omit OLTR.
#
#	$(call figure,GOAL,LABEL,OPTIONS,POINTS)
#
# A figure of that table, GOAL.svg, drawn by lt plot with these OPTIONS: the error by a quantity
# with this LABEL.  POINTS are POSITION:SETTING:METHOD:LINE, where LINE is the method that names
# the line; $(call lines,METHODS,POSITION:SETTING…) makes a line for each of METHODS.
#
#	$(call look,GOAL,SETTINGS,METHODS,FILES,MORE)
#
# Analyses of each of these models: FILES are made beside it (experiments.mk).
#
#	$(call brief,SETTINGS,METHODS)
#
# Lines of the README's table (make readme-table).

table = $(eval TABLES += $1)$(eval TITLE_$1 := $(strip $2))$(eval SETTINGS_$1 := $(strip $3))$(eval METHODS_$1 := $(strip $4))$(eval MORE_$1 := $(strip $5))
figure = $(eval FIGURES += $1)$(eval LABEL_$1 := $(strip $2))$(eval OPTIONS_$1 := $(strip $3))$(eval POINTS_$1 := $(strip $4))
lines = $(foreach m,$1,$(foreach p,$2,$p:$m:$m))
look = $(eval LOOKS += $1)$(eval SETTINGS_$1 := $(strip $2))$(eval METHODS_$1 := $(strip $3))$(eval FILES_$1 := $(strip $4))$(eval MORE_$1 := $(strip $5))
brief = $(eval BRIEF += $(foreach s,$1,$(2:%=$s/%)))
# $(call each_ratio,SETTING): the setting at each of RATIOS; $(call with_draws,SETTING,TAG): and
# its draws.
each_ratio = $(RATIOS:%=$1-r%)
with_draws = $(foreach r,$(RATIOS),$1-r$r $(foreach u,$(call unlabelled_ratios,$r),$1-r$r@u$u$2))

# ---------------------------------------------------------------- tables 1 and 2

TABLE1 = ce ce-du ldam-drw ldam-drw-du
$(call table,table1-cifar10,CIFAR-10 with unlabelled rows,$(if $(POOL),$(call with_draws,cifar10,$(POOL_TAG)),$(call with_draws,cifar10-small)),$(TABLE1),\
	rot-ce ldam-drw-du-own adjust ce-du-adjusted ce-du-rot vat mean-teacher)
$(call table,table1-svhn,SVHN with unlabelled rows,$(call with_draws,svhn,$(POOL_TAG)),$(TABLE1),ldam-drw-du-own adjust ce-du-adjusted)

TABLE2 = ce reweight rot-resample focal cb-focal-authors rot-cb-focal-authors m-drw ce-drs rot-ce-drw ldam ldam-drw rot-ldam-drw rot-ce
TABLE2_MORE = ce-drw resample cb-focal rot-cb-focal balanced-softmax logit-adjustment crt tau adjust rot-crt
$(call table,table2-cifar10,CIFAR-10 after self-supervised pre-training,$(call each_ratio,cifar10),$(TABLE2),$(TABLE2_MORE))
$(call table,table2-cifar100,CIFAR-100 after self-supervised pre-training,$(call each_ratio,cifar100),$(TABLE2),$(filter-out tau,$(TABLE2_MORE)))
$(call table,table2-tiny,Tiny ImageNet at 32 pixels after self-supervised pre-training,$(call each_ratio,tiny),$(TABLE2),$(filter-out tau,$(TABLE2_MORE)))

# ---------------------------------------------------------------- tables 3 and 4

LARGE = ce balanced crt ldam-drw moco-ce moco-balanced moco-crt moco-ldam-drw
$(call table,table3,ImageNet-LT after self-supervised pre-training,imagenet-lt-all,$(LARGE),rot-ce rot-crt)
$(call table,table4,iNaturalist 2018 after self-supervised pre-training,inaturalist-all,$(LARGE),rot-ce rot-crt)

# Photographs of your own: with balanced test rows in the archive, or as they are.
PHOTOGRAPHS = ce rot-ce moco-ce crt rot-crt moco-crt
$(call table,photographs,Photographs cut to a long tail,$(call each_ratio,photographs),$(PHOTOGRAPHS),balanced ldam-drw)
$(call table,own,Photographs as they are and a fifth of each class held out,own-natural,ce rot-ce crt,$(filter-out ce rot-ce crt,$(PHOTOGRAPHS)) balanced ldam-drw)

# ---------------------------------------------------------------- figures 2 and 3

$(call table,fig2,Error by the share of relevant unlabelled rows,five-r50 $(RELEVANCES:%=five-r50@p%$(OTHERS_TAG)),ce ce-du,ce-du-adjusted)
$(call figure,fig2,relevant share of the unlabelled rows,,$(call lines,ce ce-du ce-du-adjusted,$(foreach p,$(RELEVANCES),$p:five-r50@p$p$(OTHERS_TAG))))
$(call table,fig3,Error by imbalance of unlabelled rows$(COMMA) 60 % relevant,\
	five-r50 $(foreach u,$(FIG3_RATIOS),$(call fig3_draw,$u)),ce ce-du,ce-du-adjusted)
$(call figure,fig3,imbalance ratio of the unlabelled rows,--log x,$(call lines,ce ce-du ce-du-adjusted,$(foreach u,$(FIG3_RATIOS),$u:$(call fig3_draw,$u))))

# ---------------------------------------------------------------- ablations

$(call table,ablation-labels-from,Whose labels the unlabelled rows get,cifar10-small-r100 cifar10-small-r100@u1 cifar10-small-r100@u100 \
	cifar10-large-r50 cifar10-large-r50@u1,ce adjust rot-ce ce-du ce-du-adjusted ce-du-rot,ce-du-crt ce-du-adjust rot-ce-du)
$(call table,ablation-base,A base that knows more,cifar10-large-r50 cifar10-large-r50@u1,ce ce-du ce-du-adjusted,adjust rot-ce ce-du-rot)
$(call table,ablation-semi,Semi-supervised methods,cifar10-small-r100 cifar10-small-r100@u100,ce ce-du vat mean-teacher)
$(call table,ablation-amount,Amounts of unlabelled rows,cifar10-amount-r50 $(AMOUNTS:%=cifar10-amount-r50@x%),ce ce-du)
$(call figure,ablation-amount,unlabelled rows for each labelled one,--log x,$(call lines,ce ce-du,$(foreach x,$(AMOUNTS),$x:cifar10-amount-r50@x$x)))
$(call table,ablation-generations,Generations of labels,cifar10-amount-r50 cifar10-amount-r50@x5,ce ce-du ce-du-2 ce-du-3)
$(call figure,ablation-generations,generation of labels,,$(foreach g,1 2 3,$g:cifar10-amount-r50:ce:ce $g:cifar10-amount-r50@x5:ce-du$(if $(filter-out 1,$g),-$g):ce-du))
$(call table,ablation-crest,Self-training from a weak base: whose labels$(COMMA) which rows and how many generations,$(call with_draws,cifar10-small),\
	ce adjust $(foreach m,ce-du ce-du-adjusted ce-du-adjusted-crest,$m $m-2 $m-3),$(foreach m,ce-du-crest ce-du-aligned,$m $m-2 $m-3))
$(call table,ablation-omega,Weights of the unlabelled rows,cifar10-small-r100 cifar10-small-r100@u1,ce ce-du $(OMEGAS:%=ce-du-omega%))
$(call figure,ablation-omega,weight of the unlabelled rows,--log x,$(foreach w,$(sort $(OMEGAS) 1),$w:cifar10-small-r100:ce:ce $w:cifar10-small-r100@u1:ce-du$(if $(filter-out 1,$w),-omega$w):ce-du))
$(call table,ablation-labels,Half of the labels,cifar10-amount-r50 cifar10-half-r50 cifar10-half-r50@x5,ce ce-du)
$(call table,ablation-ssp,Pre-training tasks with SimCLR in the place of Selfie,cifar10-r100,ce rot-ce jigsaw-ce moco-ce simclr-ce)
$(call figure,ablation-ssp,pre-training,--points,$(foreach p,none:ce rotation:rot-ce jigsaw:jigsaw-ce MoCo:moco-ce SimCLR:simclr-ce,$(firstword $(subst :, ,$p)):cifar10-r100:$(lastword $(subst :, ,$p)):ce))
$(call table,ablation-step,Step imbalance,$(call each_ratio,cifar10-step),ce rot-ce ldam-drw rot-ldam-drw)
$(call figure,ablation-step,imbalance ratio,--log x,$(call lines,ce rot-ce ldam-drw rot-ldam-drw,$(foreach r,$(RATIOS),$r:cifar10-step-r$r)))

# By class; the same cells as above.
BY_CLASS = classwise
$(call table,classwise,Error by class,cifar10-r100 cifar10-small-r100 cifar10-small-r100@u1,ce rot-ce ce-du)

LOOKED_AT = cifar10-r100 cifar10-small-r100 cifar10-small-r100@u1
$(call look,confusion,$(LOOKED_AT),ce ce-du rot-ce,confusion-train.txt confusion-test.txt)
$(call look,tsne,$(LOOKED_AT),ce ce-du rot-ce,tsne-train.lts tsne-test.lts)
$(call look,pages,$(LOOKED_AT),ce ce-du rot-ce,page.html,$(filter-out ce rot-ce,$(TABLE2) $(TABLE2_MORE)) ce-du-adjusted)

# ---------------------------------------------------------------- the README

$(call brief,cifar10-small-r100 cifar10-small-r100@u1 cifar10-small-r100@u100,ce adjust rot-ce ce-du ce-du-adjusted)
$(call brief,cifar10-r100,ce rot-ce ldam-drw rot-ldam-drw balanced-softmax crt)
$(call brief,cifar10-large-r50 cifar10-large-r50@u1,ce adjust ce-du ce-du-adjusted)

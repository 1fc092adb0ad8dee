# The methods, one per line; read by experiments.mk.
#
#	$(call method,NAME,TITLE,TRAIN,PRETEXT,LABELS,KEEP)
#
# TRAIN: options of "lt train". PRETEXT: "lt pretrain-PRETEXT" on the labelled rows provides the
# initial encoder.  LABELS: the method whose model labels the unlabelled rows, which are then
# used for training too; "none": they are used without labels.  KEEP: options of "lt
# pseudolabel" that select which of these rows to keep.
#
#	$(call second,NAME,TITLE,FROM,RETRAIN)
#
# The model of method FROM with a new head.  RETRAIN: options of "lt retrain".
#
# Names of self-supervised methods begin with the task: rot-ce.  Names of methods with D_U end
# with -du.

method = $(eval TITLE_$(strip $1) := $(strip $2))$(eval TRAIN_$(strip $1) := $(strip $3))$(eval PRETEXT_$(strip $1) := $(strip $4))$(eval LABELS_$(strip $1) := $(filter-out none,$(strip $5)))$(eval READS_DRAW_$(strip $1) := $(strip $5))$(eval KEEP_$(strip $1) := $(strip $6))$(eval FROM_$(strip $1) :=)
second = $(eval TITLE_$(strip $1) := $(strip $2))$(eval FROM_$(strip $1) := $(strip $3))$(eval RETRAIN_$(strip $1) := $(strip $4))$(eval READS_DRAW_$(strip $1) := $(READS_DRAW_$(strip $3)))

# ---------------------------------------------------------------- labelled rows alone

$(call method,ce,               CE)
$(call method,reweight,         CB-CE: re-weighted,         --rule reweight)
$(call method,resample,         CE (Balanced): resampled,   --rule resample)
$(call method,focal,            Focal,                      --loss focal)
$(call method,cb-focal,         CB-Focal,                   --loss focal --rule reweight)
$(call method,cb-focal-authors, CB-Focal with their weight, --loss focal --rule reweight --focal-authors)
$(call method,ce-drw,           CE-DRW,                     --rule drw)
$(call method,ce-drs,           CE-DRS,                     --rule drs)
$(call method,m-drw,            M-DRW: uniform margin,      --loss margin --rule drw)
$(call method,ldam,             LDAM,                       --loss ldam)
$(call method,ldam-drw,         LDAM-DRW,                   --loss ldam --rule drw)
$(call method,balanced-softmax, Balanced softmax,           --loss balanced-softmax)
$(call method,logit-adjustment, Logit adjustment,           --loss logit-adjustment)

$(call second,crt,    CE then cRT,                     ce, --method crt)
$(call second,tau,    CE then tau-normalised,          ce, --method tau --tau auto)
$(call second,adjust, CE then adjusted for the counts, ce, --method adjust)

# ---------------------------------------------------------------- self-supervised first

# Loss and rule after pre-training are those of the method without pre-training.
rotated = $(call method,rot-$1,$2 + SSP,$(TRAIN_$1),rot)
$(call rotated,ce,CE (Uniform))
$(call rotated,resample,CB-CE (theirs: resampled))
$(call rotated,cb-focal,CB-Focal)
$(call rotated,cb-focal-authors,CB-Focal with their weight)
$(call rotated,ce-drw,CE-DRW)
$(call rotated,ldam-drw,LDAM-DRW)
$(call second,rot-crt,CE + SSP then cRT,rot-ce,--method crt)

# Large images use class-aware sampling, and contrastive learning instead of rotation.
$(call method,balanced, CE (Balanced): class-aware, --rule resample --sampler balanced)
contrasted = $(call method,moco-$1,$2 + SSP (MoCo),$(TRAIN_$1),moco)
$(call contrasted,ce,CE (Uniform))
$(call contrasted,balanced,CE (Balanced))
$(call contrasted,ldam-drw,LDAM-DRW)
$(call second,moco-crt,CE + SSP (MoCo) then cRT,moco-ce,--method crt)

# The paper's fourth task is Selfie; SimCLR replaces it here.
$(call method,jigsaw-ce, CE + Jigsaw, , jigsaw)
$(call method,simclr-ce, CE + SimCLR, , simclr)

# ---------------------------------------------------------------- with unlabelled rows

# Here the base classifier is CE in all rows of the paper's table 1.  The paper does not specify
# the one for its LDAM-DRW rows.
$(call method,ce-du,           CE + D_U,                               ,                       , ce)
$(call method,ldam-drw-du,     LDAM-DRW + D_U,                         --loss ldam --rule drw, , ce)
$(call method,ldam-drw-du-own, LDAM-DRW + D_U labelled by LDAM-DRW,    --loss ldam --rule drw, , ldam-drw)
$(call method,ce-du-crt,       CE + D_U labelled by cRT,               ,                       , crt)
$(call method,ce-du-rot,       CE + D_U labelled by CE + SSP,          ,                       , rot-ce)
$(call method,rot-ce-du,       CE + SSP + D_U labelled by CE + SSP,    ,                    rot, rot-ce)
$(call second,ce-du-adjust,    CE + D_U then adjusted for the counts,  ce-du, --method adjust)

# Each generation is labelled by the one before.
$(call method,ce-du-2, CE + D_U second generation, , , ce-du)
$(call method,ce-du-3, CE + D_U third generation,  , , ce-du-2)

# $(call generations,NAME,TITLE,TRAIN,FIRST,NEXT,KEEP): three generations, NAME to NAME-3.
# FIRST labels the rows for the first one; the previous model labels those for the others, or
# with NEXT=head the previous model with an adjusted head.  The head is adjusted for the model's
# training rows, including pseudo-labelled ones.
generations = $(call method,$1,$2,$3,,$4,$6)\
	$(call next_generation,$1-2,$2$(COMMA) second generation,$3,$1,$5,$6)\
	$(call next_generation,$1-3,$2$(COMMA) third generation,$3,$1-2,$5,$6)
next_generation = $(if $5,$(call second,$4-$5,$(TITLE_$4)$(COMMA) then adjusted,$4,--method adjust --counts loss))\
	$(call method,$1,$2,$3,,$4$(addprefix -,$5),$6)
$(call generations,ce-du-adjusted,CE + D_U labelled by the adjusted head,,adjust,head)
$(call generations,ce-du-crest,CE + D_U by quotas,,ce,,--quota crest)
$(call generations,ce-du-adjusted-crest,CE + D_U labelled by the adjusted head by quotas,,adjust,head,--quota crest)

# CReST+: from generation 0, the base, to G - 1 = 3 the target's exponent falls from 1 to 0.5.
$(call method,ce-du-aligned,   CE + D_U aligned by quotas,                   , , ce,             --quota crest --align 0.833)
$(call method,ce-du-aligned-2, CE + D_U aligned by quotas$(COMMA) second generation, , , ce-du-aligned,  --quota crest --align 0.667)
$(call method,ce-du-aligned-3, CE + D_U aligned by quotas$(COMMA) third generation,  , , ce-du-aligned-2, --quota crest --align 0.5)

$(call method,vat,          VAT,          --method vat,          , none)
$(call method,mean-teacher, Mean Teacher, --method mean-teacher, , none)

OMEGAS = 0.25 0.5 2 4
$(foreach w,$(OMEGAS),$(call method,ce-du-omega$w,CE + D_U at weight $w,--omega $w,,ce))

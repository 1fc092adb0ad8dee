# The paper's three theorems (Yang and Xu, NeurIPS 2020, sections 2.1 and 3.1) as simulations
# beside their bounds, then a check of both that fails if a value is wrong; read by the
# Makefile.
#
#	make theory
#	make theory THEORY_FLAGS='--trials 10000 --seed 1'
#
# Each sweep is also a figure, in $(THEORY).

# Options of both runs.
THEORY_FLAGS ?=

THEORY = $(B)/theory
# SWEEP:X:Y[:BY[:LOG]]
THEORY_FIGURES = gap:gap:failed,exact,bound::y ratio:part:failed,exact,bound::y \
	total:total:failed,exact,bound::xy delta:delta:failed,exact,bound::y \
	threshold:t:theta:share labels:positives:theta:share:x \
	offset:offset:error:p_plus best:beta:error:p_plus \
	dimension:d:error,ideal,linear,bound::xy \
	positives:positives:error,ideal,linear,bound::xy beta:beta:error,ideal,linear,bound::xy
theory_figure = $(call theory_plot,$(subst :, ,$(subst ::,:-:,$1)))
theory_plot = $(LT) theory --sweep $(word 1,$1) $(THEORY_FLAGS) --format tsv | $(LT) plot \
	--title 'Sweep $(word 1,$1)' --x $(word 2,$1) --y $(word 3,$1) $(addprefix --by ,$(filter-out -,$(word 4,$1))) \
	$(addprefix --log ,$(word 5,$1)) -q -o $(THEORY)/$(word 1,$1).svg

.PHONY: theory
theory: $(BINS)
	$(LT) theory $(THEORY_FLAGS)
	$(LT) theory --check $(THEORY_FLAGS)
	@mkdir -p $(THEORY)
	@set -e; $(foreach f,$(THEORY_FIGURES),$(call theory_figure,$f);) \
	echo 'figures of the sweeps are in $(THEORY)'

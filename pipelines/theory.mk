# The paper's three theorems (Yang and Xu, NeurIPS 2020, sections 2.1 and 3.1) as simulations
# beside their bounds, then a check of both that fails if a value is wrong; read by the
# Makefile.
#
#	make theory
#	make theory THEORY_FLAGS='--trials 10000 --seed 1'

# Options of both runs.
THEORY_FLAGS ?=

.PHONY: theory
theory: $(BINS)
	$(LT) theory $(THEORY_FLAGS)
	$(LT) theory --check $(THEORY_FLAGS)

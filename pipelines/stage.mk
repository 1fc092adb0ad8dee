# How the pipelines run a stage, read by the Makefile.

LT ?= $(B)/bin/lt

# $(call STAGE,COMMAND) shows and runs a stage; its seconds go beside the target.  The
# target gets its name last, so that none is ever there without its seconds.
STAGE = @echo '$(1) -o $@'; start=$$(date +%s); $(1) -o $@.new && \
	echo $$(($$(date +%s) - start)) >$@.seconds && mv $@.new $@

# The same for a learning program, which goes on where it was cut within the stage, too.
LEARN = $(call STAGE,$(1) --checkpoint $@.checkpoint --resume) && rm -f $@.checkpoint

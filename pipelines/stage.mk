# How the pipelines run a stage, read by the Makefile.

LT ?= $(B)/bin/lt

# $(call STAGE,COMMAND) shows and runs a stage; its seconds go beside the target.  The
# target gets its name last, so that none is ever there without its seconds.
STAGE = $(call STAGE_TO,$(1),-o)
# The same for a stage that makes its target by the option $(2).
STAGE_TO = @echo '$(1) $(2) $@'; start=$$(date +%s); $(1) $(2) $@.new && \
	echo $$(($$(date +%s) - start)) >$@.seconds && mv $@.new $@

# The same for a learning program, which goes on where it was cut within the stage, too: the
# seconds before that are kept in .spent, as long as the checkpoint that they were spent on.
# The signal that ends the program is waited for, else its seconds would be lost.
LEARN = @echo '$(1) -o $@'; trap : INT TERM; \
	[ -f $@.checkpoint ] || rm -f $@.spent; \
	spent=$$(cat $@.spent 2>/dev/null || echo 0) start=$$(date +%s); \
	$(1) --checkpoint $@.checkpoint --resume -o $@.new; code=$$?; \
	spent=$$((spent + $$(date +%s) - start)); \
	[ $$code = 0 ] || { [ ! -f $@.checkpoint ] || echo $$spent >$@.spent; exit $$code; }; \
	echo $$spent >$@.seconds && mv $@.new $@ && rm -f $@.checkpoint $@.spent

# $(call SETTINGS,TEXT): the recipe of a file that tells with which settings its directory was
# made, and refuses others: hours of learning are not thrown away for a variable.
SETTINGS = @mkdir -p $(@D); [ -f $@ ] || echo '$(1)' >$@; \
	[ "$$(cat $@)" = '$(1)' ] || { \
		echo '$(@D) was made with other settings; they were, and are now:' >&2; \
		cat $@ >&2; echo '$(1)' >&2; \
		echo 'remove it, or name another directory' >&2; exit 1; }

# $(call SIDE,FILE): the recipe of a file that FILE's stage has made before FILE itself.
SIDE = @test -f $@ || { echo '$@ is gone: remove $(1) to make both again' >&2; exit 1; }

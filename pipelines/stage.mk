# How the pipelines run a stage, read by the Makefile.

LT ?= $(B)/bin/lt

# $(call STAGE,COMMAND) prints and runs a stage and stores its seconds beside the target.  The
# target is renamed last, so that it never exists without its seconds.
STAGE = $(call STAGE_TO,$(1),-o)
# The same for a stage that names its target with the option $(2).
STAGE_TO = @echo '$(1) $(2) $@'; start=$$(date +%s); $(1) $(2) $@.new && \
	echo $$(($$(date +%s) - start)) >$@.seconds && mv $@.new $@

# The same for a learning program, which can also resume within the stage.  The seconds spent
# before the interruption are kept in .spent, as long as their checkpoint exists.  The shell
# traps the signal and waits for the program, otherwise these seconds would be lost.
LEARN = @echo '$(1) -o $@'; trap : INT TERM; \
	[ -f $@.checkpoint ] || rm -f $@.spent; \
	spent=$$(cat $@.spent 2>/dev/null || echo 0) start=$$(date +%s); \
	$(1) --checkpoint $@.checkpoint --resume -o $@.new; code=$$?; \
	spent=$$((spent + $$(date +%s) - start)); \
	[ $$code = 0 ] || { [ ! -f $@.checkpoint ] || echo $$spent >$@.spent; exit $$code; }; \
	echo $$spent >$@.seconds && mv $@.new $@ && rm -f $@.checkpoint $@.spent

# $(call SETTINGS,TEXT): the recipe of a file with the settings of its directory.  Other
# settings are an error, so that a changed variable does not discard hours of training.
SETTINGS = @mkdir -p $(@D); [ -f $@ ] || echo '$(1)' >$@; \
	[ "$$(cat $@)" = '$(1)' ] || { \
		echo '$(@D) was made with other settings; they were, and are now:' >&2; \
		cat $@ >&2; echo '$(1)' >&2; \
		echo 'remove it, or name another directory' >&2; exit 1; }

# $(call SIDE,FILE): the recipe of a file that the stage of FILE makes before FILE itself.
SIDE = @test -f $@ || { echo '$@ is gone: remove $(1) to make both again' >&2; exit 1; }

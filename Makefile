# ltpipe: GNU make 4.0 or later, one file, no configure step.
#
# The lines that begin with "#:" are what "make help" prints.
#
#: Goals
#:   all          the programs, in build/bin (the default)
#:   deps         finds what is missing for the other goals and installs it: make deps demo
#:   demo         the main job on built-in sample data: four methods, one table
#:   theory       the paper's three theorems, simulated, beside their bounds; then a check
#:   calibrate-verdict  forecasts of lt verdict beside what was gained, on drawn pictures
#:   table1-cifar10 table2-cifar10 fig2 ablation-amount …   the paper's tables and figures on
#:                your images, DATA= an archive of them: pipelines/README.md
#:   readme-table what the results have of the README's table, in Markdown
#:   estimate     time, memory and disk that TARGET=table2-cifar10 and the like would take
#:   check        all tests; check-long adds the long learning tests
#:   check-paper  all of those tables and figures, two epochs a stage on drawn pictures
#:   check-methods  methods for unlabelled rows beside their baselines, on drawn pictures; minutes
#:   check-san    the tests with the address and undefined-behaviour sanitizers
#:   coverage     the tests on instrumented programs, then the lines that ran, by file (gcov)
#:   check-pages  pages of lt report in a browser: chromium, chromium-driver, python3-selenium
#:   check-static the programs of STATIC=1 in a root that holds nothing else
#:   check-scale  several processes as one, of a build with MPI=1, and sweeps under Slurm
#:   simulate-scale  how much faster training would be on up to 64 machines, of a build with MPI=1
#:   check-arm    unit tests and a pipeline of an aarch64 build, under qemu (Debian; downloads 50 MB)
#:   fuzz         mutates the seed inputs FUZZ_RUNS (20000) times a target, with sanitizers
#:   fuzz-long    libFuzzer over the same targets for FUZZ_LONG_SECONDS (3600) each, by FUZZ_CC
#:   bench        benchmarks; with PyTorch beside them where PYTHON has it
#:   bench-import the speed of lt import; with torchvision beside it where PYTHON has it
#:   lint         warnings of gcc and clang, formatting, manual pages, shell scripts
#:   deb          a Debian package in build/deb; check-deb builds it twice, compares, installs it
#:   install      programs, manual pages and completions under DESTDIR and PREFIX
#:   uninstall    removes them again
#:   clean        removes build/
#: Variables
#:   CC CFLAGS CPPFLAGS LDFLAGS LDLIBS PKG_CONFIG PYTHON
#:   PREFIX=/usr/local  DESTDIR=  PROGPREFIX=lt-   (the prefix of programs not called lt…)
#:   DEVELOPER=1                   a long list of warnings, all of them errors
#:   SANITIZE=address,undefined    instrumented objects, in a build tree of their own
#:   STATIC=1                      programs that need no library, in build/static: without WebP, TIFF, GIF
#:   MPI=1                         learning programs that several processes can run as one, in build/mpi
#:   B=build                       the build tree
#:   PROVE_FLAGS=-j2               options for prove(1)
#:   DEMO_EPOCHS and others        see the top of pipelines/demo.mk

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
SHELL = /bin/sh

PREFIX ?= /usr/local
PROGPREFIX ?= lt-
BINDIR = $(PREFIX)/bin
MANDIR = $(PREFIX)/share/man
DATADIR = $(PREFIX)/share
BASHDIR = $(DATADIR)/bash-completion/completions
ZSHDIR = $(DATADIR)/zsh/site-functions
FISHDIR = $(DATADIR)/fish/vendor_completions.d

B ?= build$(if $(SANITIZE),/san)$(if $(STATIC),/static)$(if $(COVERAGE),/coverage)$(if $(MPI),/mpi)
# Said once, in the header that the programs read.
VERSION := $(shell sed -n 's/^.define LT_VERSION "\(.*\)"/\1/p' libcore/cli/cli.h 2>/dev/null)

# ---------------------------------------------------------------- flags

CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
PYTHON ?=
# Homebrew keeps these two out of the way of macOS's own, and so out of pkg-config's sight.
ifneq ($(wildcard /opt/homebrew /usr/local/Homebrew),)
export PKG_CONFIG_PATH := $(PKG_CONFIG_PATH)$(foreach d,/opt/homebrew/opt /usr/local/opt,:$d/openblas/lib/pkgconfig:$d/libarchive/lib/pkgconfig)
endif
WARN = -Wall -Wextra
ifdef DEVELOPER
WARN += -Werror -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wpointer-arith -Wwrite-strings -Wformat=2 -Wundef -Wvla -Wcast-qual -Wnull-dereference \
	-Wno-overlength-strings
endif
SAN = $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
ifdef COVERAGE
SAN = --coverage -fprofile-update=atomic
endif
# Contraction is off everywhere but in kernels, which say what they want: results are promised to the byte.
BASE_CFLAGS = -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Ilibcore -pthread -ffp-contract=off \
	-fno-math-errno -fno-trapping-math $(WARN) $(SAN)
COMPILE = $(CC) $(BASE_CFLAGS) $(CPPFLAGS) $(CFLAGS)

# Package flags are expanded inside recipes only: nothing asks pkg-config before "deps" has run.
MSGPACK = $$($(PKG_CONFIG) --exists msgpack-c && echo msgpack-c || echo msgpack)
DATA_PACKAGES = libarchive libjpeg libpng zlib $(MSGPACK)
LEARN_PACKAGES = openblas $(DATA_PACKAGES)
# What a build may lack: some image formats, JSON, and Unicode's forms of a name; a test writes MAT
# files with matio.  giflib has no module everywhere: then its header tells.
HASH := \#
WITH_PACKAGE = $$($(PKG_CONFIG) --exists $(1) && echo "$(2) $$($(PKG_CONFIG) $(3) $(1))")
WITH_GIF = $$($(PKG_CONFIG) --exists libgif && echo "$(1) $$($(PKG_CONFIG) $(2) libgif)" || \
	{ echo '$(HASH)include <gif_lib.h>' | $(CC) $(CPPFLAGS) -E -x c - >/dev/null 2>&1 && echo '$(1) $(3)'; })
OPTIONAL = libwebp:WEBP libtiff-4:TIFF matio:MATIO jansson:JANSSON libutf8proc:UTF8PROC
# A static program holds the libraries themselves.  The optional image libraries stay out: not
# every system has their archives, nor those of what they use in turn.
ifdef STATIC
OPTIONAL = jansson:JANSSON libutf8proc:UTF8PROC
WITH_GIF =
STATIC_LDFLAGS = -static
PKG_CONFIG_LIBS = $(PKG_CONFIG) --static --libs
# What archives of kinds that we never read would need, and LAPACK.
UNUSED_LIBS = | sed 's/-l\(acl\|xml2\|gfortran\|quadmath\)\>//g'
else
PKG_CONFIG_LIBS = $(PKG_CONFIG) --libs
endif
OPTIONAL_CFLAGS = $(foreach o,$(OPTIONAL),$(call WITH_PACKAGE,$(word 1,$(subst :, ,$o)),-DLT_HAVE_$(word 2,$(subst :, ,$o)),--cflags)) $(call WITH_GIF,-DLT_HAVE_GIF,--cflags,)
# Most programs use none of them, and should not load them: MAT files alone bring HDF5 along.
AS_NEEDED = $(if $(filter Darwin,$(shell uname -s)),-Wl$(COMMA)-dead_strip_dylibs,-Wl$(COMMA)--as-needed)
COMMA := ,
OPTIONAL_LIBS = $(foreach o,$(OPTIONAL),$(call WITH_PACKAGE,$(word 1,$(subst :, ,$o)),,--libs)) $(call WITH_GIF,,--libs,-lgif)
ifdef MPI
MPI_CFLAGS = -DLT_HAVE_MPI $$($(PKG_CONFIG) --cflags ompi-c)
MPI_LIBS = $$($(PKG_CONFIG) --libs ompi-c)
endif
PKG_CFLAGS = $$($(PKG_CONFIG) --cflags $(LEARN_PACKAGES))
DATA_LIBS = $(AS_NEEDED) $$($(PKG_CONFIG_LIBS) $(DATA_PACKAGES) $(UNUSED_LIBS)) $(OPTIONAL_LIBS) $(MPI_LIBS) -lm
LEARN_LIBS = $(AS_NEEDED) $$($(PKG_CONFIG_LIBS) $(LEARN_PACKAGES) $(UNUSED_LIBS)) $(OPTIONAL_LIBS) $(MPI_LIBS) -lm

# ---------------------------------------------------------------- sources

# What the compiler compiles for, which need not be this machine.
MACHINE := $(or $(firstword $(subst -, ,$(shell $(CC) -dumpmachine 2>/dev/null))),$(shell uname -m))

LIB_SRC := $(sort $(wildcard libcore/*/*.c))
# What asks for those.
OPTIONAL_SRC = $(addprefix libcore/,image/image.c image/webp.c image/tiff.c image/gif.c format/json.c import/folded.c) tests/bench/picture.c tests/unit/t_mat.c
# One source of the vectorised kernels, compiled once for each instruction set.
VECTOR_SRC := $(sort $(wildcard libcore/kernel/vector_*.c))
PLAIN_SRC := $(filter-out $(VECTOR_SRC),$(LIB_SRC))
ifeq ($(MACHINE),x86_64)
VECTOR_SETS := x86-64 v3 v4 v4bf16 v4amx
endif
ifneq ($(filter aarch64 arm64,$(MACHINE)),)
VECTOR_SETS := neon
endif
VECTOR_FLAGS_x86-64 = -march=x86-64
VECTOR_FLAGS_v3 = -march=x86-64-v3
VECTOR_FLAGS_v4 = -march=x86-64-v4 -mprefer-vector-width=512
VECTOR_FLAGS_v4bf16 = $(VECTOR_FLAGS_v4) -mavx512bf16
VECTOR_FLAGS_v4amx = $(VECTOR_FLAGS_v4bf16) -mamx-tile -mamx-bf16
VECTOR_FLAGS_neon =
# gcc's predictive commoning costs a multiply-add loop a third of its speed, and a loop that does
# not begin on a cache line can lose a tenth; clang lacks one of the options or both.
GCC_KERNEL_CFLAGS = $$($(CC) --version | grep -q 'Free Software' && \
	echo -fno-predictive-commoning -falign-loops=64)
# Instrumented kernels take gcc five times as long at -O3, and run three times as long at -O1;
# their copies for the usual numbers of channels are left out.
KERNEL_CFLAGS = $(if $(SANITIZE),-O2 -DLT_VARIABLE_CHANNELS,-O3) -ffp-contract=fast $(GCC_KERNEL_CFLAGS)
# The frames that gcc's address sanitizer keeps after a return are aligned to 32 bytes alone:
# vectors of 64 on them fault.
SAN_VECTOR = $(if $(findstring address,$(SANITIZE)),$$($(CC) --version | grep -q 'Free Software' && echo --param asan-use-after-return=0))

# libFuzzer's tree leaves the vectorised kernels plain: no input reaches them, and clang takes
# minutes to instrument them.
ifneq ($(findstring fuzzer,$(SANITIZE)),)
$(B)/obj/libcore/kernel/vector_%: SAN =
endif

# A sanitizer sees nothing in a set that this processor cannot run: such sets stay plain, too.
ifneq ($(SANITIZE),)
CPU_FLAGS := $(shell sed -n '/^flags/{p;q;}' /proc/cpuinfo 2>/dev/null)
unless_cpu = $(if $(filter $(1),$(CPU_FLAGS)),,$(2))
PLAIN_SETS := $(if $(CPU_FLAGS),$(call unless_cpu,avx512bw,v4) $(call unless_cpu,avx512_bf16,v4bf16) $(call unless_cpu,amx_bf16,v4amx))
$(foreach s,$(PLAIN_SETS),$(eval $(B)/obj/libcore/kernel/vector_%-$s.o: SAN =))
endif

LIB_OBJ = $(PLAIN_SRC:%.c=$(B)/obj/%.o) $(foreach s,$(VECTOR_SETS),$(VECTOR_SRC:%.c=$(B)/obj/%-$s.o))
# The same library with real numbers in double, for gradient checks and fixtures.
F64_SRC := $(filter libcore/net/% libcore/kernel/% libcore/method/%,$(PLAIN_SRC))
F64_OBJ = $(F64_SRC:%.c=$(B)/f64/%.o) $(patsubst %.c,$(B)/obj/%.o,$(filter-out $(F64_SRC),$(PLAIN_SRC)))

PROGRAMS := $(patsubst filters/%.c,%,$(sort $(wildcard filters/*.c)))
LEARNERS := $(filter train pretrain-% retrain pseudolabel eval,$(PROGRAMS))
BINS = $(PROGRAMS:%=$(B)/bin/%)

UNIT_SRC := $(sort $(wildcard tests/unit/t_*.c))
# t_NAME_f64.c is linked with the double library.
UNIT_BINS = $(UNIT_SRC:tests/unit/%.c=$(B)/tests/%)
FUZZ_SRC := $(sort $(wildcard tests/fuzz/f_*.c))
FUZZ_BINS = $(FUZZ_SRC:tests/fuzz/%.c=$(B)/fuzz/%)
# What lets calls fail works by LD_PRELOAD, and a sanitizer's library must be loaded first.
ifeq ($(SANITIZE)$(shell uname -s),Linux)
FAULT_LIBS = $(patsubst tests/faults/%.c,$(B)/faults/%.so,$(filter-out tests/faults/judge.c,$(sort $(wildcard tests/faults/*.c))))
FAULT_BINS = $(patsubst tests/faults/%.c,$(B)/faults/%,$(wildcard tests/faults/judge.c))
endif
LIBFUZZER_BINS = $(FUZZ_SRC:tests/fuzz/%.c=$(B)/libfuzzer/%)
BENCH_SRC := $(sort $(wildcard tests/bench/b_*.c))
BENCH_BINS = $(BENCH_SRC:tests/bench/%.c=$(B)/bench/%)
# What benchmarks share.
BENCH_PARTS = $(patsubst %.c,$(B)/obj/%.o,$(filter-out $(BENCH_SRC),$(sort $(wildcard tests/bench/*.c))))

# "deps" comes before everything else whatever -j is, when it is a goal.
ORDER = $(filter deps,$(MAKECMDGOALS))

# ---------------------------------------------------------------- building

.PHONY: all
all: $(BINS)

$(B)/obj/%.o: %.c | $(ORDER)
	@mkdir -p $(@D)
	$(COMPILE) $(PKG_CFLAGS) $(if $(filter $(OPTIONAL_SRC),$<),$(OPTIONAL_CFLAGS)) $(if $(filter libcore/kernel/%,$<),$(KERNEL_CFLAGS)) -MMD -MP -c -o $@ $<

define VECTOR_RULE
$(B)/obj/libcore/kernel/vector_%-$(1).o: libcore/kernel/vector_%.c | $(ORDER)
	@mkdir -p $$(@D)
	$$(COMPILE) $$(KERNEL_CFLAGS) $$(VECTOR_FLAGS_$(1)) $$(SAN_VECTOR) -DLT_VECTOR_SET=$$(subst -,_,$(1)) -DLT_VECTOR_NAME='"$(1)"' -MMD -MP -c -o $$@ $$<
endef
$(foreach s,$(VECTOR_SETS),$(eval $(call VECTOR_RULE,$s)))

$(B)/f64/%.o: %.c | $(ORDER)
	@mkdir -p $(@D)
	$(COMPILE) $(PKG_CFLAGS) -DLT_REAL_DOUBLE -MMD -MP -c -o $@ $<

$(B)/obj/libcore/base/team_mpi.o: BASE_CFLAGS += $(MPI_CFLAGS)

# A library that came or went since the last build: other objects.
$(B)/optional-flags: FORCE | $(ORDER)
	@mkdir -p $(@D)
	@flags="$(OPTIONAL_CFLAGS)"; [ -f $@ ] && [ "$$(cat $@)" = "$$flags" ] || echo "$$flags" >$@

$(OPTIONAL_SRC:%.c=$(B)/obj/%.o): $(B)/optional-flags

# The dispatcher knows the prefix of the installed programs: another prefix, another object.
$(B)/progprefix: FORCE
	@mkdir -p $(@D)
	@[ -f $@ ] && [ "$$(cat $@)" = '$(PROGPREFIX)' ] || echo '$(PROGPREFIX)' >$@

$(B)/obj/filters/lt.o: BASE_CFLAGS += -DLT_PROGPREFIX='"$(PROGPREFIX)"'
$(B)/obj/filters/lt.o: $(B)/progprefix

.PHONY: FORCE
FORCE:

$(B)/liblt.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/liblt-f64.a: $(F64_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

LINK = $(CC) $(SAN) -pthread $(STATIC_LDFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^)

# A program built from a checkout says the commit; a "+" follows where files differ from it.
# The library has the same object without a commit, which the linker then leaves aside, so
# that a commit links the programs again and nothing else.  Where git fails, as for root in
# another user's checkout, what is known stays.
$(B)/commit: FORCE
	+@mkdir -p $(@D)
	+@commit=; if [ -e .git ]; then \
		commit=$$(git rev-parse --short=12 HEAD 2>/dev/null) || { [ ! -f $@ ] || exit 0; commit=; }; \
		[ -z "$$commit" ] || git diff --quiet HEAD 2>/dev/null || commit=$$commit+; \
	fi; [ -f $@ ] && [ "$$(cat $@)" = "$$commit" ] || echo "$$commit" >$@

$(B)/program/commit.o: libcore/cli/commit.c $(B)/commit | $(ORDER)
	@mkdir -p $(@D)
	$(COMPILE) -DLT_COMMIT='"'$$(cat $(B)/commit)'"' -c -o $@ $<

$(LEARNERS:%=$(B)/bin/%): $(B)/bin/%: $(B)/obj/filters/%.o $(B)/program/commit.o $(B)/liblt.a
	@mkdir -p $(@D)
	$(LINK) $(LEARN_LIBS) $(LDLIBS)

$(filter-out $(LEARNERS:%=$(B)/bin/%),$(BINS)): $(B)/bin/%: $(B)/obj/filters/%.o $(B)/program/commit.o $(B)/liblt.a
	@mkdir -p $(@D)
	$(LINK) $(DATA_LIBS) $(LDLIBS)

$(B)/obj/tests/%_f64.o: BASE_CFLAGS += -DLT_REAL_DOUBLE

$(filter-out %_f64,$(UNIT_BINS)): $(B)/tests/%: $(B)/obj/tests/unit/%.o $(B)/liblt.a
	@mkdir -p $(@D)
	$(LINK) $(LEARN_LIBS) $(LDLIBS)

$(filter %_f64,$(UNIT_BINS)): $(B)/tests/%: $(B)/obj/tests/unit/%.o $(B)/liblt-f64.a
	@mkdir -p $(@D)
	$(LINK) $(LEARN_LIBS) $(LDLIBS)

$(FUZZ_BINS): $(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(B)/obj/tests/fuzz/kit.o $(B)/obj/tests/fuzz/mutate.o $(B)/liblt.a
	@mkdir -p $(@D)
	$(LINK) $(LEARN_LIBS) $(LDLIBS)

$(B)/faults/inject.so: tests/faults/inject.c tests/faults/faults.h | $(ORDER)
	@mkdir -p $(@D)
	$(COMPILE) -fPIC -shared $(LDFLAGS) -o $@ $< -ldl $(LDLIBS)

$(B)/faults/judge: tests/faults/judge.c tests/faults/faults.h | $(ORDER)
	@mkdir -p $(@D)
	$(COMPILE) $(LDFLAGS) -o $@ $< $(LDLIBS)

# The same targets with libFuzzer's main.
$(LIBFUZZER_BINS): $(B)/libfuzzer/%: $(B)/obj/tests/fuzz/%.o $(B)/obj/tests/fuzz/kit.o $(B)/liblt.a
	@mkdir -p $(@D)
	$(LINK) -fsanitize=fuzzer $(LEARN_LIBS) $(LDLIBS)

$(BENCH_BINS): $(B)/bench/%: $(B)/obj/tests/bench/%.o $(BENCH_PARTS) $(B)/liblt.a
	@mkdir -p $(@D)
	$(LINK) $(LEARN_LIBS) $(LDLIBS)

# They replace functions of the C library: under their plain names, so without 64-bit aliases.
$(B)/faults/%.so: tests/faults/%.c | $(ORDER)
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARN) $(CPPFLAGS) $(CFLAGS) -fPIC -shared -pthread -o $@ $< -ldl

-include $(wildcard $(B)/obj/*/*.d $(B)/obj/*/*/*.d $(B)/f64/*/*/*.d)

# ---------------------------------------------------------------- dependencies

.PHONY: deps
deps:
	@CC='$(CC)' FUZZ_CC='$(FUZZ_CC)' PKG_CONFIG='$(PKG_CONFIG)' PYTHON='$(PYTHON)' STATIC='$(STATIC)' MPI='$(MPI)' pipelines/deps.sh $(filter-out deps,$(MAKECMDGOALS))

# ---------------------------------------------------------------- tests

PROVE_FLAGS ?= -j2
FUZZ_SECONDS ?= 120
FUZZ_RUNS ?= 20000
FUZZ_SEED ?= 1
FUZZ_LONG_SECONDS ?= 3600
FUZZ_LONG_JOBS ?= 2
FUZZ_CC ?= clang
SAN_SET ?= address,undefined
SAN_B = $(B)/san

# Tests and benchmarks that fight for the processors measure nothing: of the goals below
# those on the command line run one after another, whatever -j is.
AFTER = $(ORDER) $(filter $(1),$(MAKECMDGOALS))

# The longest come first, so that at the end no processor waits for one of them.
LONGEST = $(wildcard $(patsubst %,tests/filter/%.t,examples train resume pretrain methods tutorial recipes retrain))
TEST_SCRIPTS = $(LONGEST) $(filter-out $(LONGEST),$(sort $(wildcard tests/filter/*.t)))
# Long ones that are no TAP: each says what it found and exits 0 when it is good.
LONG_SCRIPTS = $(sort $(wildcard tests/long/*.sh))
# Everything tests need, in the tree $(B).
.PHONY: test-build
test-build: $(BINS) $(UNIT_BINS) $(FUZZ_BINS) $(FAULT_LIBS) $(FAULT_BINS) | $(ORDER)

# Every test prints TAP; scripts find the programs in $LT_BIN.  $(1) is the build tree.  A
# shell's "&" leaves INT and QUIT ignored, and nohup HUP, which no shell can undo; tests send
# them.
PROVE = @for t in $(TEST_SCRIPTS); do [ -x $$t ] || { echo "$$t: not executable" >&2; exit 1; }; done; \
	export LT_BUILD=$(abspath $(1)) LT_BIN=$(abspath $(1))/bin PYTHON='$(PYTHON)'; \
	set -x; perl -e '$$SIG{$$_} = "DEFAULT" for qw(HUP INT QUIT TERM); exec @ARGV' \
		prove --exec '' $(PROVE_FLAGS) $(filter $(LONGEST),$(TEST_SCRIPTS)) $(UNIT_SRC:tests/unit/%.c=$(1)/tests/%) $(filter-out $(LONGEST),$(TEST_SCRIPTS))

.PHONY: check check-long check-san
check: test-build
	$(call PROVE,$(B))

.PHONY: check-paper
check-paper: $(BINS) | $(call AFTER,check check-long)
	@MAKE='$(MAKE)' LT_BUILD=$(abspath $(B)) LT_BIN=$(abspath $(B))/bin tests/long/paper.sh

check-long: test-build | $(call AFTER,check)
	@echo 'with LT_LONG=1:'
	$(subst export,export LT_LONG=1,$(call PROVE,$(B)))
	@export LT_BUILD=$(abspath $(B)) LT_BIN=$(abspath $(B))/bin; \
	for s in $(LONG_SCRIPTS); do echo "$$s"; $$s || exit 1; done

.PHONY: check-methods
check-methods: $(BINS) | $(call AFTER,check check-long)
	@LT_BIN=$(abspath $(B))/bin tests/long/methods.sh

# The same tree twice over, instrumented, beside the plain one.
.PHONY: san-build
san-build: | $(call AFTER,check check-long lint)
	$(MAKE) B=$(SAN_B) SANITIZE=$(SAN_SET) test-build

# A crash must not look like one of the programs' own exit codes, and an allocation that
# is too large must fail as it does without the sanitizer.
SAN_OPTIONS = exitcode=99:allocator_may_return_null=1
SAN_ENV = LT_SAN=1 ASAN_OPTIONS=$(SAN_OPTIONS):detect_stack_use_after_return=1 LSAN_OPTIONS=$(SAN_OPTIONS) \
	UBSAN_OPTIONS=$(SAN_OPTIONS):print_stacktrace=1

check-san: san-build
	$(subst export,export $(SAN_ENV),$(call PROVE,$(SAN_B)))

# Looks at pages in a browser, of which neither the programs nor the other tests need anything.
.PHONY: check-pages
check-pages: $(BINS) | $(call AFTER,check check-long check-san)
	@export LT_BUILD=$(abspath $(B)) LT_BIN=$(abspath $(B))/bin PYTHON='$(PYTHON)'; \
	set -x; prove --exec '' -v tests/pages.sh

# Counts of earlier runs would be added to.  TEST_SCRIPTS=tests/filter/ltcat.t and the like ask
# what one test covers; UNIT_SRC= leaves out the unit tests.
.PHONY: coverage coverage-build
coverage-build: | $(call AFTER,check check-long)
	$(MAKE) COVERAGE=1 test-build

COVERAGE_B = build/coverage
coverage: coverage-build
	@find $(COVERAGE_B) -name '*.gcda' -delete
	$(call PROVE,$(COVERAGE_B)) || echo 'coverage: tests failed' >&2
	@tests/coverage.sh $(COVERAGE_B)

# Programs without libraries, in a root that holds nothing else.
.PHONY: check-static static-build
static-build: | $(call AFTER,check check-long check-san check-pages)
	$(MAKE) STATIC=1 all

check-static: static-build $(BINS)
	@export LT_BUILD=$(abspath $(B)) LT_BIN=$(abspath $(B))/bin LT_STATIC=$(abspath build/static/bin) PYTHON='$(PYTHON)'; \
	set -x; prove --exec '' tests/static.sh

# Two processes, so that messages are measured too.
.PHONY: simulate-scale
simulate-scale: | $(call AFTER,check check-long check-scale)
	$(MAKE) MPI=1 build/mpi/bench/b_scale
	mpirun -q --oversubscribe --bind-to none -n 2 build/mpi/bench/b_scale
	@[ -z '$(PYTHON)' ] || ! '$(PYTHON)' -c 'import torch' 2>/dev/null || '$(PYTHON)' tests/bench/ddp_peer.py build/mpi/bench/b_scale

# Several processes as one, of a build with MPI, beside the plain one.
.PHONY: check-scale mpi-build
mpi-build: | $(call AFTER,check check-long check-san check-pages check-static)
	$(MAKE) MPI=1 all

check-scale: mpi-build $(BINS)
	@export LT_BUILD=$(abspath $(B)) LT_BIN=$(abspath $(B))/bin LT_SCALE=$(abspath build/mpi/bin) PYTHON='$(PYTHON)'; \
	set -x; prove --exec '' tests/scale.sh tests/slurm.sh

# Both drivers start from the inputs of each target, its corpus and the attacks.
.PHONY: fuzz
fuzz: san-build | $(call AFTER,check-san)
	@export $(SAN_ENV) FUZZ_RUNS=$(FUZZ_RUNS); tests/fuzz/run.sh mutate $(SAN_B)/fuzz $(FUZZ_SECONDS) $(FUZZ_SEED)

# Every target by libFuzzer, FUZZ_LONG_JOBS at a time; what it found is in $(B)/fuzzer.
.PHONY: fuzz-long libfuzzer-build
libfuzzer-build: $(LIBFUZZER_BINS)

fuzz-long: | $(call AFTER,check check-long lint check-san fuzz)
	$(MAKE) B=$(B)/fuzzer CC='$(FUZZ_CC)' SANITIZE=fuzzer-no-link,$(SAN_SET) libfuzzer-build
	@export $(SAN_ENV); tests/fuzz/run.sh libfuzzer $(B)/fuzzer/libfuzzer $(FUZZ_LONG_SECONDS) $(FUZZ_LONG_JOBS)

# The project for aarch64, compiled with all warnings, and its tests under an emulator.  The
# libraries come from Debian's arm64 packages, which tests/arm-root.sh unpacks; those of the
# optional image formats are left out.
ARM_B = $(B)/arm
ARM_TREE = $(ARM_B)/tree
ARM_ROOT = $(abspath $(ARM_B))/root
ARM_LIBDIR = /usr/lib/aarch64-linux-gnu
ARM_PKG_CONFIG = PKG_CONFIG_SYSROOT_DIR=$(ARM_ROOT) \
	PKG_CONFIG_SYSTEM_INCLUDE_PATH=$(ARM_ROOT)/usr/include:/usr/include \
	PKG_CONFIG_LIBDIR=$(ARM_ROOT)$(ARM_LIBDIR)/pkgconfig:$(ARM_ROOT)$(ARM_LIBDIR)/openblas-pthread/pkgconfig
ARM_CC = aarch64-linux-gnu-gcc
ARM_VARIABLES = B=$(ARM_TREE) CC='$(ARM_CC)' AR=aarch64-linux-gnu-ar DEVELOPER=1 CPPFLAGS=--sysroot=$(ARM_ROOT) WITH_GIF= \
	LDFLAGS='--sysroot=$(ARM_ROOT) -Wl,-rpath=$(ARM_LIBDIR)/openblas-pthread'
# Under the emulator these take five minutes and more each.  The first three are sums in double,
# and tests/arm.sh has threads too.
ARM_UNITS = $(filter-out t_gradient_f64 t_moco_f64 t_torch_f64 t_threads,$(UNIT_SRC:tests/unit/%.c=%))

$(ARM_B)/unpacked: tests/arm-root.sh | $(ORDER)
	tests/arm-root.sh $(ARM_B)
	@touch $@

.PHONY: check-arm
check-arm: $(ARM_B)/unpacked $(BINS) | $(call AFTER,check check-long check-san)
	$(ARM_PKG_CONFIG) $(MAKE) $(ARM_VARIABLES) test-build
	@mkdir -p $(ARM_TREE)/run
	@for p in $(PROGRAMS) $(ARM_UNITS); do ln -sf $(abspath tests/arm-run.sh) $(ARM_TREE)/run/$$p || exit 1; done
	@export LT_SMALL=1 LT_BUILD=$(abspath $(ARM_TREE)) LT_BIN=$(abspath $(ARM_TREE))/run LT_NATIVE=$(abspath $(B))/bin; \
	set -x; prove --exec '' $(PROVE_FLAGS) $(ARM_UNITS:%=$(ARM_TREE)/run/%) tests/arm.sh

.PHONY: bench
bench: $(BINS) $(BENCH_BINS) | $(call AFTER,check check-long lint check-san fuzz)
	@export LT_BUILD=$(abspath $(B)) LT_BIN=$(abspath $(B))/bin PYTHON='$(PYTHON)'; \
	for b in $(filter-out %/b_import %/b_scale,$(BENCH_BINS)) $(sort $(wildcard tests/bench/*.sh)); do echo "bench: $$b"; $$b || exit 1; done

.PHONY: bench-import
bench-import: $(BINS) $(B)/bench/b_import | $(call AFTER,check check-long lint check-san fuzz bench)
	@export LT_BUILD=$(abspath $(B)) LT_BIN=$(abspath $(B))/bin PYTHON='$(PYTHON)'; $(B)/bench/b_import

# ---------------------------------------------------------------- lint

# All objects and test programs again, with DEVELOPER=1, by both compilers.
.PHONY: lint
lint: | $(call AFTER,check check-long)
	@tests/lint.sh
	$(MAKE) B=$(B)/lint-gcc CC=gcc DEVELOPER=1 test-build bench-build
	$(MAKE) B=$(B)/lint-clang CC=clang DEVELOPER=1 test-build bench-build

.PHONY: bench-build
bench-build: $(BENCH_BINS)

# ---------------------------------------------------------------- demo

.PHONY: demo
include pipelines/stage.mk pipelines/demo.mk pipelines/experiments.mk
include pipelines/theory.mk pipelines/verdict.mk

# ---------------------------------------------------------------- installing

# Programs called lt… keep their names, the others get the prefix, and so do their pages
# and every reference to those.  bash and fish look for a completion under the command's name.
INSTALL ?= install
completion = sed 's/\([[:space:]]\)lt-/\1$(PROGPREFIX)/g' pipelines/completion.$(1) >'$(DESTDIR)$(2)'
INSTALLED = $(foreach p,$(PROGRAMS),$(if $(filter-out lt%,$p),$(PROGPREFIX))$p)
PREFIXED_PAGES = $(filter-out lt%,$(notdir $(basename $(wildcard man/man1/*.1))))
page_name = $(if $(filter $(PREFIXED_PAGES),$(basename $(notdir $(1)))),$(PROGPREFIX))$(notdir $(1))
PAGES = $(wildcard man/man1/*.1 man/man5/*.5 man/man7/*.7)

.PHONY: install uninstall
install: $(BINS)
	$(INSTALL) -d '$(DESTDIR)$(BINDIR)'
	$(foreach p,$(PROGRAMS),$(INSTALL) -m 755 $(B)/bin/$p '$(DESTDIR)$(BINDIR)'/$(if $(filter-out lt%,$p),$(PROGPREFIX))$p && ) :
	$(INSTALL) -d '$(DESTDIR)$(MANDIR)'/man1 '$(DESTDIR)$(MANDIR)'/man5 '$(DESTDIR)$(MANDIR)'/man7
	$(foreach m,$(PAGES),pipelines/installed-page.sh '$(PROGPREFIX)' $m $(PREFIXED_PAGES) >'$(DESTDIR)$(MANDIR)'/$(notdir $(patsubst %/,%,$(dir $m)))/$(call page_name,$m) && ) :
	$(INSTALL) -d '$(DESTDIR)$(BASHDIR)' '$(DESTDIR)$(ZSHDIR)' '$(DESTDIR)$(FISHDIR)'
	$(call completion,bash,$(BASHDIR)/lt)
	$(call completion,zsh,$(ZSHDIR)/_lt)
	$(call completion,fish,$(FISHDIR)/lt.fish)
	$(foreach p,$(filter-out lt,$(INSTALLED)),ln -sf lt '$(DESTDIR)$(BASHDIR)'/$p && ln -sf lt.fish '$(DESTDIR)$(FISHDIR)'/$p.fish && ) :

uninstall:
	rm -f $(foreach p,$(INSTALLED),'$(DESTDIR)$(BINDIR)'/$p)
	rm -f $(foreach m,$(PAGES),'$(DESTDIR)$(MANDIR)'/$(notdir $(patsubst %/,%,$(dir $m)))/$(call page_name,$m))
	rm -f $(foreach p,$(sort lt $(INSTALLED)),'$(DESTDIR)$(BASHDIR)'/$p)
	rm -f '$(DESTDIR)$(ZSHDIR)'/_lt $(foreach p,$(sort lt $(INSTALLED)),'$(DESTDIR)$(FISHDIR)'/$p.fish)

# ---------------------------------------------------------------- packages

.PHONY: deb check-deb
deb: | $(ORDER)
	@VERSION=$(VERSION) pipelines/package/deb.sh build/deb

check-deb: $(BINS) | $(call AFTER,check check-long check-san check-pages check-static)
	@export LT_BUILD=$(abspath $(B)) LT_BIN=$(abspath $(B))/bin PYTHON='$(PYTHON)'; \
	set -x; prove --exec '' -v tests/deb.sh

# ---------------------------------------------------------------- the rest

.PHONY: help
help:
	@sed -n 's/^#: \{0,1\}//p' Makefile

.PHONY: clean
clean:
	rm -rf build

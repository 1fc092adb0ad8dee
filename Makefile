# ltpipe: GNU make 4.0 or later, one file, no configure step.  "make help" lists the goals.
#
# Variables: CC CFLAGS CPPFLAGS LDFLAGS LDLIBS PREFIX DESTDIR PROGPREFIX
#   DEVELOPER=1                   a long list of warnings, all of them errors
#   SANITIZE=address,undefined    instrumented objects, in a build tree of their own
#   B=DIR                         the build tree

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
SHELL = /bin/sh

PREFIX ?= /usr/local
PROGPREFIX ?= lt-
BINDIR = $(PREFIX)/bin
MANDIR = $(PREFIX)/share/man
DATADIR = $(PREFIX)/share

comma := ,
B ?= build$(if $(SANITIZE),/san)

# ---------------------------------------------------------------- flags

CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
WARN = -Wall -Wextra
ifdef DEVELOPER
WARN += -Werror -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wpointer-arith -Wwrite-strings -Wformat=2 -Wundef -Wvla -Wcast-qual -Wnull-dereference \
	-Wno-overlength-strings
endif
SAN = $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
# Contraction is off everywhere but in kernels, which say what they want: results are promised to the byte.
BASE_CFLAGS = -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Ilibcore -pthread -ffp-contract=off \
	-fno-math-errno -fno-trapping-math $(WARN) $(SAN)
COMPILE = $(CC) $(BASE_CFLAGS) $(CPPFLAGS) $(CFLAGS)

# Package flags are expanded inside recipes only: nothing asks pkg-config before "deps" has run.
MSGPACK = `$(PKG_CONFIG) --exists msgpack-c && echo msgpack-c || echo msgpack`
DATA_PACKAGES = libarchive libjpeg libpng $(MSGPACK)
LEARN_PACKAGES = openblas $(DATA_PACKAGES)
PKG_CFLAGS = `$(PKG_CONFIG) --cflags $(LEARN_PACKAGES)`
DATA_LIBS = `$(PKG_CONFIG) --libs $(DATA_PACKAGES)` -lm
LEARN_LIBS = `$(PKG_CONFIG) --libs $(LEARN_PACKAGES)` -lm

# ---------------------------------------------------------------- sources

MACHINE := $(shell uname -m)

LIB_SRC := $(sort $(wildcard libcore/*/*.c))
# One source of the vectorised kernels, compiled once for each instruction set.
VECTOR_SRC := libcore/kernel/vector.c
PLAIN_SRC := $(filter-out $(VECTOR_SRC),$(LIB_SRC))
ifeq ($(MACHINE),x86_64)
VECTOR_SETS := x86-64 v3 v4
endif
ifneq ($(filter aarch64 arm64,$(MACHINE)),)
VECTOR_SETS := neon
endif
VECTOR_FLAGS_x86-64 = -march=x86-64
VECTOR_FLAGS_v3 = -march=x86-64-v3
VECTOR_FLAGS_v4 = -march=x86-64-v4 -mprefer-vector-width=512
VECTOR_FLAGS_neon =
KERNEL_CFLAGS = -O3 -ffp-contract=fast -fno-predictive-commoning

LIB_OBJ = $(PLAIN_SRC:%.c=$(B)/obj/%.o) $(foreach s,$(VECTOR_SETS),$(B)/obj/libcore/kernel/vector-$s.o)
# The same library with real numbers in double, for gradient checks and fixtures.
F64_SRC := $(filter libcore/net/% libcore/kernel/% libcore/method/%,$(PLAIN_SRC))
F64_OBJ = $(F64_SRC:%.c=$(B)/f64/%.o) $(patsubst %.c,$(B)/obj/%.o,$(filter-out $(F64_SRC),$(PLAIN_SRC)))

PROGRAMS := $(patsubst filters/%.c,%,$(sort $(wildcard filters/*.c)))
LEARNERS := $(filter train pretrain-% pseudolabel eval,$(PROGRAMS))
BINS = $(PROGRAMS:%=$(B)/bin/%)

UNIT_SRC := $(sort $(wildcard tests/unit/t_*.c))
# t_NAME_f64.c is linked with the double library.
UNIT_BINS = $(UNIT_SRC:tests/unit/%.c=$(B)/tests/%)
FUZZ_SRC := $(sort $(wildcard tests/fuzz/f_*.c))
FUZZ_BINS = $(FUZZ_SRC:tests/fuzz/%.c=$(B)/fuzz/%)
BENCH_SRC := $(sort $(wildcard tests/bench/b_*.c))
BENCH_BINS = $(BENCH_SRC:tests/bench/%.c=$(B)/bench/%)

# "deps" comes before everything else whatever -j is, when it is a goal.
ORDER = $(if $(filter deps,$(MAKECMDGOALS)),deps)

# ---------------------------------------------------------------- building

.PHONY: all
all: $(BINS)

$(B)/obj/%.o: %.c | $(ORDER)
	@mkdir -p $(@D)
	$(COMPILE) $(PKG_CFLAGS) $(if $(filter libcore/kernel/%,$<),$(KERNEL_CFLAGS)) -MMD -MP -c -o $@ $<

$(B)/obj/libcore/kernel/vector-%.o: $(VECTOR_SRC) | $(ORDER)
	@mkdir -p $(@D)
	$(COMPILE) $(KERNEL_CFLAGS) $(VECTOR_FLAGS_$*) -DLT_VECTOR_SET=$(subst -,_,$*) -MMD -MP -c -o $@ $<

$(B)/f64/%.o: %.c | $(ORDER)
	@mkdir -p $(@D)
	$(COMPILE) $(PKG_CFLAGS) -DLT_REAL_DOUBLE -MMD -MP -c -o $@ $<

$(B)/liblt.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/liblt-f64.a: $(F64_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

LINK = $(CC) $(SAN) -pthread $(LDFLAGS) -o $@ $(filter %.o %.a,$^)

$(LEARNERS:%=$(B)/bin/%): $(B)/bin/%: $(B)/obj/filters/%.o $(B)/liblt.a
	@mkdir -p $(@D)
	$(LINK) $(LEARN_LIBS) $(LDLIBS)

$(filter-out $(LEARNERS:%=$(B)/bin/%),$(BINS)): $(B)/bin/%: $(B)/obj/filters/%.o $(B)/liblt.a
	@mkdir -p $(@D)
	$(LINK) $(DATA_LIBS) $(LDLIBS)

$(B)/obj/tests/%_f64.o: BASE_CFLAGS += -DLT_REAL_DOUBLE

$(filter-out %_f64,$(UNIT_BINS)): $(B)/tests/%: $(B)/obj/tests/unit/%.o $(B)/liblt.a
	@mkdir -p $(@D)
	$(LINK) $(LEARN_LIBS) $(LDLIBS)

$(filter %_f64,$(UNIT_BINS)): $(B)/tests/%: $(B)/obj/tests/unit/%.o $(B)/liblt-f64.a
	@mkdir -p $(@D)
	$(LINK) $(LEARN_LIBS) $(LDLIBS)

$(FUZZ_BINS): $(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(B)/obj/tests/fuzz/mutate.o $(B)/liblt.a
	@mkdir -p $(@D)
	$(LINK) $(LEARN_LIBS) $(LDLIBS)

$(BENCH_BINS): $(B)/bench/%: $(B)/obj/tests/bench/%.o $(B)/liblt.a
	@mkdir -p $(@D)
	$(LINK) $(LEARN_LIBS) $(LDLIBS)

-include $(wildcard $(B)/obj/*/*.d $(B)/obj/*/*/*.d $(B)/f64/*/*/*.d)

# ---------------------------------------------------------------- tests

# Every test prints TAP; scripts find the programs in $LT_BIN.
.PHONY: check
check: $(BINS) $(UNIT_BINS) $(FUZZ_BINS)
	LT_BUILD=$(abspath $(B)) LT_BIN=$(abspath $(B))/bin prove --exec '' $(PROVE_FLAGS) $(UNIT_BINS) $(sort $(wildcard tests/filter/*.t))

.PHONY: clean
clean:
	rm -rf build

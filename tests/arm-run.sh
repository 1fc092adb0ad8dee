#!/bin/sh
# Every program of "make check-arm" is a link to this script, TREE/run/NAME.  It runs TREE/bin/NAME
# or TREE/tests/NAME, which this machine cannot run, under the emulator.  It also replaces lt,
# because the programs that lt would execute are foreign too.
tree=${0%/*}/..
name=${0##*/}
if [ "$name" = lt ] && [ $# -gt 0 ]; then
	for program in "lt$1" "$1"; do
		[ -x "$tree/bin/$program" ] || continue
		name=$program
		shift
		break
	done
fi
case $name in
t_*) file=$tree/tests/$name ;;
*) file=$tree/bin/$name ;;
esac
exec qemu-aarch64 -L "$tree/../root" -0 "$name" "$file" "$@"

#!/bin/sh
# results-have.sh DATA EPOCHS FLAGS FILE…: the cells in FILEs with these data, epochs and flags,
# as SETTING/METHOD/SEED, one per line.

set -eu

data=$1 epochs=$2 flags=${3:--}
shift 3
[ $# -gt 0 ] || exit 0
awk -F "$(printf '\t')" -v data="$data" -v epochs="$epochs" -v flags="$flags" '
	$1 == data && $5 == epochs && $6 == flags && !seen[$2, $3, $4]++ { print $2 "/" $3 "/" $4 }' "$@"

# What tests of ltimport share, read by "." after lib.sh; needs $PYTHON.

# Lines as rows.py says.
rows() { "$PYTHON" "$here/../rows.py" "$1"; }
keys() { "$PYTHON" "$here/../rows.py" --keys "$1"; }
# Of the header or of DONE: an expression of h or d.
say() {
	"$PYTHON" -c '
import msgpack, sys
for f in msgpack.Unpacker(open(sys.argv[1], "rb"), max_buffer_size=1 << 28):
    if f[0] == "LTS1": h = msgpack.unpackb(f[2])
    if f[0] == "DONE": d = msgpack.unpackb(f[2])
print(eval(sys.argv[2]))' "$1" "$2"
}
# gives NAME WANT ARGUMENTS…: what ltimport makes of them, lines joined by "|".
gives() {
	name=$1
	want=$2
	shift 2
	rm -f x.lts
	ok "$name" ltimport "$@" -o x.lts
	is "$name: rows" "$(keys x.lts 2>&1 | paste -sd'|' -)" "$want"
}
# told TEXT: the last import printed a notice with it.
told() {
	if grep -qF -- "$1" err; then tap 0 "told: $1"; else
		tap 1 "told: $1"
		sed 's/^/# /' err
	fi
}
pic() {
	for p; do
		mkdir -p "$(dirname "$p")"
		printf 'P6\n2 2\n255\n%012d' "$count" >"$p"
	done
}

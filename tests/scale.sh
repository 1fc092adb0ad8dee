#!/bin/sh
# Several processes of "make MPI=1" ($LT_SCALE) as one: the bytes are those of the ordinary build
# for every program and method, on one machine and on two (network namespaces); what cannot be is
# refused; a rank that is stopped, killed or slow changes no byte.  Then a sweep under Slurm.
# "make check-scale" runs this, with Open MPI's mpirun(1).
. "$(dirname "$0")/lib.sh"
here=$here/filter
. "$here/../learn.sh"
: "${LT_SCALE:?run by make check-scale}"

if ! command -v mpirun >/dev/null; then
	skip 'processes as one' 'no mpirun'
	done_testing
fi
if [ "$(id -u)" = 0 ]; then
	export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
is 'the ordinary build has no trace of MPI' \
	"$(for b in "$LT_BIN"/*; do
		ldd "$b" | grep -i mpi
		grep -l OMPI_ "$b"
	done)" ''

lt synth --per-class 70 --classes 3 -o all.lts
lt split --max 40 --ratio 4 --unlabeled du.lts --unlabeled-factor 0.5 all.lts -o long.lts || exit 1
lt synth --split test --per-class 10 --classes 3 -o test.lts || exit 1

# one PROGRAM ARG…: alone.  ranks N PROGRAM ARG…: N processes, a thread each.
one() {
	program=$1
	shift
	"$LT_BIN/$program" --arch resnet20 --threads 2 "$@"
}
ranks() {
	n=$1 program=$2
	shift 2
	mpirun -q --oversubscribe -n "$n" "$LT_SCALE/$program" --arch resnet20 --threads 1 "$@" </dev/null
}

# ------------------------------------------------------------------------- the same bytes

for case in \
	'ce train' \
	'ldam-drw train --loss ldam --rule drw --epochs 3' \
	'cutmix train --augment crop-flip,cutmix --epochs 1' \
	'bf16 train --precision bf16-fast --epochs 1' \
	'wide train --arch wrn-28-2 --steps 2' \
	'resnet18 train --arch resnet18 --epochs 1' \
	'vat train --method vat --unlabeled du.lts --steps 2' \
	'mean-teacher train --method mean-teacher --unlabeled du.lts --steps 3' \
	'fixmatch train --method fixmatch --unlabeled du.lts --steps 2' \
	'cdmad train --method cdmad --unlabeled du.lts --steps 4' \
	'acr train --method acr --unlabeled du.lts --steps 3' \
	'daso train --method daso --unlabeled du.lts --steps 6' \
	'cossl train --method cossl --unlabeled du.lts --steps 6' \
	'bcl train --method bcl --epochs 1' \
	'rotation pretrain-rot --epochs 1' \
	'jigsaw pretrain-jigsaw --epochs 1' \
	'moco pretrain-moco --epochs 2 --splits 2 --symmetric --queue 32 --knn 5' \
	'simclr pretrain-simclr --epochs 1 --knn 5'; do
	label=${case%% *} command=${case#* }
	rows=long.lts
	case $command in pretrain-*) rows=all.lts ;; esac
	[ "$command" != train ] || command='train --epochs 2 --val test.lts --keep best'
	# shellcheck disable=SC2086 # a list of words
	ok "$label, alone" one $command --batch 64 --log one.tsv $rows -o one.lts
	for n in 2 4; do
		rm -f made.lts log.tsv
		# shellcheck disable=SC2086
		ok "$label on $n ranks" ranks $n $command --batch 64 --log log.tsv $rows -o made.lts
		same "$label on $n ranks: the same bytes" one.lts made.lts
		same "$label on $n ranks: the same log" one.tsv log.tsv
	done
done

# All methods that the program knows, with a few steps.
for method in $("$LT_BIN/train" --list-options | sed -n 's/^--method - CHOICE //p'); do
	set -- train --method "$method" --batch 64
	case $method in none | bcl) set -- "$@" --epochs 1 ;; *) set -- "$@" --unlabeled du.lts --steps 3 ;; esac
	one "$@" long.lts -o one.lts 2>/dev/null
	rm -f made.lts
	ok "--method $method" ranks 2 "$@" long.lts -o made.lts
	same "--method $method: the same bytes" one.lts made.lts
done
[ -n "$method" ]
tap $? 'there are methods'

ok 'one rank is no team' ranks 1 train --epochs 1 --batch 64 long.lts -o made.lts
one train --epochs 1 --batch 64 long.lts -o one.lts 2>/dev/null
same 'one rank: the same bytes' one.lts made.lts
ok 'stdin goes to all ranks' sh -c \
	"mpirun -q --oversubscribe -n 2 '$LT_SCALE/train' --arch resnet20 --threads 1 --epochs 1 --batch 64 -o made.lts <long.lts"
same 'stdin: the same bytes' one.lts made.lts
is 'one process prints' "$(ranks 2 train --epochs 2 --batch 64 -v long.lts -o made.lts 2>&1 | grep -c '^train: epoch 1 of 2')" 1

# ------------------------------------------------------------------------------- refusals

# refused CODE NAME TEXT COMMAND…: that exit code, and one line of ours with the text.
refused() {
	label=$2 text=$3 code=$1
	shift 3
	fails_with "$code" "$label" "$@"
	cp err told
	is "$label: one line" "$(grep -c '^[a-z-]*train[a-z-]*: ' told)" 1
	ok "$label: the message" grep -qF -- "$text" told
	[ ! -e none.lts ]
	tap $? "$label: no output"
}
two() { # two ARG… : ARG…, a process each
	mpirun -q --oversubscribe -n 1 "$LT_SCALE/train" "$@" </dev/null
}
common='--arch resnet20 --threads 1 --epochs 1 --batch 64 -o none.lts'
refused 64 'three processes' '3 processes: a team has 1, 2, 4' ranks 3 train --epochs 1 long.lts -o none.lts
refused 64 'more ranks than ranges' 'batches of 8 images are 1 ranges of up to 8, which 2 processes cannot share' \
	ranks 2 train --epochs 1 --batch 8 long.lts -o none.lts
refused 64 'splits' 'batches of 96 images in 3 splits are 6 ranges of up to 16, which 4 processes cannot' \
	ranks 4 pretrain-moco --splits 3 --batch 96 --queue 96 --epochs 1 all.lts -o none.lts
fails_with 74 'a full disk' ranks 2 train --epochs 1 --batch 64 long.lts -o /dev/full
refused 64 'a wrong option' "unknown option '--nope'" ranks 2 train --nope long.lts -o none.lts
refused 66 'no input' 'none-such.lts' ranks 2 train --epochs 1 --batch 64 none-such.lts -o none.lts
# shellcheck disable=SC2086
{
	refused 65 'other options' 'rank 1 was started with other options than rank 0' \
		two $common --seed 1 long.lts : -n 1 "$LT_SCALE/train" $common --seed 2 long.lts
	refused 65 'other input' 'long.lts: the file of rank 1 differs from that of rank 0' \
		two $common long.lts : -n 1 "$LT_SCALE/train" $common all.lts
	mkfifo pipe.0 pipe.1
	cat long.lts >pipe.0 &
	cat all.lts >pipe.1 &
	refused 65 'other pipes' 'rank 1 has read other input than rank 0' \
		two $common pipe.0 : -n 1 "$LT_SCALE/train" $common pipe.1
	wait
	refused 65 'other kernels' 'rank 1 has another kernel set or OpenBLAS core than rank 0' \
		two $common long.lts : -n 1 "$LT_SCALE/train" $common --kernel ref long.lts
	refused 65 'stdin of one' 'only one reads stdin' \
		two $common : -n 1 "$LT_SCALE/train" $common long.lts
}

# ------------------------------------------------------------- stopped, killed, slow, resumed

long() { ranks "$@" --epochs 12 --batch 64 --checkpoint c.lts --log log.tsv long.lts -o made.lts; }
one train --epochs 12 --batch 64 --log one.tsv long.lts -o one.lts 2>/dev/null

# at LINES COMMAND…: runs it as soon as the log has that many lines.
at() {
	lines=$1
	shift
	tries=0
	while [ "$( (wc -l <log.tsv) 2>/dev/null || echo 0)" -lt "$lines" ] && [ $tries -lt 6000 ]; do
		sleep 0.01
		tries=$((tries + 1))
	done
	"$@"
}
# signal NAME RANK: to the process of that rank.
signal() {
	signalled=0
	for process in /proc/[0-9]*; do
		tr '\0' '\n' <"$process/environ" | grep -qx "OMPI_COMM_WORLD_RANK=$2" &&
			tr '\0' '\n' <"$process/cmdline" | grep -qx c.lts && kill "-$1" "${process#/proc/}" && signalled=1
	done
	[ $signalled = 1 ] && echo "$1 $2" >>signals
} 2>/dev/null
# position FILE: epoch and step of a checkpoint.
position() {
	edit '
if kind == "TENS" and meta["name"] == "rng.position":
    import struct, sys
    print(*struct.unpack("<qq", body[:16]), file=sys.stderr)' <"$1" 2>&1 >/dev/null
}
slow() {
	for i in 1 2 3; do
		signal STOP 1
		sleep 0.3
		signal CONT 1
		sleep 0.1
	done
}

rm -f log.tsv c.lts
long 2 train 2>err &
at 4 signal TERM 1
wait $!
is 'a stop that rank 1 was asked for is the exit code' $? 75
cp err told
ok 'and rank 0 says where' grep -q '^train: stopped at epoch [0-9]*, step [0-9]*; go on with --resume' told
ok 'the checkpoint is whole' "$LT_BIN/lt" cat --check c.lts
is 'and is at the step that rank 0 names' \
	"$(position c.lts)" \
	"$(sed -n 's/^train: stopped at epoch \([0-9]*\), step \([0-9]*\);.*/\1 \2/p' told)"
ok 'resumed by four ranks' long 4 train --resume
same 'the bytes of one whole run' one.lts made.lts
same 'and its log' one.tsv log.tsv

rm -f log.tsv c.lts made.lts
long 4 train 2>err &
at 5 signal KILL 2
wait $!
code=$?
[ $code != 0 ] && [ ! -e made.lts ]
tap $? "a killed rank ends the job (exit code $code)"
ok 'the last checkpoint stands' "$LT_BIN/lt" cat --check c.lts
ok 'resumed by one process without MPI' one train --epochs 12 --batch 64 --checkpoint c.lts --resume --log log.tsv long.lts -o made.lts
same 'the bytes of one whole run again' one.lts made.lts

rm -f log.tsv c.lts made.lts
rm -f signals
at 3 slow &
ok 'a slow rank' long 2 train
wait
is 'a slow rank: it was stopped and went on' "$(grep -c 'STOP 1' signals) $(grep -c 'CONT 1' signals)" '3 3'
same 'a slow rank: the same bytes' one.lts made.lts

rm -f c.lts log.tsv
one train --epochs 12 --batch 64 --checkpoint c.lts long.lts -o made.lts 2>/dev/null
mkdir none
# shellcheck disable=SC2086
refused 65 'a checkpoint that one rank does not see' 'rank 1 begins at another step or with other weights than rank 0' \
	two $common --epochs 12 --checkpoint c.lts --resume long.lts : -n 1 "$LT_SCALE/train" $common --epochs 12 \
	--checkpoint none/c.lts --resume long.lts

# ------------------------------------------------------------------- errors of one rank, of all

# A damaged picture is decoded by one rank alone: nothing is written, whichever it is.
mkdir tree
for i in 0 1 2 3; do
	mkdir tree/c$i
	for j in 0 1 2 3 4 5 6 7 8 9; do
		"$PYTHON" "$here/../pictures.py" png "tree/c$i/$j.png" 32 32 $((10 * i + j)) 2>/dev/null
	done
done
lt import --encoded tree -o encoded.lts
for row in 3 17 29 38; do
	edit "
if kind == 'ROWS':
    import struct
    for col, at_byte, size in places(header, meta['n'], body):
        if col['name'] == 'image':
            ends = struct.unpack_from('<%dQ' % (meta['n'] + 1), body, at_byte)
            first = at_byte + 8 * (meta['n'] + 1) + ends[$row]
            body[first + 60:first + 70] = bytes(10)" <encoded.lts >bad.lts
	rm -f c.lts log.tsv none.lts
	refused 65 "damaged picture $row" "bad.lts: row $row: damaged PNG image" ranks 2 train --input 32 --epochs 1 --batch 32 \
		--checkpoint c.lts --log log.tsv bad.lts -o none.lts
	[ ! -e c.lts ]
	tap $? "damaged picture $row: no checkpoint"
	is "damaged picture $row: no line of a log" "$(sed 1d log.tsv)" ''
done
one train --input 32 --epochs 2 --batch 32 encoded.lts -o alone.lts 2>/dev/null
ok 'encoded pictures' ranks 2 train --input 32 --epochs 2 --batch 32 encoded.lts -o made.lts
same 'encoded pictures: the same bytes' alone.lts made.lts
rm -f c.lts
refused 1 'an error of all ranks' 'training diverged' ranks 2 train --epochs 3 --batch 64 --lr 1e6 --checkpoint c.lts long.lts -o none.lts

# ------------------------------------------------------------------------------- two hosts

# Two hosts with names and addresses of their own, joined by a cable: namespaces of this machine.
hosts() {
	ip netns add lt-a && ip netns add lt-b &&
		ip link add lt-a-0 netns lt-a type veth peer name lt-b-0 netns lt-b &&
		ip -n lt-a addr add 10.77.0.1/24 dev lt-a-0 && ip -n lt-b addr add 10.77.0.2/24 dev lt-b-0 &&
		for h in a b; do
			ip -n lt-$h link set lt-$h-0 up && ip -n lt-$h link set lo up || return
		done
}
unhost() {
	ip netns del lt-a
	ip netns del lt-b
} 2>/dev/null
cat >agent <<'AGENT'
#!/bin/sh
# What mpirun calls in place of ssh: a host and a command.
case $1 in 10.77.0.1) host=lt-a ;; *) host=lt-b ;; esac
shift
exec ip netns exec $host unshare --uts sh -c "hostname $host; exec $*"
AGENT
chmod +x agent
on_hosts() {
	ip netns exec lt-a unshare --uts sh -c 'hostname lt-a; exec "$@"' sh \
		mpirun -q -H 10.77.0.1,10.77.0.2 --mca plm_rsh_agent "$T/agent" --mca btl tcp,self \
		--mca btl_tcp_if_include 10.77.0.0/24 --mca oob_tcp_if_include 10.77.0.0/24 \
		-n 2 "$@" </dev/null
}
if ! command -v ip >/dev/null || [ "$(id -u)" != 0 ] || ! hosts 2>err; then
	sed 's/^/# /' err
	skip 'two hosts' 'no network namespaces here'
else
	trap 'unhost; rm -rf "$T"' EXIT
	before=$(ip netns exec lt-a cat /sys/class/net/lt-a-0/statistics/tx_bytes)
	ok 'two hosts' on_hosts "$LT_SCALE/train" --arch resnet20 --threads 1 --epochs 12 --batch 64 "$T/long.lts" -o "$T/made.lts"
	same 'two hosts: the same bytes' one.lts made.lts
	after=$(ip netns exec lt-a cat /sys/class/net/lt-a-0/statistics/tx_bytes)
	[ $((after - before)) -gt 1000000 ]
	tap $? "and they went through the cable ($((after - before)) bytes)"
fi

done_testing

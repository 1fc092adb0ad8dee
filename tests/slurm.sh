#!/bin/sh
# A sweep under GNU parallel, and under Slurm: a cluster of this machine alone (slurmctld, slurmd and munged of the test's
# own) with LAUNCH=srun, and the results beside those without it; a sweep that is cut short goes on,
# and no cell is made twice.  "make check-scale" runs this, as root.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
top=$(cd "$here/.." && pwd)

for command in slurmctld slurmd srun munged sem; do
	command -v $command >/dev/null && continue
	skip 'a sweep under Slurm' "no $command"
	done_testing
done
if [ "$(id -u)" != 0 ]; then
	skip 'a sweep under Slurm' 'only root can start slurmd'
	done_testing
fi

# ------------------------------------------------------------------------------- a cluster

stop_cluster() {
	for pid in "$T"/*.pid; do
		[ ! -s "$pid" ] || kill "$(cat "$pid")" 2>/dev/null
	done
	pkill -f "slurmstepd.*$T" 2>/dev/null
}
trap 'stop_cluster; sleep 1; rm -rf "$T"' EXIT
chmod 755 "$T"
dd if=/dev/urandom of=key bs=32 count=1 2>/dev/null
chmod 400 key
name=$(hostname -s)
cat >slurm.conf <<CONF
ClusterName=lt
SlurmctldHost=$name(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$T/munge.socket
SlurmctldPort=16817
SlurmdPort=16818
SlurmctldPidFile=$T/slurmctld.pid
SlurmdPidFile=$T/slurmd.pid
SlurmctldLogFile=$T/slurmctld.log
SlurmdLogFile=$T/slurmd.log
StateSaveLocation=$T/state
SlurmdSpoolDir=$T/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
MailProg=/bin/true
NodeName=$name NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
SlurmdParameters=config_overrides
PartitionName=all Nodes=ALL Default=YES OverSubscribe=NO State=UP
CONF
export SLURM_CONF="$T/slurm.conf"
mkdir state spool
ok 'munged starts' munged --force --key-file="$T/key" --socket="$T/munge.socket" --pid-file="$T/munged.pid" \
	--log-file="$T/munged.log" --seed-file="$T/munged.seed"
ok 'slurmctld starts' slurmctld
ok 'slurmd starts' slurmd
tries=0
until srun -Q -n1 true 2>/dev/null || [ $tries -gt 60 ]; do
	tries=$((tries + 1))
	sleep 0.5
done
ok 'and a job runs' srun -Q -n1 true

# --------------------------------------------------------------------------------- sweeps

# sweep DIRECTORY VARIABLE…: four cells, which share their rows and one base.
sweep() {
	x=$1
	shift
	make -s --no-print-directory -C "$top" LT="$LT_BIN/lt" BINS= X="$T/$x" RESULTS="$T/$x/results.tsv" \
		COMMITTED=/dev/null DATA=sample SHRINK=15 RATIOS=100 SEEDS=0 EPOCHS=2 FLAGS='--arch resnet20' \
		POOL= ROWS='ce rot-ce ldam-drw crt' "$@" table2-cifar10
}
# All of a result but the seconds.
lines() { cut -f 1-11,13 "$1/results.tsv"; }

ok 'a sweep without Slurm' sweep plain LAUNCH=
lines plain >want
ok 'under GNU parallel, two jobs at once' sweep parallel -j4 LAUNCH='sem --will-cite --fg -q -j2 --id lt-slurm-t'
lines parallel >got
same 'under GNU parallel: the same results' want got
ok 'under Slurm, four jobs at once' sweep jobs -j4 LAUNCH='srun -Q -c1'
lines jobs >got
same 'under Slurm: the same results' want got
is 'under Slurm: a line a cell' "$(sed 1d want | wc -l)" 4
ok 'jobs were Slurm'\''s' grep -q 'sched: _slurm_rpc_allocate_resources JobId=\|_job_complete: JobId=' slurmctld.log
cp got before
ok 'again' sweep jobs -j4 LAUNCH='srun -Q -c1'
cp out again
! grep -q 'lt train\|lt pretrain' again
tap $? 'again: no cell is made twice'

# Cut short: the jobs are cancelled while cells are being made, then the same command goes on.
(
	tries=0
	until [ -n "$(squeue -h -t RUNNING -o %i 2>/dev/null)" ] || [ $tries -gt 40 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	scancel -u root
) &
sweep cut -j2 LAUNCH='srun -Q -c1' >out 2>&1
code=$?
wait
[ $code != 0 ]
tap $? "a sweep whose jobs are cancelled fails (exit code $code)"
ok 'it goes on with the same command' sweep cut -j2 LAUNCH='srun -Q -c1'
lines cut >got
same 'cut short: the same results' want got
ok 'nothing half made is left' sh -c '! find cut -name "*.new" | grep .'

done_testing

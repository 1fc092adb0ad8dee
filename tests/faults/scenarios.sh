# shellcheck shell=sh
# The commands that run with failing calls, read by "." in an empty directory by
# tests/filter/faults.t and tests/long/faults.sh, which determine the number of failing calls:
#
#	fault_inputs          makes the inputs
#	fault_all [OPTION…]   runs every scenario under build/faults/judge with these options,
#	                      whose lines go to stdout; 0: nothing is violated
#	fault_one NAME [OPTION…]   the same with one scenario, such as: -f malloc:12 -w
#
# Inputs are in the parent of the directory in which a command runs.  The first word of a scenario
# is its name; before it, "in DIRECTORY" copies the files of that directory first, and "from FILE"
# makes the file stdin.

: "${LT_BUILD:?the build tree}" "${LT_BIN:?the directory of the programs}"
faults_dir=${faults_dir:?where scenarios.sh is}

# picture NAME: the bytes of an image in image_samples.h.
picture() {
	awk -v name="sample_$1[]" '
		index($0, name) { on = 1 }
		on { for (i = 1; i <= NF; i++) if ($i ~ /^0x/) printf "%s ", substr($i, 3, 2) }
		on && /};/ { exit }' "$faults_dir/../unit/image_samples.h" |
		tr ' ' '\n' | while read -r byte; do printf '%b' "\\0$(printf '%o' "0x$byte")"; done
}

# bytes N: N bytes, always the same.
bytes() { awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf "%c", 33 + i * 7 % 90 }'; }

image_inputs() {
	mkdir -p pictures/train/a pictures/train/ä pictures/test/a
	for sample in jpg444 cmyk png; do picture $sample >"pictures/train/a/$sample.img"; done
	for sample in jpg420 pal p16; do picture $sample >"pictures/train/ä/$sample.img"; done
	for sample in grey rgba; do picture $sample >"pictures/test/a/$sample.img"; done
	find pictures -name '*.img' | while read -r image; do
		case $image in
		*jpg* | *cmyk* | *grey*) mv "$image" "${image%img}jpg" ;;
		*) mv "$image" "${image%img}png" ;;
		esac
	done
	printf "a\nä\nb\n" >names
	tar czf pictures.tar.gz pictures
	# Names in extended headers; unchanged without xz or without such headers.
	tar --format=pax -cJf pictures.tar.xz pictures 2>err || cp pictures.tar.gz pictures.tar.xz
	# A damaged image among the good ones, and the archive as it is.
	cp -R pictures damaged
	picture jpg444 | head -c 300 >damaged/train/a/cut.jpg
	picture png | head -c 60 >damaged/train/a/cut.png
	tar cf damaged.tar damaged
}

table_inputs() {
	printf 'number\tleft\tright\tword\n1\t2\t3\ta\n2\t5\t-\tb\n\nnumber\n' >table.tsv
	mkdir cifar-10-batches-bin idx
	for b in 1 2 3 4 5; do
		{ printf '\003' && bytes 3072; } >cifar-10-batches-bin/data_batch_$b.bin
	done
	{ printf '\001' && bytes 3072; } >cifar-10-batches-bin/test_batch.bin
	printf '%s\n' airplane automobile bird cat deer dog frog horse ship truck >cifar-10-batches-bin/batches.meta.txt
	tar czf cifar.tar.gz cifar-10-batches-bin
	{ printf '\0\0\010\003\0\0\0\003\0\0\0\010\0\0\0\010' && bytes 192; } >idx/train-images-idx3-ubyte
	printf '\0\0\010\001\0\0\0\003\004\0\002' >idx/train-labels-idx1-ubyte
	gzip -k idx/train-images-idx3-ubyte
	mkdir stl10_binary
	bytes 27648 >stl10_binary/unlabeled_X.bin
	cp stl10_binary/unlabeled_X.bin stl10_binary/train_X.bin
	printf '\003' >stl10_binary/train_y.bin
	printf '%s\n' airplane bird car cat deer dog horse monkey ship truck >stl10_binary/class_names.txt
	for fold in 0 1 2 3 4 5 6 7 8 9; do echo 0; done >stl10_binary/fold_indices.txt
	tar czf stl10.tar.gz stl10_binary
}

# le32 NUMBER…: each in four bytes, the lowest first.
le32() {
	for number; do
		printf '%b' "$(printf '\\0%o' $((number % 256)) $((number / 256 % 256)) $((number / 65536)) 0)"
	done
}

# Images whose classes or splits are in a file beside them.
listed_inputs() {
	mkdir -p kaggle/train/a kaggle/val coop/images/a &&
		cp pictures/train/a/png.png kaggle/train/a/1.png &&
		cp pictures/train/a/png.png kaggle/val/2.png &&
		cp pictures/train/a/png.png coop/images/a/1.png &&
		cp pictures/train/a/png.png coop/images/a/2.png &&
		printf 'ImageId,PredictionString\n2,a 1 2 3 4\n' >kaggle/LOC_val_solution.csv &&
		printf '{"train": [["a/1.png", 0, "A"]], "test": [["a/2.png", 0, "A"]]}\n' >coop/split_zhou_Set.json
}

# QMNIST, and EMNIST's struct in a MAT file: dataset.train.images and .labels.
struct_inputs() {
	mkdir qmnist
	{ printf '\0\0\010\003\0\0\0\001\0\0\0\010\0\0\0\010' && bytes 64; } >qmnist/qmnist-test-images-idx3-ubyte
	{ printf '\0\0\014\002\0\0\0\001\0\0\0\010\0\0\0\001' && bytes 28; } >qmnist/qmnist-test-labels-idx2-int
	{
		printf '%-124s\0\001IM' 'MATLAB 5.0 MAT-file'
		le32 14 1048 6 8 2 0 5 8 1 1 1 7 && printf 'dataset\0'
		le32 262149 8 1 8 && printf 'train\0\0\0'
		le32 14 968 6 8 2 0 5 8 1 1 1 0
		le32 262149 8 1 16 && printf 'images\0\0labels\0\0'
		le32 14 832 6 8 9 0 5 8 1 784 1 0 2 784 && bytes 784
		le32 14 48 6 8 9 0 5 8 1 1 1 0 65538 1
	} >emnist.mat
}

stream_inputs() {
	ltsynth --per-class 20 --classes 3 --size 8 -o all.lts &&
		ltsynth --split test --per-class 2 --classes 3 --size 8 -o test.lts &&
		ltsplit --max 8 --ratio 2 --unlabeled du.lts --unlabeled-factor 1 --val val.lts --val-per-class 2 \
			--manifest manifest all.lts -o rows.lts &&
		learn train --epochs 20 --lr 0.05 rows.lts -o model.lts &&
		pseudolabel --model model.lts --threads 1 du.lts -o pseudo.lts &&
		eval_ --model model.lts --threads 1 --scores scores.lts val.lts >report &&
		cat model.lts du.lts >both.lts &&
		"$LT_BIN/ltcat" --shards 3 -o 'parts-{1..3}.lts' all.lts &&
		"$LT_BIN/ltimport" --encoded pictures -o photos.lts 2>err &&
		learn train --epochs 1 --input 8 photos.lts -o photo-model.lts &&
		"$LT_BIN/ltcat" --safetensors model.lts -o model.safetensors
}

# The checkpoint for --resume: in a run of two epochs, the second log could not be renamed.
checkpoint_inputs() {
	mkdir new old resume
	for file in out.lts side.lts side.tsv; do echo old >old/$file; done
	cd resume || return
	head -c 4096 /dev/zero >../counts
	env LD_PRELOAD="$LT_BUILD/faults/inject.so" FAULT_COUNTS=../counts FAULT=rename:4:on \
		"$LT_BIN/train" --arch resnet20 --epochs 2 --batch 8 --threads 1 --checkpoint side.lts \
		--log side.tsv -o out.lts ../rows.lts 2>../err
	cd .. || return
	rm -f resume/out.lts
	test -s resume/side.lts
}

learn() {
	learner=$1
	shift
	"$LT_BIN/$learner" --arch resnet20 --batch 8 --threads 1 "$@"
}
ltsynth() { "$LT_BIN/ltsynth" "$@"; }
ltsplit() { "$LT_BIN/ltsplit" "$@"; }
pseudolabel() { "$LT_BIN/pseudolabel" "$@"; }
eval_() { "$LT_BIN/eval" "$@"; }

fault_inputs() { image_inputs && table_inputs && listed_inputs && struct_inputs && stream_inputs && checkpoint_inputs; }

# One line per scenario.  The word after the first "--" is a program.
scenarios() {
	cat <<'LIST'
import-pictures in old -- ltimport --size 8 -o out.lts ../pictures.tar.gz
import-xz in new -- ltimport --split all --size 8 -o out.lts ../pictures.tar.xz
import-all in new -- ltimport --split all --size 8 --classes ../names ../pictures.tar.gz
import-tree in new -- ltimport --size 8 --channels 1 -o out.lts ../pictures
import-damaged in old -- ltimport --skip-bad 2 --size 8 -o out.lts ../damaged.tar
import-encoded in old -- ltimport --encoded --size 6 --threads 2 -o out.lts ../pictures.tar.gz
import-recoded in new -- ltimport --encoded -o out.lts ../pictures
import-pipe in new from pictures.tar.gz -- ltimport --size 8 -o out.lts -
import-cifar in old -- ltimport -o out.lts ../cifar.tar.gz
import-stl10 in new -- ltimport --split all -o out.lts ../stl10.tar.gz
import-beside in new -- ltimport -o out.lts ../stl10_binary/train_X.bin
import-idx in new -- ltimport -o out.lts ../idx/train-images-idx3-ubyte.gz ../idx/train-labels-idx1-ubyte
import-fold in new -- ltimport --fold 3 -o out.lts ../stl10.tar.gz
import-qmnist in new -- ltimport -o out.lts ../qmnist
import-emnist in old -- ltimport -o out.lts ../emnist.mat
import-kaggle in new -- ltimport --split val --size 8 -o out.lts ../kaggle
import-coop in new -- ltimport --split all --size 8 -o out.lts ../coop
import-weights in old -- ltimport --weights ../model.safetensors --classes ../model.lts -o out.lts
split in old -- ltsplit --max 8 --ratio 2 --unlabeled side.lts --unlabeled-factor 1 --val val.lts --val-per-class 2 --rest rest.lts --manifest side.tsv -o out.lts ../all.lts
split-replay in new -- ltsplit --replay ../manifest --rest rest.lts -o out.lts ../all.lts
split-stdin in new from all.lts -- ltsplit --max 6 --ratio 2
split-pool in new -- ltsplit --max 4 --ratio 2 --unlabeled side.lts --unlabeled-factor 1 --pool ../test.lts --allow-short --relevance 0.5 --irrelevant ../val.lts --irrelevant ../rows.lts -o out.lts ../all.lts
split-groups in new -- ltsplit --profile natural --group id --test side.lts --test-share 20% --val rest.lts --val-share 10% --manifest side.tsv -o out.lts ../all.lts
synth in old -- ltsynth --per-class 2 --classes 3 --size 8 -o out.lts
cat in old -- ltcat -o out.lts ../rows.lts
cat-stdin in new from rows.lts -- ltcat
cat-check in new -- ltcat --check ../rows.lts ../model.lts
cat-count in new -- ltcat --count ../rows.lts
cat-head in new -- ltcat --head ../model.lts
cat-json in new -- ltcat --json ../rows.lts
cat-how in new -- ltcat --how ../model.lts
cat-take in new -- ltcat --take y,id -o side.tsv ../rows.lts
cat-slice in new -- ltcat --slice 2:9 --drop id --split val -o out.lts ../rows.lts ../rows.lts
cat-shards in new -- ltcat --shards 3 -o s-{0..2}.lts ../rows.lts ../rows.lts
cat-shard-stdin in old from rows.lts -- ltcat --shard 1/2 -o out.lts
cat-range in new -- ltcat --take y -o side.tsv ../parts-{1..3}.lts
cat-count-range in new -- ltcat --count ../parts-{1..3}.lts
split-range in new -- ltsplit --max 6 --ratio 2 -o out.lts ../parts-{1..3}.lts ../all.lts
cat-salvage in new -- ltcat --salvage -o out.lts ../rows.lts
cat-safetensors in new -- ltcat --safetensors -o side.tsv ../model.lts
train in old -- train --arch resnet20 --epochs 1 --batch 8 --threads 1 --loss ldam --rule drw --val ../val.lts --keep best --log side.tsv -o out.lts ../rows.lts
train-two in new -- train --arch resnet20 --epochs 1 --batch 32 --threads 2 --loss balanced-softmax --rule resample --checkpoint side.lts -o out.lts ../rows.lts
train-bf16 in new -- train --arch resnet20 --epochs 1 --batch 8 --threads 1 --precision bf16-fast --augment crop-flip,randaugment,cutout,mixup -o out.lts ../rows.lts
train-recompute in new -- train --arch resnet10 --recompute --epochs 1 --batch 8 --threads 2 --unlabeled ../du.lts --method vat -o out.lts ../rows.lts
train-init in new -- train --arch resnet20 --epochs 1 --batch 8 --threads 1 --init ../model.lts --unlabeled ../pseudo.lts --rule reweight -o out.lts ../rows.lts
train-resume in resume -- train --arch resnet20 --epochs 2 --batch 8 --threads 1 --checkpoint side.lts --resume --log side.tsv -o out.lts ../rows.lts
train-vat in new -- train --arch resnet20 --epochs 1 --batch 8 --threads 1 --unlabeled ../du.lts --method vat -o out.lts ../rows.lts
train-simpro in new -- train --arch resnet20 --epochs 1 --batch 8 --threads 1 --unlabeled ../du.lts --method simpro -o out.lts ../rows.lts
train-acr in new -- train --arch resnet20 --epochs 1 --batch 8 --threads 1 --unlabeled ../du.lts --method acr -o out.lts ../rows.lts
train-daso in new -- train --arch resnet20 --epochs 1 --batch 8 --threads 1 --unlabeled ../du.lts --method daso -o out.lts ../rows.lts
train-cossl in new -- train --arch resnet20 --epochs 1 --batch 8 --threads 1 --unlabeled ../du.lts --method cossl -o out.lts ../rows.lts
train-bcl in new -- train --arch resnet20 --epochs 1 --batch 8 --threads 1 --method bcl -o out.lts ../rows.lts
train-teacher in new -- train --arch resnet20 --epochs 1 --batch 8 --threads 2 --unlabeled ../du.lts --method mean-teacher -o out.lts ../rows.lts
train-encoded in old -- train --arch resnet20 --epochs 1 --batch 8 --threads 2 --input 8 --augment resized-crop -o out.lts ../photos.lts ../photos.lts
train-explain in new -- train --explain ../rows.lts
retrain-crt in old -- retrain --method crt --epochs 1 --views 2 --threads 1 --model ../model.lts -o out.lts ../rows.lts
retrain-lws in new -- retrain --method lws --epochs 1 --threads 2 --model ../model.lts -o out.lts ../rows.lts
retrain-tau in new -- retrain --method tau --val ../val.lts --threads 1 --model ../model.lts -o out.lts
retrain-ncm in new -- retrain --method ncm --threads 1 --model ../model.lts -o out.lts ../rows.lts
retrain-adjust in new from model.lts -- retrain --method adjust
retrain-temperature in new -- retrain --method temperature --val ../scores.lts --threads 1 --model ../model.lts -o out.lts
pretrain-rot in new -- pretrain-rot --arch resnet20 --epochs 1 --batch 8 --threads 1 --log side.tsv -o out.lts ../rows.lts
pretrain-jigsaw in new -- pretrain-jigsaw --arch resnet20 --epochs 1 --batch 8 --threads 1 --checkpoint side.lts -o out.lts ../rows.lts
pretrain-moco in new -- pretrain-moco --arch resnet20 --epochs 1 --batch 8 --splits 2 --queue 8 --knn 2 --threads 1 -o out.lts ../rows.lts
pretrain-simclr in new -- pretrain-simclr --arch resnet20 --epochs 1 --batch 8 --knn 2 --threads 2 -o out.lts ../rows.lts
pseudolabel in old -- pseudolabel --model ../model.lts --soft --score side.tsv --threads 1 -o out.lts ../du.lts
pseudolabel-crest in old -- pseudolabel --model ../model.lts --quota crest --align 0.5 --soft --threads 1 -o out.lts ../du.lts
pseudolabel-quota in new from both.lts -- pseudolabel --per-class-quota 2 --threads 2
eval in old -- eval --model ../model.lts --scores side.lts --predictions side.tsv --format json --threads 1 -o out.lts ../test.lts
eval-text in new -- eval --confusion --groups thirds --threads 2 --model ../model.lts ../test.lts
eval-figures in new -- eval --figures all --bootstrap 100 --threads 2 --model ../model.lts --against ../model.lts ../test.lts
eval-scores in new -- eval --format tsv ../scores.lts
report in old -- report --rows ../val.lts -o out.lts ../scores.lts
report-figure in new -- report --figure confusion ../scores.lts
theory in old -- lttheory --sweep ratio --trials 70 --threads 2 -o out.lts
theory-check in new -- lttheory --check --theorem 2 --trials 100 --threads 1
plot in old -- ltplot --x number --y left,right --by word -o out.lts ../table.tsv
probe in old -- probe --method linear --threads 1 --train ../scores.lts -o out.lts ../scores.lts
probe-text in new -- probe --format tsv --threads 2 --train ../scores.lts ../scores.lts
eval-encoded in new -- eval --model ../photo-model.lts --threads 2 --scores side.lts ../photos.lts
tsne in old -- tsne --perplexity 1.5 --iterations 3 --threads 1 -o out.lts ../scores.lts
tsne-text in new -- tsne --perplexity 1.5 --theta 0 --iterations 3 --threads 2 --format tsv ../scores.lts
verdict in old -- ltverdict --bootstrap 20 --threads 2 --val ../scores.lts --test ../scores.lts -o out.lts ../scores.lts
verdict-json in new -- ltverdict --bootstrap 20 --format json --threads 1 --val ../scores.lts ../scores.lts
lt in new -- lt cat --count ../rows.lts
lt-help in new -- lt help
LIST
}

# fault_run DIRECTORY STDIN NAME COMMAND…: with $fault_options.
fault_run() {
	start=$1 input=$2 name=$3 program=$4
	shift 4
	case " $* " in
	*' --log side.tsv '*) log=side.tsv ;;
	*) log= ;;
	esac
	# shellcheck disable=SC2086 # options without spaces
	"$LT_BUILD/faults/judge" $fault_options -p "$log" -x "$faults_dir/known" -l "$LT_BUILD/faults/inject.so" -i "$input" -d "$start" "$name" -- \
		"$LT_BIN/$program" "$@"
}

fault_one() {
	wanted=$1
	shift
	fault_options=$*
	scenarios | grep "^$wanted in " | fault_lines
}

fault_all() {
	fault_options=$*
	scenarios | fault_lines
}

fault_lines() {
	bad=0
	while read -r name _ start rest; do
		input=/dev/null
		case $rest in
		from*)
			input=${rest#from }
			input=${input%% *}
			;;
		esac
		# shellcheck disable=SC2086 # words without spaces
		fault_run "$start" "$input" "$name" ${rest#*-- } </dev/null || bad=1
	done
	return $bad
}

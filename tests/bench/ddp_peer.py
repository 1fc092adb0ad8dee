"""Steps of two processes beside those of two threads, ltpipe's and PyTorch's in one run.

usage: ddp_peer.py B_SCALE [ROUNDS]

ResNet-32, batch 128, float32: one process with one thread, one with two threads, two processes
with a thread each (here mpirun, there DistributedDataParallel over gloo, 64 images each).  In
each round every candidate is measured in turn; prints medians.  PyTorch synchronises no batch
norm: its two processes compute other numbers than its one, ours the same bytes.
"""
import os
import statistics
import subprocess
import sys
import time

BATCH, STEPS = 128, 12


def ours(program):
    """ms of the three, from b_scale --steps."""
    command = ["mpirun", "-q", "--oversubscribe", "--bind-to", "none", "-n", "2", program, "--steps"]
    out = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True, text=True)
    return [float(word) for word in out.stdout.split()]


def worker(rank, size, threads, port):
    """Prints ms of a step on rank 0."""
    import torch
    import torch.distributed as dist
    from torch.nn.parallel import DistributedDataParallel

    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from torch_peer import network

    torch.set_num_threads(threads)
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    net = network("resnet32", "train", 10).to(memory_format=torch.channels_last)
    if size > 1:
        dist.init_process_group("gloo", rank=rank, world_size=size)
        net = DistributedDataParallel(net)
    n = BATCH // size
    x = torch.randn(n, 3, 32, 32).to(memory_format=torch.channels_last)
    y = torch.arange(n) % 10
    optimizer = torch.optim.SGD(net.parameters(), 0.01, momentum=0.9, weight_decay=2e-4)
    seconds = []
    for _ in range(STEPS + 2):
        start = time.perf_counter()
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
        seconds.append(time.perf_counter() - start)
    if rank == 0:
        print(1e3 * statistics.median(seconds[2:]))
    if size > 1:
        dist.destroy_process_group()


def torch_times(port):
    times = []
    for size, threads in ((1, 1), (1, 2), (2, 1)):
        ranks = [subprocess.Popen([sys.executable, __file__, "--worker", str(rank), str(size), str(threads), str(port)],
                                  stdout=subprocess.PIPE, text=True) for rank in range(size)]
        out = [rank.communicate()[0] for rank in ranks]
        if any(rank.returncode for rank in ranks):
            sys.exit("ddp_peer.py: a process of PyTorch failed")
        times.append(float(out[0]))
        port += 1
    return times


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    mine, theirs = [], []
    for i in range(rounds):
        mine.append(ours(sys.argv[1]))
        theirs.append(torch_times(29500 + 3 * i))
    print("resnet32, batch 128, float32: ms a step, medians of", rounds, "rounds")
    print(f"{'':34}{'ltpipe':>10}{'PyTorch':>10}{'ratio':>8}")
    for i, name in enumerate(("1 process, 1 thread", "1 process, 2 threads", "2 processes, 1 thread each")):
        ratio = statistics.median(t[i] / m[i] for m, t in zip(mine, theirs))
        print(f"{name:34}{statistics.median(m[i] for m in mine):10.1f}"
              f"{statistics.median(t[i] for t in theirs):10.1f}{ratio:8.2f}")
    for name, runs in (("ltpipe", mine), ("PyTorch", theirs)):
        threads = statistics.median(r[0] / r[1] for r in runs)
        processes = statistics.median(r[0] / r[2] for r in runs)
        print(f"{name}: two threads {threads:.2f} times as fast as one, two processes {processes:.2f}")


if __name__ == "__main__":
    if sys.argv[1] == "--worker":
        worker(*map(int, sys.argv[2:]))
    else:
        main()

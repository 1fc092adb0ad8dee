"""torchvision's side of the comparison in b_import: a server of passes over a folder.

usage: image_peer.py FOLDER WORKERS

ImageFolder and DataLoader hand over batches of 128 as bytes; WORKERS processes
decode, or with 0 this one.  Prints "ready VERSION SECONDS" with the time of a pass,
or "no REASON".  Then, to each line "N" on standard input, answers with the seconds
that N passes took; to 0 with the peak of its memory in MiB, the workers' largest
added for each of them.
"""
import resource
import sys
import time

sys.excepthook = lambda kind, e, _: print("no", kind.__name__, *str(e).split("\n")[:1], flush=True)

import torch
import torchvision
from torchvision import transforms

folder, workers = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(1)
images = torchvision.datasets.ImageFolder(folder, transform=transforms.PILToTensor())
loader = torch.utils.data.DataLoader(images, batch_size=128, num_workers=workers)


def passes(n):
    start = time.perf_counter()
    for _ in range(n):
        rows = sum(len(labels) for _, labels in loader)
        assert rows == len(images)
    return time.perf_counter() - start


def peak_mib():
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (own + workers * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


print(f"ready torchvision-{torchvision.__version__} {passes(1):.6f}", flush=True)
for line in sys.stdin:
    n = int(line)
    print(f"{passes(n) if n else peak_mib():.6f}", flush=True)

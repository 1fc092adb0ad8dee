"""PyTorch's side of the comparison in b_train: a server of steps.

usage: torch_peer.py TASK ARCH SIDE CLASSES BATCH default|tuned|compiled f32|bf16 THREADS SLOWEST

TASK is train, rotation, moco, fixmatch or infer, the same work as in ours.h; numbers are
random.  Prints "ready VERSION SECONDS" with the time of a step, or "no REASON",
for which a step of more than SLOWEST seconds is one.  Then, to each line "N" on
standard input, answers with the seconds that N steps took; to 0 with the peak of
its memory in MiB.  tuned and compiled use channels_last; the allocator's
settings come from the environment.
"""
import copy
import resource
import sys
import time

sys.excepthook = lambda kind, e, _: print("no", kind.__name__, *str(e).split("\n")[:1], flush=True)

import torch
from torch import nn
from torch.nn import functional as F


def norm_conv(inputs, outputs, size, stride=1):
    return [nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False), nn.BatchNorm2d(outputs)]


class OptionA(nn.Module):
    """The shortcut without parameters: every other pixel, and channels of zeros."""

    def __init__(self, more):
        super().__init__()
        self.pad = more // 2

    def forward(self, x):
        return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad))


class Block(nn.Module):
    """relu(convolutions + shortcut); sizes: those of the convolutions, each with its stride."""

    def __init__(self, widths, sizes, shortcut):
        super().__init__()
        layers = []
        for i, (size, stride) in enumerate(sizes):
            layers += norm_conv(widths[i], widths[i + 1], size, stride) + [nn.ReLU(inplace=True)]
        self.path = nn.Sequential(*layers[:-1])
        self.shortcut = shortcut

    def forward(self, x):
        return F.relu_(self.path(x) + self.shortcut(x))


def small_body(depth):
    """The ResNets for 32x32 images: 6n + 2 layers."""
    layers, width = norm_conv(3, 16, 3) + [nn.ReLU(inplace=True)], 16
    for out in [16 << stage for stage in range(3) for _ in range((depth - 2) // 6)]:
        shortcut = OptionA(out - width) if out > width else nn.Identity()
        layers.append(Block((width, out, out), ((3, out // width), (3, 1)), shortcut))
        width = out
    return layers, width


def large_body(depth):
    """ResNet-18 and ResNet-50 as torchvision has them (stride in the 3x3 convolution)."""
    blocks, times = ((2, 2, 2, 2), 1) if depth == 18 else ((3, 4, 6, 3), 4)
    layers, width = norm_conv(3, 64, 7, 2) + [nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)], 64
    for stage, count in enumerate(blocks):
        for block in range(count):
            inner, stride = 64 << stage, 2 if stage and not block else 1
            out, shortcut = inner * times, nn.Identity()
            if stride > 1 or out != width:
                shortcut = nn.Sequential(*norm_conv(width, out, 1, stride))
            if times == 1:
                layers.append(Block((width, out, out), ((3, stride), (3, 1)), shortcut))
            else:
                layers.append(Block((width, inner, inner, out), ((1, 1), (3, stride), (1, 1)), shortcut))
            width = out
    return layers, width


class Wide(nn.Module):
    """The block of FixMatch's wide ResNets; the first one passes activated inputs to the sum."""

    def __init__(self, inputs, outputs, stride, first):
        super().__init__()
        self.before = nn.Sequential(*active_norm(inputs))
        self.path = nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), *active_norm(outputs),
                                  nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False))
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False) if inputs != outputs else None
        self.first = first

    def forward(self, x):
        active = self.before(x)
        if self.first:
            x = active
        return self.path(active) + (self.shortcut(x) if self.shortcut else x)


def active_norm(width):
    return [nn.BatchNorm2d(width, eps=0.001, momentum=0.001), nn.LeakyReLU(0.1, inplace=True)]


def wide_body(depth, factor):
    layers, width = [nn.Conv2d(3, 16, 3, 1, 1, bias=False)], 16
    for stage in range(3):
        for block in range((depth - 4) // 6):
            out = (16 << stage) * factor
            layers.append(Wide(width, out, 2 if stage and not block else 1, len(layers) == 1))
            width = out
    return layers + active_norm(width), width


def network(arch, task, classes):
    if arch.startswith("wrn-"):
        layers, width = wide_body(*map(int, arch.split("-")[1:]))
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, classes))
    depth = int(arch[len("resnet"):])
    layers, width = (large_body if depth in (18, 50) else small_body)(depth)
    head = [nn.Linear(width, classes)]
    if task == "moco":
        head = [nn.Linear(width, width), nn.ReLU(inplace=True)] + head
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), *head)


def classifier(run, x, classes, turns):
    """A loss of train or rotation; where the batch is turned, that is part of the step."""
    size = len(x)
    y = torch.arange(size) % classes

    def loss():
        if not turns:
            return F.cross_entropy(run(x), y)
        turned = torch.empty_like(x)
        for turn in range(4):
            turned[turn::4] = torch.rot90(x[turn::4], turn, (2, 3))
        return F.cross_entropy(run(turned), y)

    return loss


def contrast(query, key, run_query, run_key, x):
    """MoCo v2's loss, as its authors' code on one device: momentum encoder, queue, enqueue."""
    views, size, at = (x, torch.randn_like(x)), len(x), 0
    queue = F.normalize(torch.randn(4096, 128))
    y = torch.zeros(size, dtype=torch.long)
    pairs = list(zip(key.parameters(), query.parameters()))

    def loss():
        nonlocal at
        with torch.no_grad():
            for mine, theirs in pairs:
                mine.mul_(0.999).add_(theirs, alpha=0.001)
            keys = F.normalize(run_key(views[1])).float()
        q = F.normalize(run_query(views[0]))
        # The queue changes below, before the way back: its gradient needs these keys.
        logits = torch.cat(((q * keys).sum(1, keepdim=True), q @ queue.clone().T), 1) / 0.2
        queue[at:at + size] = keys
        at = (at + size) % len(queue)
        return F.cross_entropy(logits, y)

    return loss


def match(net, run, x, classes):
    """FixMatch: labelled rows and two views of twice as many others, in one batch; the average."""
    size = len(x)
    weak, strong = torch.randn_like(torch.cat((x, x))), torch.randn_like(torch.cat((x, x)))
    y = torch.arange(size) % classes
    average = copy.deepcopy(net).requires_grad_(False)
    pairs = list(zip(average.state_dict().values(), net.state_dict().values()))

    def loss():
        logits = run(torch.cat((x, weak, strong)))
        of_weak, of_strong = logits[size:].chunk(2)
        q, label = of_weak.detach().float().softmax(1).max(1)
        other = F.cross_entropy(of_strong, label, reduction="none")
        return F.cross_entropy(logits[:size], y) + ((q >= 0.95) * other).mean()

    def follow():
        with torch.no_grad():
            for mine, theirs in pairs:
                if mine.is_floating_point():
                    mine.mul_(0.999).add_(theirs, alpha=0.001)

    return loss, follow


def make_step(task, arch, side, classes, batch, how, dtype):
    layout = torch.contiguous_format if how == "default" else torch.channels_last

    def ready(net):
        if how != "compiled":
            return net
        if task == "infer" and not hasattr(torch, "compile"):
            # The compiler of PyTorch 1.
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, dtype == "bf16", cache_enabled=False):
                return torch.jit.freeze(torch.jit.trace(net, x))
        return torch.compile(net, options={"freezing": True} if task == "infer" else None)

    net = network(arch, task, classes).to(memory_format=layout).train(task != "infer")
    x = torch.randn(batch, 3, side, side).to(memory_format=layout)
    run, follow = ready(net), None
    if task == "fixmatch":
        loss, follow = match(net, run, x, classes)
    elif task == "moco":
        key = copy.deepcopy(net).requires_grad_(False)
        loss = contrast(net, key, run, ready(key), x)
    else:
        loss = classifier(run, x, classes, task == "rotation")
    sgd = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=2e-4, nesterov=task == "fixmatch")

    def infer():
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bf16"):
            run(x)

    def learn():
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bf16"):
            value = loss()
        sgd.zero_grad()
        value.backward()
        sgd.step()
        if follow:
            follow()

    return infer if task == "infer" else learn


def main():
    task, arch, side, classes, batch, how, dtype, threads, slowest = sys.argv[1:]
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    step = make_step(task, arch, int(side), int(classes), int(batch), how, dtype)

    def seconds(steps):
        start = time.perf_counter()
        for _ in range(steps):
            step()
        return time.perf_counter() - start

    for warm_up in range(3):
        took = seconds(1)
        # The first step is also the compiler's.
        if took > float(slowest) and (warm_up or how != "compiled"):
            raise TimeoutError(f"a step takes {took:.0f} s")
    print("ready", torch.__version__, f"{took:.6f}", flush=True)
    for line in sys.stdin:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        peak /= 1 << 20 if sys.platform == "darwin" else 1 << 10
        print(f"{seconds(int(line)) if int(line) else peak:.6f}", flush=True)


if __name__ == "__main__":
    main()

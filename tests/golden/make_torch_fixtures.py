#!/usr/bin/python3
"""Writes torch/*.txt beside this file: what PyTorch computes in float64.

Needs PyTorch (made with 1.13, wide networks with 2.15) and numpy; the tests only read what it wrote.
Inputs and weights are not in the files: both sides make them from the same
generator, Philox4x32-10 as in libcore/base/random.h, where element i of stream
s is word i mod 4 of the block at counter (i div 4, s, 0, 0) with key SEED,
turned into u = (2 word + 1) / 2^32 - 1 in (-1, 1).

A line is a name and numbers.  A tensor is written as its norm and at most 256
of its elements, evenly spaced in PyTorch's order.
"""
import math
import os

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

SEED = 2020
ENTRIES = 256
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torch")


# ------------------------------------------------------------------ the generator

def philox(seed, counter):
    """counter: [n, 4] uint32.  Returns the n blocks of four words."""
    low = np.uint64(0xFFFFFFFF)
    x = [counter[:, i].astype(np.uint64) for i in range(4)]
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        a = np.uint64(0xD2511F53) * x[0]
        b = np.uint64(0xCD9E8D57) * x[2]
        shift = np.uint64(32)
        x = [(b >> shift) ^ x[1] ^ np.uint64(key[0]), b & low,
             (a >> shift) ^ x[3] ^ np.uint64(key[1]), a & low]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return np.stack(x, axis=1)


def words(stream, n):
    counter = np.zeros(((n + 3) // 4, 4), dtype=np.uint32)
    counter[:, 0] = np.arange(len(counter))
    counter[:, 1] = stream
    return philox(SEED, counter).reshape(-1)[:n]


def uniform(stream, shape, spread=1.0, offset=0.0):
    n = int(np.prod(shape))
    u = (2.0 * words(stream, n).astype(np.float64) + 1.0) / 4294967296.0 - 1.0
    return torch.from_numpy(offset + spread * u).reshape(shape)


def labels(stream, n, classes):
    return torch.from_numpy((words(stream, n) % np.uint64(classes)).astype(np.int64))


def self_test():
    """Known answers of the authors' Random123 library."""
    zero = philox(0, np.zeros((1, 4), dtype=np.uint32))[0]
    assert [hex(w) for w in zero] == ["0x6627e8d5", "0xe169c58d", "0xbc57ac4c", "0x9b00dbd8"]
    ones = philox(2**64 - 1, np.full((1, 4), 2**32 - 1, dtype=np.uint32))[0]
    assert [hex(w) for w in ones] == ["0x408f276d", "0x41c83b0e", "0xa20bc7c6", "0x6d5451fd"]


# --------------------------------------------------------------------- the output

class Output:
    def __init__(self, name):
        self.file = open(os.path.join(HERE, name), "w")

    def line(self, name, values):
        self.file.write(name + "".join(" %.17g" % float(v) for v in values) + "\n")

    def tensor(self, name, t):
        flat = t.detach().reshape(-1)
        count = min(ENTRIES, flat.numel())
        index = torch.arange(count) * flat.numel() // count
        self.line(name, [flat.norm()] + flat[index].tolist())


# ------------------------------------------------------------------- convolutions

# name, input channels, output channels, height, width, kernel size, stride
CONVS = [
    ("3x3", 16, 32, 7, 5, 3, 1),
    ("3x3_stride2", 32, 16, 9, 13, 3, 2),
    ("3x3_stride2_even", 16, 32, 8, 6, 3, 2),
    ("1x1", 48, 16, 7, 5, 1, 1),
    ("1x1_stride2", 16, 48, 5, 8, 1, 2),
    ("stem", 3, 16, 8, 9, 3, 1),
    ("7x7_stem", 3, 16, 15, 17, 7, 2),
    ("7x7_stem_even", 3, 16, 12, 14, 7, 2),
    ("7x7", 16, 16, 9, 6, 7, 1),
]


def convolutions():
    out = Output("conv.txt")
    for number, (name, in_c, out_c, h, w, size, stride) in enumerate(CONVS):
        x = uniform(1000 + 4 * number, (2, in_c, h, w), 0.5, 0.75).requires_grad_()
        k = uniform(1001 + 4 * number, (out_c, in_c, size, size)).requires_grad_()
        y = F.conv2d(x, k, stride=stride, padding=size // 2)
        y.backward(uniform(1002 + 4 * number, y.shape))
        out.tensor(name + ".out", y)
        out.tensor(name + ".weight_grad", k.grad)
        out.tensor(name + ".in_grad", x.grad)


# name, channels, height, width
MAXES = [
    ("odd", 16, 9, 7),
    ("even", 32, 8, 10),
    ("one_row", 16, 1, 6),
]


def maxes():
    """The largest of 3x3 pixels of max(0, x), with stride 2 and padding 1."""
    out = Output("max.txt")
    for number, (name, c, h, w) in enumerate(MAXES):
        x = uniform(1100 + 2 * number, (2, c, h, w)).requires_grad_()
        y = F.max_pool2d(F.relu(x), 3, 2, 1)
        y.backward(uniform(1101 + 2 * number, y.shape))
        out.tensor(name + ".out", y)
        out.tensor(name + ".in_grad", x.grad)
        sums = [x.grad.sum((2, 3)), (x.grad * x).sum((2, 3))]
        out.tensor(name + ".sums", torch.stack(sums, dim=1))


# ----------------------------------------------------------------------- networks

class Normed(nn.Module):
    """A convolution without bias and its batch norm."""

    def __init__(self, in_c, out_c, size, stride, **constants):
        super().__init__()
        self.conv = nn.Conv2d(in_c, out_c, size, stride, size // 2, bias=False)
        self.bn = nn.BatchNorm2d(out_c, **constants)

    def forward(self, x):
        return self.bn(self.conv(x))


class Residual(nn.Module):
    def __init__(self, in_c, out_c):
        super().__init__()
        self.grows = in_c != out_c
        self.first = Normed(in_c, out_c, 3, 2 if self.grows else 1)
        self.second = Normed(out_c, out_c, 3, 1)

    def forward(self, x):
        y = self.second(F.relu(self.first(x)))
        if self.grows:
            # Option A: every second pixel, a quarter of zero channels on either side.
            quarter = y.shape[1] // 4
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, quarter, quarter))
        return F.relu(y + x)


class Block(nn.Module):
    """Convolutions with ReLU between them, and a projection where they change the shape."""

    def __init__(self, in_c, *convs):
        super().__init__()
        self.convs = nn.ModuleList()
        c, strides = in_c, 1
        for out_c, size, stride in convs:
            self.convs.append(Normed(c, out_c, size, stride))
            c, strides = out_c, strides * stride
        changes = strides > 1 or c != in_c
        self.projection = Normed(in_c, c, 1, strides) if changes else None

    def forward(self, x):
        y = self.convs[0](x)
        for conv in self.convs[1:]:
            y = conv(F.relu(y))
        return F.relu(y + (self.projection(x) if self.projection else x))


class Wide(nn.Module):
    """
    A wide residual network: sums before batch norm, leaky ReLU.  The batch norm of a sum is
    beside the last convolution of it.
    """

    def __init__(self, width, blocks):
        super().__init__()
        constants = {"eps": 0.001, "momentum": 0.001}
        self.first = Normed(3, 16, 3, 1, **constants)
        self.blocks = nn.ModuleList()
        c = 16
        for stage, count in enumerate(blocks):
            for block in range(count):
                out_c, stride = width << stage, 2 if stage and not block else 1
                parts = nn.ModuleDict({"conv1": Normed(c, out_c, 3, stride, **constants)})
                if stride > 1 or c != out_c:
                    parts["shortcut"] = nn.Conv2d(c, out_c, 1, stride, bias=False)
                parts["conv2"] = Normed(out_c, out_c, 3, 1, **constants)
                self.blocks.append(parts)
                c = out_c

    def forward(self, x):
        y = self.first.conv(x)
        act = F.leaky_relu(self.first.bn(y), 0.1)
        for number, block in enumerate(self.blocks):
            inner = F.leaky_relu(block["conv1"](act), 0.1)
            shortcut = act if number == 0 else y
            if "shortcut" in block:
                shortcut = block["shortcut"](shortcut)
            y = block["conv2"].conv(inner) + shortcut
            act = F.leaky_relu(block["conv2"].bn(y), 0.1)
        return act


class CosineHead(nn.Module):
    """scale x cosine of the features and each column of the weight."""

    def __init__(self, features, classes, scale=30.0):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(features, classes))
        self.scale = scale

    def forward(self, x):
        return self.scale * F.normalize(x, dim=1) @ F.normalize(self.weight, dim=0)


class Network(nn.Module):
    def __init__(self, body, head):
        super().__init__()
        self.body = nn.Sequential(*body)
        self.head = head

    def forward(self, x):
        return self.head(self.body(x).mean((2, 3)))


def resnet_cifar(blocks):
    body = [Normed(3, 16, 3, 1), nn.ReLU()]
    for stage, width in enumerate((16, 32, 64)):
        for block in range(blocks):
            grows = stage > 0 and block == 0
            body.append(Residual(width // 2 if grows else width, width))
    return Network(body, nn.Linear(64, 10))


def bottleneck(in_c, width, stride):
    return Block(in_c, (width, 1, 1), (width, 3, stride), (4 * width, 1, 1))


def resnet_large():
    """Stages of two and of one bottleneck, as torchvision's but a quarter as wide."""
    return Network([Normed(3, 16, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
                    bottleneck(16, 16, 1), bottleneck(64, 16, 1), bottleneck(64, 32, 2)],
                   nn.Linear(128, 10))


def wide_resnet():
    return Network([Wide(32, (2, 1, 1))], nn.Linear(128, 10))


def generate_weights(net, stream):
    """Parameter number i from the stream + i, on PyTorch's order of elements."""
    with torch.no_grad():
        for number, (name, p) in enumerate(net.named_parameters()):
            if p.dim() == 4:
                p.copy_(uniform(stream + number, p.shape, math.sqrt(6.0 / p[0].numel())))
            elif p.dim() == 2:
                p.copy_(uniform(stream + number, p.shape, 0.25))
            elif name.endswith("bn.weight"):
                p.copy_(uniform(stream + number, p.shape, 0.25, 1.0))
            else:
                p.copy_(uniform(stream + number, p.shape, 0.25))


def small_networks():
    out = Output("layers.txt")
    nets = [
        # name, images, input channels, height, width, network
        ("batch_norm", 5, 16, 6, 7, Network([Normed(16, 16, 1, 1), nn.ReLU()], nn.Linear(16, 10))),
        ("identity", 19, 3, 5, 7,
         Network([Normed(3, 16, 3, 1), nn.ReLU(), Residual(16, 16)], nn.Linear(16, 10))),
        ("option_a", 5, 3, 8, 12,
         Network([Normed(3, 16, 3, 1), nn.ReLU(), Residual(16, 32)], nn.Linear(32, 10))),
        ("cosine", 7, 3, 6, 6,
         Network([Normed(3, 32, 3, 1), nn.ReLU()], CosineHead(32, 10))),
        ("projection", 5, 3, 7, 9,
         Network([Normed(3, 16, 3, 1), nn.ReLU(), Block(16, (32, 3, 2), (32, 3, 1))],
                 nn.Linear(32, 10))),
        ("stem_7x7", 5, 3, 9, 11, Network([Normed(3, 16, 7, 2), nn.ReLU()], nn.Linear(16, 10))),
        ("max_identity", 5, 3, 13, 18,
         Network([Normed(3, 16, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
                  Block(16, (16, 3, 1), (16, 3, 1))], nn.Linear(16, 10))),
        ("bottlenecks", 7, 3, 21, 18, resnet_large()),
        ("wide", 7, 3, 9, 12, wide_resnet()),
    ]
    for number, (name, n, c, h, w, net) in enumerate(nets):
        stream = 2000 + 100 * number
        generate_weights(net, stream)
        x = uniform(stream + 90, (n, c, h, w), 2.0)
        y = labels(stream + 91, n, 10)
        net.train()
        z = net(x)
        loss = F.cross_entropy(z, y)
        loss.backward()
        out.line(name + ".loss", [loss])
        out.tensor(name + ".train", z)
        for i, p in enumerate(net.parameters()):
            out.tensor("%s.grad.%d" % (name, i), p.grad)
        net.eval()
        out.tensor(name + ".eval", net(x))
        for i, (_, state) in enumerate(statistics(net)):
            out.tensor("%s.state.%d" % (name, i), state)


def statistics(net):
    return [(k, v) for k, v in net.named_buffers() if not k.endswith("num_batches_tracked")]


# ------------------------------------------------------------------- losses

COUNTS = {
    "cifar": [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50],  # CIFAR-10, ratio 100
    "gap": [5000, 2997, 1796, 1077, 645, 387, 0, 139, 83, 50],      # a class without rows
}


def class_weights(counts, beta):
    """Cui et al. 2019: (1 - beta) / (1 - beta^n), summing to the number of classes."""
    w = [(1 - beta) / (1 - beta**n) if n else 0.0 for n in counts]
    return torch.tensor([v * len(counts) / sum(w) for v in w])


def margins(counts, largest):
    """Cao et al. 2019: n^(-1/4), the largest made 0.5."""
    m = [n**-0.25 if n else 0.0 for n in counts]
    return torch.tensor([v * largest / max(m) for v in m])


def smoothings(counts, head, tail):
    """Zhong et al. 2021: concave from the smallest class's to the largest's."""
    most, least = max(counts), min(n for n in counts if n)
    return torch.tensor([tail + (head - tail) * math.sin(math.pi * (n - least) / (2 * (most - least)))
                         if n else 0.0 for n in counts])


def mean_of(losses, weight, omega):
    return (omega * weight * losses).sum() / (omega * weight).sum()


# Of z / divisor + offset: the divisor's exponent, the offset's factor.
ADJUSTED = {"balanced_softmax": (0.0, 1.0), "logit_adjustment": (0.0, 1.0), "logit_adjustment2": (0.0, 2.0),
            "vs": (0.3, 1.0), "cdt": (0.2, 0.0)}


def adjusted(kind, z, y, w, omega, counts):
    """Classes without rows are cut out, and so are rows with those labels."""
    gamma, tau = ADJUSTED[kind]
    n = torch.tensor([float(v) for v in counts if v])
    there = torch.tensor([v > 0 for v in counts])
    place = torch.cumsum(there.long(), 0) - 1
    rows = there[y]
    share = n if kind == "balanced_softmax" else n / n.sum()
    moved = z[rows][:, there] / (n.max() / n)**gamma + tau * torch.log(share)
    return mean_of(F.cross_entropy(moved, place[y[rows]], reduction="none"), w[y[rows]], omega[rows])


def smoothed(z, y, w, omega, counts):
    there = torch.tensor([v > 0 for v in counts])
    share = smoothings(counts, 0.4, 0.1)[y][:, None]
    target = (1 - share) * F.one_hot(y, z.shape[1]) + share * there / there.sum()
    return mean_of(-(target * F.log_softmax(z, 1)).sum(1), w[y], omega)


def batch_loss(kind, z, y, w, omega, counts):
    if kind in ADJUSTED:
        return adjusted(kind, z, y, w, omega, counts)
    if kind == "smoothing":
        return smoothed(z, y, w, omega, counts)
    each = F.cross_entropy(z, y, reduction="none")
    if kind == "ce":
        return mean_of(each, w[y], omega)
    if kind.startswith("focal"):
        gamma = 2.0 if kind.endswith("2") else 1.0
        if "authors" in kind:
            inside = F.cross_entropy(z, y, weight=w, reduction="none")
            return (omega * (1 - torch.exp(-inside))**gamma * inside).sum() / omega.sum()
        return (omega * w[y] * (1 - torch.exp(-each))**gamma * each).sum() / omega.sum()
    lowered = z - 30.0 * F.one_hot(y, z.shape[1]) * margins(counts, 0.5)[y][:, None]
    return mean_of(F.cross_entropy(lowered, y, reduction="none"), w[y], omega)


def losses():
    out = Output("losses.txt")
    n = 24
    y = labels(3001, n, 10)
    for counts_name, counts in COUNTS.items():
        weightings = {"none": torch.ones(10), "balanced": class_weights(counts, 0.9999)}
        out.line(counts_name + ".weight", weightings["balanced"])
        out.line(counts_name + ".margin", margins(counts, 0.5))
        # Rows of a class without rows, as pseudo-labels may be, are out of every mean.
        there = torch.tensor([float(v > 0) for v in counts])[y]
        for weighting, w in weightings.items():
            for rows, omega in (("equal", torch.ones(n)), ("omega", uniform(3002, (n,), 0.5, 0.75))):
                for kind in ("ce", "focal", "focal2", "focal_authors", "focal_authors2", "ldam",
                             *ADJUSTED, "smoothing"):
                    z = uniform(3000, (n, 10), 5.0).requires_grad_()
                    loss = batch_loss(kind, z, y, w, omega * there, counts)
                    loss.backward()
                    name = ".".join((counts_name, weighting, rows, kind))
                    out.line(name, [loss] + z.grad.reshape(-1).tolist())


# ------------------------------------------------------------------------ training

def training(name, net, size, batch, steps, rate):
    out = Output(name + ".txt")
    generate_weights(net, 4000)
    sgd = torch.optim.SGD(net.parameters(), lr=rate, momentum=0.9, weight_decay=2e-4)
    net.train()
    values = []
    for step in range(steps):
        x = uniform(5000 + step, (batch, 3, size, size), 2.0)
        loss = F.cross_entropy(net(x), labels(6000 + step, batch, 10))
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        values.append(loss)
    out.line("loss", values)
    for i, p in enumerate(net.parameters()):
        out.tensor("param.%d" % i, p)
    for i, (_, state) in enumerate(statistics(net)):
        out.tensor("state.%d" % i, state)


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    os.makedirs(HERE, exist_ok=True)
    self_test()
    convolutions()
    maxes()
    small_networks()
    losses()
    training("sgd_8px_lr0.1", resnet_cifar(3), 8, 24, 10, 0.1)
    for size, batch in ((8, 24), (32, 16)):
        training("sgd_%dpx_lr0.001" % size, resnet_cifar(3), size, batch, 10, 0.001)
        training("sgd_%dpx_lr0.1_once" % size, resnet_cifar(3), size, batch, 1, 0.1)
    training("sgd_bottlenecks_lr0.1", resnet_large(), 20, 24, 10, 0.1)
    training("sgd_bottlenecks_lr0.001", resnet_large(), 20, 24, 10, 0.001)
    training("sgd_bottlenecks_lr0.1_once", resnet_large(), 20, 24, 1, 0.1)
    training("sgd_wide_lr0.01", wide_resnet(), 8, 24, 10, 0.01)


if __name__ == "__main__":
    main()

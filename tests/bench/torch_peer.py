"""PyTorch's side of the comparison in b_train: a step server.

usage: torch_peer.py train|infer default|tuned|compiled f32|bf16 THREADS

ResNet-32 for CIFAR, batch 128.  Prints "ready VERSION"; then, for each line "N"
on standard input, runs N steps and prints the seconds they took.  tuned and
compiled use channels_last; the allocator's settings come from the environment.
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    """Two 3x3 convolutions and an option A shortcut."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.stride = stride
        self.pad = (outputs - inputs) // 2

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.stride > 1:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad))
        return F.relu(y + x)


def resnet32():
    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    width = 16
    for stage in range(3):
        for block in range(5):
            wider = 16 << stage
            layers.append(Block(width, wider, 2 if wider > width else 1))
            width = wider
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def main():
    task, how, dtype, threads = sys.argv[1:5]
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    net = resnet32()
    x, y = torch.randn(128, 3, 32, 32), torch.randint(0, 10, (128,))
    if how != "default":
        net = net.to(memory_format=torch.channels_last)
        x = x.to(memory_format=torch.channels_last)
    if task == "infer":
        net.eval()
    run = torch.compile(net) if how == "compiled" else net
    sgd = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=2e-4)

    def step():
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bf16"):
            if task == "infer":
                with torch.no_grad():
                    run(x)
                return
            loss = F.cross_entropy(run(x), y)
        sgd.zero_grad()
        loss.backward()
        sgd.step()

    for _ in range(3):
        step()
    print("ready", torch.__version__, flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            step()
        print(f"{time.perf_counter() - start:.6f}", flush=True)


main()

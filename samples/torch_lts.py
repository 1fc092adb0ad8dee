#!/usr/bin/python3
"""Rows and weights of LTS1 tensor streams, lt-stream(5), for PyTorch.

    rows = Rows("train.lts")
    loader = torch.utils.data.DataLoader(rows, batch_size=128, shuffle=True)

    header, weights = load_weights("model.lts")
    net.load_state_dict({name: torch.from_numpy(w) for name, w in weights.items()}, strict=False)
    ...
    for name in weights:
        weights[name] = net.state_dict()[name].numpy()
    save_weights("back.lts", header, weights)

Nothing here imports torch: a DataLoader takes whatever has a length and an index, and
makes tensors of arrays.  Needs numpy, msgpack, and read_lts.py and write_lts.py beside it.
"""

import io

from read_lts import need, need_numpy, numpy, read
from write_lts import Writer

# A checkpoint's state of optimiser, averages, queue and generator: no part of the network.
STATE = ("opt.", "ema.", "queue.", "rng.")


def pillow(data):
    """JPEG or PNG bytes to height x width x 3."""
    try:
        from PIL import Image
    except ImportError:
        raise ImportError("encoded images need Pillow: python3-pil in Debian, or pip install pillow")
    return numpy.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


class Rows:
    """A map-style data set: len(rows), and rows[i] is (input, label).

    The whole stream is read and verified at once and kept in memory; images stay bytes until
    a row is asked for.  An input is float32 channels x height x width, pixels / 255, and
    normalised where the stream has the channels' mean and deviation.  With transform it is
    what that function makes of the image as it is in the stream (height x width x channels,
    uint8), as torchvision's transforms take it.  decode makes that image of the bytes of an
    encoded one.  The label of a row without one is -1.
    """

    def __init__(self, path, transform=None, decode=pillow, column="image", label="y"):
        need_numpy()
        self.transform = transform
        self.decode = decode
        self.header = None
        parts = {column: [], label: []}
        with open(path, "rb") as file:
            for event in read(file, arrays=True):
                if event[0] == "header":
                    self.add_header(event[1], parts)
                elif event[0] == "rows":
                    for name in parts:
                        parts[name].append(event[1][name])
        need(self.header, "no rows here")
        self.inputs = self.joined(parts[column], column)
        self.labels = self.joined(parts[label], label).astype("i8")
        norm = self.header.get("norm")
        self.norm = norm and [numpy.array(norm[k], "f4")[:, None, None] for k in ("mean", "std")]

    def add_header(self, header, parts):
        names = [col["name"] for col in header["cols"]]
        for name in parts:
            need(name in names, "no column %s in %s" % (name, ", ".join(names) or "a model"))
        before = self.header or header
        for key in ("cols", "classes"):
            need(before.get(key) == header.get(key), "segments with other " + key)
        self.header = before

    def joined(self, parts, name):
        col = next(col for col in self.header["cols"] if col["name"] == name)
        if col["dtype"] == "bytes":
            return [cell for part in parts for cell in part]
        return numpy.concatenate([numpy.zeros([0] + col["shape"], col["dtype"])] + parts)

    @property
    def classes(self):
        return self.header.get("classes")

    def counts(self):
        """Rows by class; those without a label are not counted."""
        return numpy.bincount(self.labels[self.labels >= 0], minlength=len(self.classes or []))

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        image = self.inputs[i]
        if isinstance(image, bytes):
            image = self.decode(image)
        if self.transform:
            return self.transform(image), int(self.labels[i])
        if image.dtype != numpy.uint8:
            return image.astype("f4"), int(self.labels[i])
        x = numpy.ascontiguousarray(image.transpose(2, 0, 1), "f4") / 255
        if self.norm:
            x = (x - self.norm[0]) / self.norm[1]
        return x, int(self.labels[i])


def load_weights(path):
    """(header, {name: array}) of the first model: PyTorch's names and shapes, in its order.

    num_batches_tracked of batch normalisation is not kept in streams: strict=False.
    """
    header, weights = None, {}
    with open(path, "rb") as file:
        for event in read(file, arrays=True):
            if event[0] == "header":
                need(event[1]["kind"] == "model", "no model here")
                header = event[1]
            elif event[0] == "tensor" and not event[1].startswith(STATE):
                weights[event[1]] = event[4]
            elif event[0] == "done":
                break
    need(header, "no model here")
    return header, weights


def save_weights(path, header, weights):
    """A model for lt eval, lt train --init and the like: header as load_weights gave it."""
    with open(path, "wb") as file:
        writer = Writer(file, {k: v for k, v in header.items() if k not in ("v", "cols")})
        for name, array in weights.items():
            writer.tensor(name, "<f4", array.shape, array)
        writer.done()

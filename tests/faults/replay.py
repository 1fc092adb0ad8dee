"""Power cuts, replayed from a record of record.so.

    replay.py [--omit KIND] RECORD BEFORE AFTER STATES NAME...

BEFORE and AFTER are copies of the directory as it was before the program ran and after it
exited with 0; the names are its outputs there.  The power is cut after each prefix of the
record, under a pessimistic model of a file system:

  - data written since the last fsync may be complete, absent, half written, or zeros;
  - of the changes of names since the last fsync of the directory, any number of the first ones
    may be on the disk, whether or not the data is.

After every cut, each output must hold the old bytes (or be absent), or a complete new version:
its contents at one of the renames that made it.  After the last event, each must hold the bytes
in AFTER.  Each distinct set of versions after a cut is written to its own directory below
STATES, as the files NAME.

--omit sync or --omit syncdir simulates a program that does not sync its files or its directory.
The exit status is 3 if a cut could leave anything else.
"""
import os
import sys


def verdict(text):
    print(text, file=sys.stderr)
    sys.exit(3)


class Inode:
    def __init__(self, data=b''):
        self.data = bytearray(data)
        self.durable = bytes(data)
        self.dirty = False

    def variants(self):
        """What may be found of it after a cut."""
        if not self.dirty:
            return [bytes(self.data)]
        half = len(self.data) // 2
        return [self.durable, b'', bytes(self.data[:half]), bytes(len(self.data)),
                bytes(self.data[:half]) + bytes(len(self.data) - half), bytes(self.data)]


def events(raw):
    at = 0
    while at < len(raw):
        end = raw.index(b'\n', at)
        words = raw[at:end].decode().split(' ')
        at = end + 1
        data = b''
        if words[0] == 'write':
            data = raw[at:at + int(words[3])]
            at += int(words[3])
        yield words, data


def apply(names, op):
    kind, first, second = op
    if kind == 'make':
        names[first] = second
    elif kind == 'rename':
        names[second] = names.pop(first)
    elif kind == 'link':
        names[second] = names[first]
    elif kind == 'unlink':
        names.pop(first, None)


class Disk:
    def __init__(self, before, omit):
        self.omit = omit
        self.names = {}    # as the program sees them
        for name in os.listdir(before):
            with open(os.path.join(before, name), 'rb') as file:
                self.names[name] = Inode(file.read())
        self.durable = dict(self.names)
        self.pending = []  # changes of names since the directory was synced
        self.open = {}     # descriptor: inode, or None for the directory
        self.versions = {name: [bytes(inode.data)] for name, inode in self.names.items()}

    def change(self, op):
        apply(self.names, op)
        self.pending.append(op)

    def play(self, words, data):
        kind = words[0]
        if kind == 'open':
            name = os.path.basename(words[3])
            if words[2] == 'd':
                self.open[words[1]] = None
                return
            if words[2] == 'c':
                self.change(('make', name, Inode()))
            inode = self.open[words[1]] = self.names[name]
            if words[2] == 't':
                inode.data, inode.dirty = bytearray(), True
        elif kind == 'write':
            inode, at = self.open[words[1]], int(words[2])
            inode.data.extend(bytes(max(0, at - len(inode.data))))
            inode.data[at:at + len(data)] = data
            inode.dirty = True
        elif kind == 'sync':
            inode = self.open[words[1]]
            if inode is None and self.omit != 'syncdir':
                self.durable, self.pending = dict(self.names), []
            elif inode is not None and self.omit != 'sync':
                inode.durable, inode.dirty = bytes(inode.data), False
        elif kind == 'close':
            self.open.pop(words[1], None)
        else:
            first = os.path.basename(words[1])
            second = os.path.basename(words[2]) if len(words) > 2 else None
            self.change((kind, first, second))
            if second:
                self.versions.setdefault(second, [None]).append(bytes(self.names[second].data))

    def cuts(self):
        """Names and inodes as a cut now may leave them."""
        names = dict(self.durable)
        yield names
        for op in self.pending:
            apply(names, op)
            yield names


def number(disk, name, data, when):
    """Which version of the output this is."""
    versions = disk.versions.get(name, [None])
    if data not in versions:
        verdict('%s: after %s a cut may leave %s bytes of it that are no whole version'
                % (name, when, 'no' if data is None else len(data)))
    return len(versions) - 1 - versions[::-1].index(data)


def main():
    args = sys.argv[1:]
    omit = None
    if args[0] == '--omit':
        omit, args = args[1], args[2:]
    record, before, after, states = args[:4]
    outputs = args[4:]
    disk = Disk(before, omit)
    seen = set()
    cuts = 0
    with open(record, 'rb') as file:
        raw = file.read()
    steps = [([], b'')] + list(events(raw))
    for i, (words, data) in enumerate(steps):
        when = 'event %d (%s)' % (i, ' '.join(words)[:60])
        if words:
            disk.play(words, data)
        for names in disk.cuts():
            cuts += 1
            found = []
            for name in outputs:
                inode = names.get(name)
                for content in inode.variants() if inode else [None]:
                    version = number(disk, name, content, when)
                    if i == len(steps) - 1:
                        with open(os.path.join(after, name), 'rb') as file:
                            if content != file.read():
                                verdict('%s: a cut after exit 0 may lose it' % name)
                found.append(version)
            seen.add(tuple(found))
    for i, found in enumerate(sorted(seen)):
        os.makedirs(os.path.join(states, str(i)))
        for name, version in zip(outputs, found):
            content = disk.versions.get(name, [None])[version]
            if content is not None:
                with open(os.path.join(states, str(i), name), 'wb') as file:
                    file.write(content)
    print('%d events, %d cuts, %d states' % (len(steps) - 1, cuts, len(seen)))


main()

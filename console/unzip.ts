import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

const inflate = promisify(inflateRaw);

/** Why an archive is not unpacked; a person can be told. */
export class UnusableArchive extends Error {
  readonly reason: 'not-an-archive' | 'encrypted' | 'too-large';
  constructor(reason: UnusableArchive['reason']) {
    super(reason);
    this.reason = reason;
  }
}

export interface ArchiveLimits {
  readonly entries: number;
  /** Of everything that is unpacked, in bytes. */
  readonly unpackedBytes: number;
}

/** A file of an archive as its directory has it; the sizes are what the sender says. */
interface Entry {
  readonly name: string;
  readonly isEncrypted: boolean;
  readonly method: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly at: number;
}

const endSignature = 0x06054b50;
const directorySignature = 0x02014b50;
const fileSignature = 0x04034b50;
const endLength = 22;
const longestComment = 0xffff;
const stored = 0;
const deflated = 8;
const tooLargeCode = 'ERR_BUFFER_TOO_LARGE';

/** Names of the files in a ZIP archive, as its directory has them. @throws UnusableArchive */
export const namesIn = (archive: Buffer, limits: ArchiveLimits): readonly string[] =>
  directory(archive, limits).map(({ name }) => name);

/**
 * Unpacks the wanted files. What the directory says of sizes is believed only where it is too much: unpacking itself ends
 * at the limit, so that a few kilobytes never become a gigabyte.
 * @throws UnusableArchive
 */
export async function unpack(
  archive: Buffer,
  limits: ArchiveLimits,
  isWanted: (name: string) => boolean,
): Promise<ReadonlyMap<string, Buffer>> {
  const wanted = directory(archive, limits).filter(({ name }) => isWanted(name));
  if (wanted.some(({ isEncrypted }) => isEncrypted)) throw new UnusableArchive('encrypted');
  let left = limits.unpackedBytes;
  if (wanted.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, 0) > left) throw new UnusableArchive('too-large');
  const files = new Map<string, Buffer>();
  for (const entry of wanted) {
    if (files.has(entry.name)) throw new UnusableArchive('not-an-archive'); // two of one name: which one is it?
    const content = await contentOf(archive, entry, left);
    left -= content.length;
    files.set(entry.name, content);
  }
  return files;
}

function directory(archive: Buffer, limits: ArchiveLimits): readonly Entry[] {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end < archive.length - endLength - longestComment || end + endLength > archive.length)
    throw new UnusableArchive('not-an-archive');
  const count = archive.readUInt16LE(end + 10);
  if (count > limits.entries) throw new UnusableArchive('too-large');
  const entries: Entry[] = [];
  for (let n = 0, at = archive.readUInt32LE(end + 16); n < count; n++) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== directorySignature)
      throw new UnusableArchive('not-an-archive');
    const nameLength = archive.readUInt16LE(at + 28);
    entries.push({
      name: archive.toString('utf8', at + 46, at + 46 + nameLength),
      isEncrypted: (archive.readUInt16LE(at + 8) & 1) !== 0,
      method: archive.readUInt16LE(at + 10),
      packedBytes: archive.readUInt32LE(at + 20),
      unpackedBytes: archive.readUInt32LE(at + 24),
      at: archive.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

async function contentOf(archive: Buffer, { at, packedBytes, method }: Entry, left: number): Promise<Buffer> {
  if (at + 30 > archive.length || archive.readUInt32LE(at) !== fileSignature)
    throw new UnusableArchive('not-an-archive');
  const from = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  if (from + packedBytes > archive.length) throw new UnusableArchive('not-an-archive');
  const packed = archive.subarray(from, from + packedBytes);
  if (method === stored) {
    if (packed.length > left) throw new UnusableArchive('too-large');
    return packed;
  }
  if (method !== deflated || left === 0) throw new UnusableArchive(left === 0 ? 'too-large' : 'not-an-archive');
  try {
    return await inflate(packed, { maxOutputLength: left });
  } catch (error) {
    const isTooLarge = typeof error === 'object' && error !== null && 'code' in error && error.code === tooLargeCode;
    throw new UnusableArchive(isTooLarge ? 'too-large' : 'not-an-archive');
  }
}

/** The files as an archive without compression: what reads it has nothing left to unpack. */
export function packStored(files: ReadonlyMap<string, Buffer>): Buffer {
  const parts: Buffer[] = [];
  const listed: Buffer[] = [];
  let at = 0;
  for (const [name, content] of files) {
    const nameBytes = Buffer.from(name);
    const file = Buffer.alloc(30);
    file.writeUInt32LE(fileSignature, 0);
    file.writeUInt16LE(20, 4);
    file.writeUInt32LE(content.length, 18);
    file.writeUInt32LE(content.length, 22);
    file.writeUInt16LE(nameBytes.length, 26);
    parts.push(file, nameBytes, content);
    const line = Buffer.alloc(46);
    line.writeUInt32LE(directorySignature, 0);
    line.writeUInt16LE(20, 6);
    line.writeUInt32LE(content.length, 20);
    line.writeUInt32LE(content.length, 24);
    line.writeUInt16LE(nameBytes.length, 28);
    line.writeUInt32LE(at, 42);
    listed.push(line, nameBytes);
    at += file.length + nameBytes.length + content.length;
  }
  const directoryBytes = Buffer.concat(listed);
  const end = Buffer.alloc(endLength);
  end.writeUInt32LE(endSignature, 0);
  end.writeUInt16LE(files.size, 8);
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, directoryBytes, end]);
}

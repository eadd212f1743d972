/** Writes tar archives as streams: always the same bytes for the same entries. */

/** One entry. Without a kind it is a file. */
export type Entry =
  | { path: string; kind?: 'file'; mode?: number; body: Uint8Array | string | LongBody }
  | { path: string; kind: 'folder' }
  | { path: string; kind: 'hard-link' | 'symbolic-link'; target: string }
  /** Blocks as they are, whatever they say. */
  | { path: string; kind: 'raw'; blocks: LongBody }

type WrittenEntry = Exclude<Entry, { kind: 'raw' }>

/** A body that is made while it is written. */
export interface LongBody {
  bytes: number
  chunks(): Iterable<Uint8Array>
}

/** 2023-11-14 22:13:20 UTC, for every entry of every image. */
export const FIXED_TIME_SECONDS = 1_700_000_000
const BLOCK = 512
const FLAGS = { file: '0', 'hard-link': '1', 'symbolic-link': '2', folder: '5' } as const

/** The archive, and the two blocks that end it. */
export function* tarOf(entries: Iterable<Entry>): Generator<Uint8Array> {
  for (const entry of entries) {
    if (entry.kind === 'raw') {
      yield* entry.blocks.chunks()
      continue
    }
    yield headerOf(entry)
    if (!('body' in entry)) continue
    const size = sizeOf(entry)
    if (typeof entry.body === 'string') yield Buffer.from(entry.body)
    else if (entry.body instanceof Uint8Array) yield entry.body
    else yield* entry.body.chunks()
    if (size % BLOCK !== 0) yield Buffer.alloc(BLOCK - (size % BLOCK))
  }
  yield Buffer.alloc(2 * BLOCK)
}

/** How long {@link tarOf} gets, without making the bodies. */
export function tarBytes(entries: Iterable<Entry>): number {
  let bytes = 2 * BLOCK
  for (const entry of entries) {
    bytes +=
      entry.kind === 'raw'
        ? entry.blocks.bytes
        : headerOf(entry).length + Math.ceil(sizeOf(entry) / BLOCK) * BLOCK
  }
  return bytes
}

/** A header alone, for an archive whose body comes from elsewhere. */
export function headerOf(entry: WrittenEntry): Buffer {
  const path = entry.kind === 'folder' ? `${entry.path}/` : entry.path
  const name = Buffer.from(path)
  if (name.length <= 100) return block(name, entry)
  // As GNU writes longer ones: a body of its own before the header.
  const padding = BLOCK - ((name.length + 1) % BLOCK)
  const long = { path: '././@LongLink', body: { bytes: name.length + 1, chunks: () => [] } }
  return Buffer.concat([
    block(Buffer.from(long.path), long, 'L'),
    name,
    Buffer.alloc(1 + (padding % BLOCK)),
    block(name.subarray(0, 100), entry),
  ])
}

export function sizeOf(entry: WrittenEntry): number {
  if (!('body' in entry)) return 0
  if (typeof entry.body === 'string') return Buffer.byteLength(entry.body)
  return entry.body instanceof Uint8Array ? entry.body.length : entry.body.bytes
}

/** A header with another type flag. */
export function flaggedHeader(entry: WrittenEntry, flag: string): Buffer {
  return block(Buffer.from(entry.path), entry, flag)
}

function block(
  name: Uint8Array,
  entry: WrittenEntry,
  flag: string = FLAGS[entry.kind ?? 'file'],
): Buffer {
  const header = Buffer.alloc(BLOCK)
  header.set(name)
  const mode = entry.kind === 'folder' ? 0o755 : 'mode' in entry ? (entry.mode ?? 0o644) : 0o644
  header.write(octal(mode, 7), 100)
  header.write(octal(0, 7), 108)
  header.write(octal(0, 7), 116)
  header.write(octal(sizeOf(entry), 11), 124)
  header.write(octal(FIXED_TIME_SECONDS, 11), 136)
  header.write(flag, 156)
  if ('target' in entry) header.write(entry.target, 157, 100)
  header.write('ustar  ', 257)
  return summed(header)
}

/** The header with its checksum, which changes with whatever is written into it. */
export function summed(header: Buffer): Buffer {
  header.fill(0x20, 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${octal(sum, 6)}\0 `, 148)
  return header
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}

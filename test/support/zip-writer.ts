/** Writes zip archives as tools do, and as no tool does. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipMember {
  name: string
  content: Uint8Array
  isDeflated?: boolean
  isEncrypted?: boolean
  /** What the directory says, against the truth. */
  lies?: { bytes?: number; checksum?: number; compressedBytes?: number }
  /** Its local header and content are those of the member of that index. */
  sameAs?: number
}

export interface ZipOptions {
  /** Stands before the archive; offsets count from behind it. */
  prefix?: Uint8Array
  /** How many entries the end says there are. */
  count?: number
}

export function zipOf(members: readonly ZipMember[], options: ZipOptions = {}): Buffer {
  const locals: Buffer[] = []
  const offsets: number[] = []
  let at = 0
  for (const member of members) {
    const shared = member.sameAs === undefined ? undefined : offsets[member.sameAs]
    offsets.push(shared ?? at)
    if (shared !== undefined) continue
    const local = Buffer.concat([localHeader(member), Buffer.from(member.name), stored(member)])
    locals.push(local)
    at += local.length
  }
  const entries = members.map((member, index) => directoryEntry(member, offsets[index] ?? 0))
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06_05_4b_50, 0)
  end.writeUInt16LE((options.count ?? members.length) & 0xff_ff, 8)
  end.writeUInt16LE((options.count ?? members.length) & 0xff_ff, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([options.prefix ?? Buffer.alloc(0), ...locals, directory, end])
}

const contents = new WeakMap<Uint8Array, Buffer>()

function stored({ content, isDeflated }: ZipMember): Buffer {
  if (!isDeflated) return Buffer.from(content)
  const known = contents.get(content)
  if (known !== undefined) return known
  const deflated = deflateRawSync(content)
  contents.set(content, deflated)
  return deflated
}

function localHeader(member: ZipMember): Buffer {
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04_03_4b_50, 0)
  writeCommon(header.subarray(4), member)
  return header
}

function directoryEntry(member: ZipMember, offset: number): Buffer {
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02_01_4b_50, 0)
  header.writeUInt16LE(20, 4)
  writeCommon(header.subarray(6), member)
  header.writeUInt32LE(offset, 42)
  return Buffer.concat([header, Buffer.from(member.name)])
}

/** What both headers have in the same order. */
function writeCommon(header: Buffer, member: ZipMember): void {
  const { content, lies } = member
  header.writeUInt16LE(20, 0)
  header.writeUInt16LE(0x8_00 | (member.isEncrypted ? 1 : 0), 2)
  header.writeUInt16LE(member.isDeflated ? 8 : 0, 4)
  header.writeUInt32LE(lies?.checksum ?? crc32(content), 10)
  header.writeUInt32LE(lies?.compressedBytes ?? stored(member).length, 14)
  header.writeUInt32LE(lies?.bytes ?? content.length, 18)
  header.writeUInt16LE(Buffer.byteLength(member.name), 22)
}

/** A manifest of a jar. */
export function manifestMember(attributes: Readonly<Record<string, string>>): ZipMember {
  const rows = Object.entries(attributes).map(([name, value]) => `${name}: ${value}\r\n`)
  return {
    name: 'META-INF/MANIFEST.MF',
    content: Buffer.from(`Manifest-Version: 1.0\r\n${rows.join('')}\r\n`),
  }
}

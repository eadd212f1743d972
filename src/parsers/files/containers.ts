/** Files that hold evidence in a form that is not read; the sentence says how to get at it. */
const KINDS: readonly { is(head: Uint8Array): boolean; says: string }[] = [
  {
    is: (head) => startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a]),
    says: 'packed with xz: unpack it first',
  },
  {
    is: (head) => startsWith(head, [0x42, 0x5a, 0x68]) && head[3] !== 0x20,
    says: 'packed with bzip2: unpack it first',
  },
  {
    is: (head) => startsWith(head, [0x04, 0x22, 0x4d, 0x18]),
    says: 'packed with lz4: unpack it first',
  },
  {
    is: (head) => startsWith(head, [0x50, 0x4b, 0x03, 0x04]),
    says: 'a zip archive: unpack it first',
  },
  { is: (head) => ascii(head, 257, 5) === 'ustar', says: 'a tar archive: unpack it first' },
  {
    is: (head) => ascii(head, 0, 8) === 'LPKSHHRH',
    says: 'a journal of systemd: export it with journalctl --file FILE -o json',
  },
]

/** What the file is, where its bytes say that it holds other files or is packed in a way that is not read; null for all others. */
export function containerKind(head: Uint8Array): string | null {
  return KINDS.find((kind) => kind.is(head))?.says ?? null
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => head[at] === byte)
}

function ascii(head: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...head.subarray(from, from + length))
}

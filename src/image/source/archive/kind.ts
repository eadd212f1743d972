import type { Compression } from '../../../model/image.ts'
import { packingOf } from '../../../parsers/files/packing.ts'
import { BLOCK_BYTES, isEndBlock, readHeader } from '../../layer/tar-header.ts'

/** Bytes from the beginning of a member that tell what it is. */
export const HEAD_BYTES = BLOCK_BYTES

/** What a member of an archive can be, by its beginning. */
export type MemberKind =
  | { kind: 'layer'; compression: Compression }
  | { kind: 'document' }
  | { kind: 'other' }

export function kindOf(head: Buffer): MemberKind {
  const packing = packingOf(head)
  if (packing !== null) return { kind: 'layer', compression: packing }
  // A layer without files is a tar of zeros.
  const isTar = head.length === HEAD_BYTES && (isEndBlock(head) || readHeader(head) !== null)
  if (isTar) return { kind: 'layer', compression: 'none' }
  const first = head.find((byte) => byte > 0x20)
  return { kind: first === 0x7b || first === 0x5b ? 'document' : 'other' }
}

/** How a layer that begins so is stored. */
export function compressionOf(head: Buffer): Compression {
  const found = kindOf(head)
  return found.kind === 'layer' ? found.compression : 'unknown'
}

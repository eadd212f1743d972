import { listFolder, textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'

/**
 * Whether the multi-generational LRU is on (Documentation/admin-guide/mm/multigen_lru.rst, 6.1): with it, active and inactive
 * of memory.stat tell nothing of files that are read without being mapped. Null where /sys does not tell.
 */
export function readLruGen(reader: Reader): boolean | null {
  const enabled = textOrNull(reader, '/sys/kernel/mm/lru_gen/enabled')
  if (enabled !== null) {
    const bits = /^0x([0-9a-f]{1,8})\s*$/i.exec(enabled)?.[1]
    return bits === undefined ? null : Number.parseInt(bits, 16) % 2 === 1
  }
  const features = listFolder(reader, '/sys/kernel/mm')
  return features.ok && features.folders.length > 0 && !features.names.includes('lru_gen')
    ? false
    : null
}

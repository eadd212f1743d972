import { textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'

/** Names this run of the kernel: another one after each boot. Null where it is not told. random(4) */
export function bootIdOf(reader: Reader): string | null {
  const text = textOrNull(reader, '/proc/sys/kernel/random/boot_id')?.trim() ?? ''
  return text === '' ? null : text
}

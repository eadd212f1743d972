import { formatBytes } from '../../model/bytes.ts'
import type { Size } from '../workload.ts'

/** `512M (488 MiB)`; what is written as it is meant stands alone. */
export function sized({ text, bytes }: Size): string {
  const plain = bytes === null ? text : formatBytes(bytes)
  return plain === text ? text : `${text} (${plain})`
}

/** A share for people: 87 %. Of nothing there is none. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return 'more than all'
  return `${Math.round((part / whole) * 100)} %`
}

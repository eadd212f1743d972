import { MIB } from '../../model/bytes.ts'
import type { JvmFlags } from './flags.ts'

/** HotSpot's ThreadStackSize on x86-64 Linux. It is reserved: only what a thread touches becomes memory. */
export const STACK_BYTES = MIB

/** HotSpot's ReservedCodeCacheSize: five times as large where both compilers are at work. */
export function codeCacheBytes({ tiered }: Pick<JvmFlags, 'tiered'>): number {
  return tiered ? 240 * MIB : 48 * MIB
}

/** What so many loaded classes take (Paketo libjvm and its ancestors, measured there). */
export function metaspaceBytes(classes: number): number {
  return 14_000_000 + 5_800 * classes
}

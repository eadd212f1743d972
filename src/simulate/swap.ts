import { MIB } from '../model/bytes.ts'

/** What is asked of Docker, and what the machine offers. */
export interface SwapSetting {
  /** Of the memory controller. */
  cgroup: 1 | 2
  /** `--memory`; 0 is "not set". */
  memoryBytes: number
  /** `--memory-swap`, memory and swap together; 0 is "not set", -1 "no limit". */
  memorySwapBytes: number
  /** `--memory-swappiness`; null is "not set". */
  swappiness: number | null
  /** The kernel counts swap per group: memory.memsw.* of v1, memory.swap.* of v2. */
  accounting: boolean
  /** Null: not known. */
  hostSwapBytes: number | null
}

/** What Docker makes of it, and what the kernel then allows. */
export type SwapForecast =
  /** The engine's own words. */
  | { refused: string }
  | {
      refused: null
      warnings: readonly string[]
      /** HostConfig, as `docker inspect` shows it. */
      stored: { memoryBytes: number; memorySwapBytes: number; swappiness: number | null }
      /** What is written into the container's group, in this order; the kernel rounds down to whole pages. */
      files: readonly { file: string; value: string }[]
      /** What the group may hold in swap by these files; null where nothing limits it. */
      allowedSwapBytes: number | null
      /** Of that, what the machine has; null where neither a limit nor the machine's swap is known. */
      swapBytes: number | null
      /** The group may swap and does not: `--memory-swappiness 0` on v1. */
      neverSwaps: boolean
      /** The size of memory and swap together that the container does not outgrow; null: not known, or without a limit. */
      killedAtBytes: number | null
    }

/** Below it the engine makes no container (moby, daemon_unix.go: linuxMinMemory). */
export const MIN_MEMORY_BYTES = 6 * MIB

const TOO_SMALL = 'Minimum memory limit allowed is 6MB'
const SWAP_BELOW_MEMORY = 'Minimum memoryswap limit should be larger than memory limit, see usage'
const SWAP_WITHOUT_MEMORY =
  'You should always set the Memory limit when using Memoryswap limit, see usage'
const NOT_ACCOUNTED =
  'Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.'
const NO_SWAPPINESS =
  'Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.'

/**
 * How much swap a container gets, and where it ends. The steps are the engine's (moby, daemon_unix.go:
 * adaptContainerSettings, verifyPlatformContainerResources), then runc's (ConvertMemorySwapToCgroupV2Value).
 */
export function forecastSwap(setting: SwapSetting): SwapForecast {
  const { memoryBytes, swappiness } = setting
  const memorySwapBytes = withDefault(setting)
  const refused = refusalOf(memoryBytes, memorySwapBytes)
  if (refused !== null) return { refused }
  const keepsSwappiness = setting.cgroup === 1
  const stored = {
    memoryBytes,
    memorySwapBytes,
    swappiness: keepsSwappiness ? swappiness : null,
  }
  const allowed = memoryBytes === 0 || memorySwapBytes <= 0 ? null : memorySwapBytes - memoryBytes
  const neverSwaps = keepsSwappiness && swappiness === 0 && memoryBytes > 0
  const swapBytes = neverSwaps ? 0 : lesser(allowed, setting.hostSwapBytes)
  return {
    refused: null,
    warnings: [
      ...(isUnaccounted(setting) ? [NOT_ACCOUNTED] : []),
      ...(swappiness !== null && !keepsSwappiness ? [NO_SWAPPINESS] : []),
    ],
    stored,
    files: setting.cgroup === 1 ? filesV1(stored) : filesV2(stored),
    allowedSwapBytes: allowed,
    swapBytes,
    neverSwaps,
    killedAtBytes: memoryBytes === 0 || swapBytes === null ? null : memoryBytes + swapBytes,
  }
}

/** The engine's default is twice the memory, and no limit where the kernel could not keep one. */
function withDefault(setting: SwapSetting): number {
  if (isUnaccounted(setting)) return -1
  const { memoryBytes, memorySwapBytes } = setting
  return memorySwapBytes === 0 && memoryBytes > 0 ? 2 * memoryBytes : memorySwapBytes
}

function isUnaccounted({ accounting, memoryBytes, memorySwapBytes }: SwapSetting): boolean {
  return !accounting && memoryBytes > 0 && memorySwapBytes !== -1
}

function refusalOf(memoryBytes: number, memorySwapBytes: number): string | null {
  if (memoryBytes > 0 && memoryBytes < MIN_MEMORY_BYTES) return TOO_SMALL
  if (memoryBytes === 0 && memorySwapBytes > 0) return SWAP_WITHOUT_MEMORY
  return memorySwapBytes > 0 && memorySwapBytes < memoryBytes ? SWAP_BELOW_MEMORY : null
}

interface Stored {
  memoryBytes: number
  memorySwapBytes: number
  swappiness: number | null
}

/** On v1 the second file limits memory and swap together; on v2 swap alone. */
function filesV1({ memoryBytes, memorySwapBytes, swappiness }: Stored): SwapFile[] {
  return [
    ...written('memory.limit_in_bytes', memoryBytes > 0 ? memoryBytes : null),
    ...written('memory.memsw.limit_in_bytes', memorySwapBytes > 0 ? memorySwapBytes : null),
    ...written('memory.swappiness', swappiness),
  ]
}

function filesV2({ memoryBytes, memorySwapBytes }: Stored): SwapFile[] {
  const swap = memorySwapBytes > 0 ? memorySwapBytes - memoryBytes : null
  return [
    ...written('memory.max', memoryBytes > 0 ? memoryBytes : null),
    ...written('memory.swap.max', swap),
  ]
}

interface SwapFile {
  file: string
  value: string
}

function written(file: string, value: number | null): SwapFile[] {
  return value === null ? [] : [{ file, value: String(value) }]
}

/** Null stands for "no limit" on one side and for "not known" on the other: then it is the other one that binds. */
function lesser(allowed: number | null, present: number | null): number | null {
  if (allowed === null) return present
  return present === null ? allowed : Math.min(allowed, present)
}

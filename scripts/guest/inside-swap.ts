/**
 * Runs in a guest with swap: lets a program need less and more memory than the forecast says it can have, and writes down
 * what came of it. `node scripts/guest/inside-swap.ts HOG`
 */
import { writeFileSync } from 'node:fs'
import { readSwapMachine } from '../../src/cli/commands/simulate/swap/this-machine.ts'
import { MIB } from '../../src/model/bytes.ts'
import { forecastSwap } from '../../src/simulate/swap.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { dropGroup, makeGroup, memoryEvent, readGroup, startIn, until } from './lab.ts'

/** One setting of Docker's, with what was foretold and what happened. */
export interface SwapPlayed {
  name: string
  swapBytes: number
  killedAtBytes: number
  /** Each need with how it went. */
  grown: readonly { needsBytes: number; killed: boolean; swapBytes: number }[]
}

const MEMORY = 48 * MIB
const SETTINGS = [
  ['unset', 0],
  ['same', MEMORY],
  ['more', MEMORY + 24 * MIB],
  ['unlimited', -1],
] as const

const [program = ''] = process.argv.slice(2)
// A huge page needs 512 free slots of swap at once: where the end is near, it comes earlier with them.
writeFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'never')
const machine = readSwapMachine(hostReader())
const played: SwapPlayed[] = []
for (const [name, memorySwapBytes] of SETTINGS) played.push(await play(name, memorySwapBytes))
writeFileSync('/out/swap.json', JSON.stringify({ machine, played }))

async function play(name: string, memorySwapBytes: number): Promise<SwapPlayed> {
  const made = forecastSwap({
    cgroup: machine.cgroup,
    memoryBytes: MEMORY,
    memorySwapBytes,
    swappiness: null,
    accounting: machine.accounting ?? false,
    hostSwapBytes: machine.swapBytes,
  })
  if (made.refused !== null || made.killedAtBytes === null || made.swapBytes === null)
    throw new Error(`no forecast for ${name}`)
  const files = made.files.map(({ file, value }) => [file, value] as const)
  const grown: SwapPlayed['grown'][number][] = []
  for (const needsBytes of [made.killedAtBytes - 6 * MIB, made.killedAtBytes + 4 * MIB])
    grown.push({ needsBytes, ...(await grow(Object.fromEntries(files), needsBytes)) })
  return { name, swapBytes: made.swapBytes, killedAtBytes: made.killedAtBytes, grown }
}

async function grow(
  files: Readonly<Record<string, string>>,
  needsBytes: number,
): Promise<{ killed: boolean; swapBytes: number }> {
  const group = '/stella-swap'
  makeGroup(group, files)
  try {
    const job = startIn(group, `exec ${program} anon=${needsBytes / MIB}M stay`)
    let ended = false
    void job.ended.then(() => (ended = true))
    // It needs its memory within seconds; a page more than the limits hold kills it.
    const reached = (): boolean => {
      const total = Number(readGroup(group, 'memory.current')) + swapOf(group)
      return total >= needsBytes
    }
    await until('it holds or is killed', () => ended || reached())
    return { killed: memoryEvent(group, 'oom_kill') > 0, swapBytes: swapOf(group) }
  } finally {
    await dropGroup(group)
  }
}

function swapOf(group: string): number {
  return Number(readGroup(group, 'memory.swap.current'))
}

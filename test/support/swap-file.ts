import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { MIB } from '../../src/model/bytes.ts'
import { run, testbedFolder, tryRun } from './testbed.ts'

/** Swap of the tests' own; it is the whole machine's while it is on. */
export interface SwapFile {
  off(): void
}

/** Turns on a swap file of this size. */
export function swapOn(bytes: number): SwapFile {
  const path = join(testbedFolder(), `swap-${process.pid}`)
  const off = (): void => {
    tryRun(['swapoff', path])
    rmSync(path, { force: true })
  }
  try {
    fill(path, bytes)
    run(['mkswap', path])
    run(['swapon', path])
  } catch (error) {
    off()
    throw error
  }
  return { off }
}

/** Why no swap file can be turned on here, which depends on the rights and on the file system; null where it can. */
export function whyNoSwap(): string | null {
  try {
    swapOn(MIB).off()
    return null
  } catch (error) {
    return `needs swapon (${String(error).split('\n')[1] ?? 'refused'})`
  }
}

/** Written out: a file with holes is refused. */
function fill(path: string, bytes: number): void {
  const file = openSync(path, 'w', 0o600)
  const block = new Uint8Array(MIB)
  try {
    for (let done = 0; done < bytes; done += block.length) writeSync(file, block)
  } finally {
    closeSync(file)
  }
}

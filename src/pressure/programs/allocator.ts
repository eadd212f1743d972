/**
 * A program: holds memory in a group until it is told otherwise. `allocator.ts ORDER`, an order as JSON; each line of its
 * standard input is the number of bytes to hold. It ends when that input ends, whatever ended whoever held it, and when its
 * time is over.
 */
import {
  closeSync,
  fdatasyncSync,
  openSync,
  readSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createInterface } from 'node:readline'
import type { AllocatorOrder } from '../allocator.ts'

const CHUNK_BYTES = 2 * 1024 * 1024
const PAGE_BYTES = 4096

const order: AllocatorOrder = JSON.parse(process.argv[2] ?? '{}')
let wanted = 0
let held = 0
let isBusy = false

/** Every page with its own content: neither zero pages nor same-page merging may save any. */
function touch(chunk: Buffer): void {
  for (let at = 0; at + 8 <= chunk.length; at += PAGE_BYTES) chunk.writeDoubleLE(Math.random(), at)
}

function anonymous(): (bytes: number) => void {
  const chunks: Buffer[] = []
  return (bytes) => {
    // Not from a pool, and not zeroed: pages come with the touch.
    const chunk = Buffer.allocUnsafeSlow(bytes)
    touch(chunk)
    chunks.push(chunk)
  }
}

/** A file without a name: it goes with the process that has it open. */
function inFile(path: string, isOnDisk: boolean): (bytes: number) => void {
  const file = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  process.once('exit', () => closeSync(file))
  const chunk = Buffer.alloc(CHUNK_BYTES)
  let end = 0
  return (bytes) => {
    const part = chunk.subarray(0, bytes)
    touch(part)
    for (let done = 0; done < bytes;) done += writeSync(file, part, done, bytes - done, end + done)
    if (isOnDisk) {
      // Clean pages can be dropped; read once more, they are the last that are.
      fdatasyncSync(file)
      readSync(file, part, 0, bytes, end)
    }
    end += bytes
  }
}

function taker(): (bytes: number) => void {
  switch (order.memory) {
    case 'anonymous':
      return anonymous()
    case 'page-cache':
    case 'tmpfs':
      return inFile(order.file, order.memory === 'page-cache')
  }
}

/** A piece at a time, so that the end of the input is noticed in between. */
function step(take: (bytes: number) => void): void {
  isBusy = held < wanted
  if (!isBusy) return
  const bytes = Math.min(CHUNK_BYTES, wanted - held)
  take(bytes)
  held += bytes
  process.stdout.write(`${held}\n`)
  setImmediate(step, take)
}

function leave(): never {
  process.exit(0)
}

// Before it joins: of all that is in the group it is the first that the kernel takes.
writeFileSync('/proc/self/oom_score_adj', '1000')
setTimeout(leave, order.ttlMs)
// What it needs for itself is charged where it was started; only what comes from now on counts in the group.
writeFileSync(order.procs, String(process.pid))
const take = taker()
const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => {
  wanted = Math.max(wanted, Number(line))
  if (!isBusy) step(take)
})
lines.on('close', leave)
process.stdout.on('error', leave)
process.stdout.write('0\n')

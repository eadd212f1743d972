/**
 * The program that runs inside a lab: it takes memory as its words say, from left to right, and tells how far it is.
 * It stands alone: it is copied into an image, and imports nothing of ours.
 *
 *   until=SECONDS            ends by itself at this time (Unix), whatever else is to be done
 *   lab=NAME                 whose it is; whoever cleans up looks for it
 *   name=NAME                what the kernel calls it
 *   batches=COUNT,SIZE,MS    takes COUNT batches of memory of SIZE, one every MS
 *   file=PATH,SIZE           writes a file
 *   writes=PATH,SIZE         writes that file over and over, and does nothing else from then on; SYNC_EVERY is a variable: after
 *                            so many MiB it waits for the disk, 0: never
 *   reads=PATH,MS            reads that file again every MS
 *   cache=FOLDER,COUNT,SIZE,MS  keeps COUNT batches as files; where there is no room, the oldest goes
 *   workers=COUNT,BATCHES,SIZE  processes that take memory; one that ends is started again
 *   beside=NAME,BATCHES,SIZE one process with a name of its own; its oom_score_adj is the variable BESIDE_ADJ
 *   grows=NAME,SIZE,MS       a process that takes SIZE every MS, without end. It gives back what is above the variable KEEPS (MiB, 0: nothing),
 *                            and makes room for another one after LIFETIME seconds (0: never)
 *   runs=PROGRAM,WORDS       a program of this machine, which is told when to end; its output is ours, and so are its batches
 *   jvm=LIVE,OTHER,MS        shaped like a JVM: a heap of the variable HEAP (MiB) of which LIVE are used, OTHER beside it, and a direct buffer of
 *                            1 MiB for a request every MS; they are given back when DIRECT (MiB, 0: never) of them are taken
 *   wait=MS                  waits
 *   deaf                     does not end at SIGTERM
 *   beat                     says that it works, twice a second
 * SIZE is in MiB.
 */
import { spawn } from 'node:child_process'
import {
  closeSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'

const MIB = 2 ** 20
/** From so many on a program that serves requests has shown that it does. */
const REQUESTS = 100
const held: Buffer[] = []
const progress = { done: 0, of: 0, beats: 0 }
const words = process.argv.slice(2)

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function sayBatch(done: number, of: number): void {
  Object.assign(progress, { done, of })
  say(`batch ${done} of ${of}`)
}

/** Every page is touched: memory that is only asked for costs nothing. */
async function take(count: number, mib: number, pauseMs: number): Promise<void> {
  for (let batch = 1; batch <= count; batch++) {
    held.push(Buffer.alloc(mib * MIB, batch))
    sayBatch(batch, count)
    await wait(pauseMs)
  }
}

function writeFile(path: string, mib: number): void {
  const file = openSync(path, 'w')
  const block = Buffer.alloc(MIB, 'x')
  for (let done = 0; done < mib; done++) {
    writeSync(file, block)
    // Pages that still have to be written cannot be dropped: on cgroup v1 a slow disk and a small limit would kill us.
    if (done % 8 === 7) fdatasyncSync(file)
  }
  closeSync(file)
  say(`wrote ${mib} MiB to ${path}`)
}

function readFile(path: string): void {
  const room = Buffer.alloc(MIB)
  const file = openSync(path, 'r')
  while (readSync(file, room) > 0) continue
  closeSync(file)
}

async function writeOn(path: string, mib: number): Promise<void> {
  const every = Number(process.env['SYNC_EVERY'] ?? 0)
  const file = await open(path, 'w')
  const block = Buffer.alloc(MIB, 'x')
  for (let done = 1, slowest = 0; ; done++) {
    const began = performance.now()
    await file.write(block, 0, MIB, (done % mib) * MIB)
    if (every > 0 && done % every === 0) await file.datasync()
    slowest = Math.max(slowest, performance.now() - began)
    if (done % 16 !== 0) continue
    say(`wrote ${done} MiB, the slowest write took ${Math.round(slowest)} ms`)
    slowest = 0
  }
}

async function keepFiles(
  folder: string,
  count: number,
  mib: number,
  pauseMs: number,
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  // One block for all: garbage that is not collected yet would count as well.
  const block = Buffer.alloc(mib * MIB, 'x')
  for (let batch = 1; batch <= count; batch++) {
    keepOne(folder, String(batch).padStart(6, '0'), block)
    sayBatch(batch, count)
    await wait(pauseMs)
  }
}

function keepOne(folder: string, name: string, bytes: Buffer): void {
  for (;;) {
    try {
      writeFileSync(join(folder, name), bytes)
      return
    } catch (error) {
      rmSync(join(folder, name), { force: true })
      const oldest = readdirSync(folder).toSorted()[0]
      if (oldest === undefined) throw error
      rmSync(join(folder, oldest))
      say(`no room for ${name}: ${oldest} goes`)
    }
  }
}

/** One every MS by the clock: a busy machine does not slow it down. From `most` on the oldest are used again; 0: never. */
function growOn(
  pieces: Buffer[],
  { mib, pauseMs, most }: { mib: number; pauseMs: number; most: number },
  onPiece: (taken: number) => void,
): void {
  const from = Date.now()
  let taken = 0
  setInterval(() => {
    while (taken < (Date.now() - from) / pauseMs) {
      if (most === 0 || pieces.length < most) pieces.push(Buffer.alloc(mib * MIB, 1))
      else pieces[taken % most]?.fill(taken)
      onPiece(++taken)
    }
  }, pauseMs)
}

function leak(mib: number, pauseMs: number): void {
  const most = Math.floor(Number(process.env['KEEPS'] ?? 0) / mib)
  const pieces = Array.from({ length: most }, () => Buffer.alloc(mib * MIB, 1))
  growOn(pieces, { mib, pauseMs, most }, () => undefined)
}

/** Its words are those of a JVM; its memory is real. */
function jvm(live: number, other: number, pauseMs: number): void {
  const heap = Number(process.env['HEAP'] ?? 0)
  const most = Number(process.env['DIRECT'] ?? 0)
  if (heap < live) {
    say('java.lang.OutOfMemoryError: Java heap space')
    process.exit(3)
  }
  held.push(Buffer.alloc(heap * MIB, 1), Buffer.alloc(other * MIB, 1))
  const direct: Buffer[] = []
  growOn(direct, { mib: 1, pauseMs, most }, (requests) => {
    if (requests % 25 === 0) {
      say(`[gc] heap: ${live} MiB of ${heap} MiB are in use after the collection`)
      say(`[nmt] heap ${heap}, metaspace, code and threads ${other}, direct ${direct.length} MiB`)
    }
    if (requests <= REQUESTS) sayBatch(requests, REQUESTS)
  })
}

function startChild(name: string, more: readonly string[], lifetimeMs = 0): void {
  const kept = words.filter((word) => /^(?:lab|until)=/.test(word))
  const argv = [...process.execArgv, process.argv[1] ?? '', ...kept, `name=${name}`, ...more]
  const child = spawn(process.execPath, [...argv, 'orphan', 'beat'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  say(`${name} ${child.pid} started`)
  const replacing = setTimeout(() => {
    startChild(name, more, lifetimeMs)
    child.kill()
  }, lifetimeMs)
  if (lifetimeMs === 0) clearTimeout(replacing)
  child.on('exit', (code, signal) => {
    if (child.killed) return
    clearTimeout(replacing)
    say(`${name} ${child.pid} ended by ${signal ?? `exit ${code}`}: another one in a second`)
    setTimeout(() => startChild(name, more, lifetimeMs), 1_000)
  })
}

function runProgram(program: string, more: readonly string[]): void {
  const until = words.find((word) => word.startsWith('until='))?.slice('until='.length) ?? ''
  const child = spawn(
    // The one that runs us: there may be none on the path, or an old one.
    program === 'node' ? process.execPath : program,
    [...more, until, ...words.filter((word) => word.startsWith('lab='))],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  createInterface(child.stdout).on('line', (line) => {
    const [, done, of] = /^batch (\d+) of (\d+)$/.exec(line) ?? []
    if (done === undefined) say(line)
    else sayBatch(Number(done), Number(of))
  })
  child.on('exit', (code, signal) => {
    say(`${program} ended by ${signal ?? `exit ${code}`}`)
    process.exit(1)
  })
}

function rename(name: string): void {
  // Not process.title, which writes over the arguments.
  writeFileSync('/proc/self/comm', name)
}

function beat(): void {
  setInterval(() => {
    progress.beats++
    // What is held is used, so that it cannot be mistaken for memory that nobody needs.
    for (const buffer of held) buffer[0] = progress.beats & 0xff
    say(`beat ${progress.beats}: ${progress.done} of ${progress.of}`)
  }, 500)
}

async function carryOut(word: string): Promise<void> {
  const [verb, text = ''] = word.split('=', 2)
  const parts = text.split(',')
  const [first = ''] = parts
  const numbers = parts.map(Number)
  const [one = 0, two = 0, three = 0, four = 0] = numbers
  if (verb === 'until') setTimeout(() => process.exit(0), one * 1_000 - Date.now())
  else if (verb === 'name') rename(first)
  else if (verb === 'batches') await take(one, two, three)
  else if (verb === 'file') writeFile(first, two)
  else if (verb === 'reads') setInterval(() => readFile(first), two)
  else if (verb === 'writes') await writeOn(first, two)
  else if (verb === 'cache') await keepFiles(first, two, three, four)
  else if (verb === 'workers')
    for (let count = 0; count < one; count++) startChild('worker', [`batches=${two},${three},20`])
  else if (verb === 'beside')
    startChild(first, [`adj=${process.env['BESIDE_ADJ'] ?? 0}`, `batches=${two},${three},20`])
  else if (verb === 'grows')
    startChild(first, [`leak=${two},${three}`], Number(process.env['LIFETIME'] ?? 0) * 1_000)
  else if (verb === 'runs') runProgram(first, parts.slice(1))
  else if (verb === 'jvm') jvm(one, two, three)
  else if (verb === 'leak') leak(one, two)
  else if (verb === 'adj') writeFileSync('/proc/self/oom_score_adj', first)
  else if (verb === 'wait') await wait(one)
  else if (verb === 'deaf') process.on('SIGTERM', () => say('SIGTERM: the queue is finished first'))
  else if (verb === 'beat') beat()
  else if (verb === 'orphan') process.stdin.resume().on('end', () => process.exit(0))
}

if (!words.includes('deaf')) process.on('SIGTERM', () => process.exit(0))
for (const word of words) await carryOut(word)

/**
 * Gives damaged files to every cataloger and to the readers of layers, again and again, and tells which of them throw, take
 * too long or need too much memory. Each run is made from its seed and number alone:
 *
 *   node scripts/fuzz-packages.ts [--runs 100000] [--seed 1] [--only java-archive,tar] [--from 0]
 */
import { randomInt } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { inflated } from '../src/image/layer/inflate.ts'
import { LayerError } from '../src/image/layer/layer-error.ts'
import type { LayerVisitor } from '../src/image/layer/visitor.ts'
import { walkStream } from '../src/image/layer/walk-stream.ts'
import type { Compression } from '../src/model/image.ts'
import { CATALOGERS } from '../src/sbom/catalogers/index.ts'
import { beginsAsProgram, selectorOf } from '../src/sbom/select.ts'
import { catalogFile } from '../test/support/cataloged.ts'
import { tarOf } from '../test/support/image-files.ts'
import { randomFrom } from '../test/support/random-from.ts'

const FIXTURES = fileURLToPath(new URL('../fixtures/packages', import.meta.url))
/** A run that takes longer hangs, for all that its user knows. */
const MAX_SECONDS = 20
/** Of JavaScript objects, as the threads of a scan have. */
const MAX_HEAP_MB = 96
const MAX_OUTSIDE_BYTES = 192 * 1024 * 1024
const TELL_EVERY = 500
/** Larger files say nothing that smaller ones do not, and take long. */
const MAX_FIXTURE_BYTES = 128 * 1024

interface Target {
  name: string
  seeds: readonly { path: string; bytes: Buffer }[]
  run(path: string, bytes: Buffer, chunkBytes: number): Promise<unknown>
}

interface Task {
  target: string
  seed: number
  from: number
  runs: number
}

type Told = { at: number; failed?: string }

type Random = (below: number) => number

/** Most of a program is empty in its fixture: what says something is looked for. */
function somewhere(bytes: Buffer, random: Random): number {
  for (let tries = 0; tries < 12; tries++) {
    const at = random(bytes.length)
    if (bytes[at] !== 0) return at
  }
  return random(bytes.length)
}

type Damage = (bytes: Buffer, random: Random, other: Buffer) => Buffer

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0xfffe, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]
const DAMAGES: readonly Damage[] = [
  function flipBit(bytes, random) {
    const at = somewhere(bytes, random)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
    return bytes
  },
  function setByte(bytes, random) {
    bytes[somewhere(bytes, random)] = random(256)
    return bytes
  },
  function setNumber(bytes, random) {
    if (bytes.length < 4) return bytes
    const at = Math.min(bytes.length - 4, somewhere(bytes, random))
    const value = EXTREMES[random(EXTREMES.length)] ?? 0
    if (random(2) === 0) bytes.writeUInt32LE(value, at)
    else bytes.writeUInt32BE(value, at)
    return bytes
  },
  function cutEnd(bytes, random) {
    return bytes.subarray(0, random(bytes.length))
  },
  function cutBeginning(bytes, random) {
    return bytes.subarray(random(bytes.length))
  },
  function takeOut(bytes, random) {
    const from = somewhere(bytes, random)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + random(64))])
  },
  function repeat(bytes, random) {
    const from = somewhere(bytes, random)
    const piece = bytes.subarray(from, from + 1 + random(64))
    const times = 1 + random(random(50) === 0 ? 5_000 : 20)
    return Buffer.concat([
      bytes.subarray(0, from),
      ...Array.from({ length: times }, () => piece),
      bytes.subarray(from),
    ])
  },
  function fill(bytes, random) {
    const from = random(bytes.length)
    bytes.fill(
      random(3) === 0 ? random(256) : 0,
      from,
      Math.min(bytes.length, from + 1 + random(600)),
    )
    return bytes
  },
  function swapWithOther(bytes, random, other) {
    const from = random(bytes.length)
    return Buffer.concat([bytes.subarray(0, from), other.subarray(random(other.length + 1))])
  },
  function moveBlock(bytes, random) {
    const size = 512
    const from = random(Math.ceil(bytes.length / size)) * size
    const to = random(Math.ceil(bytes.length / size)) * size
    bytes.copy(bytes, to, from, from + size)
    return bytes
  },
]

function damaged(seed: Buffer, random: Random, other: Buffer): Buffer {
  let bytes: Buffer = Buffer.from(seed)
  const count = 1 + random(4)
  for (let at = 0; at < count && bytes.length > 0; at++) {
    bytes = DAMAGES[random(DAMAGES.length)]?.(bytes, random, other) ?? bytes
  }
  return bytes
}

/** Written by hand in the form of the real ones. */
const WITHOUT_FIXTURE = [
  [
    'app/mix.lock',
    '%{\n  "jason": {:hex, :jason, "1.4.1", "af1504e35f629ddcdd6addb3513c3853991f694921b1b9368b0bd32beb9f1b63", [:mix], [{:decimal, "~> 1.0 or ~> 2.0", [hex: :decimal, repo: "hexpm", optional: true]}], "hexpm", "fbb01ecdfd565b56261302f7e1fcc27c4fb8f32d56eab74db621fc154604a7a1"},\n}\n',
  ],
  [
    'app/rebar.lock',
    '{"1.2.0",\n[{<<"cowboy">>,{pkg,<<"cowboy">>,<<"2.9.0">>},0},\n {<<"ranch">>,{git,"https://example.org/ranch",{ref,"a1"}},1}]}.\n[\n{pkg_hash,[\n {<<"cowboy">>, <<"865DD8B6607E14CF03282E10E934023A1BD8BE6F6BACF921A7E2A96D800CD452">>}]}\n].\n',
  ],
  [
    'app/deps/jason/hex_metadata.config',
    '{<<"app">>,<<"jason">>}.\n{<<"name">>,<<"jason">>}.\n{<<"version">>,<<"1.4.1">>}.\n{<<"licenses">>,[<<"Apache-2.0">>]}.\n{<<"requirements">>,[[{<<"name">>,<<"decimal">>},{<<"optional">>,true}]]}.\n',
  ],
  [
    'usr/lib/opkg/status',
    'Package: busybox\nVersion: 1.36.1-1\nDepends: libc\nStatus: install user installed\nArchitecture: x86_64\nConffiles:\n /etc/profile 01\nLicense: GPL-2.0\n\nPackage: libc\nVersion: 1.2.4\nStatus: install ok installed\n',
  ],
].map(([path = '', text = '']) => ({ path, bytes: Buffer.from(text) }))
const CHISEL = {
  path: 'var/lib/chisel/manifest.wall',
  bytes: zstdCompressSync(
    '{"jsonwall":"1.0","schema":"1.0","count":3}\n{"kind":"package","name":"base-files","version":"13ubuntu10","sha256":"a1","arch":"amd64"}\n{"kind":"slice","name":"base-files_base"}\n',
  ),
}

function targets(): Target[] {
  const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .filter((path) => {
      const stat = statSync(join(FIXTURES, path))
      return stat.isFile() && stat.size > 0 && stat.size <= MAX_FIXTURE_BYTES
    })
    .map((path) => {
      const [, , ...inside] = path.split('/')
      const bytes = readFileSync(join(FIXTURES, path))
      const isPacked = /^(?:go|rust)-binary\//.test(path) && path.endsWith('.gz')
      return { path: inside.join('/'), bytes: isPacked ? gunzipSync(bytes) : bytes }
    })
    .concat([...WITHOUT_FIXTURE, CHISEL])
  const catalogers = CATALOGERS.map((cataloger): Target => {
    const select = selectorOf([cataloger])
    const seeds = files.filter(({ path, bytes }) => {
      const { surely, ifProgram } = select(path)
      return surely.length > 0 || (ifProgram.length > 0 && beginsAsProgram(bytes))
    })
    return {
      name: cataloger.id,
      seeds,
      run: (path, bytes, chunkBytes) => catalogFile(cataloger, path, bytes, chunkBytes),
    }
  })
  const tar = tarOf(files.slice(0, 40).map(({ path, bytes }) => ({ path, bytes })))
  const layer = (compression: Compression, bytes: Buffer): Target => ({
    name: compression === 'none' ? 'tar' : compression,
    seeds: [{ path: 'layer', bytes }],
    run: (_path, damagedBytes, chunkBytes) => walk(damagedBytes, chunkBytes, compression),
  })
  return [
    ...catalogers,
    layer('none', tar.subarray(0, MAX_FIXTURE_BYTES)),
    layer('gzip', gzipSync(tar.subarray(0, MAX_FIXTURE_BYTES))),
    layer('zstd', zstdCompressSync(tar.subarray(0, MAX_FIXTURE_BYTES))),
  ]
}

const TAKES_ALL: LayerVisitor = {
  entry: () => ({ write: () => true, end: () => null, readFrom: () => null }),
  problem: () => {},
}

async function walk(bytes: Buffer, chunkBytes: number, compression: Compression): Promise<void> {
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
  }
  try {
    await walkStream(inflated(chunks(), compression), TAKES_ALL)
  } catch (error) {
    if (!(error instanceof LayerError)) throw error
  }
}

/** In the thread: all runs of one target. */
async function carryOut({ target: name, seed, from, runs }: Task): Promise<void> {
  // The rule means windows of browsers.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  const tell = (told: Told): void => parentPort?.postMessage(told)
  const target = targets().find((one) => one.name === name)
  if (target === undefined) return
  for (let at = from; at < runs; at++) {
    const random = randomFrom(seed * 1_000_003 + at)
    const file = target.seeds[random(target.seeds.length)]
    const other = target.seeds[random(target.seeds.length)]
    if (file === undefined || other === undefined) return
    const bytes = damaged(file.bytes, random, other.bytes)
    const chunkBytes = 1 + random(random(2) === 0 ? 40 : 70_000)
    // Of this thread alone: a busy machine is no fault.
    const before = process.threadCpuUsage()
    try {
      await target.run(file.path, bytes, Math.max(chunkBytes, Math.ceil(bytes.length / 5_000)))
    } catch (error) {
      const says = error instanceof Error ? (error.stack ?? error.message) : String(error)
      tell({ at, failed: `threw at ${file.path}: ${says.split('\n').slice(0, 4).join(' | ')}` })
    }
    const { user, system } = process.threadCpuUsage(before)
    const tookMs = (user + system) / 1_000
    if (tookMs > 2_000) tell({ at, failed: `took ${Math.round(tookMs)} ms at ${file.path}` })
    // What is outside of the heap is given back between turns.
    if (at % 16 === 0) await setImmediate()
    const outside = at % 16 === 0 ? process.memoryUsage().external : 0
    if (outside > MAX_OUTSIDE_BYTES)
      tell({ at, failed: `held ${outside} bytes outside of the heap` })
    if (at % TELL_EVERY === 0) tell({ at })
  }
}

/** Runs a target in a thread of its own, which is ended where it hangs. */
function watch(task: Task): Promise<string[]> {
  return new Promise((resolve) => {
    const failures: string[] = []
    const worker = new Worker(new URL(import.meta.url), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    })
    let last = task.from
    const end = (): void => {
      clearTimeout(timer)
      resolve(failures)
    }
    const hang = (): void => {
      failures.push(`${task.target}: hung between run ${last} and ${last + TELL_EVERY}`)
      void worker.terminate().then(end)
    }
    let timer = setTimeout(hang, MAX_SECONDS * 3_000)
    worker.on('message', ({ at, failed }: Told) => {
      last = at
      if (failed !== undefined && failures.length < 20)
        failures.push(`${task.target}: run ${at} ${failed}`)
      clearTimeout(timer)
      timer = setTimeout(hang, MAX_SECONDS * 3_000)
    })
    worker.on('error', (error) =>
      failures.push(`${task.target}: after run ${last}: ${error.message}`),
    )
    worker.on('exit', end)
  })
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '100000' },
      from: { type: 'string', default: '0' },
      seed: { type: 'string', default: String(randomInt(1_000_000)) },
      only: { type: 'string' },
    },
  })
  const wanted = values.only?.split(',') ?? null
  const seed = Number(values.seed)
  console.log(`seed ${seed}`)
  let isClean = true
  for (const { name, seeds } of targets()) {
    if (wanted !== null && !wanted.includes(name)) continue
    const began = performance.now()
    const task = { target: name, seed, from: Number(values.from), runs: Number(values.runs) }
    const failures = seeds.length === 0 ? [`${name}: has no fixture`] : await watch(task)
    const seconds = ((performance.now() - began) / 1_000).toFixed(1)
    console.log(`${name}: ${failures.length === 0 ? 'whole' : 'fails'} after ${seconds} s`)
    for (const failure of failures) console.log(`  ${failure}`)
    isClean &&= failures.length === 0
  }
  process.exitCode = isClean ? 0 : 1
}

if (isMainThread) await main()
else {
  const task: Task = workerData
  await carryOut(task)
}

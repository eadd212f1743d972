/**
 * How long `stella scan image` takes beside others: `node bench/scan/speed.ts [--rounds N] [--peers NAME,…|none] [IMAGE…]`
 * In turn, as often as there are rounds, and the medians are compared:
 * - layers in gzip: `pigz -dc | tar t` over the same layers one after the other, which are two processes at a time as we are
 *   two threads; and `igzip -dc | tar t`, the fastest there is;
 * - other scanners, those that `node bench/scan/install-peers.ts` installed, each without what it knows of the image;
 * - all layers known: `node -e 0`.
 * Needs root, pigz, and isal.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { builtImage } from '../../scripts/images/build.ts'
import type { BuiltImage } from '../../scripts/images/build.ts'
import { isImageName } from '../../scripts/images/recipes/index.ts'
import { MIB } from '../../src/model/bytes.ts'
import { machineLine } from './machine.ts'
import { measured, median } from './measure.ts'
import type { Run, RunOptions } from './measure.ts'
import { scanOurs, scanWarm, workFolder } from './ours.ts'
import { blobsOf, installedPeers, VERSIONS } from './peers.ts'
import type { Form } from './peers.ts'
import { flagsOf } from './flags.ts'

/** Ours may take so many times as long as pigz and tar. */
const PIGZ_BAR = 1
/** How many times faster than the fastest peer, and what part of the memory of the leanest. */
const FASTER_BARS = { gzip: 2.5, uncompressed: 8 } as const
const MANY_FILES_BAR = 4
const MEMORY_BAR = 1 / 3
const WARM_BAR_MS = 300

interface Contender {
  name: string
  before(): void
  argv: readonly string[]
  options: RunOptions
}

const { rounds, peers: wantedPeers, names } = flagsOf(process.argv.slice(2))
const peers = installedPeers().filter(({ name }) => wantedPeers?.includes(name) ?? true)
const images = (names.length === 0 ? ['polyglot', 'many-files'] : names).filter(isImageName)
const work = workFolder()
process.stdout.write(`${machineLine()}; medians of ${rounds}\n`)
try {
  for (const name of images) {
    const image = await builtImage(name)
    for (const form of ['gzip', 'uncompressed'] as const) await compare(image, form)
    await warm(image)
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}

function placeOf({ oci, docker }: BuiltImage, form: Form): string | null {
  if (form === 'gzip') return oci === null ? null : `oci:${oci}`
  return docker === null ? null : `docker-archive:${docker}`
}

async function compare(image: BuiltImage, form: Form): Promise<void> {
  const place = placeOf(image, form)
  if (place === null) return
  const ours = contender('stella', scanOurs(place, join(work, 'ours.json'), join(work, 'data')))
  const floors = form === 'gzip' ? floorsOf(image) : []
  const others: Contender[] = []
  for (const peer of peers) {
    const argv = await peer.command(image, form, join(work, `${peer.name}.json`))
    if (argv !== null) others.push({ name: peer.name, before: peer.forget, argv, options: peer })
  }
  const runs = await inTurn([ours, ...floors, ...others])
  const own = summary(runs.get('stella') ?? [])
  print(`${image.name}, ${form}: stella ${told(own)}`)
  for (const { name } of floors) {
    const floor = summary(runs.get(name) ?? [])
    const ratio = own.wallMs / floor.wallMs
    const bar = name.startsWith('pigz') ? ` (bar ${PIGZ_BAR})` : ''
    if (bar !== '' && ratio > PIGZ_BAR) process.exitCode = 1
    print(`  ${name}: ${(floor.wallMs / 1_000).toFixed(2)} s, ratio ${ratio.toFixed(2)}${bar}`)
  }
  if (others.length > 0) judgePeers(image, form, { own, others, runs })
}

function judgePeers(
  image: BuiltImage,
  form: Form,
  { own, others, runs }: { own: Summary; others: readonly Contender[]; runs: Runs },
): void {
  const ended: Summary[] = []
  for (const { name } of others) {
    const each = runs.get(name) ?? []
    const peer = summary(each)
    const [failed] = each.filter(({ exitCode }) => exitCode !== 0)
    if (failed === undefined) ended.push(peer)
    const factor = (peer.wallMs / own.wallMs).toFixed(1)
    print(
      `  ${name} ${versionOf(name)}: ${told(peer)}, ${factor} times as long` +
        (failed === undefined
          ? ''
          : `; FAILED with ${failed.exitCode}: ${failed.stderr.trim().slice(-300)}`),
    )
  }
  const faster = Math.min(...ended.map(({ wallMs }) => wallMs)) / own.wallMs
  const part = own.peakBytes / Math.min(...ended.map(({ peakBytes }) => peakBytes))
  const bar = image.name === 'many-files' ? MANY_FILES_BAR : FASTER_BARS[form]
  if (faster < bar || part > MEMORY_BAR) process.exitCode = 1
  print(
    `  the fastest takes ${faster.toFixed(1)} times as long (bar ${bar}); ` +
      `the leanest has ${(1 / part).toFixed(1)} times the memory (bar ${(1 / MEMORY_BAR).toFixed(0)})`,
  )
}

async function warm(image: BuiltImage): Promise<void> {
  const place = placeOf(image, 'gzip') ?? placeOf(image, 'uncompressed')
  if (place === null) return
  const argv = scanWarm(place, join(work, 'warm.json'), join(work, 'data'))
  await measured(argv)
  const nothing = contender('node', [process.execPath, '-e', '0'])
  const runs = await inTurn([contender('stella', argv), nothing])
  const own = summary(runs.get('stella') ?? [])
  const more = own.wallMs - summary(runs.get('node') ?? []).wallMs
  if (more > WARM_BAR_MS) process.exitCode = 1
  print(
    `  all layers known: ${told(own)}; ${more.toFixed(0)} ms over node -e 0 (bar ${WARM_BAR_MS} ms)`,
  )
}

/** One after the other, two processes at a time. */
function floorsOf({ oci }: BuiltImage): readonly Contender[] {
  const blobs = oci === null ? [] : blobsOf(oci)
  return ['pigz', 'igzip'].map((program) => {
    const script = `for blob in "$@"; do ${program} -dc "$blob" | tar t > /dev/null; done`
    return contender(`${program} -dc | tar t`, ['bash', '-c', script, 'floor', ...blobs])
  })
}

function contender(name: string, argv: readonly string[]): Contender {
  return { name, argv, before: () => {}, options: {} }
}

type Runs = ReadonlyMap<string, readonly Run[]>

async function inTurn(contenders: readonly Contender[]): Promise<Runs> {
  const runs = new Map<string, Run[]>()
  for (let round = 0; round < rounds; round++) {
    for (const { name, before, argv, options } of contenders) {
      before()
      const run = await measured(argv, options)
      const known = runs.get(name)
      if (known === undefined) runs.set(name, [run])
      else known.push(run)
    }
  }
  return runs
}

type Summary = Pick<Run, 'wallMs' | 'cpuMs' | 'peakBytes'>

function summary(runs: readonly Run[]): Summary {
  return {
    wallMs: median(runs.map(({ wallMs }) => wallMs)),
    cpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
    peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
  }
}

function told({ wallMs, cpuMs, peakBytes }: Summary): string {
  return `${(wallMs / 1_000).toFixed(2)} s (processors ${(cpuMs / 1_000).toFixed(2)} s, peak ${(peakBytes / MIB).toFixed(0)} MiB)`
}

function versionOf(name: string): string {
  const known: Readonly<Record<string, string>> = VERSIONS
  return known[name] ?? ''
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

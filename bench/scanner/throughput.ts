/**
 * How many images of one family the scanner does in a minute: `node bench/scanner/throughput.ts [--rounds N] [IMAGES]`
 * The same images as jobs of `stella serve`, with what is known of layers and without, and with Trivy, one after the other,
 * with its own cache of layers. In turn, as often as there are rounds; medians. Needs root, a build (`npm run build`), and
 * Trivy from `node bench/scan/install-peers.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtImage } from '../../scripts/images/build.ts'
import type { BuiltImage } from '../../scripts/images/build.ts'
import { scannerOf } from '../../test/support/scanner-service.ts'
import { startServing } from '../../test/support/serving.ts'
import { machineLine } from '../scan/machine.ts'
import { measured, median } from '../scan/measure.ts'
import { installedPeers, VERSIONS } from '../scan/peers.ts'
import { flagsOf } from '../scan/flags.ts'
import { writeFamily } from './family.ts'

const WORKERS = 2
const BASE = 'debian-min'
const MINUTE_MS = 60_000

const { rounds, names } = flagsOf(process.argv.slice(2))
const count = Number(names[0] ?? 200)
const work = mkdtempSync(join(tmpdir(), 'stella-bench-throughput-'))
try {
  const base = await builtImage(BASE)
  if (base.oci === null) throw new Error(`${BASE} is no OCI layout`)
  await compare(base, writeFamily(base.oci, work, count))
} finally {
  rmSync(work, { recursive: true, force: true })
}

async function compare(base: BuiltImage, images: readonly string[]): Promise<void> {
  process.stdout.write(`${machineLine()}; ${count} images on ${BASE}; medians of ${rounds}\n`)
  const took: Record<string, number[]> = {}
  for (let round = 0; round < rounds; round++) {
    const data = join(work, `data-${round}`)
    for (const [name, run] of [
      ['without what is known', () => scanAll(data, images, 'false')],
      ['with it', () => scanAll(data, images, 'true')],
      ['Trivy', () => runTrivy(base, images)],
    ] as const) {
      const ms = await run()
      if (ms !== null) took[name] = [...(took[name] ?? []), ms]
    }
    rmSync(data, { recursive: true, force: true })
  }
  const without = median(took['without what is known'] ?? [])
  for (const [name, all] of Object.entries(took)) {
    const ms = median(all)
    const version = name === 'Trivy' ? ` ${VERSIONS.trivy}` : ''
    const rate = Math.round((count * MINUTE_MS) / ms)
    const ratio = (without / ms).toFixed(2)
    const each = (ms / count).toFixed(0)
    process.stdout.write(
      `${name}${version}: ${rate} images/min (${each} ms each), ${ratio} times as many as without\n`,
    )
  }
  if (took['Trivy'] === undefined) process.stdout.write('Trivy is not installed\n')
}

/** Milliseconds from the first submission to the last end. */
async function scanAll(
  data: string,
  images: readonly string[],
  knowsLayers: 'true' | 'false',
): Promise<number> {
  const serving = await startServing(data, ['--no-watch'])
  try {
    const { desk, set, restart, ended } = scannerOf(serving)
    await set('cache.layer_dedup', knowsLayers)
    const has = (await desk.pools()).find(({ name }) => name === 'default')?.count ?? 0
    if (has < WORKERS) {
      await desk.addWorkers({ pool: 'default', count: WORKERS - has, memory: null })
    }
    await restart()
    const begun = performance.now()
    const ids = await Promise.all(
      images.map(async (folder) => {
        const image = `oci:${folder}`
        const rest = { platform: null, priority: 0, timeoutMs: null, readsAgain: false }
        return (await desk.submit({ image, ...rest }, 'the bench')).id
      }),
    )
    const jobs = await ended(ids, 60 * MINUTE_MS)
    const ms = performance.now() - begun
    const bad = jobs.find(({ state }) => state !== 'done')
    if (bad !== undefined) throw new Error(`${bad.image}: ${bad.note}`)
    return ms
  } finally {
    await serving.stop()
  }
}

/** Null where it is not installed. */
async function runTrivy(base: BuiltImage, images: readonly string[]): Promise<number | null> {
  const trivy = installedPeers().find(({ name }) => name === 'trivy')
  if (trivy === undefined) return null
  trivy.forget()
  let ms = 0
  for (const oci of images) {
    const argv = await trivy.command({ ...base, oci }, 'gzip', join(work, 'trivy.json'))
    if (argv === null) return null
    const { exitCode, wallMs, stderr } = await measured(argv, trivy)
    if (exitCode !== 0) throw new Error(stderr)
    ms += wallMs
  }
  return ms
}

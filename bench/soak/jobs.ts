/** Jobs of a scanner: small images that are made on the spot, and one that its worker cannot hold. */
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { remoteDesk } from '../../src/app/scanner/remote-desk.ts'
import { ENDED_STATES } from '../../src/model/scan-job.ts'
import type { Job } from '../../src/model/scan-job.ts'
import type { ScannerDesk } from '../../src/scanning/desk.ts'
import { tarEntry, writeLayout } from '../../test/support/hostile-layers.ts'
import { largeImage } from '../../test/support/scanner-service.ts'

/** A worker with so much cannot take the large image into memory. */
export const WORKER_LIMIT = '144Mi'
const LARGE_MIB = 140
const PACKAGES = 25
const POISON_EVERY = 12
const WORKER = /scan-worker\.js|scanner\/worker\.ts/

export interface Jobs {
  /** Each job that was taken, as it ended. Null: it has not. */
  readonly jobs: ReadonlyMap<string, Job | null>
  submit(round: number): Promise<void>
  /** Looks what became of those that had not ended. */
  look(): Promise<void>
  /** Of jobs that did not end once. */
  faults(): readonly string[]
}

/** @param url where its server listens now; null: it is away */
export async function openJobs(folder: string, url: () => string | null): Promise<Jobs> {
  const jobs = new Map<string, Job | null>()
  const images = new Map<string, string>()
  const large = await largeImage(folder, LARGE_MIB)
  function desk(): ScannerDesk | null {
    const place = url()
    return place === null ? null : remoteDesk({ url: new URL(place), token: null })
  }
  return {
    jobs,
    faults: () => [...jobs].flatMap(([id, job]) => faultOf(id, job) ?? []),
    async submit(round) {
      const scanner = desk()
      if (scanner === null) return
      const isPoison = round % POISON_EVERY === 3
      const image = isPoison
        ? large
        : `oci:${await smallImage(join(folder, `small-${round}`), round)}`
      const wanted = { image, platform: null, priority: 0, timeoutMs: null, readsAgain: isPoison }
      const { id } = await scanner.submit(wanted, 'the soak')
      jobs.set(id, null)
      if (!isPoison) images.set(id, image.slice('oci:'.length))
    },
    async look() {
      const scanner = desk()
      if (scanner === null) return
      for (const [id, known] of jobs) {
        if (known !== null) continue
        const job = await scanner.job(id)
        if (job === null) throw new Error(`job ${id} is unknown`)
        if (!ENDED_STATES.includes(job.state)) continue
        jobs.set(id, job)
        rmSync(images.get(id) ?? join(folder, 'none'), { recursive: true, force: true })
        images.delete(id)
      }
    },
  }
}

function smallImage(folder: string, round: number): Promise<string> {
  function* layer(): Generator<Buffer> {
    for (let at = 0; at < PACKAGES; at++) {
      const body = Buffer.from(
        JSON.stringify({ name: `p${round}-${at}`, version: `1.${round}.${at}` }),
      )
      yield* tarEntry(`srv/node_modules/p${at}/package.json`, [body], body.length)
    }
    const noise = randomBytes(64 * 1_024)
    yield* tarEntry('srv/data.bin', [noise], noise.length)
    yield Buffer.alloc(1_024)
  }
  return writeLayout(folder, layer(), 'gzip')
}

/** Its processes that scan. */
export function workersOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(
        (child) => child !== '' && WORKER.test(readFileSync(`/proc/${child}/cmdline`, 'utf8')),
      )
      .map(Number)
  } catch {
    // One has just ended.
    return []
  }
}

/** Why a job did not end once, as it should; null: it did. */
function faultOf(id: string, job: Job | null): string | null {
  if (job === null) return `${id} has not ended`
  const outcomes = job.attempts.map(({ outcome }) => outcome)
  const good = outcomes.filter((outcome) => outcome === 'done').length
  if (job.state === 'done' && good === 1 && outcomes.at(-1) === 'done') return null
  if (job.state === 'failed' && good === 0 && outcomes.at(-1) === 'crash') return null
  return `${id} is ${job.state} after ${outcomes.join(', ')}`
}

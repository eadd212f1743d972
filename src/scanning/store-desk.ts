/** The desk over a store: of the server, or of a command that has the database to itself. */
import { createGunzip } from 'node:zlib'
import { pipeline, Readable } from 'node:stream'
import { StellaError, unreachableError, usageError } from '../model/errors.ts'
import type { Job, JobRequest } from '../model/scan-job.ts'
import type { DeskOptions } from './desk-options.ts'
import type { ScannerDesk } from './desk.ts'
import { imageLimits } from './limits.ts'
import { poolDesk } from './pool-desk.ts'
import { routeOf } from './routing.ts'
import { rulesIn } from './rules.ts'
import { settingsDesk } from './settings-desk.ts'
import { statusOf } from './status.ts'

export function createDesk(options: DeskOptions): ScannerDesk {
  const { store, now, onWork = () => undefined } = options
  const { jobs } = store

  /** Where it goes, by its size and what is set now. */
  async function course(
    request: Pick<JobRequest, 'image' | 'platform'>,
  ): Promise<{ sizeBytes: number | null } & ReturnType<typeof routeOf>> {
    const [{ sizeBytes, says }, set] = await Promise.all([look(request), store.settings.all()])
    const route = routeOf(sizeBytes, rulesIn(set))
    return { ...route, sizeBytes, note: says ?? route.note }
  }

  async function look({ image, platform }: Pick<JobRequest, 'image' | 'platform'>): Promise<{
    sizeBytes: number | null
    says: string | null
  }> {
    try {
      return { sizeBytes: await options.sizeOf(image, platform), says: null }
    } catch (error) {
      // What cannot be had now may be there when its turn comes.
      if (!(error instanceof StellaError) || error.exitCode === 2) throw error
      return { sizeBytes: null, says: `its size is not known: ${error.message}` }
    }
  }

  async function known(id: string): Promise<Job> {
    const job = await jobs.find(id)
    if (job !== null) return job
    throw unreachableError(
      `there is no job ${id.slice(0, 60)}`,
      null,
      'see: stella scanner jobs list',
    )
  }

  return {
    ...settingsDesk(store, now),
    ...poolDesk({ ...options, onWork }),
    status: () => statusOf(store, now()),
    async limits() {
      const [set, pools] = await Promise.all([store.settings.all(), store.pools.list()])
      return imageLimits(set, pools)
    },
    async submit(request, by) {
      const job = await jobs.submit({
        ...request,
        ...(await course(request)),
        createdAt: now(),
        createdBy: by,
      })
      onWork()
      return job
    },
    jobs: (query) => jobs.list(query),
    job: (id) => jobs.find(id),
    async cancel(id) {
      const job = await known(id)
      const cancelled = await jobs.cancel(job.id, now())
      if (cancelled === null) {
        throw usageError(`job ${job.id} has ended already`, null, 'there is nothing to cancel')
      }
      onWork()
      return cancelled
    },
    async retry(id) {
      const job = await known(id)
      const again = await jobs.retry(job.id, await course(job))
      if (again === null) {
        throw usageError(`job ${job.id} has not ended yet`, null, 'cancel it first, or wait')
      }
      onWork()
      return again
    },
    async document(id) {
      const job = await known(id)
      if (job.result?.hasDocument !== true) return null
      // Whoever reads it hears of what goes wrong before.
      return pipeline(Readable.from(jobs.document(job.id)), createGunzip(), () => undefined)
    },
    figures: ({ since }) => jobs.figures(since),
    async memory(id) {
      const job = await jobs.find(id)
      return job === null ? null : jobs.memory(job.id)
    },
    async layers(id) {
      const job = await jobs.find(id)
      return job === null ? null : jobs.layers(job.id)
    },
    gates: () => jobs.gates(),
    gate: (image) => jobs.gate(image),
    logs: (query) => store.logs.read(query),
  }
}

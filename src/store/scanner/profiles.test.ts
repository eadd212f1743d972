import { expect, it } from 'vitest'
import {
  describeStores,
  ended,
  newJob,
  scanned,
  take,
} from '../../../test/support/scanner-store.ts'
import type { AttemptMemory, ScannedLayer } from '../../model/scan-profile.ts'

const LAYER: ScannedLayer = {
  digest: `sha256:${'a'.repeat(64)}`,
  diffId: `sha256:${'b'.repeat(64)}`,
  storedBytes: 1_000,
  unpackedBytes: 4_000,
  files: 12,
  packages: 3,
  wasKnown: false,
  createdBy: 'RUN make',
}

function memoryOf(peakBytes: number): AttemptMemory {
  return {
    peakBytes,
    phases: [{ phase: 'read layers', startMs: 0, durationMs: 400, peakBytes }],
    samples: [{ atMs: 350, phase: 'read layers', usageBytes: peakBytes }],
    layersRead: { done: 1, of: 2 },
  }
}

describeStores(
  (name) => `the inside of scans in ${name}`,
  (its) => {
    it('is kept of each attempt, also of one that was killed, and after another began', async () => {
      const pool = 'killed'
      const { id } = await its.store.jobs.submit(newJob({ pool }))
      expect(await its.store.jobs.memory(id)).toEqual([])
      const next = { pool, mode: 'lean', note: null, delayMs: 0 } as const
      const died = ended({ outcome: 'oom', memory: memoryOf(9_000) })
      await its.store.jobs.again(await take(its.store, pool), died, next)
      const done = ended({ memory: memoryOf(5_000) })
      await its.store.jobs.done(await take(its.store, pool), done, {
        ...scanned(),
        layers: [LAYER],
      })
      expect(await its.store.jobs.memory(id)).toEqual([
        { attempt: 1, ...memoryOf(9_000) },
        { attempt: 2, ...memoryOf(5_000) },
      ])
      expect(await its.store.jobs.layers(id)).toEqual([LAYER])
      const [listed] = (await its.store.jobs.list({ limit: 1 })).jobs
      expect(JSON.stringify(listed)).not.toContain('samples')
    })

    it('has layers as long as there is an SBOM, and the memory of earlier attempts beyond', async () => {
      const pool = 'again'
      const { id } = await its.store.jobs.submit(newJob({ pool }))
      const done = ended({ memory: memoryOf(5_000) })
      const hostile = { ...LAYER, createdBy: 'a\0b \uD83D' }
      await its.store.jobs.done(await take(its.store, pool), done, {
        ...scanned(),
        layers: [hostile],
      })
      expect(await its.store.jobs.layers(id)).toMatchObject([{ createdBy: 'a\uFFFDb \uFFFD' }])
      await its.store.jobs.retry(id, { pool, mode: 'lean', note: null, sizeBytes: 1 })
      expect(await its.store.jobs.layers(id)).toEqual([])
      expect(await its.store.jobs.memory(id)).toHaveLength(1)
    })
  },
)

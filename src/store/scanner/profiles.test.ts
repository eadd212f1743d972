import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINES } from '../../../test/support/databases.ts'
import type { Engine } from '../../../test/support/databases.ts'
import { ended, newJob, scanned, scannerOf, take } from '../../../test/support/scanner-store.ts'
import type { AttemptMemory, ScannedLayer } from '../../model/scan-profile.ts'
import type { Database } from '../database/types.ts'
import type { ScannerStore } from './open.ts'

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

for (const [name, start, isMissing] of ENGINES) {
  describe.skipIf(isMissing)(`the inside of scans in ${name}`, () => {
    let engine: Engine
    let database: Database
    let store: ScannerStore

    beforeAll(async () => {
      engine = await start()
      database = await engine.open()
      store = await scannerOf(database)
    }, 120_000)
    afterAll(async () => {
      await database.close()
      await engine.end()
    })

    it('is kept of each attempt, also of one that was killed, and after another began', async () => {
      const pool = 'killed'
      const { id } = await store.jobs.submit(newJob({ pool }))
      expect(await store.jobs.memory(id)).toEqual([])
      const next = { pool, mode: 'lean', note: null, delayMs: 0 } as const
      const died = ended({ outcome: 'oom', memory: memoryOf(9_000) })
      await store.jobs.again(await take(store, pool), died, next)
      const done = ended({ memory: memoryOf(5_000) })
      await store.jobs.done(await take(store, pool), done, { ...scanned(), layers: [LAYER] })
      expect(await store.jobs.memory(id)).toEqual([
        { attempt: 1, ...memoryOf(9_000) },
        { attempt: 2, ...memoryOf(5_000) },
      ])
      expect(await store.jobs.layers(id)).toEqual([LAYER])
      const [listed] = (await store.jobs.list({ limit: 1 })).jobs
      expect(JSON.stringify(listed)).not.toContain('samples')
    })

    it('has layers as long as there is an SBOM, and the memory of earlier attempts beyond', async () => {
      const pool = 'again'
      const { id } = await store.jobs.submit(newJob({ pool }))
      const done = ended({ memory: memoryOf(5_000) })
      const hostile = { ...LAYER, createdBy: 'a\0b \uD83D' }
      await store.jobs.done(await take(store, pool), done, { ...scanned(), layers: [hostile] })
      expect(await store.jobs.layers(id)).toMatchObject([{ createdBy: 'a\uFFFDb \uFFFD' }])
      await store.jobs.retry(id, { pool, mode: 'lean', note: null, sizeBytes: 1 })
      expect(await store.jobs.layers(id)).toEqual([])
      expect(await store.jobs.memory(id)).toHaveLength(1)
    })
  })
}

/** The runbook of a scanner that runs out of memory, command for command, on a worker that really does. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import { largeImage, scannerOf } from '../support/scanner-service.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'

let data = ''
let image = ''
let serving: Serving
let failed = ''

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'stella-test-runbook-'))
  image = await largeImage(data, 200)
  serving = await startServing(data)
})
afterAll(async () => {
  await serving.stop()
  rmSync(data, { recursive: true, force: true })
})

function stella(line: string): ReturnType<typeof runStella> {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  )
  const args = words.map((word) => (word === '<image-ref>' ? image : word))
  return runStella(args, { STELLA_DATA: data })
}

/** What it prints, where it ends well. */
async function answer(line: string): Promise<string> {
  const { code, out, err } = await stella(line)
  expect(code, `${line}: ${err}${out}`).toBe(0)
  return out
}

describe.skipIf(requireParts('root', 'cgroup-v1'))(
  'the runbook for a scanner out of memory',
  () => {
    it('has its symptom: a worker is killed at its limit, and the scan fails', async () => {
      for (const setting of [
        'sbom.streaming_threshold 8Gi',
        'worker.memory_limit 144Mi',
        'jobs.max_attempts 1',
      ])
        await answer(`scanner config set ${setting}`)
      await scannerOf(serving).restart()
      const { code, out } = await stella('scanner jobs submit <image-ref> --wait --json')
      expect(code).toBe(1)
      failed = JSON.parse(out).id
      expect(await serving.get('metrics').then((response) => response.text())).toMatch(
        /^scanner_worker_restarts_total\{pool="default",reason="oom"\} 1$/m,
      )
    })

    it('finds the image, its size and the limit', async () => {
      const jobs = await answer('scanner jobs list --status failed --last 1h')
      expect(jobs).toContain('large-200')
      const { size } = JSON.parse(await answer('image inspect <image-ref> --format json'))
      expect(size).toBeGreaterThan(200_000_000)
      expect(await answer('scanner config get worker.memory_limit')).toContain('144Mi')
      expect(
        JSON.parse(await answer('scanner config get worker.memory_limit --json')),
      ).toMatchObject({
        key: 'worker.memory_limit',
        value: '144Mi',
        bytes: 150_994_944,
      })
    })

    it('looks deeper: the memory of a scan, what was logged, the layers', async () => {
      const profile = await stella(
        `scan image --image <image-ref> --profile-memory --output ${data}/sbom.json`,
      )
      expect(profile.code, profile.err).toBe(0)
      expect(profile.err + profile.out).toMatch(/highest memory was \d+/)
      const logs = await answer('scanner logs --filter "sbom" --level debug --last 30m')
      expect(logs).toContain('sbom: read layers')
      expect(await answer('image layers <image-ref> --sort-by size')).toMatch(/\d MiB/)
    })

    it('gives the worker more, and scans what failed again', async () => {
      for (const line of [
        'config set worker.memory_limit 8Gi',
        'workers restart',
        'config set sbom.streaming_threshold 1Gi',
        'workers restart',
      ])
        await answer(`scanner ${line}`)
      await answer(`scan image --image <image-ref> --retry --output ${data}/after.json`)
      const job = JSON.parse(await answer(`scanner jobs show ${failed} --json`))
      expect(job.state).toBe('done')
      expect(job.attempts.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
        'oom',
        'done',
      ])
      expect(job.attempts[1].limitBytes).toBe(8 * 2 ** 30)
      expect(await answer(`cases show ${job.attempts[0].caseId}`)).toContain('144 MiB')
    })

    it('sets up a pool for large images, incremental documents and the cache of layers', async () => {
      expect((await stella('scanner config set routing.large_image_pool large-images')).code).toBe(
        2,
      )
      for (const line of [
        'workers add --pool large-images --memory 16Gi --count 2',
        'config set routing.large_image_threshold 2Gi',
        'config set routing.large_image_pool large-images',
        'config set sbom.incremental_mode true',
        'config set cache.layer_dedup true',
      ])
        await answer(`scanner ${line}`)
      expect(await answer('scanner workers list')).toMatch(/large-images/)
    })

    it('verifies that it holds, from the change on', async () => {
      const since = Date.now()
      const table = await answer('scan image --image <image-ref>')
      expect(table).toContain('p19')
      expect(await answer('scanner workers stats')).toMatch(/default-1/)
      const old = JSON.parse(await answer('scanner logs --filter "out of memory" --last 1h --json'))
      const times: number[] = old.lines.map(({ at }: { at: string }) => Date.parse(at))
      expect(times.filter((at) => at >= since)).toEqual([])
      expect(times).not.toEqual([])
      expect(await scannerOf(serving).desk.gates()).toEqual([])
    })
  },
)

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FixPlayed } from '../../scripts/guest/inside-fix.ts'
import { runScripts } from '../../scripts/guest/script.ts'
import { MIB } from '../../src/model/bytes.ts'
import { hog } from '../support/hog.ts'
import { cannotBoot } from './cannot-boot.ts'

const KERNEL = '6.12'

// Only cgroup v2 takes a limit below what is in use, and kills for it; and it has another file for each figure.
describe.skipIf(await cannotBoot(KERNEL))(
  `fixes and sizes of cgroup v2, with swap, on kernel ${KERNEL}`,
  () => {
    let output = ''
    let played: FixPlayed

    beforeAll(async () => {
      output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
      const program = await hog()
      await runScripts({
        kernel: KERNEL,
        scripts: [['inside-fix.ts', `/programs/${basename(program)}`]],
        output,
        program,
        swapMib: 256,
      })
      played = JSON.parse(readFileSync(join(output, 'fix.json'), 'utf8'))
    })
    afterAll(() => rmSync(output, { recursive: true, force: true }))

    function said(name: string) {
      const { code, out, err } = played.said[name] ?? { code: -1, out: '', err: '' }
      return { code, err, json: out === '' ? null : JSON.parse(out) }
    }

    describe('a bare group', () => {
      it('that was killed gets its limit, keeps its swap, and what died before fits', () => {
        expect(said('applied')).toMatchObject({
          code: 0,
          json: { case: { verdict: 'oom-own-limit' }, record: { state: 'applied' } },
        })
        expect(played.bounds['applied']).toEqual(bounds(96, 8))
        const verified = said('verified')
        expect(
          verified.json.checks.filter(({ ok }: { ok: boolean | null }) => ok === false),
        ).toEqual([])
        expect(verified).toMatchObject({
          code: 0,
          json: { result: 'holds', fix: said('applied').json.record.id },
        })
      })

      it('has a limit below its use refused, with both figures, and none at all', () => {
        const { code, err } = said('below use')
        expect(code).toBe(2)
        expect(err).toMatch(/48 MiB is not more than the [67]\d(\.\d)? MiB/)
        expect(said('no limit')).toMatchObject({ code: 2 })
        expect(said('no limit').err).toContain("'max' takes the limit away")
        expect(played.bounds['refused']).toEqual(bounds(96, 8))
      })

      it('gets its earlier limit back exactly, and not while it would be killed by it', () => {
        const { code, err } = said('undo below use')
        expect(code).toBe(2)
        expect(err).toMatch(/hold 6\d(\.\d)? MiB that cannot be reclaimed, more than 32 MiB/)
        expect(said('undone')).toMatchObject({ code: 0, json: { record: { state: 'undone' } } })
        expect(played.bounds['undone']).toEqual(bounds(32, 8))
      })
    })

    describe('a recording', () => {
      it('holds what the kernel says', () => {
        const { last, stat, peakBytes } = played.recorded
        const figures = new Map(
          stat
            .trim()
            .split('\n')
            .map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]),
        )
        const sum = (...names: string[]): number =>
          names.reduce((total, name) => total + (figures.get(name) ?? 0), 0)
        expect(last).toMatchObject({
          peakBytes,
          anonBytes: sum('anon'),
          fileBytes: sum('file') - sum('shmem'),
          limitBytes: 512 * MIB,
          oomKills: 0,
        })
        const kernel = sum('kernel') - sum('slab_reclaimable')
        const truth = sum('anon', 'shmem', 'sock', 'file_dirty', 'file_writeback') + kernel
        expect((last?.unreclaimableBytes ?? 0) / MIB).toBeCloseTo(truth / MIB, 0)
      })

      it('has its size by what the kernel alone saw, without the file that was read', () => {
        const { peakBytes } = played.recorded
        // 16 MiB for good, 64 MiB for a moment, and 48 MiB of page cache.
        expect(peakBytes).toBeGreaterThan(128 * MIB)
        const { code, json } = said('sized /calm')
        expect(code).toBe(0)
        const [binding] = json.bounds.filter(({ binds }: { binds: boolean }) => binds)
        expect(binding.name).toBe('high-water mark')
        expect(binding.bytes / (1 + json.headroom)).toBeGreaterThan(79 * MIB)
        expect(binding.bytes / (1 + json.headroom)).toBeLessThan(90 * MIB)
      })

      it('of what only grows has no size, and the process that grows is named', () => {
        const { code, json } = said('sized /leaking')
        expect(code).toBe(1)
        expect(json).toMatchObject({
          limitBytes: null,
          refused: true,
          diagnosis: expect.stringContaining('leak'),
          growth: { component: 'anonymous', process: { name: expect.stringMatching(/^hog/) } },
        })
      })
    })

    describe('a container', () => {
      it('gets its limit while it runs, swap keeps its amount, and it holds', () => {
        expect(said('container applied')).toMatchObject({
          code: 0,
          json: { record: { state: 'applied', plan: { method: 'in-place' } } },
        })
        expect(played.bounds['container before']).toEqual(bounds(32, 16))
        expect(played.bounds['container applied']).toEqual(bounds(96, 16))
        expect(said('container verified')).toMatchObject({ code: 0, json: { result: 'holds' } })
      })

      it('is spared a limit that would kill it', () => {
        const { code, err } = said('container below use')
        expect(code).toBe(2)
        expect(err).toMatch(/8 MiB is not more than the 2\d(\.\d)? MiB/)
        expect(played.bounds['container refused']).toEqual(bounds(96, 16))
      })

      it('has both settings back, and lived through all of it', () => {
        expect(said('container undone')).toMatchObject({ code: 0 })
        expect(played.bounds['container undone']).toEqual(bounds(32, 16))
        const [before, ...later] = ['before', 'applied', 'refused', 'undone'].map(
          (step) => played.life[step],
        )
        expect(before?.kills).toBe(1)
        for (const life of later) expect(life).toEqual(before)
      })
    })
  },
)

function bounds(maxMib: number, swapMib: number) {
  return { max: String(maxMib * MIB), swapMax: String(swapMib * MIB) }
}

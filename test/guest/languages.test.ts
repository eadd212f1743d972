import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LookedInto } from '../../scripts/guest/inside-languages.ts'
import { runScripts } from '../../scripts/guest/script.ts'
import type { RuntimeView } from '../../src/model/bill.ts'
import { MIB } from '../../src/model/bytes.ts'
import { itemBytes } from '../support/servers.ts'
import { cannotBoot } from './cannot-boot.ts'

/** Neither marks the stacks of threads yet, and of both cgroup v2 is the only one. */
for (const kernel of ['5.10', '6.1'] as const)
  describe.skipIf(await cannotBoot(kernel))(`Node and Python on kernel ${kernel}`, () => {
    let output = ''
    let seen: Record<string, LookedInto> = {}

    beforeAll(async () => {
      output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
      await runScripts({
        kernel,
        scripts: [['inside-languages.ts', '/out/languages.json']],
        output,
      })
      seen = JSON.parse(readFileSync(join(output, 'languages.json'), 'utf8'))
    })
    afterAll(() => rmSync(output, { recursive: true, force: true }))

    function look(name: string): { view: RuntimeView; truth: LookedInto['truth'] } {
      const { views: [view] = [], truth = {} } = seen[name] ?? {}
      if (view === undefined) throw new Error(`${name} was not seen`)
      return { view, truth }
    }

    it('accounts for every byte', () => {
      for (const { views } of Object.values(seen))
        for (const { items, residentBytes, unattributedBytes } of views) {
          expect(items.reduce((sum, { bytes }) => sum + (bytes ?? NaN), 0)).toBe(residentBytes)
          expect(unattributedBytes).toBe(0)
        }
    })

    it('tells the heap of V8 from Buffers', () => {
      const objects = look('node-objects')
      // Between what V8 counted and what was seen seconds pass under emulation, in which it gives pages back.
      const share = itemBytes(objects.view, 'V8 heap') / (objects.truth['heap'] ?? NaN)
      expect(share).toBeGreaterThan(0.85)
      expect(share).toBeLessThan(1.05)
      const { view } = look('node-buffers')
      expect(itemBytes(view, 'Buffers')).toBeGreaterThan(64 * MIB)
      expect(itemBytes(view, 'Buffers')).toBeLessThan(72 * MIB)
    })

    it('knows which limit V8 saw: memory.max, memory.high, and none above its own group', () => {
      for (const name of ['node-objects', 'node-high', 'node-nested']) {
        const { view, truth } = look(name)
        expect(view.items[0]?.capBytes).toBe(truth['heapLimit'])
      }
      expect(look('node-objects').view.items[0]?.cap).toContain('where it sees 512 MiB')
      expect(look('node-high').view.items[0]?.cap).toContain('where it sees 700 MiB')
      expect(look('node-nested').view.findings.join('\n')).toContain('for the whole machine')
    })

    it('tells small objects of Python, arenas of its threads, and what its workers share', () => {
      const small = itemBytes(look('python-small').view, 'small objects')
      expect(small).toBeGreaterThan(54 * MIB)
      expect(small).toBeLessThan(66 * MIB)
      const arenas = itemBytes(look('python-threads').view, 'malloc, arenas')
      expect(arenas).toBeGreaterThanOrEqual(64 * MIB)
      expect(arenas).toBeLessThan(68 * MIB)
      expect(look('python-fork').view.findings[0]).toMatch(/^It has 2 workers like itself/)
    })
  })

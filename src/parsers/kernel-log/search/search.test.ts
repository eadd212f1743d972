import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WORDINGS } from '../wordings/index.ts'
import { BEGINNINGS, NEEDLES } from './needles.ts'
import { plainSearch } from './plain.ts'
import { vectorSearch } from './vector.ts'

const encoder = new TextEncoder()

/** Text in which needles, and what looks like them, are frequent. */
const text = fc
  .array(fc.oneof(fc.constantFrom(...NEEDLES, ...BEGINNINGS, '\n', 'o', 'K'), fc.string()), {
    maxLength: 60,
  })
  .map((parts) => encoder.encode(parts.join('')))

function naive(bytes: Uint8Array, from: number, end: number): number {
  const latin = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  const found = NEEDLES.map((needle) => latin.indexOf(needle, from)).filter(
    (p) => p >= 0 && p < end,
  )
  return found.length === 0 ? -1 : Math.min(...found)
}

function countNaive(bytes: Uint8Array, from: number, end: number): number {
  return bytes.subarray(from, end).filter((byte) => byte === 0x0a).length
}

describe.each([
  ['vectors', vectorSearch],
  ['plain', plainSearch],
])('search by %s', (_, open) => {
  it('finds the first needle between any two positions, and counts the lines', () => {
    const search = open()
    if (search === null) throw new Error('this engine has no WebAssembly vectors')
    fc.assert(
      fc.property(text, fc.nat(300), fc.nat(300), (bytes, a, b) => {
        const [from, end] = [Math.min(a, b), Math.min(Math.max(a, b), bytes.length)]
        fc.pre(from <= end)
        const held = search.hold(bytes)
        // A needle that runs over the end is told too: stretches end where lines do.
        const expected = naive(bytes, from, end)
        expect(search.next(held, from, end)).toBe(expected)
        expect(search.linesPassed).toBe(countNaive(bytes, from, expected < 0 ? end : expected))
      }),
      { numRuns: 1000 },
    )
  })

  it('searches what was read into its window without a copy', () => {
    const search = open()
    if (search === null) throw new Error('this engine has no WebAssembly vectors')
    const { written } = encoder.encodeInto('x\nOut of memory\n', search.window.subarray(100))
    const held = search.window.subarray(100, 100 + written)
    expect(search.next(search.hold(held), 0, written)).toBe('x\nOut o'.length)
    expect(search.linesPassed).toBe(1)
  })
})

describe('needles', () => {
  it('have at most eight beginnings, one for each bit', () => {
    expect(BEGINNINGS.length).toBeLessThanOrEqual(8)
    for (const needle of NEEDLES) expect(needle.length).toBeGreaterThanOrEqual(3)
  })

  it('stand in every wording that can begin a report or stands alone', () => {
    // These come inside of reports, where every line is read.
    const inside = ['tasks-begin', 'table-header', 'task-in']
    const samples: Readonly<Record<string, string>> = {
      killed: 'Killed process 1 (x)',
      summary: 'oom-kill:constraint=',
      invoked: 'x invoked oom-killer: ',
      chosen: 'Out of memory: kill process 1 (x)',
      'killed-with': 'Kill process 1 (x) sharing same memory',
      group: 'due to memory.oom.group set',
      reaped: 'oom_reaper: reaped process',
      'no-killable': 'Out of memory and no killable processes...',
      'manual-ignored': 'sysrq: OOM request ignored',
      panic: 'Kernel panic - not syncing: x',
      suppressed: 'oom_kill_process: 1 callbacks suppressed',
      segfault: 'x[1]: segfault at 0',
      trap: 'traps: x[1] trap invalid opcode',
      'systemd-oomd': 'systemd-oomd[1]: Killed /x',
      'systemd-unit': 'systemd[1]: a.scope: systemd-oomd killed 1 process(es)',
      earlyoom: 'earlyoom[1]: sending SIGTERM',
      nohang: 'nohang[1]: Sending SIGTERM',
      'nohang-victim': 'nohang[1]:   PID: 1, name: x',
      oomd: 'oomd kill: 1 1 1 x',
      talos: '[talos] Sending SIGKILL to cgroup {"controller": "runtime.OOMController"}',
    }
    for (const { id } of WORDINGS) {
      if (inside.includes(id)) continue
      const sample = samples[id]
      expect(sample, id).toBeDefined()
      expect(
        NEEDLES.some((needle) => sample?.includes(needle)),
        id,
      ).toBe(true)
    }
  })
})

import { describe, expect, it } from 'vitest'
import { stella } from '../../../../test/support/command-line.ts'
import { sampleDesk, sampleFix, samplePlan } from '../../../../test/support/sample-fix.ts'
import type { FixDesk } from '../../engine.ts'

describe('--list and --undo', () => {
  const newer = sampleFix({ id: 'fix-20260501-120000-000-beef' })
  const other = sampleFix({
    id: 'fix-20260501-130000-000-cafe',
    subject: { platform: 'docker', name: 'cart', id: null, image: null },
  })
  const records = [other, newer, sampleFix({ state: 'undone' })]

  async function run(...args: string[]) {
    const undone: (string | object)[] = []
    const desk: FixDesk = {
      ...sampleDesk(records),
      undo: async (which) => {
        undone.push(which)
        return { ...newer, state: 'undone' }
      },
    }
    const answer = await stella(['fix', ...args], { engine: { fixes: () => desk } })
    return { ...answer, undone }
  }

  it('lists what was done, newest first, and of one target alone', async () => {
    const { code, out } = await run('--list', '--quiet')
    expect(code).toBe(0)
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[1]),
    ).toEqual(['applied', 'applied', 'undone'])
    const { out: json } = await run('--list', 'docker:cart', '--json')
    const { fixes } = JSON.parse(json)
    expect(fixes.map(({ id }: { id: string }) => id)).toEqual([other.id])
    expect(fixes[0].appliedAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  })

  it('takes back the newest of a target, or the one that is named', async () => {
    expect((await run('docker:web', '--undo')).undone).toEqual([newer.id])
    expect((await run('--undo', other.id)).undone).toEqual([other.id])
  })

  it('finds the fix of a shared limit by the group that it changed', async () => {
    const shared = sampleFix({
      id: 'fix-20260501-140000-000-d00d',
      subject: { platform: 'cgroup', name: '/outer/inner', id: '/outer/inner', image: null },
      plan: samplePlan({ target: { kind: 'cgroup', path: '/outer' } }),
    })
    const engine = { fixes: () => sampleDesk([shared]) }
    const { out } = await stella(['fix', '--list', 'cgroup:/outer', '--quiet'], { engine })
    expect(out).toContain(shared.id)
  })

  it('without a name, takes back what was left half-made', async () => {
    const left = { ...other, state: 'rolled-back' as const, problem: 'its owner ended half-way' }
    const desk: FixDesk = { ...sampleDesk(records), recover: async () => [left] }
    const { code, out } = await stella(['fix', '--undo'], { engine: { fixes: () => desk } })
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining(other.id) })
  })

  it('does not guess which one is meant', async () => {
    const { code, err, undone } = await run('--undo')
    expect(code).toBe(2)
    expect(err).toContain(newer.id)
    expect(undone).toEqual([])
  })

  it('says that there is none', async () => {
    expect((await run('docker:nobody', '--undo')).code).toBe(3)
  })
})

import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { finds, stella } from '../../../../test/support/command-line.ts'
import {
  caseFile,
  caseOf,
  fix,
  fixFolder,
  watched,
  useFixFolder,
} from '../../../../test/support/fix-command.ts'
import { containerState, seen } from '../../../../test/support/incident.ts'
import { sampleCase } from '../../../../test/support/sample-case.ts'
import { sampleFix, samplePlan } from '../../../../test/support/sample-fix.ts'
import { MIB } from '../../../model/bytes.ts'
import type { VerdictCode } from '../../../model/case.ts'
import { unreachableError } from '../../../model/errors.ts'

useFixFolder()

describe('the plan', () => {
  it('says what is wrong, what would be changed, and changes nothing', async () => {
    const { code, out, planned, applied } = await fix(['docker:web'], sampleCase())
    expect(code).toBe(0)
    expect(out).toContain(sampleCase().verdict.summary)
    expect(out).toContain('HostConfig.Memory: 32 MiB -> 144 MiB')
    expect(out).toContain('docker update --memory 144m web')
    expect(planned).toEqual([
      {
        target: { kind: 'container', engine: 'docker', name: 'web' },
        change: { kind: 'limit', limitBytes: 64 * MIB, requestBytes: null },
        recreate: false,
        inPlace: false,
        force: false,
      },
    ])
    expect(applied).toEqual([])
  })

  it.each([
    ['undone', null, /The same change was made before and taken back \(fix-/],
    [
      'rolled-back',
      'no space left',
      /The same change was tried before and failed \(fix-.*: no space left/,
    ],
  ] as const)('minds that the same change was %s', async (state, problem, says) => {
    const change = { kind: 'limit', limitBytes: 64 * MIB, requestBytes: null } as const
    const minds = async (limitBytes: number): Promise<string> => {
      const record = sampleFix({ state, problem, change: { ...change, limitBytes } })
      const answer = await fix(['docker:web'], sampleCase(), watched({ list: () => [record] }))
      return answer.out.replace(/\s+/g, ' ')
    }
    expect(await minds(64 * MIB)).toMatch(says)
    expect(await minds(48 * MIB)).not.toContain('The same change')
  })

  it('minds that a change of the group above starts no container that is dead', async () => {
    const dead = containerState({ name: 'web', running: false })
    const found = caseOf('oom-ancestor-limit', {
      binding: { ...sampleCase().binding, scope: 'ancestor', path: '/batch' },
    })
    const world = { observations: [seen(dead)], unknown: [] }
    const engine = { ...finds([found], world), fixes: () => watched().desk }
    const { out } = await stella(['fix', 'docker:web', '--data', fixFolder()], { engine })
    expect(out.replace(/\s+/g, ' ')).toContain('this does not start it: docker start web')
  })

  it('--diff is the diff alone', async () => {
    const diff = '--- a\n+++ a\n@@ -1 +1 @@\n-1\n+2\n'
    const asked = watched({ plan: async ({ target }) => samplePlan({ target, diff }) })
    const { code, out } = await fix(['docker:web', '--diff'], sampleCase(), asked)
    expect([code, out]).toEqual([0, diff])
  })

  it.each([
    ['refused', 1],
    ['held', 1],
    ['denied', 3],
  ] as const)('what is %s is told with the plan, and ends with %i', async (kind, expected) => {
    const problems = [{ kind, says: 'the API server refuses it', todo: 'ask for less' }]
    const asked = watched({ plan: async ({ target }) => samplePlan({ target, problems }) })
    const { code, out } = await fix(['docker:web'], sampleCase(), asked)
    expect(code).toBe(expected)
    expect(out).toMatch(/In the way.*\n +- the API server refuses it; ask for less/)
  })

  it('is one document, without what only a driver needs, and without arguments', async () => {
    const { out } = await fix(['docker:web', '--json'], sampleCase())
    expect(JSON.parse(out)).toMatchObject({
      schema: 'stella.fix/1',
      action: 'plan',
      remedyId: 'raise-limit',
      plan: { platform: 'docker', method: 'in-place', risk: 'low' },
      record: null,
    })
    expect(out).not.toContain('what only the driver needs')
    expect(out).not.toContain('--key=x')
  })

  it('answers a case from a file', async () => {
    const { code, planned } = await fix([caseFile(sampleCase())], sampleCase())
    expect(code).toBe(0)
    expect(planned).toHaveLength(1)
  })

  it('a case of an earlier version, which does not say what its remedies set, takes a person', async () => {
    const file = caseFile(sampleCase({ id: 'c_old' }))
    const { remedies, ...rest } = JSON.parse(readFileSync(file, 'utf8'))
    const old = remedies.map(({ change: _, ...remedy }: { change: object }) => remedy)
    writeFileSync(file, JSON.stringify({ ...rest, remedies: old }))
    const { code, out } = await fix([file], sampleCase())
    expect(code).toBe(1)
    expect(out).toContain('docker update --memory 64m')
  })

  it('tells what else helps, by layer, with its commands', async () => {
    const other = {
      id: 'find-growth',
      layer: 'app',
      title: 'Watch its memory',
      risk: 'low',
      reversible: false,
      commands: [{ for: 'docker', run: 'docker stats web' }],
      change: null,
    } as const
    const found = sampleCase({ remedies: [...sampleCase().remedies, other] })
    const { out } = await fix(['docker:web'], found)
    expect(out).toContain('in the program\n    - Watch its memory (low risk, cannot be undone)')
    expect(out).toContain('docker stats web')
  })
})

it.each<[VerdictCode, string[], number]>([
  ['oom-own-limit', [], 0],
  ['oom-own-limit', ['--apply'], 0],
  ['oom-host', [], 1],
  ['killed-not-memory', ['--apply'], 1],
  ['killed-unknown', [], 4],
])('%s with %j ends with %i', async (verdict, args, expected) => {
  const isLimit = verdict === 'oom-own-limit'
  const found = caseOf(verdict, isLimit ? {} : { remedies: [] })
  const { code, applied } = await fix(['docker:web', ...args], found)
  expect(code).toBe(expected)
  expect(applied).toHaveLength(isLimit && args.length > 0 ? 1 : 0)
})

describe('--apply', () => {
  it('hands over the case, so that it is written down before anything is changed', async () => {
    const { out, applied } = await fix(['docker:web', '--apply'], sampleCase())
    const [order] = applied
    expect(order).toMatchObject({ caseId: 'c_5f3a', remedyId: 'raise-limit', layer: 'container' })
    const written = order?.evidence.find(({ name }) => name === 'case.json')
    expect(JSON.parse(written?.text ?? '')).toMatchObject({ schema: 'stella.case/1', id: 'c_5f3a' })
    const { id } = sampleFix()
    expect(out).toContain(`stella verify ${id}`)
    expect(out).toContain(`stella fix --undo ${id}`)
  })

  it('says that everything is as it was where it failed', async () => {
    const back = sampleFix({ state: 'rolled-back', problem: 'start container web: no space left' })
    const { code, out } = await fix(['docker:web', '--apply'], sampleCase(), {
      ...watched({ apply: async () => back }),
    })
    expect(code).toBe(1)
    expect(out).toContain('everything is as it was')
    expect(out).toContain('no space left')
  })

  it('a case that was answered is not answered twice', async () => {
    const before = sampleFix({ caseId: sampleCase().id })
    const { code, out, applied } = await fix(
      ['docker:web', '--apply'],
      sampleCase(),
      watched({ list: () => [before] }),
    )
    expect(code).toBe(1)
    expect(out).toContain(`stella verify ${before.id}`)
    expect(applied).toEqual([])
  })
})

describe('secrets', () => {
  it('what else stands in a variable is kept, and shown nowhere', async () => {
    const flag = { JAVA_TOOL_OPTIONS: '-Xmx22m' }
    const found = sampleCase({
      remedies: [
        {
          id: 'fit-heap',
          layer: 'runtime',
          title: 'Fit the heap',
          risk: 'low',
          reversible: true,
          commands: [],
          change: { kind: 'environment', set: flag },
        },
      ],
    })
    const present = '-javaagent:/opt/agent.jar=license-4711 -Xmx4g'
    const value = '-javaagent:/opt/agent.jar=license-4711 -Xmx22m'
    const container = seen(containerState({ env: [`JAVA_TOOL_OPTIONS=${present}`] }))
    const asked = watched({
      plan: async () =>
        samplePlan({
          diff: `-  JAVA_TOOL_OPTIONS=${present}\n+  JAVA_TOOL_OPTIONS=${value}\n`,
          changes: [{ field: 'env JAVA_TOOL_OPTIONS', before: present, after: value }],
        }),
    })
    for (const args of [[], ['--json'], ['--apply'], ['--apply', '--json']]) {
      const { code, out } = await stella(['fix', 'docker:web', ...args, '--data', fixFolder()], {
        engine: {
          ...finds([found], { observations: [container], unknown: [] }),
          fixes: () => asked.desk,
        },
      })
      expect(code).toBe(0)
      expect(out).toContain('… -Xmx22m')
      expect(out).not.toContain('license-4711')
    }
    expect(asked.planned[0]?.change).toEqual({
      kind: 'environment',
      set: { JAVA_TOOL_OPTIONS: value },
    })
  })
})

it.each([
  [[]],
  [['docker:web', '--apply', '--undo']],
  [['docker:web', '--force']],
  [['--list', '--limit', '1g']],
  [['docker:web', '--remedy', 'pray']],
])('%j is a wrong call', async (args) => {
  const { code, err } = await fix(args, sampleCase())
  expect(code).toBe(2)
  expect(err.trim().split('\n')).toHaveLength(1)
})

it('the machine is not blamed for what a container ran out of', async () => {
  const { code, err } = await fix(['host'], sampleCase())
  expect(code).toBe(1)
  expect(err).toContain('the machine itself did not run out of memory; name what did, as in web')
  const host = caseOf('oom-host', {
    remedies: [],
    binding: { ...sampleCase().binding, scope: 'host' },
  })
  expect(await fix(['host'], host)).toMatchObject({ code: 1, err: '' })
})

it('a target that is gone is told as such', async () => {
  const gone = async () => {
    throw unreachableError('no container web is known to docker', 'docker:web', 'look for its name')
  }
  const { code } = await stella(['fix', 'docker:web'], { engine: { collect: gone } })
  expect(code).toBe(3)
})

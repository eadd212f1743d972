import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { finds, stella } from '../../../../test/support/command-line.ts'
import { containerState, seen } from '../../../../test/support/incident.ts'
import { sampleCase } from '../../../../test/support/sample-case.ts'
import { sampleDesk, sampleFix, samplePlan } from '../../../../test/support/sample-fix.ts'
import { caseDocument } from '../../../investigate/case-document.ts'
import { MIB } from '../../../model/bytes.ts'
import type { Case, VerdictCode } from '../../../model/case.ts'
import { unreachableError } from '../../../model/errors.ts'
import type { PlanRequest } from '../../../remedy/driver.ts'
import type { FixOrder } from '../../../remedy/engine.ts'
import type { FixDesk } from '../../engine.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-fix-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function caseFile(found: Case): string {
  const file = join(folder, `${found.id}-${found.verdict.code}-${found.subject.platform}.json`)
  writeFileSync(file, JSON.stringify(caseDocument(found)))
  return file
}

function caseOf(code: VerdictCode, change: Partial<Case> = {}): Case {
  const base = sampleCase()
  return { ...base, verdict: { ...base.verdict, code }, ...change }
}

interface Asked {
  planned: PlanRequest[]
  applied: FixOrder[]
  desk: FixDesk
}

/** A desk that remembers what it was asked. */
function watched(over: Partial<FixDesk> = {}): Asked {
  const planned: PlanRequest[] = []
  const applied: FixOrder[] = []
  const below = { ...sampleDesk([]), ...over }
  const desk: FixDesk = {
    ...below,
    plan: async (request) => {
      planned.push(request)
      return below.plan(request)
    },
    apply: async (order, options) => {
      applied.push(order)
      return below.apply(order, options)
    },
  }
  return { planned, applied, desk }
}

async function fix(args: readonly string[], found: Case, asked: Asked = watched()) {
  const engine = { ...finds([found]), fixes: () => asked.desk }
  const answer = await stella(['fix', ...args, '--data', folder], { engine })
  return { ...answer, ...asked }
}

describe('variables that somebody names', () => {
  const VARIABLES = ['--env', 'SESSIONS_MAX=1000', '--env', 'MODE=a b=c']

  it('are the change, whatever the case is', async () => {
    const { code, planned, out } = await fix(['docker:web', ...VARIABLES], caseOf('healthy'))
    expect(code).toBe(0)
    expect(planned.map(({ change }) => change)).toEqual([
      { kind: 'environment', set: { SESSIONS_MAX: '1000', MODE: 'a b=c' } },
    ])
    expect(out).toContain('What you named: SESSIONS_MAX, MODE.')
  })

  it.each([
    [['--env', 'hunter2'], "'hunter2' is no variable"],
    [['--env', '1A=hunter2'], "'1A' is no variable"],
    [['--env', 'A=1', '--limit', '512m'], '--limit: names another change than --env'],
    [['--env', 'A=1', '--undo'], '--env: has no meaning with --undo'],
  ])('are refused: %s', async (words, says) => {
    const { code, err, planned } = await fix(['docker:web', ...words], sampleCase())
    expect([code, planned]).toEqual([2, []])
    expect(err).toContain(says)
  })
})

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

describe('what is changed', () => {
  it('is the group that was reached, not the container in it', async () => {
    const base = sampleCase()
    const found = caseOf('oom-ancestor-limit', {
      binding: { ...base.binding, path: '/batch.slice' },
    })
    expect((await fix(['docker:web'], found)).planned[0]?.target).toEqual({
      kind: 'unit',
      name: 'batch.slice',
    })
    const bare = caseOf('oom-ancestor-limit', { binding: { ...base.binding, path: '/batch' } })
    expect((await fix(['docker:web'], bare)).planned[0]?.target).toEqual({
      kind: 'cgroup',
      path: '/batch',
    })
  })

  it.each(['compose.yml', resolve('compose.yml'), 'src/../compose.yml'])(
    'is a service of the Compose file %s where it is named, the same however that is done',
    async (named) => {
      const { planned } = await fix(['docker:web', '--file', named], sampleCase())
      const file = resolve('compose.yml')
      expect(planned[0]?.target).toEqual({ kind: 'compose', file, service: 'web' })
    },
  )

  it('is not something else than the case is about', async () => {
    const { code, err } = await fix(['docker:web', '--for', 'kubernetes'], sampleCase())
    expect(code).toBe(2)
    expect(err).toContain('changed by docker, not by kubernetes')
  })
})

describe('for a pod', () => {
  const found = sampleCase({
    subject: { platform: 'kubernetes', name: 'shop/cart-0/app', id: null, image: null },
  })

  it.each(['kustomize', 'helm'])('--for %s prints a file, and nothing else', async (form) => {
    const { code, out, applied } = await fix([caseFile(found), '--for', form], found)
    expect([code, out, applied]).toEqual([0, `# ${form} of pod\n`, []])
    const { code: refused } = await fix([caseFile(found), '--for', form, '--apply'], found)
    expect(refused).toBe(2)
  })

  it('--in-place and --force reach its driver', async () => {
    const { planned } = await fix([caseFile(found), '--in-place', '--force'], found)
    expect(planned[0]).toMatchObject({ inPlace: true, force: true })
  })

  it.each([
    [['--force'], 'for a pod alone'],
    [['--in-place'], 'for a pod alone'],
    [['--in-place', '--recreate'], 'exclude each other'],
    [['--for', 'kustomize'], 'changed by docker'],
  ])('a container of Docker has no %j', async (flags, says) => {
    const { code, err, planned } = await fix(['docker:web', ...flags], sampleCase())
    expect([code, planned]).toEqual([2, []])
    expect(err).toContain(says)
  })
})

describe('--limit', () => {
  const POD = { platform: 'kubernetes', name: 'shop/cart-0/app', id: null, image: null } as const
  const APP = { platform: 'marathon', name: '/batch', id: null, image: null } as const

  it.each([
    [{}, '256m', 268_435_456],
    [{ subject: POD }, '256Mi', 268_435_456],
    [{ subject: POD }, '256M', 256_000_000],
    [{ subject: APP }, '256', 268_435_456],
  ])('%j reads %s', async (change, text, bytes) => {
    const found = sampleCase(change)
    const { planned, err } = await fix([caseFile(found), '--limit', text], found)
    expect(err).toBe('')
    expect(planned[0]?.change).toMatchObject({ limitBytes: bytes })
  })

  it.each(['0', '0m', 'none', 'max', 'unlimited', '-1'])(
    '%s takes the limit away and is refused',
    async (text) => {
      const { code, err, planned } = await fix(['docker:web', `--limit=${text}`], sampleCase())
      expect(code).toBe(2)
      expect(err).toContain('takes the limit away')
      expect(planned).toEqual([])
    },
  )

  it.each([
    [{}, '256Mi', /write 256m/],
    [{}, 'much', /not a size for Docker/],
    [{ subject: POD }, '256m', /0\.256 bytes.*write 256Mi/],
    [{ subject: APP }, '256m', /number of MiB/],
    [{}, '32m', /killed at 32 MiB/],
  ])('%j does not read %s', async (change, text, complaint) => {
    const found = sampleCase(change)
    const { code, err } = await fix([caseFile(found), '--limit', text], found)
    expect(code).toBe(2)
    expect(err).toMatch(complaint)
    expect(err.trim().split('\n')).toHaveLength(1)
  })
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
      const { code, out } = await stella(['fix', 'docker:web', ...args, '--data', folder], {
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

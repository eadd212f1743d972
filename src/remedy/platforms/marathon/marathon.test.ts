import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  marathonStandIn,
  type MarathonStandIn,
} from '../../../../test/support/marathon-stand-in.ts'
import {
  fakeReader,
  type FakeMachine,
  type FakeReader,
} from '../../../../test/support/fake-reader.ts'
import { MIB } from '../../../model/bytes.ts'
import type { FixStep } from '../../../model/fix.ts'
import { marathon } from './index.ts'

const FIRST = '2025-12-31T00:00:00.000Z'
let cluster: MarathonStandIn
let reader: FakeReader

function machine(setting: FakeMachine = {}) {
  reader[Symbol.dispose]()
  reader = fakeReader({ env: { MARATHON_URL: `${cluster.url}/` }, ...setting })
}

function hands() {
  return { reader, signal: new AbortController().signal }
}

function planFor(mib: number, app = '/shop/app-oom') {
  const change = { kind: 'limit', limitBytes: mib * MIB, requestBytes: null } as const
  return marathon.plan({ target: { kind: 'marathon', app }, change, recreate: false }, hands())
}

/** As the engine does it: what a step learned is there when it is taken back. */
async function apply(steps: readonly FixStep[]): Promise<FixStep[]> {
  const made: FixStep[] = []
  for (const step of steps) {
    made.push({ ...step, data: { ...step.data, ...(await marathon.carryOut(step, hands())) } })
  }
  return made
}

async function undo(steps: readonly FixStep[], force = false): Promise<void> {
  for (const step of steps.toReversed()) await marathon.takeBack(step, hands(), { force })
}

const puts = () => cluster.asked.filter((line) => line.startsWith('PUT'))

beforeEach(async () => {
  cluster = await marathonStandIn({
    id: '/shop/app-oom',
    mem: 32,
    version: FIRST,
    instances: 2,
    cmd: './app',
  })
  reader = fakeReader()
  machine()
})
afterEach(async () => {
  reader[Symbol.dispose]()
  await cluster[Symbol.asyncDispose]()
})

describe('an app gets more memory', () => {
  it('32 MiB less than the limit, for Mesos adds its executor; the deployment is waited for, and the undo brings it back', async () => {
    const plan = await planFor(128)
    expect(plan.changes).toEqual([{ field: 'mem', before: '32', after: '96' }])
    expect(plan.diff).toContain('-  "mem": 32\n+  "mem": 96\n')
    expect(plan.warnings.join('\n')).toContain('All 2 instances')
    expect(puts()).toEqual([])
    cluster.looks = 2
    const steps = await apply(plan.steps)
    expect(puts()).toEqual(['PUT /v2/apps/shop/app-oom {"mem":96}'])
    expect(cluster.app.mem).toBe(96)
    await undo(steps)
    expect(cluster.app.mem).toBe(32)
    await undo(steps)
    expect(puts()).toHaveLength(2)
  })

  it('an app in a Docker container gets the limit itself', async () => {
    cluster.app = { ...cluster.app, container: { type: 'DOCKER', docker: { image: 'shop/app:3' } } }
    const plan = await planFor(128)
    expect(plan.changes[0]?.after).toBe('128')
    expect(plan.workload.image).toBe('shop/app:3')
  })

  it('a step that was cut short after the change is not made twice, and can be taken back', async () => {
    const { steps } = await planFor(128)
    await apply(steps.slice(0, 1))
    await apply(steps)
    expect(puts()).toHaveLength(1)
    await undo(steps)
    expect(cluster.app.mem).toBe(32)
  })
})

describe('when it does not go well', () => {
  it('tasks that fail again and again end the wait, and Marathon rolls its own deployment back', async () => {
    const { steps } = await planFor(128)
    const [first] = await apply(steps.slice(0, 1))
    cluster.looks = Infinity
    cluster.tasksFail = true
    await expect(apply(steps.slice(1))).rejects.toMatchObject({
      exitCode: 1,
      message: 'its new tasks fail: out of luck',
    })
    if (first === undefined) throw new Error('no step')
    await undo([first])
    expect(cluster.asked.join('\n')).toContain('DELETE /v2/deployments/deployment-1')
    expect(cluster.app.mem).toBe(32)
  })

  it('an app that another deployment holds is left alone, and the holder is named', async () => {
    const { steps } = await planFor(128)
    cluster.lockedBy = '97c136bf-5a28-4821-9d94-480d9fbb01c8'
    await expect(apply(steps)).rejects.toMatchObject({
      message: 'the deployment 97c136bf-5a28-4821-9d94-480d9fbb01c8 holds the app',
    })
  })

  it('what somebody else changed since is left alone, unless forced', async () => {
    const { steps } = await planFor(128)
    cluster.app = { ...cluster.app, mem: 48, version: '2026-02-02T00:00:00.000Z' }
    await expect(apply(steps)).rejects.toMatchObject({ exitCode: 1 })
    cluster.app = { ...cluster.app, mem: 32, version: FIRST }
    const made = await apply(steps)
    cluster.app = { ...cluster.app, mem: 48, version: '2026-02-02T00:00:00.000Z' }
    await expect(undo(made)).rejects.toMatchObject({
      message: expect.stringContaining('has mem 48 in version 2026-02-02'),
    })
    await undo(made, true)
    expect(cluster.app.mem).toBe(32)
  })

  it.each([
    ['/no/such', 3, 'Marathon has no such app'],
    ['/a/../b', 2, 'is no app of Marathon'],
  ])('%s: refused with %i', async (app, exitCode, message) => {
    await expect(planFor(128, app)).rejects.toMatchObject({
      exitCode,
      message: expect.stringContaining(message),
    })
  })

  it('the same limit is nothing to do', async () => {
    await expect(planFor(64)).rejects.toMatchObject({
      exitCode: 2,
      message: 'has this limit already',
    })
  })
})

describe('where Marathon is', () => {
  it('a token comes from a file, and never into a message', async () => {
    machine({
      files: { '/run/token': 'eyJhbGciOi\n' },
      env: { MARATHON_URL: cluster.url, STELLA_MARATHON_TOKEN_FILE: '/run/token' },
    })
    await planFor(128)
    expect(cluster.authorization).toBe('token=eyJhbGciOi')
    machine({
      files: { '/run/token': 'eyJhbGciOi' },
      env: {
        MARATHON_URL: 'http://me:hunter2@127.0.0.1:1',
        STELLA_MARATHON_TOKEN_FILE: '/run/token',
      },
    })
    const error = await planFor(128).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ exitCode: 3, message: 'Marathon does not answer' })
    expect(JSON.stringify(error) + String(error)).not.toMatch(/eyJ|hunter2/)
  })

  it('a user and a password in the address are sent as such, and not shown', async () => {
    machine({ env: { MARATHON_URL: cluster.url.replace('//', '//me:p%40ss@') } })
    await planFor(128)
    expect(cluster.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
  })

  it('without MARATHON_URL the dcos program tells the cluster', async () => {
    machine({ env: {}, programs: { dcos: { stdout: `${cluster.url}\n` } } })
    await planFor(128).catch(() => null)
    expect(cluster.asked[0]).toMatch(/^GET .service.marathon.v2.apps.shop.app-oom/)
  })

  it.each([
    [{ env: {} }, 'it is not known where Marathon is'],
    [{ env: { MARATHON_URL: 'marathon:8080' } }, 'MARATHON_URL is no address'],
    [
      { env: { MARATHON_URL: 'http://127.0.0.1:1', STELLA_MARATHON_TOKEN_FILE: '/no' } },
      'holds no token',
    ],
  ])('%j is unreachable', async (setting, message) => {
    machine(setting)
    await expect(planFor(128)).rejects.toMatchObject({ exitCode: 3, message })
  })
})

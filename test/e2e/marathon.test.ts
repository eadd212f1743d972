/** An app of Marathon that is asked for live. No DC/OS cluster can be had: what answers is a stand-in that says so. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { engineWith } from '../../src/cli/live-engine.ts'
import { collect } from '../../src/investigate/collect.ts'
import { MIB } from '../../src/model/bytes.ts'
import type { Said } from '../support/captured-io.ts'
import { stella } from '../support/command-line.ts'
import { fakeReader } from '../support/fake-reader.ts'
import { appFixture, clusterFixture, marathonStandIn } from '../support/marathon-stand-in.ts'
import type { Fault, MarathonStandIn } from '../support/marathon-stand-in.ts'

let cluster: MarathonStandIn
let data = ''

async function standIn(app: MarathonStandIn['app']): Promise<void> {
  await cluster[Symbol.asyncDispose]()
  cluster = await marathonStandIn(app)
}

beforeEach(async () => {
  cluster = await marathonStandIn(appFixture('app-oom'))
  data = mkdtempSync(join(tmpdir(), 'stella-test-marathon-'))
})
afterEach(async () => {
  await cluster[Symbol.asyncDispose]()
  rmSync(data, { recursive: true, force: true })
})

function asked(args: readonly string[], env?: Record<string, string>): Promise<Said> {
  return stella(args, { engine: engineWith, env: env ?? addresses() })
}

function addresses(): Record<string, string> {
  return { MARATHON_URL: cluster.url, STELLA_MESOS_AGENT_URL: `${cluster.url}/agent/S3` }
}

/** The only case, as `--json` prints it. */
async function caseOf(env?: Record<string, string>) {
  const said = await asked(['why', `marathon:${cluster.app.id}`, '--json'], env)
  expect(said.err).toBe('')
  return { code: said.code, ...JSON.parse(said.out) }
}

const changes = () => cluster.asked.filter((line) => /^(?:PUT|DELETE)/.test(line))

function failsWith(message: string, state = 'TASK_FAILED'): void {
  const failure = { ...Object(cluster.app['lastTaskFailure']), message, state }
  cluster.app = { ...cluster.app, lastTaskFailure: failure }
}

describe('why marathon:/APP', () => {
  it('tells the limit with its executor, and the loop that a graph of the CPU shows as 0 to 8 %', async () => {
    const found = await caseOf()
    expect(found).toMatchObject({
      code: 0,
      subject: { platform: 'marathon', name: '/app-oom' },
      verdict: { code: 'oom-own-limit' },
      binding: { scope: 'container', limitBytes: 64 * MIB, usageBytes: 64 * MIB },
    })
    const { summary } = found.verdict
    expect(summary).toContain("the app's 32 MiB plus the executor's 32 MiB")
    // The answers of the stand-in: nine tasks, 94 s between the last two, backoff of 1.15.
    expect(summary).toContain('9 tasks failed one after the other')
    expect(summary).toContain('first every 39 s and now every 94 s; each runs for 4.7 s')
    expect(summary).toContain('1 s, 1.15 times as long after each failure, 300 s at most')
    expect(summary).toContain('62 s more now')
    expect(summary).toContain('not an app that idles')
    expect(found.causes[0].code).toBe('executor-overhead')
    expect(found.unknown.join('\n')).toContain('the kernel log of 192.0.2.33 was not read')
  })

  it('knows the limit where the isolator of cgroup v2 does not write it', async () => {
    failsWith(
      'Memory limit exceeded: \nMEMORY STATISTICS post-OOM: \nanon: 60MB\nfile: 4KB\nkernel: 1536KB\n',
    )
    const found = await caseOf()
    expect(found.binding).toMatchObject({ limitBytes: 64 * MIB, usageBytes: null })
    expect(found.verdict.summary).toContain("the app's 32 MiB plus the executor's 32 MiB")
  })

  it('takes resourceLimits for the limit where they are set, and no limit for one', async () => {
    failsWith('Memory limit exceeded: ')
    cluster.app = { ...cluster.app, resourceLimits: { mem: 96 } }
    const bounded = await caseOf()
    expect(bounded.binding.limitBytes).toBe(128 * MIB)
    cluster.app = { ...cluster.app, resourceLimits: { mem: 'unlimited' } }
    const open = await caseOf()
    expect(open.binding.limitBytes).toBeNull()
  })

  it.each([
    ['Container exited with status 137', 'killed-unknown', 4],
    ['Command terminated with signal Killed', 'killed-unknown', 4],
    ['Command exited with status 1', 'crashed', 0],
  ])('%s: %s, for an end alone does not tell of memory', async (message, verdict, code) => {
    failsWith(message)
    cluster.app = { ...cluster.app, container: { type: 'DOCKER', docker: { image: 'shop/a:1' } } }
    expect(await caseOf()).toMatchObject({ code, verdict: { code: verdict } })
  })

  it('a loop is told whatever ends it, and that Mesos says no more of a container of Docker', async () => {
    failsWith('Container exited with status 137')
    cluster.app = { ...cluster.app, container: { type: 'DOCKER', docker: { image: 'shop/a:1' } } }
    const { summary } = (await caseOf()).verdict
    expect(summary).toContain('read the kernel log of its agent')
    expect(summary).toContain('now every 94 s')
  })

  it('an agent that enforces nothing is named', async () => {
    const state = JSON.parse(clusterFixture('state.json'))
    state.flags.isolation = 'posix/cpu,posix/mem'
    cluster.answers.set('/state', state)
    expect((await caseOf()).unknown.join('\n')).toContain('no cgroups/mem')
  })

  it('agents that are not asked are counted', async () => {
    const places = Array.from({ length: 7 }, (_, index) => ({
      appId: '/app-oom',
      id: `app-oom.4af3440${index}-3158-11e8-b60b-a2f459e14528`,
      slaveId: `S${index}`,
      host: '192.0.2.1',
      state: 'TASK_RUNNING',
    }))
    cluster.app = { ...cluster.app, tasks: places }
    const found = await caseOf({ DCOS_URL: cluster.url })
    expect(found.unknown.join('\n')).toContain('on 4 more agents')
  })

  it('a task that somebody stopped was not killed for memory', async () => {
    failsWith('Command terminated with signal Terminated', 'TASK_KILLED')
    expect((await caseOf()).verdict.code).toBe('killed-not-memory')
  })

  it('finds the last words of the program in its sandbox, and reads their end alone', async () => {
    failsWith('Command exited with status 1')
    const trace = 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n'
    cluster.sandbox.set('stderr', `${'a line of its work\n'.repeat(20_000)}${trace}`)
    const found = await caseOf()
    expect(found.verdict.code).toBe('runtime-out-of-memory')
    const size = 20_000 * 19 + trace.length
    expect(cluster.asked.join('\n')).toContain(`stderr&offset=${size - 65_536}&length=65536`)
  })

  it('says the same of what was saved of the cluster', async () => {
    const folder = fileURLToPath(new URL('../../fixtures/mesos/cluster', import.meta.url))
    const said = await asked(['why', 'marathon:/app-oom', '--from', folder, '--json'])
    const { id, verdict } = await caseOf()
    expect(JSON.parse(said.out)).toMatchObject({ id, verdict: { summary: verdict.summary } })
  })

  it('tells how a task that lives stands to its limit, by what its agent reads', async () => {
    await standIn(appFixture('web'))
    const found = await caseOf()
    expect(found).toMatchObject({ code: 0, verdict: { code: 'healthy' } })
    expect(found.verdict.summary).toContain('186 MiB of its limit of 288 MiB')
  })
})

describe('who is asked, and with which rights', () => {
  it('DC/OS leads to everything, with its token, which nobody sees', async () => {
    const DCOS_ACS_TOKEN = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.secret'
    const env = { DCOS_URL: cluster.url, DCOS_ACS_TOKEN }
    for (const args of [
      ['why', 'marathon:/app-oom'],
      ['why', 'marathon:/app-oom', '--json'],
    ]) {
      const { out, err } = await asked(args, env)
      expect(out + err).not.toContain('eyJ')
    }
    expect(cluster.authorization).toBe(`token=${DCOS_ACS_TOKEN}`)
    const paths = cluster.asked.map((line) => line.split(/[ ?]/)[1])
    expect(paths).toContain('/service/marathon/v2/apps/app-oom')
    expect(paths).toContain('/mesos/tasks')
    expect(paths).toContain('/agent/5f7e2c11-6b0d-4b6e-9d2f-0f6c1e1b7a10-S3/state')
  })

  it('a server that Marathon names is asked without the rights that were given for Marathon', async () => {
    await using other = await marathonStandIn(appFixture('web'))
    cluster.answers.set('/v2/info', {
      frameworkId: 'f-1',
      marathon_config: { mesos_leader_ui_url: `${other.url}/mesos/` },
    })
    const url = cluster.url.replace('//', '//me:hunter22@')
    const said = await asked(['why', 'marathon:/app-oom', '--json', '--marathon', url], {
      STELLA_MESOS_AGENT_URL: `${other.url}/agent/S3`,
    })
    expect(said.code).toBe(0)
    expect(said.out + said.err).not.toContain('hunter22')
    expect(cluster.authorization).toMatch(/^Basic /)
    expect(other.asked.join('\n')).toContain('/mesos/tasks?framework_id=f-1')
    expect(other.authorization).toBeNull()
  })

  it('the token of DC/OS does not go to another Marathon', async () => {
    await asked(['why', 'marathon:/app-oom'], { ...addresses(), DCOS_ACS_TOKEN: 'eyJ' })
    expect(cluster.authorization).toBeNull()
  })
})

describe('a Marathon that cannot be asked', () => {
  const CASES: [string, Fault | null, string][] = [
    ['401', { status: 401 }, 'refuses access (status 401)'],
    ['403', { status: 403 }, 'refuses access (status 403)'],
    ['404', { status: 404 }, 'has no app /app-oom'],
    ['500', { status: 500 }, 'status 500'],
    ['503', { status: 503 }, 'status 503'],
    ['another server', { location: 'http://192.0.2.9/' }, 'leads to http://192.0.2.9'],
    ['a circle', { location: '/v2/apps/app-oom' }, 'leads round in a circle'],
    ['half an answer', 'cut', 'does not answer'],
    ['no JSON', 'garbage', 'is no Marathon'],
    ['an answer without an end', 'endless', 'larger than 8 MiB'],
  ]
  it.each(CASES)('%s is told in one line, with exit code 3', async (_, fault, says) => {
    if (fault !== null) cluster.faults = [{ path: /v2\/apps/, fault }]
    const said = await asked(['why', 'marathon:/app-oom'])
    expect(said).toMatchObject({ code: 3, out: '' })
    expect(said.err).toContain(says)
    expect(said.err.trimEnd().split('\n')).toHaveLength(1)
  })

  it('an agent that does not answer is told, and the rest as well', async () => {
    cluster.faults = [{ path: /agent/, fault: 'hang' }]
    using reader = fakeReader({ env: addresses() })
    const target = { kind: 'marathon', app: '/app-oom' } as const
    const { world } = await collect(target, { reader, sourceTimeoutMs: 300 })
    expect(world.unknown.join('\n')).toMatch(/Mesos agent at .*: it did not answer in time/)
    expect(world.observations.some(({ fact }) => fact.kind === 'marathon-app')).toBe(true)
  })

  it('one that does not answer is not waited for', async () => {
    cluster.faults = [{ path: /v2\/apps/, fault: 'hang' }]
    using reader = fakeReader({ env: addresses() })
    const target = { kind: 'marathon', app: '/app-oom' } as const
    await expect(collect(target, { reader, sourceTimeoutMs: 100 })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('did not answer in time'),
    })
  })

  it.each([
    ['no address', {}, 3, 'it is not known where Marathon is'],
    ['a wrong one', { MARATHON_URL: 'marathon:8080' }, 3, 'MARATHON_URL is no address'],
  ])('%s', async (_, env, code, says) => {
    const said = await asked(['why', 'marathon:/app-oom'], env)
    expect(said.code).toBe(code)
    expect(said.err).toContain(says)
  })

  it('nobody is there', async () => {
    const env = addresses()
    await cluster[Symbol.asyncDispose]()
    const said = await asked(['why', 'marathon:/app-oom'], env)
    expect(said.code).toBe(3)
    expect(said.err).toContain('ECONNREFUSED')
  })

  it.each(['/A', '/a b', '/a/?x', '/a/%2e%2e'])('%s is no app', async (app) => {
    const said = await asked(['why', `marathon:${app}`])
    expect(said.code).toBe(2)
    expect(cluster.asked).toEqual([])
  })
})

describe('what cannot be had beside the app', () => {
  const CASES: [string, RegExp, Fault, string][] = [
    ['the agent refuses', /agent/, { status: 403 }, 'it refuses access (status 403)'],
    ['the agent is away', /agent/, 'cut', 'it does not answer'],
    [
      'the agent is another program',
      /containers/,
      'garbage',
      'what answers is no mesos-containers',
    ],
    ['the agent says too much', /state/, 'endless', 'larger than 16 MiB'],
    ['the sandbox is gone', /files\/read/, { status: 404 }, 'sandboxes are kept for a while'],
    [
      'the master leads elsewhere',
      /mesos\/tasks/,
      { location: 'http://192.0.2.8/' },
      'leads to http://192',
    ],
    ['the queue fails', /queue/, { status: 500 }, 'launch queue of Marathon at'],
    ['Marathon does not say who leads', /info/, { status: 404 }, '/v2/info of Marathon'],
  ]
  it.each(CASES)('%s: it is named, and the rest is told', async (_, path, fault, says) => {
    cluster.faults = [{ path, fault }]
    const found = await caseOf()
    expect(found).toMatchObject({ code: 0, verdict: { code: 'oom-own-limit' } })
    expect(found.unknown.join('\n')).toContain(says)
  })
})

describe('bill marathon:/APP', () => {
  it('is what the agent reads, to the byte, and says nothing of processes that nobody saw', async () => {
    await standIn(appFixture('web'))
    const said = await asked(['bill', 'marathon:/web', '--json'])
    const bill = JSON.parse(said.out)
    expect(bill).toMatchObject({ chargeBytes: 254_803_968, limitBytes: 288 * MIB, tools: [] })
    const sum = bill.items.reduce((all: number, { bytes }: { bytes: number }) => all + bytes, 0)
    expect(sum + bill.unattributedBytes).toBe(bill.chargeBytes)
    expect(bill.findings).toEqual([])
    expect(bill.unknown.join('\n')).toContain('known on its agent alone')
  })

  it.each([
    ['no task runs', 'app-oom', 'no Mesos agent tells'],
    ['the agent is away', 'web', 'no Mesos agent tells'],
  ] as const)('%s: there is none, with exit code 4', async (_, app, says) => {
    await standIn(appFixture(app))
    cluster.faults = [{ path: /agent/, fault: { status: 503 } }]
    const said = await asked(['bill', `marathon:/${app}`])
    expect(said).toMatchObject({ code: 4, out: '' })
    expect(said.err).toContain(says)
  })
})

describe('verify marathon:/APP', () => {
  const checksOf = async () => {
    const args = ['verify', `marathon:${cluster.app.id}`, '--now', '--json', '--data', data]
    const { checks } = JSON.parse((await asked(args)).out)
    return Object.fromEntries(
      checks.map(({ name, ok }: { name: string; ok: boolean | null }) => [name, ok]),
    )
  }

  it('looks at its tasks, and takes page cache for no danger', async () => {
    await standIn(appFixture('web'))
    expect(await checksOf()).toMatchObject({
      running: true,
      'same workload': true,
      'limit in force': true,
      'no kill since the change': true,
      'no restart since the change': true,
      'peak below the warning line': null,
    })
  })

  it('an app whose tasks die does not run', async () => {
    expect(await checksOf()).toMatchObject({ running: false })
  })

  it('a fix whose limit the agent does not know yet is not in force', async () => {
    await standIn(appFixture('web'))
    const fixed = ['fix', 'marathon:/web', '--limit', '384', '--apply', '--data', data]
    expect((await asked(fixed)).code).toBe(0)
    expect(await checksOf()).toMatchObject({ 'limit in force': false, 'same workload': true })
  })

  it('a task that is over its limit after the change is a kill', async () => {
    await standIn(appFixture('web'))
    await asked(['fix', 'marathon:/web', '--limit', '384', '--apply', '--data', data])
    const failure = {
      taskId: 'web.instance-0d1f2c3a-3158-11e8-b60b-a2f459e14528._app.1',
      state: 'TASK_FAILED',
      message: 'Memory limit exceeded: Requested: 384MB Maximum Used: 384MB',
      timestamp: new Date(Date.now() + 60_000).toISOString(),
    }
    cluster.app = { ...cluster.app, lastTaskFailure: failure }
    expect(await checksOf()).toMatchObject({ 'no kill since the change': false })
  })
})

describe('fix marathon:/APP', () => {
  const fix = (...more: string[]) =>
    asked(['fix', `marathon:${cluster.app.id}`, '--data', data, ...more])

  it('shows the change, makes it with --apply, and takes it back', async () => {
    const planned = await fix()
    expect(planned).toMatchObject({ code: 0, err: '' })
    expect(planned.out).toContain('dcos marathon app update /app-oom mem=144')
    expect(changes()).toEqual([])
    expect((await fix('--apply')).code).toBe(0)
    expect(changes()).toEqual(['PUT /v2/apps/app-oom {"mem":144}'])
    expect(cluster.app.mem).toBe(144)
    const undone = await fix('--undo')
    expect(undone).toMatchObject({ code: 0, err: '' })
    expect(changes().slice(1)).toEqual(['PUT /v2/apps/app-oom {"mem":32}'])
    expect(cluster.app.mem).toBe(32)
  })

  it('changes resourceLimits where they are the limit, and the rest of them stays', async () => {
    const resourceLimits = { cpus: 2, mem: 64 }
    cluster.app = { ...cluster.app, resourceLimits }
    expect((await fix('--limit', '160', '--apply')).code).toBe(0)
    expect(cluster.app).toMatchObject({ mem: 32, resourceLimits: { cpus: 2, mem: 128 } })
    expect((await fix('--undo')).code).toBe(0)
    expect(cluster.app).toMatchObject({ mem: 32, resourceLimits })
  })

  it('sets a variable beside the others and those of secrets, and brings all back', async () => {
    await standIn(appFixture('web'))
    const { env } = cluster.app
    expect((await fix('--env', 'SESSIONS_MAX=1000', '--apply')).code).toBe(0)
    expect(cluster.app['env']).toEqual({ SESSIONS_MAX: '1000', DB_PASSWORD: { secret: 'db' } })
    expect((await fix('--undo')).code).toBe(0)
    expect(cluster.app['env']).toEqual(env)
  })

  it('adds a flag of a runtime to those that stand there', async () => {
    await standIn({ ...appFixture('web'), env: { JAVA_TOOL_OPTIONS: '-Xss1m' } })
    await fix('--env', 'JAVA_TOOL_OPTIONS=-Xmx128m', '--apply')
    expect(cluster.app['env']).toEqual({ JAVA_TOOL_OPTIONS: '-Xss1m -Xmx128m' })
  })

  it('leaves an app alone that another deployment holds, and says what to wait for', async () => {
    cluster.lockedBy = '97c136bf-5a28-4821-9d94-480d9fbb01c8'
    const said = await fix('--apply')
    expect(said.code).toBe(1)
    expect(said.out + said.err).toContain('the deployment 97c136bf-5a28-4821-9d94-480d9fbb01c8')
    expect(cluster.app.mem).toBe(32)
    expect(cluster.asked.join('\n')).not.toContain('force')
  })

  it('is taken back at the Marathon where it was made, and nowhere else', async () => {
    await fix('--apply')
    await using other = await marathonStandIn(appFixture('app-oom'))
    const said = await asked(['fix', 'marathon:/app-oom', '--undo', '--data', data], {
      MARATHON_URL: other.url,
    })
    expect(said.code).not.toBe(0)
    expect(said.out + said.err).toContain(`--marathon ${cluster.url}`)
    expect(other.asked).toEqual([])
    expect(cluster.app.mem).toBe(144)
    const right = ['fix', '--undo', '--data', data, '--marathon', cluster.url]
    expect((await asked(right, {})).code).toBe(0)
    expect(cluster.app.mem).toBe(32)
  })

  it.each([
    ['256Mi', 2, 'is not a size for Marathon'],
    ['unlimited', 2, 'takes the limit away'],
    ['64', 2, 'it was killed at 64 MiB'],
  ])('--limit %s is refused', async (limit, code, says) => {
    const said = await fix('--limit', limit, '--apply')
    expect(said.code).toBe(code)
    expect(said.err).toContain(says)
    expect(changes()).toEqual([])
  })
})

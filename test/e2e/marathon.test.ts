/** An app of Marathon that is asked for live. No DC/OS cluster can be had: what answers is a stand-in that says so. */
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { askedMarathon } from '../support/marathon-command.ts'
import { appFixture, clusterFixture, marathonStandIn } from '../support/marathon-stand-in.ts'

const marathon = askedMarathon()

function failsWith(message: string, state = 'TASK_FAILED'): void {
  const { cluster } = marathon
  const failure = { ...Object(cluster.app['lastTaskFailure']), message, state }
  cluster.app = { ...marathon.cluster.app, lastTaskFailure: failure }
}

describe('why marathon:/APP', () => {
  it('tells the limit with its executor, and the loop that a graph of the CPU shows as 0 to 8 %', async () => {
    const found = await marathon.caseOf()
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

  it('draws how long its tasks ran, and when', async () => {
    const { out } = await marathon.asked(['why', 'marathon:/app-oom'])
    expect(out).toContain('9 tasks, 4.7 s long each')
    expect(out).toMatch(/4\.7 s to 4\.8 s {2}█{24} 9\n/)
    expect(out).toContain('█▁█▁▁█▁▁█▁▁██▁▁██▁▁▁█▁▁▁▁██▁▁▁▁█  CPU allocation, 0 to 1 CPU')
  })

  it('knows the limit where the isolator of cgroup v2 does not write it', async () => {
    failsWith(
      'Memory limit exceeded: \nMEMORY STATISTICS post-OOM: \nanon: 60MB\nfile: 4KB\nkernel: 1536KB\n',
    )
    const found = await marathon.caseOf()
    expect(found.binding).toMatchObject({ limitBytes: 64 * MIB, usageBytes: null })
    expect(found.verdict.summary).toContain("the app's 32 MiB plus the executor's 32 MiB")
  })

  it('takes resourceLimits for the limit where they are set, and no limit for one', async () => {
    failsWith('Memory limit exceeded: ')
    marathon.cluster.app = { ...marathon.cluster.app, resourceLimits: { mem: 96 } }
    const bounded = await marathon.caseOf()
    expect(bounded.binding.limitBytes).toBe(128 * MIB)
    marathon.cluster.app = { ...marathon.cluster.app, resourceLimits: { mem: 'unlimited' } }
    const open = await marathon.caseOf()
    expect(open.binding.limitBytes).toBeNull()
  })

  it.each([
    ['Container exited with status 137', 'killed-unknown', 4],
    ['Command terminated with signal Killed', 'killed-unknown', 4],
    ['Command exited with status 1', 'crashed', 0],
  ])('%s: %s, for an end alone does not tell of memory', async (message, verdict, code) => {
    failsWith(message)
    marathon.cluster.app = {
      ...marathon.cluster.app,
      container: { type: 'DOCKER', docker: { image: 'shop/a:1' } },
    }
    expect(await marathon.caseOf()).toMatchObject({ code, verdict: { code: verdict } })
  })

  it('a loop is told whatever ends it, and that Mesos says no more of a container of Docker', async () => {
    failsWith('Container exited with status 137')
    marathon.cluster.app = {
      ...marathon.cluster.app,
      container: { type: 'DOCKER', docker: { image: 'shop/a:1' } },
    }
    const { summary } = (await marathon.caseOf()).verdict
    expect(summary).toContain('read the kernel log of its agent')
    expect(summary).toContain('now every 94 s')
  })

  it('an agent that enforces nothing is named', async () => {
    const state = JSON.parse(clusterFixture('state.json'))
    state.flags.isolation = 'posix/cpu,posix/mem'
    marathon.cluster.answers.set('/state', state)
    expect((await marathon.caseOf()).unknown.join('\n')).toContain('no cgroups/mem')
  })

  it('agents that are not asked are counted', async () => {
    const places = Array.from({ length: 7 }, (_, index) => ({
      appId: '/app-oom',
      id: `app-oom.4af3440${index}-3158-11e8-b60b-a2f459e14528`,
      slaveId: `S${index}`,
      host: '192.0.2.1',
      state: 'TASK_RUNNING',
    }))
    marathon.cluster.app = { ...marathon.cluster.app, tasks: places }
    const found = await marathon.caseOf({ DCOS_URL: marathon.cluster.url })
    expect(found.unknown.join('\n')).toContain('on 4 more agents')
  })

  it('a task that somebody stopped was not killed for memory', async () => {
    failsWith('Command terminated with signal Terminated', 'TASK_KILLED')
    expect((await marathon.caseOf()).verdict.code).toBe('killed-not-memory')
  })

  it('finds the last words of the program in its sandbox, and reads their end alone', async () => {
    failsWith('Command exited with status 1')
    const trace = 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n'
    marathon.cluster.sandbox.set('stderr', `${'a line of its work\n'.repeat(20_000)}${trace}`)
    const found = await marathon.caseOf()
    expect(found.verdict.code).toBe('runtime-out-of-memory')
    const size = 20_000 * 19 + trace.length
    expect(marathon.cluster.asked.join('\n')).toContain(
      `stderr&offset=${size - 65_536}&length=65536`,
    )
  })

  it('says the same of what was saved of the cluster', async () => {
    const folder = fileURLToPath(new URL('../../fixtures/mesos/cluster', import.meta.url))
    const said = await marathon.asked(['why', 'marathon:/app-oom', '--from', folder, '--json'])
    const { id, verdict } = await marathon.caseOf()
    expect(JSON.parse(said.out)).toMatchObject({ id, verdict: { summary: verdict.summary } })
  })

  it('tells how a task that lives stands to its limit, by what its agent reads', async () => {
    await marathon.standIn(appFixture('web'))
    const found = await marathon.caseOf()
    expect(found).toMatchObject({ code: 0, verdict: { code: 'healthy' } })
    expect(found.verdict.summary).toContain('186 MiB of its limit of 288 MiB')
  })
})

describe('who is asked, and with which rights', () => {
  it('DC/OS leads to everything, with its token, which nobody sees', async () => {
    const DCOS_ACS_TOKEN = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.secret'
    const env = { DCOS_URL: marathon.cluster.url, DCOS_ACS_TOKEN }
    for (const args of [
      ['why', 'marathon:/app-oom'],
      ['why', 'marathon:/app-oom', '--json'],
    ]) {
      const { out, err } = await marathon.asked(args, env)
      expect(out + err).not.toContain('eyJ')
    }
    expect(marathon.cluster.authorization).toBe(`token=${DCOS_ACS_TOKEN}`)
    const paths = marathon.cluster.asked.map((line) => line.split(/[ ?]/)[1])
    expect(paths).toContain('/service/marathon/v2/apps/app-oom')
    expect(paths).toContain('/mesos/tasks')
    expect(paths).toContain('/agent/5f7e2c11-6b0d-4b6e-9d2f-0f6c1e1b7a10-S3/state')
  })

  it('a server that Marathon names is asked without the rights that were given for Marathon', async () => {
    await using other = await marathonStandIn(appFixture('web'))
    marathon.cluster.answers.set('/v2/info', {
      frameworkId: 'f-1',
      marathon_config: { mesos_leader_ui_url: `${other.url}/mesos/` },
    })
    const url = marathon.cluster.url.replace('//', '//me:hunter22@')
    const said = await marathon.asked(['why', 'marathon:/app-oom', '--json', '--marathon', url], {
      STELLA_MESOS_AGENT_URL: `${other.url}/agent/S3`,
    })
    expect(said.code).toBe(0)
    expect(said.out + said.err).not.toContain('hunter22')
    expect(marathon.cluster.authorization).toMatch(/^Basic /)
    expect(other.asked.join('\n')).toContain('/mesos/tasks?framework_id=f-1')
    expect(other.authorization).toBeNull()
  })

  it('the token of DC/OS does not go to another Marathon', async () => {
    await marathon.asked(['why', 'marathon:/app-oom'], {
      ...marathon.addresses(),
      DCOS_ACS_TOKEN: 'eyJ',
    })
    expect(marathon.cluster.authorization).toBeNull()
  })
})

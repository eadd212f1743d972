/** What an app of Marathon uses, whether it holds, and what changes it. */
import { describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { askedMarathon } from '../support/marathon-command.ts'
import { appFixture, marathonStandIn } from '../support/marathon-stand-in.ts'

const marathon = askedMarathon()

const changes = () => marathon.cluster.asked.filter((line) => /^(?:PUT|DELETE)/.test(line))

describe('bill marathon:/APP', () => {
  it('is what the agent reads, to the byte, and says nothing of processes that nobody saw', async () => {
    await marathon.standIn(appFixture('web'))
    const said = await marathon.asked(['bill', 'marathon:/web', '--json'])
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
    await marathon.standIn(appFixture(app))
    marathon.cluster.faults = [{ path: /agent/, fault: { status: 503 } }]
    const said = await marathon.asked(['bill', `marathon:/${app}`])
    expect(said).toMatchObject({ code: 4, out: '' })
    expect(said.err).toContain(says)
  })
})

describe('verify marathon:/APP', () => {
  const checksOf = async () => {
    const args = [
      'verify',
      `marathon:${marathon.cluster.app.id}`,
      '--now',
      '--json',
      '--data',
      marathon.data,
    ]
    const { checks } = JSON.parse((await marathon.asked(args)).out)
    return Object.fromEntries(
      checks.map(({ name, ok }: { name: string; ok: boolean | null }) => [name, ok]),
    )
  }

  it('looks at its tasks, and takes page cache for no danger', async () => {
    await marathon.standIn(appFixture('web'))
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
    await marathon.standIn(appFixture('web'))
    const fixed = ['fix', 'marathon:/web', '--limit', '384', '--apply', '--data', marathon.data]
    expect((await marathon.asked(fixed)).code).toBe(0)
    expect(await checksOf()).toMatchObject({ 'limit in force': false, 'same workload': true })
  })

  it('a task that is over its limit after the change is a kill', async () => {
    await marathon.standIn(appFixture('web'))
    await marathon.asked([
      'fix',
      'marathon:/web',
      '--limit',
      '384',
      '--apply',
      '--data',
      marathon.data,
    ])
    const failure = {
      taskId: 'web.instance-0d1f2c3a-3158-11e8-b60b-a2f459e14528._app.1',
      state: 'TASK_FAILED',
      message: 'Memory limit exceeded: Requested: 384MB Maximum Used: 384MB',
      timestamp: new Date(Date.now() + 60_000).toISOString(),
    }
    marathon.cluster.app = { ...marathon.cluster.app, lastTaskFailure: failure }
    expect(await checksOf()).toMatchObject({ 'no kill since the change': false })
  })
})

describe('fix marathon:/APP', () => {
  const fix = (...more: string[]) =>
    marathon.asked(['fix', `marathon:${marathon.cluster.app.id}`, '--data', marathon.data, ...more])

  it('shows the change, makes it with --apply, and takes it back', async () => {
    const planned = await fix()
    expect(planned).toMatchObject({ code: 0, err: '' })
    expect(planned.out).toContain('dcos marathon app update /app-oom mem=144')
    expect(changes()).toEqual([])
    expect((await fix('--apply')).code).toBe(0)
    expect(changes()).toEqual(['PUT /v2/apps/app-oom {"mem":144}'])
    expect(marathon.cluster.app.mem).toBe(144)
    const undone = await fix('--undo')
    expect(undone).toMatchObject({ code: 0, err: '' })
    expect(changes().slice(1)).toEqual(['PUT /v2/apps/app-oom {"mem":32}'])
    expect(marathon.cluster.app.mem).toBe(32)
  })

  it('changes resourceLimits where they are the limit, and the rest of them stays', async () => {
    const resourceLimits = { cpus: 2, mem: 64 }
    marathon.cluster.app = { ...marathon.cluster.app, resourceLimits }
    expect((await fix('--limit', '160', '--apply')).code).toBe(0)
    expect(marathon.cluster.app).toMatchObject({ mem: 32, resourceLimits: { cpus: 2, mem: 128 } })
    expect((await fix('--undo')).code).toBe(0)
    expect(marathon.cluster.app).toMatchObject({ mem: 32, resourceLimits })
  })

  it('sets a variable beside the others and those of secrets, and brings all back', async () => {
    await marathon.standIn(appFixture('web'))
    const { env } = marathon.cluster.app
    expect((await fix('--env', 'SESSIONS_MAX=1000', '--apply')).code).toBe(0)
    expect(marathon.cluster.app['env']).toEqual({
      SESSIONS_MAX: '1000',
      DB_PASSWORD: { secret: 'db' },
    })
    expect((await fix('--undo')).code).toBe(0)
    expect(marathon.cluster.app['env']).toEqual(env)
  })

  it('adds a flag of a runtime to those that stand there', async () => {
    await marathon.standIn({ ...appFixture('web'), env: { JAVA_TOOL_OPTIONS: '-Xss1m' } })
    await fix('--env', 'JAVA_TOOL_OPTIONS=-Xmx128m', '--apply')
    expect(marathon.cluster.app['env']).toEqual({ JAVA_TOOL_OPTIONS: '-Xss1m -Xmx128m' })
  })

  it('leaves an app alone that another deployment holds, and says what to wait for', async () => {
    marathon.cluster.lockedBy = '97c136bf-5a28-4821-9d94-480d9fbb01c8'
    const said = await fix('--apply')
    expect(said.code).toBe(1)
    expect(said.out + said.err).toContain('the deployment 97c136bf-5a28-4821-9d94-480d9fbb01c8')
    expect(marathon.cluster.app.mem).toBe(32)
    expect(marathon.cluster.asked.join('\n')).not.toContain('force')
  })

  it('is taken back at the Marathon where it was made, and nowhere else', async () => {
    await fix('--apply')
    await using other = await marathonStandIn(appFixture('app-oom'))
    const said = await marathon.asked(
      ['fix', 'marathon:/app-oom', '--undo', '--data', marathon.data],
      {
        MARATHON_URL: other.url,
      },
    )
    expect(said.code).not.toBe(0)
    expect(said.out + said.err).toContain(`--marathon ${marathon.cluster.url}`)
    expect(other.asked).toEqual([])
    expect(marathon.cluster.app.mem).toBe(144)
    const right = ['fix', '--undo', '--data', marathon.data, '--marathon', marathon.cluster.url]
    expect((await marathon.asked(right, {})).code).toBe(0)
    expect(marathon.cluster.app.mem).toBe(32)
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

/**
 * The runbook of tasks that DC/OS loses to their limit, on real kills. DC/OS is at its end of life, and no cluster can be had:
 * Marathon is a stand-in, the agent a few lines below, and `dcos` a script that asks them as the real one does.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { book } from '../support/book-runs.ts'
import type { Book } from '../support/book-runs.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { marathonStandIn } from '../support/marathon-stand-in.ts'
import type { MarathonStandIn } from '../support/marathon-stand-in.ts'
import { hog } from '../support/hog.ts'
import { requireParts } from '../support/parts.ts'
import { until } from '../support/testbed.ts'

/** What Mesos adds for its executor. */
const EXECUTOR_MIB = 32
const AGENT = 'a1-S0'
const TASK = 'app-oom.4af344fa-3158-11e8-b60b-a2f459e14528'

const DCOS = `#!/bin/sh
case "$*" in
  "marathon app show /app-oom") curl -sSf "$MARATHON_URL/v2/apps/app-oom" | jq .app ;;
  "task log --completed --lines=100 app-oom stdout") tail -n 100 "$SANDBOX/stdout" ;;
  "service log marathon --lines=2000") tail -n 2000 "$SANDBOX/marathon.log" ;;
  "node log --mesos-id=${AGENT} --lines=5000") tail -n 5000 "$SANDBOX/agent.log" ;;
  "node log --leader --lines=5000") tail -n 5000 "$SANDBOX/marathon.log" ;;
  "task exec app-oom cat /sys/fs/cgroup/memory/memory.stat") cat "$GROUP/memory.stat" ;;
  *) echo "dcos: $*: nobody knows that" >&2; exit 1 ;;
esac
`

let home = ''
let server: MarathonStandIn
let group: TestGroup
let agent: NodeJS.Timeout
let kills = 0
/** Of the app, as its task was started. */
let version = '2026-01-01T00:00:00.000Z'

const limit = (): number => Number(group.read('memory.limit_in_bytes'))

/** What an agent does: the limit that the app asks for, and the word of a kill to Marathon. */
function beAgent(): void {
  const now = Number(/^oom_kill (\d+)$/m.exec(group.read('memory.oom_control'))?.[1])
  if (now > kills) tellKill()
  kills = now
  if (version === server.app.version) return
  group.write('memory.limit_in_bytes', String((server.app.mem + EXECUTOR_MIB) * MIB))
  version = server.app.version
}

function tellKill(): void {
  const mb = limit() / MIB
  const message = `Memory limit exceeded: Requested: ${mb}MB Maximum Used: ${mb}MB`
  const timestamp = new Date().toISOString()
  const failure = { appId: '/app-oom', taskId: TASK, state: 'TASK_FAILED', message, timestamp }
  server.app['lastTaskFailure'] = { ...failure, slaveId: AGENT, version }
  const line = `[${timestamp.slice(0, 19).replace('T', ' ')},000] INFO  Acknowledge status update for task`
  append('marathon.log', `${line} ${TASK}: TASK_FAILED (${message}`)
  append('agent.log', `I1122 memory.cpp:481] OOM detected for container ${TASK}`)
}

function append(name: string, line: string): void {
  writeFileSync(join(home, 'sandbox', name), `${line}\n`, { flag: 'a' })
}

function dcosOom(since: string): Book {
  const PATH = `${join(home, 'bin')}:${process.env['PATH']}`
  const env = {
    MARATHON_URL: server.url,
    SANDBOX: join(home, 'sandbox'),
    GROUP: group.folder,
    PATH,
  }
  const params = { app: '/app-oom', task: 'app-oom', limit: '160', quiet: '5', since }
  return book('dcos-oom', params, { ...env, STELLA_DATA: join(home, 'data') })
}

describe.skipIf(requireParts('root', 'cgroup-v1', 'compiler'))('the runbook dcos-oom', () => {
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'stella-test-dcos-oom-'))
    for (const folder of ['bin', 'sandbox']) mkdirSync(join(home, folder))
    writeFileSync(join(home, 'bin', 'dcos'), DCOS)
    chmodSync(join(home, 'bin', 'dcos'), 0o755)
    const cmd = 'chmod u+x oomApp && ./oomApp'
    const counts = { cpus: 1, instances: 1, tasksRunning: 1 }
    server = await marathonStandIn({ id: '/app-oom', mem: 32, cmd, version, ...counts })
    group = createGroup('dcos-oom', (32 + EXECUTOR_MIB) * MIB)
    const log = join(home, 'sandbox', 'stdout')
    const task = `${await hog()} "say=Eating Memory" anon=96M stay`
    group.start(['sh', '-c', `while :; do ${task} >> ${log}; sleep 0.3; done`])
    agent = setInterval(beAgent, 100)
  })
  afterAll(async () => {
    clearInterval(agent)
    await group.remove()
    await server[Symbol.asyncDispose]()
    rmSync(home, { recursive: true, force: true })
  })

  it('asks the app, its task, the scheduler, the agent, the task and the master, and waits', async () => {
    await until('it was killed twice', () => kills >= 2)
    const looked = await dcosOom('1h').start('--deep')
    const asked = ['task-log', 'scheduler', 'agent-log', 'exec', 'master-log']
    const fine = Object.fromEntries(asked.map((id) => [id, 'ok']))
    expect(looked.states, looked.told).toMatchObject({ app: 'problem', ...fine, record: 'waits' })
    expect(Object.keys(looked.states).slice(0, 6)).toEqual(['app', ...asked])
    for (const said of ['Eating Memory', 'Requested: 64MB', 'OOM detected', 'total_rss'])
      expect(looked.told).toContain(said)
    expect(looked.code).toBe(4)
    expect(server.asked.filter((line) => !line.startsWith('GET'))).toEqual([])
  })

  it('writes the case down, gives the app more, and sees that its task lives', async () => {
    const looked = await dcosOom('1h').start()
    const mended = await dcosOom('1h').approve(looked)
    expect(mended.states, mended.told).toMatchObject({
      record: 'ok',
      raise: 'ok',
      holds: 'ok',
      runs: 'ok',
    })
    expect([mended.verdict, mended.code]).toEqual(['resolved', 0])
    expect(server.app.mem).toBe(128)
    expect(limit()).toBe(160 * MIB)
  })

  it('finds nothing any more, and changes nothing', async () => {
    const before = kills
    const well = await until(
      'nobody was killed for 10 s',
      async () => {
        const looked = await dcosOom('10s').start()
        return looked.verdict !== null && looked
      },
      60_000,
    )
    expect([well.verdict, well.code], well.told).toEqual(['well', 0])
    expect([server.app.mem, kills]).toEqual([128, before])
  })
})

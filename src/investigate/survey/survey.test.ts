import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { fakeEngine } from '../../../test/support/fake-engine.ts'
import { fakeReader, type FakeReader } from '../../../test/support/fake-reader.ts'
import { audit, type Audit } from '../../audit/engine.ts'
import { survey, type Survey } from './survey.ts'

const ID = '4f'.repeat(32)
const V2 = { 'proc/self/mountinfo': '25 20 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n' }
const MEMINFO = {
  'proc/meminfo':
    'MemTotal:       16777216 kB\nSwapTotal:       4194304 kB\nCommitLimit:    8388608 kB\nCommitted_AS:   1048576 kB\nHugePages_Total:     512\nHugePages_Free:      512\nHugePages_Rsvd:      128\nHugepagesize:       2048 kB\n',
}
const SETTINGS = {
  'proc/sys/kernel/osrelease': '6.1.0-18-amd64\n',
  'proc/sys/vm/panic_on_oom': '0\n',
  'proc/sys/vm/swappiness': '60\n',
  'sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never\n',
}

function group(path: string, limit: string, pid: number | null): Record<string, string> {
  return {
    [`sys/fs/cgroup${path}/memory.max`]: `${limit}\n`,
    [`sys/fs/cgroup${path}/memory.high`]: 'max\n',
    [`sys/fs/cgroup${path}/memory.swap.max`]: 'max\n',
    [`sys/fs/cgroup${path}/cgroup.procs`]: pid === null ? '' : `${pid}\n`,
  }
}

const HOST = { ...V2, ...MEMINFO, ...SETTINGS, 'sys/fs/cgroup/cgroup.controllers': 'memory\n' }

function inspected(fields: { name: string; id?: string; [key: string]: unknown }): object {
  const { name, id = ID, status = 'running', policy = 'no', host = {}, config = {} } = fields
  return {
    Id: id,
    Name: `/${name}`,
    State: { Status: status, Running: status === 'running', Pid: 7 },
    Config: { Image: 'registry.example.com/web:1', ...Object(config) },
    HostConfig: {
      Memory: 536_870_912,
      Runtime: 'runc',
      RestartPolicy: { Name: policy },
      ...Object(host),
    },
  }
}

/** Answers as Docker does about these containers. */
function answers(
  containers: readonly object[],
  info: object = { MemoryLimit: true },
): RequestListener {
  return ({ url = '' }, response) => {
    const found = containers.find((container) => url.includes(String(Reflect.get(container, 'Id'))))
    if (url === '/info') response.end(JSON.stringify(info))
    else if (url.startsWith('/containers/json')) response.end(JSON.stringify(containers))
    else if (found !== undefined) response.end(JSON.stringify(found))
    else response.writeHead(404).end('{}')
  }
}

async function surveyed(
  reader: FakeReader,
  containers: readonly object[] | null,
  info?: object,
): Promise<Survey> {
  if (containers === null) return survey(reader)
  using _engine = await fakeEngine(reader, answers(containers, info))
  return await survey(reader)
}

function machineOf({ documents }: Survey): Record<string, unknown> {
  const text = documents.find(({ path }) => path === 'host')?.text ?? '{}'
  return Object(JSON.parse(text))
}

function judged({ documents }: Survey): Audit {
  return audit(documents.map((file) => ({ file, variables: new Map(), isNamed: true })))
}

describe('a machine', () => {
  it('is written down with what decides who is killed', async () => {
    using reader = fakeReader({ files: HOST })
    const survey = await surveyed(reader, [], { ServerVersion: '27.3.1', MemoryLimit: true })
    expect(machineOf(survey)).toMatchObject({
      schema: 'stella.machine/1',
      at: '2023-11-14T22:13:20.000Z',
      kernel: '6.1.0-18-amd64',
      cgroup: 2,
      memory: {
        totalBytes: 2 ** 34,
        swapBytes: 2 ** 32,
        committedBytes: 2 ** 30,
        commitLimitBytes: 2 ** 33,
        idleHugePageBytes: 384 * 2 ** 21,
      },
      sysctls: { 'vm.panic_on_oom': 0, 'vm.swappiness': 60 },
      pressure: false,
      transparentHugePages: 'madvise',
      engines: [{ name: 'docker', version: '27.3.1', memoryLimit: true }],
    })
    expect(judged(survey).findings.map(({ rule }) => rule.id)).toEqual(['O01'])
  })

  it('has pressure where its file can be read', async () => {
    using reader = fakeReader({ files: { ...HOST, 'proc/pressure/memory': 'some avg10=0.00\n' } })
    const survey = await surveyed(reader, [])
    expect(machineOf(survey)).toMatchObject({ pressure: true })
    expect(judged(survey).findings).toEqual([])
  })

  it('has swap accounting where a group that has the controller shows it', async () => {
    const of = async (files: Record<string, string>): Promise<unknown> => {
      using reader = fakeReader({ files: { ...HOST, ...files } })
      return machineOf(await surveyed(reader, []))['swapAccounting']
    }
    expect(await of({})).toBeUndefined()
    expect(await of(group('/system.slice', 'max', null))).toBe(true)
    expect(await of({ 'sys/fs/cgroup/system.slice/memory.max': 'max\n' })).toBe(false)
  })

  it('of which an engine tells nothing is judged all the same, and that is said', async () => {
    using reader = fakeReader({ files: { ...HOST, ...group(`/docker/${ID}`, 'max', 7) } })
    const survey = await surveyed(reader, null)
    expect(survey.documents.map(({ path }) => path)).toEqual(['host'])
    expect(survey.unread).toEqual([
      'docker could not be asked: unix:///var/run/docker.sock does not exist',
      'podman could not be asked: unix:///run/podman/podman.sock does not exist',
    ])
    expect(judged(survey).findings.map(({ rule, message }) => `${rule.id} ${message}`)).toEqual([
      'O01 there is no /proc/pressure/memory: boot with psi=1, and /proc/pressure/memory tells',
      'C22 unbounded: 1 of 1 running containers have no limit (docker:4f4f4f4f4f4f)',
    ])
  })

  it('that tells nothing, and has no engine either, is an error', async () => {
    using reader = fakeReader()
    await expect(survey(reader)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/^nothing of this machine can be read: docker could not/),
    })
  })

  it('that only an engine on another machine would tell of is not mixed up with it', async () => {
    using reader = fakeReader({ files: HOST, env: { DOCKER_HOST: 'tcp://build.example.com:2375' } })
    const survey = await surveyed(reader, null)
    expect(survey.unread[0]).toBe(
      'docker could not be asked: tcp://build.example.com:2375 is another machine: run stella there',
    )
  })
})

describe('a container', () => {
  it('is shown with its group, the groups above it, and what it was asked for', async () => {
    const files = {
      ...HOST,
      ...group('/shop.slice', '268435456', null),
      ...group(`/shop.slice/docker-${ID}.scope`, '536870912', 7),
    }
    using reader = fakeReader({ files })
    const survey = await surveyed(reader, [inspected({ name: 'web' })])
    expect(machineOf(survey)['containers']).toEqual([
      {
        name: 'docker:web',
        askedBytes: 536_870_912,
        groups: [
          { path: `/shop.slice/docker-${ID}.scope`, limitBytes: 536_870_912, highBytes: null },
          { path: '/shop.slice', limitBytes: 268_435_456, highBytes: null },
        ],
      },
    ])
    expect(judged(survey).findings.map(({ rule }) => rule.id)).toContain('O02')
  })

  it('keeps no secret of its environment, its arguments, its labels and its log settings', async () => {
    const config = {
      Env: [
        'DB_PASSWORD=hunter2-db',
        'URL=postgres://shop:hunter2-url@db/shop',
        'JAVA_OPTS=-Xmx1g',
      ],
      Cmd: ['serve', '--api-key', 'hunter2-argument'],
      Labels: { 'traefik.auth': 'admin:hunter2-label' },
    }
    const host = { LogConfig: { Config: { 'splunk-token': 'hunter2-log' } } }
    using reader = fakeReader({ files: HOST })
    const { documents } = await surveyed(reader, [inspected({ name: 'web', config, host })])
    const text = documents.map((document) => document.text).join('')
    expect(text).toContain('JAVA_OPTS=-Xmx1g')
    expect(text).toContain('"DB_PASSWORD=[redacted]"')
    expect(text).not.toContain('hunter2')
  })

  it.each([
    ['that runs', { status: 'running' }, 1],
    ['that was never started', { status: 'created' }, 1],
    ['that ended and is started again', { status: 'exited', policy: 'always' }, 1],
    ['that ended for good', { status: 'exited' }, 0],
  ])('%s is judged, or not', async (_, fields, count) => {
    using reader = fakeReader({ files: HOST })
    const { documents } = await surveyed(reader, [inspected({ name: 'web', ...fields })])
    expect(documents).toHaveLength(1 + count)
  })

  it('that only keeps the namespaces of a pod is none that needs a limit', async () => {
    const files = { ...HOST, ...group(`/docker/${ID}`, 'max', 7) }
    using reader = fakeReader({ files })
    const config = { Image: 'registry.k8s.io/pause:3.9' }
    const survey = await surveyed(reader, [inspected({ name: 'k8s_POD_web', config })])
    expect(machineOf(survey)['containers']).toEqual([])
    expect(survey.documents).toHaveLength(1)
  })

  it('in a virtual machine of its own has another limit than it asked for, and rightly', async () => {
    using reader = fakeReader({ files: { ...HOST, ...group(`/docker/${ID}`, '1073741824', 7) } })
    const host = { Runtime: 'kata-runtime' }
    const survey = await surveyed(reader, [inspected({ name: 'web', host })])
    expect(judged(survey).findings.map(({ rule }) => rule.id)).not.toContain('O10')
  })

  it('whose group nobody lives in any more is gone', async () => {
    using reader = fakeReader({ files: { ...HOST, ...group(`/docker/${ID}`, 'max', null) } })
    expect(machineOf(await surveyed(reader, []))['containers']).toEqual([])
  })

  it('as it was recorded is read', async () => {
    const recorded = readFileSync(
      fileURLToPath(new URL('../../../fixtures/docker/inspect-api.json', import.meta.url)),
      'utf8',
    )
    const container: object = Object(JSON.parse(recorded))
    using reader = fakeReader({ files: HOST })
    const survey = await surveyed(reader, [container])
    expect(judged(survey).problems).toEqual([])
  })
})

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { fakeEngine } from '../../test/support/fake-engine.ts'
import { fakeReader } from '../../test/support/fake-reader.ts'
import { factsOf } from '../../test/support/world.ts'
import { collect } from './collect.ts'

const ID = 'ab'.repeat(32)
const MOUNTS = '25 20 0:22 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw\n'
const machine = {
  'proc/self/mountinfo': MOUNTS,
  'sys/fs/cgroup/cgroup.controllers': 'memory\n',
  'sys/fs/cgroup/memory.stat': 'anon 0\n',
}

/** An engine that knows one container and no more. */
function knows(
  name: string,
  rest: RequestListener = (_request, response) => response.end(),
): RequestListener {
  return (request, response) => {
    if (request.url === `/containers/${name}/json`) response.end(inspect(name))
    else if (request.url?.endsWith('/json') === true)
      response.writeHead(404).end('{"message":"no"}')
    else rest(request, response)
  }
}

function inspect(name: string): string {
  return JSON.stringify({
    Id: ID,
    Name: `/${name}`,
    Created: '2023-11-14T22:00:00Z',
    State: {
      Status: 'exited',
      Running: false,
      Pid: 0,
      ExitCode: 137,
      OOMKilled: false,
      StartedAt: '2023-11-14T22:00:01Z',
      FinishedAt: '2023-11-14T22:00:02Z',
    },
    Config: { Image: 'app', Tty: false },
    HostConfig: { Memory: 16777216, CgroupParent: '/jobs' },
  })
}

/** Long enough for what answers at once, on a busy machine too. */
const quick = { sourceTimeoutMs: 2_000, totalTimeoutMs: 4_000 }

describe('a source that does not answer', () => {
  it('is waited for no longer than its deadline, and the rest is told', async () => {
    using reader = fakeReader({ files: machine })
    using _engine = await fakeEngine(
      reader,
      knows('web', () => {}),
    )
    const started = performance.now()
    const { world } = await collect(
      { kind: 'container', engine: 'docker', name: 'web' },
      { reader, ...quick },
    )
    expect(performance.now() - started).toBeLessThan(15_000)
    expect(factsOf(world, 'container-state')).toMatchObject([{ id: ID, exitCode: 137 }])
    expect(world.unknown.join('\n')).toMatch(/events of container .*did not answer in time/)
    expect(world.unknown.join('\n')).toMatch(/log of container .*did not answer in time/)
  })

  it('is why a container cannot be found, if it is the engine', async () => {
    using reader = fakeReader({ files: machine })
    using _engine = await fakeEngine(reader, () => {})
    const asked = collect(
      { kind: 'container', engine: 'docker', name: 'web' },
      { reader, ...quick },
    )
    await expect(asked).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('did not answer in time'),
    })
  })
})

describe('a dead container', () => {
  it('is told with the groups above the one that is gone', async () => {
    using reader = fakeReader({
      files: { ...machine, 'sys/fs/cgroup/jobs/memory.max': '1000000\n' },
    })
    using _engine = await fakeEngine(reader, knows('web'))
    const { world } = await collect(
      { kind: 'container', engine: 'docker', name: 'web' },
      { reader },
    )
    expect(
      factsOf(world, 'cgroup-state').map(({ path, limitBytes }) => [path, limitBytes]),
    ).toEqual([
      ['/jobs', 1_000_000],
      ['/', null],
    ])
  })

  it('is never looked for in the groups and the log of this machine, if its engine runs on another', async () => {
    const server = createServer(knows('web')).listen(0)
    const { port } = z.object({ port: z.number() }).parse(server.address())
    // No address of a loopback name: as far as stella can tell, another machine.
    const host = `tcp://0.0.0.0:${port}`
    using reader = fakeReader({ files: machine, env: { DOCKER_HOST: host } })
    try {
      const target = { kind: 'container', engine: 'docker', name: 'web' } as const
      const { world } = await collect(target, { reader })
      expect(factsOf(world, 'container-state')).toHaveLength(1)
      expect(factsOf(world, 'cgroup-state')).toEqual([])
      expect(world.unknown.join()).toContain(`the machine behind ${host} were not read`)
      expect(reader.ran).toEqual([])
    } finally {
      server.close()
    }
  })
})

describe('a bare name', () => {
  it('that Docker and Podman both use is not guessed', async () => {
    using reader = fakeReader({ files: machine })
    using _docker = await fakeEngine(reader, knows('web'))
    const other: RequestListener = (request, response) =>
      request.url?.startsWith('/containers/web/json') === true
        ? response.end(inspect('web').replaceAll('ab', 'cd'))
        : response.writeHead(404).end('{}')
    using _podman = await fakeEngine(reader, other, 'run/podman/podman.sock')
    await expect(collect({ kind: 'name', name: 'web' }, { reader })).rejects.toMatchObject({
      exitCode: 2,
      message: "'web' means docker:web and podman:web",
    })
  })

  it('that one container has at both sockets is one container: Podman may answer for Docker', async () => {
    using reader = fakeReader({ files: machine })
    using _docker = await fakeEngine(reader, knows('web'))
    using _podman = await fakeEngine(reader, knows('web'), 'run/podman/podman.sock')
    const { target } = await collect({ kind: 'name', name: 'web' }, { reader })
    expect(target).toEqual({ kind: 'container', engine: 'docker', name: 'web' })
  })

  it('that a systemd unit has is its group', async () => {
    using reader = fakeReader({
      files: { ...machine, 'sys/fs/cgroup/system.slice/redis.service/memory.max': 'max\n' },
    })
    const { target } = await collect({ kind: 'name', name: 'redis.service' }, { reader })
    expect(target).toEqual({ kind: 'cgroup', path: '/system.slice/redis.service' })
  })

  it('that nothing has comes with where it was looked for and what could not be asked', async () => {
    using reader = fakeReader({ files: machine })
    await expect(collect({ kind: 'name', name: 'web' }, { reader })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(
        /the groups below \/sys\/fs\/cgroup; not asked: .*docker\.sock does not exist.*podman\.sock does not exist/,
      ),
    })
  })
})

it('asks no cluster on its own', async () => {
  using reader = fakeReader({ files: machine })
  const pod = { kind: 'pod', namespace: 'a', pod: 'b', container: null } as const
  await expect(collect(pod, { reader })).rejects.toMatchObject({
    exitCode: 3,
    todo: expect.stringContaining('KUBECONFIG'),
  })
  await expect(collect({ kind: 'marathon', app: '/a' }, { reader })).rejects.toMatchObject({
    exitCode: 3,
  })
})

describe('a name that nothing has', () => {
  const LIST = readFileSync(new URL('../../fixtures/docker/list-api.json', import.meta.url))
  const lists: RequestListener = (request, response) => {
    if (request.url?.startsWith('/containers/json') === true) response.end(LIST)
    else if (request.url?.startsWith('/events') === true) response.end()
    else response.writeHead(404).end('{"message":"no"}')
  }

  it.each([
    [{ kind: 'container', engine: 'docker', name: 'rec-omo' }, "did you mean 'docker:rec-oom'?"],
    [{ kind: 'name', name: 'rec-omo' }, "did you mean 'docker:rec-oom'?"],
    [
      { kind: 'name', name: '137' },
      'where 137 is an exit code, name what ended with it: docker ps -a lists it',
    ],
    [
      { kind: 'container', engine: 'docker', name: 'nginx' },
      "look for its name with 'docker ps --all'",
    ],
  ] as const)('%j is answered with what was meant', async (target, todo) => {
    using reader = fakeReader({ files: machine })
    using _engine = await fakeEngine(reader, lists)
    await expect(collect(target, { reader })).rejects.toMatchObject({ exitCode: 3, todo })
  })
})

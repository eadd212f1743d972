import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import { dockerEndpoints, podmanEndpoints } from './endpoint.ts'
import { engines } from './index.ts'
import { demultiplex } from './multiplexed.ts'

describe('where Docker is asked', () => {
  it('is DOCKER_HOST alone where that is set', () => {
    using reader = fakeReader({ env: { DOCKER_HOST: 'unix:///tmp/d.sock' } })
    expect(dockerEndpoints(reader)).toEqual([
      { kind: 'socket', path: '/tmp/d.sock', where: 'unix:///tmp/d.sock' },
    ])
  })

  it('is the chosen context, then the system, then the rootless daemon', () => {
    const hash = createHash('sha256').update('desktop').digest('hex')
    using reader = fakeReader({
      env: { HOME: '/home/ada', XDG_RUNTIME_DIR: '/run/user/1000' },
      files: {
        'home/ada/.docker/config.json': '{"currentContext":"desktop"}',
        [`home/ada/.docker/contexts/meta/${hash}/meta.json`]:
          '{"Name":"desktop","Endpoints":{"docker":{"Host":"unix:///home/ada/.docker/desktop/docker.sock"}}}',
      },
    })
    expect(dockerEndpoints(reader).map(({ where }) => where)).toEqual([
      'unix:///home/ada/.docker/desktop/docker.sock',
      'unix:///var/run/docker.sock',
      'unix:///run/user/1000/docker.sock',
    ])
  })

  it('is never a damaged context', () => {
    using reader = fakeReader({
      env: { HOME: '/home/ada' },
      files: { 'home/ada/.docker/config.json': '{"currentContext":' },
    })
    expect(dockerEndpoints(reader).map(({ where }) => where)).toEqual([
      'unix:///var/run/docker.sock',
    ])
  })

  it('takes certificates where TLS is asked for', () => {
    using reader = fakeReader({
      env: {
        DOCKER_HOST: 'tcp://10.0.0.1:2376',
        DOCKER_TLS_VERIFY: '1',
        DOCKER_CERT_PATH: '/certs',
      },
    })
    expect(dockerEndpoints(reader)).toMatchObject([{ kind: 'tcp', certificates: '/certs' }])
  })
})

describe('where Podman is asked', () => {
  it('is its sockets, and its program where it has stored something', () => {
    using without = fakeReader({ env: { XDG_RUNTIME_DIR: '/run/user/1000' } })
    expect(podmanEndpoints(without).map(({ where }) => where)).toEqual([
      'unix:///run/podman/podman.sock',
      'unix:///run/user/1000/podman/podman.sock',
    ])
    expect(engines(without, 'podman').map(({ where }) => where)).not.toContain('the program podman')
    using used = fakeReader({ files: { 'var/lib/containers/storage/x': '' } })
    expect(engines(used, 'podman').at(-1)?.where).toBe('the program podman')
  })
})

describe('what keeps an engine from answering', () => {
  const signal = AbortSignal.timeout(5_000)

  it('is told: no socket', async () => {
    using reader = fakeReader()
    const [engine] = engines(reader, 'docker')
    expect(await engine?.inspect('web', signal)).toEqual({
      outcome: 'unreachable',
      says: 'unix:///var/run/docker.sock does not exist',
    })
  })

  it('is told: a program that fails, is missing, or knows no such container', async () => {
    const files = { 'var/lib/containers/storage/x': '' }
    const ask = async (stderr: string): Promise<unknown> => {
      using reader = fakeReader({ files, programs: { podman: { exitCode: 125, stderr } } })
      return engines(reader, 'podman').at(-1)?.inspect('web', signal)
    }
    expect(await ask('Error: no such container web\n')).toEqual({ outcome: 'not-found' })
    expect(await ask('Error: database is locked\n')).toEqual({
      outcome: 'failed',
      says: 'podman inspect failed: database is locked',
    })
    using reader = fakeReader({ files })
    expect(await engines(reader, 'podman').at(-1)?.inspect('web', signal)).toMatchObject({
      outcome: 'unreachable',
    })
  })

  it('gives a name that looks like an option to podman as a name', async () => {
    using reader = fakeReader({
      files: { 'var/lib/containers/storage/x': '' },
      programs: { podman: { stdout: '[]' } },
    })
    await engines(reader, 'podman').at(-1)?.inspect('--help', signal)
    expect(reader.ran).toEqual([['podman', 'inspect', '--type=container', '--', '--help']])
  })
})

describe('a log of two streams', () => {
  it('gives back what was written, in order', () => {
    const stream = fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 300 }))
    fc.assert(
      fc.property(fc.array(stream, { maxLength: 20 }), (frames) => {
        const bytes = frames.map(([kind, payload]) => {
          const header = Buffer.alloc(8)
          header.writeUInt8(kind, 0)
          header.writeUInt32BE(payload.length, 4)
          return Buffer.concat([header, payload])
        })
        const expected = Buffer.concat(frames.map(([, payload]) => payload))
        expect(Buffer.from(demultiplex(Buffer.concat(bytes))).equals(expected)).toBe(true)
      }),
    )
  })

  it('gives what there is of a frame that was cut, and text that has no frames as it is', () => {
    expect(
      Buffer.from(demultiplex(Buffer.from('\u0001\0\0\0\0\0\0\u0009half', 'latin1'))).toString(),
    ).toBe('half')
    expect(Buffer.from(demultiplex(Buffer.from('2026-11-21T00:00:00Z plain'))).toString()).toBe(
      '2026-11-21T00:00:00Z plain',
    )
  })

  it('never throws and never gives more than it got', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(demultiplex(bytes).length).toBeLessThanOrEqual(bytes.length)
      }),
    )
  })
})

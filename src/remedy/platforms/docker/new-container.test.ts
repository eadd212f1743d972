import { expect, it } from 'vitest'
import type { JsonObject } from '../../../model/fix.ts'
import { likeContainer } from './new-container.ts'

// Written by hand: real ones are made anew in test/live/fix-docker.test.ts, but for what its daemon cannot be given.
const ID = 'abcdef012345'.padEnd(64, '6')

function container(parts: {
  config?: JsonObject
  host?: JsonObject
  networks?: JsonObject
  ports?: JsonObject
  mounts?: readonly JsonObject[]
}): JsonObject {
  return {
    Id: ID,
    Config: { Hostname: 'abcdef012345', Image: 'web:1', ...parts.config },
    HostConfig: { NetworkMode: 'default', ...parts.host },
    Mounts: parts.mounts ?? [],
    NetworkSettings: { Networks: parts.networks ?? { bridge: {} }, Ports: parts.ports ?? {} },
  }
}

function body(parts: Parameters<typeof container>[0]): JsonObject {
  return likeContainer(container(parts), 'web:1').body
}

it('leaves a host name that goes with the id to Docker, and keeps one that was given', () => {
  expect(body({})).not.toHaveProperty('Hostname')
  expect(body({ config: { Hostname: 'web' } })).toMatchObject({ Hostname: 'web' })
})

it('asks for nothing that the network of another container has', () => {
  const shared = body({
    config: { Hostname: 'other', ExposedPorts: { '80/tcp': {} } },
    host: { NetworkMode: 'container:0123' },
    networks: {},
  })
  expect(shared).not.toHaveProperty('Hostname')
  expect(shared).not.toHaveProperty('ExposedPorts')
  expect(shared).not.toHaveProperty('NetworkingConfig')
})

it('gives the default bridge no settings of one’s own, which it refuses', () => {
  expect(body({ networks: { bridge: { IPAMConfig: null, Aliases: null } } })).not.toHaveProperty(
    'NetworkingConfig',
  )
})

it('keeps addresses and aliases, but for those that Docker made up', () => {
  const own = { IPAMConfig: { IPv4Address: '10.0.0.5' }, MacAddress: '02:42:00:00:00:01' }
  const like = likeContainer(
    container({
      host: { NetworkMode: 'front' },
      networks: { front: { ...own, Aliases: ['abcdef012345', 'shop'] }, back: { Aliases: ['db'] } },
    }),
    'web:1',
  )
  expect(like.body).toMatchObject({
    NetworkingConfig: { EndpointsConfig: { front: { ...own, Aliases: ['shop'] } } },
  })
  expect(like.networks).toMatchObject([
    { network: 'back', body: { EndpointConfig: { Aliases: ['db'] } } },
  ])
})

it('turns links back into what was asked for', () => {
  expect(body({ host: { Links: ['/store:/web/db'] } })).toMatchObject({
    HostConfig: { Links: ['store:db'] },
  })
})

it('keeps the numbers of ports that Docker chose, each beside its address', () => {
  const ports = {
    '80/tcp': [
      { HostIp: '0.0.0.0', HostPort: '32001' },
      { HostIp: '::', HostPort: '32002' },
    ],
    '81/tcp': [{ HostIp: '0.0.0.0', HostPort: '8081' }],
    '82/tcp': null,
  }
  const asked = {
    '80/tcp': [{ HostIp: '', HostPort: '' }],
    '81/tcp': [{ HostIp: '', HostPort: '8081' }],
  }
  expect(body({ host: { PortBindings: asked }, ports })).toMatchObject({
    HostConfig: {
      PortBindings: { ...asked, '80/tcp': [{ HostIp: '', HostPort: '32001' }] },
    },
  })
  expect(body({ host: { PublishAllPorts: true, PortBindings: {} }, ports })).toMatchObject({
    HostConfig: {
      PublishAllPorts: true,
      PortBindings: ports['81/tcp'] && { '81/tcp': ports['81/tcp'] },
    },
  })
  // One that does not run has none: Docker chooses again.
  expect(body({ host: { PortBindings: asked } })).toMatchObject({
    HostConfig: { PortBindings: asked },
  })
})

it('asks for volumes without a name by the one that they have', () => {
  const volume = (name: string, place: string, writable = true): JsonObject => ({
    Type: 'volume',
    Name: name,
    Destination: place,
    RW: writable,
  })
  const made = body({
    host: {
      Binds: ['named:/data'],
      Mounts: [
        { Type: 'volume', Target: '/mounted' },
        { Type: 'tmpfs', Target: '/t' },
      ],
    },
    mounts: [
      volume('named', '/data'),
      volume('1f', '/anonymous', false),
      volume('2f', '/mounted'),
      { Type: 'bind', Source: '/host', Destination: '/bind' },
    ],
  })
  expect(made).toMatchObject({
    HostConfig: {
      Binds: ['named:/data', '1f:/anonymous:ro'],
      Mounts: [
        { Type: 'volume', Target: '/mounted', Source: '2f' },
        { Type: 'tmpfs', Target: '/t' },
      ],
    },
  })
})

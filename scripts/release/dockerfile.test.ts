import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPO } from '../lib/repo.ts'
import { lastStage } from './dockerfile.ts'

test('our own file says how the image of a release is started', () => {
  const text = readFileSync(join(REPO, 'deploy/image/Dockerfile'), 'utf8')
  const { config, copies } = lastStage(text, { VERSION: '1.2.3', REVISION: 'abc' })
  expect(config).toMatchObject({
    User: '10001:10001',
    Env: ['NODE_ENV=production', 'STELLA_DATA=/var/lib/stella'],
    ExposedPorts: { '8137/tcp': {} },
    Volumes: { '/var/lib/stella': {} },
    Entrypoint: ['/usr/local/bin/stella'],
    Labels: {
      'org.opencontainers.image.title': 'stella',
      'org.opencontainers.image.version': '1.2.3',
      'org.opencontainers.image.revision': 'abc',
    },
    Healthcheck: {
      Test: ['CMD', '/bin/bash', '-c', expect.stringContaining('GET /readyz HTTP/1.0\\r\\n')],
      Interval: 30e9,
      Timeout: 5e9,
      StartPeriod: 60e9,
      Retries: 3,
    },
  })
  expect(config.Cmd?.[0]).toBe('serve')
  expect(copies.flatMap(({ from }) => from)).toContain('/stella/dist')
})

test('an instruction that a release would leave out is an error', () => {
  expect(() => lastStage('FROM a\nFROM b\nSTOPSIGNAL SIGINT\n', {})).toThrow(
    'a release does not know STOPSIGNAL of a Dockerfile',
  )
})

test('earlier stages, comments and arguments without a value come to nothing', () => {
  const text = 'FROM a\nUSER 1\nFROM b\n# Why\nARG TAG\nLABEL name="x ${TAG}" \\\n  other=y\n'
  expect(lastStage(text, {}).config).toEqual({
    Env: [],
    Labels: { name: 'x ', other: 'y' },
    ExposedPorts: {},
    Volumes: {},
  })
})

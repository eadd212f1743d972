/** A Marathon, or what stands beside it, that cannot be asked. */
import { describe, expect, it } from 'vitest'
import { collect } from '../../src/investigate/collect.ts'
import { fakeReader } from '../support/fake-reader.ts'
import { askedMarathon } from '../support/marathon-command.ts'
import type { Fault } from '../support/marathon-stand-in.ts'

const marathon = askedMarathon()

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
    if (fault !== null) marathon.cluster.faults = [{ path: /v2\/apps/, fault }]
    const said = await marathon.asked(['why', 'marathon:/app-oom'])
    expect(said).toMatchObject({ code: 3, out: '' })
    expect(said.err).toContain(says)
    expect(said.err.trimEnd().split('\n')).toHaveLength(1)
  })

  it('an agent that does not answer is told, and the rest as well', async () => {
    marathon.cluster.faults = [{ path: /agent/, fault: 'hang' }]
    using reader = fakeReader({ env: marathon.addresses() })
    const target = { kind: 'marathon', app: '/app-oom' } as const
    const { world } = await collect(target, { reader, sourceTimeoutMs: 300 })
    expect(world.unknown.join('\n')).toMatch(/Mesos agent at .*: it did not answer in time/)
    expect(world.observations.some(({ fact }) => fact.kind === 'marathon-app')).toBe(true)
  })

  it('one that does not answer is not waited for', async () => {
    marathon.cluster.faults = [{ path: /v2\/apps/, fault: 'hang' }]
    using reader = fakeReader({ env: marathon.addresses() })
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
    const said = await marathon.asked(['why', 'marathon:/app-oom'], env)
    expect(said.code).toBe(code)
    expect(said.err).toContain(says)
  })

  it('nobody is there', async () => {
    const env = marathon.addresses()
    await marathon.cluster[Symbol.asyncDispose]()
    const said = await marathon.asked(['why', 'marathon:/app-oom'], env)
    expect(said.code).toBe(3)
    expect(said.err).toContain('ECONNREFUSED')
  })

  it.each(['/A', '/a b', '/a/?x', '/a/%2e%2e'])('%s is no app', async (app) => {
    const said = await marathon.asked(['why', `marathon:${app}`])
    expect(said.code).toBe(2)
    expect(marathon.cluster.asked).toEqual([])
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
    marathon.cluster.faults = [{ path, fault }]
    const found = await marathon.caseOf()
    expect(found).toMatchObject({ code: 0, verdict: { code: 'oom-own-limit' } })
    expect(found.unknown.join('\n')).toContain(says)
  })
})

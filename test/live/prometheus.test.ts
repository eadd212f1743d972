import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { StellaError } from '../../src/model/errors.ts'
import type { Recording } from '../../src/model/series.ts'
import { queryPrometheus } from '../../src/sources/prometheus/index.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { hog } from '../support/hog.ts'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import { testExporter, testPrometheus } from '../support/prometheus.ts'
import type { TestExporter, TestPrometheus } from '../support/prometheus.ts'

const missing = requireParts('root', 'prometheus', 'compiler')
const { signal } = new AbortController()

describe.skipIf(missing !== null)(
  `a real Prometheus${missing === null ? '' : ` (${missing})`}`,
  () => {
    let exporter: TestExporter
    let prometheus: TestPrometheus
    let group: TestGroup
    let started = 0

    beforeAll(async () => {
      exporter = await testExporter()
      group = createGroup('prometheus', 64 * MIB)
      exporter.groups.set('namespace="shop",pod="cart-0",container="cart"', group.path)
      started = Date.now()
      prometheus = await testPrometheus([exporter.target])
      const { ended } = group.start([await hog(), 'sleep=4000', 'grow=4M,250,200M', 'stay'])
      await ended
      group.start([await hog(), 'anon=8M', 'stay'])
      // Less than ten samples say nothing of a need.
      await pause(8_000)
    })

    afterAll(async () => {
      await prometheus.close()
      await exporter.close()
      await group.remove()
    })

    const ask = (query: string, more: Partial<Parameters<typeof queryPrometheus>[0]> = {}) =>
      queryPrometheus({
        url: prometheus.url,
        query,
        from: started,
        to: Date.now(),
        stepSeconds: 1,
        signal,
        env: {},
        ...more,
      })

    const refusal = async (asked: Promise<Recording>): Promise<[number, string]> => {
      const error: unknown = await asked.then(
        () => null,
        (thrown: unknown) => thrown,
      )
      return error instanceof StellaError ? [error.exitCode, error.line] : [0, String(error)]
    }

    it.each(['cart', '{container="cart"}', '{__name__=~"container_.*",pod="cart-0"}'])(
      'tells how the container %s grew, and that it was killed',
      async (query) => {
        const { subject, group: series } = await ask(query)
        expect(subject?.name).toBe('shop/cart-0/cart')
        expect(series.marks.map(({ kind }) => kind)).toContain('kill')
        const most = Math.max(...series.samples.map(({ anonBytes }) => anonBytes ?? 0))
        expect(most).toBeGreaterThan(30 * MIB)
        expect(most).toBeLessThanOrEqual(64 * MIB)
        expect(series.samples.every(({ limitBytes }) => limitBytes === 64 * MIB)).toBe(true)
      },
    )

    it('is asked by stella size, alone and next to the group that lives', async () => {
      const asked = ['--prometheus', prometheus.url, '--query', 'cart', '--since', '2m', '--json']
      const [alone, both] = await Promise.all([
        runStella(['size', ...asked]),
        runStella(['size', `cgroup:${group.path}`, ...asked]),
      ])
      for (const { code, out, err } of [alone, both]) {
        expect({ code, err }).toEqual({ code: 0, err: '' })
        const { limitBytes, because } = JSON.parse(out)
        expect(because.join()).toMatch(/working set/)
        expect(because.join()).toMatch(/1 kill for memory, at up to 64 MiB/)
        expect(limitBytes).toBe(176 * MIB)
      }
      expect(JSON.parse(alone.out).subject.name).toBe('shop/cart-0/cart')
      expect(JSON.parse(both.out).subject.name).toBe(group.path)
    })

    it('is asked in pieces for more than it answers at once', async () => {
      const { group: series } = await ask('cart', { from: Date.now() - 30_000_000 })
      const whole = await ask('cart')
      expect(series.samples.length).toBeGreaterThanOrEqual(whole.group.samples.length - 2)
    })

    it('says what is wrong in one line', async () => {
      expect(await refusal(ask('sum((('))).toEqual([
        2,
        expect.stringContaining('Prometheus refused the query: 1:'),
      ])
      expect(await refusal(ask('nothing-there'))).toEqual([
        2,
        expect.stringContaining('the answer holds no series'),
      ])
      expect(await refusal(ask('cart', { url: 'http://127.0.0.1:1' }))).toEqual([
        3,
        expect.stringContaining('could not be reached'),
      ])
      expect(await refusal(ask('cart', { url: `${prometheus.url}/elsewhere` }))).toEqual([
        3,
        expect.stringContaining('status 404'),
      ])
      expect(await refusal(ask('cart', { url: 'prometheus:9090' }))).toEqual([
        2,
        expect.stringContaining('no address of a server'),
      ])
      expect(await refusal(ask('cart', { from: 0 }))).toEqual([
        2,
        expect.stringContaining('use a step of'),
      ])
    })
  },
)

describe('a server', () => {
  const answerWith = async <T>(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
    work: (url: string) => Promise<T>,
  ): Promise<T> => {
    const server = createServer(answer)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    try {
      return await work(`http://127.0.0.1:${port}`)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }
  const span = { from: 0, to: 1_000, stepSeconds: 1, signal, env: {} }
  const ok =
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"container_memory_rss"},"values":[[1,"5"]]}]}}'

  it('gets the token from a file or the environment, and nobody sees it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stella-token-'))
    const tokenFile = join(folder, 'token')
    writeFileSync(tokenFile, 'secret-token\n')
    try {
      const seen: (string | undefined)[] = []
      await answerWith(
        (request, response) => {
          seen.push(request.headers.authorization)
          response.end(ok)
        },
        async (url) => {
          await queryPrometheus({ ...span, url, query: 'x', tokenFile })
          const env = { STELLA_PROMETHEUS_TOKEN: 'from-env' }
          await queryPrometheus({ ...span, url, query: 'x', env })
          await queryPrometheus({ ...span, url: url.replace('//', '//me:secret@'), query: 'x' })
        },
      )
      const basic = Buffer.from('me:secret').toString('base64')
      expect(seen).toEqual(['Bearer secret-token', 'Bearer from-env', `Basic ${basic}`])
      await answerWith(
        (_request, response) => response.writeHead(401).end('no'),
        async (url) => {
          const asked = queryPrometheus({
            ...span,
            url: url.replace('//', '//me:secret@'),
            query: 'x',
            tokenFile,
          })
          await expect(asked).rejects.toMatchObject({
            exitCode: 3,
            line: expect.not.stringContaining('secret'),
          })
        },
      )
      const gone = queryPrometheus({
        ...span,
        url: 'http://127.0.0.1:1',
        query: 'x',
        tokenFile: '/nothing',
      })
      await expect(gone).rejects.toThrow('there is no such file or folder')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('that answers without end is not listened to for ever', async () => {
    const piece = 'x'.repeat(1024 * 1024)
    await answerWith(
      (_request, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(piece));
          response.once('drain', more)
        }
        more()
      },
      async (url) => {
        await expect(queryPrometheus({ ...span, url, query: 'x' })).rejects.toThrow(
          'the answer is larger than 64 MiB',
        )
      },
    )
  })

  it('that says nothing is left when the caller gives up', async () => {
    const giveUp = new AbortController()
    await answerWith(
      () => giveUp.abort(),
      async (url) => {
        const asked = queryPrometheus({ ...span, url, query: 'x', signal: giveUp.signal })
        await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
      },
    )
  })
})

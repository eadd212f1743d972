import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { portOf } from '../../../test/support/port-of.ts'
import { createRate } from './rate.ts'
import { createWebhook } from './webhook.ts'

let server: Server | null = null
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

type Answer = (response: ServerResponse, request: IncomingMessage) => void

/** A receiver on loopback that gives these answers, one after the other, the last for all that follow. */
async function receiver(
  ...answers: Answer[]
): Promise<{ url: URL; texts: string[]; calls(): number }> {
  const texts: string[] = []
  let calls = 0
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const { text } = JSON.parse(body)
      const answer = answers[Math.min(calls, answers.length - 1)]
      calls++
      texts.push(text)
      answer?.(response, request)
    })
  })
  const listening = server
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  return {
    url: new URL(`http://127.0.0.1:${portOf(listening.address())}/secret-path`),
    texts,
    calls: () => calls,
  }
}

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(code, headers).end('x'.repeat(10_000))
  }

function webhookTo(url: URL, troubles: (string | null)[] = []) {
  return createWebhook({
    url,
    onTrouble: (why) => troubles.push(why),
    pauseMs: [5, 5],
    timeoutMs: 300,
  })
}

const message = (text: string) => ({ text, stella: {} })

describe('a webhook', () => {
  it('is told everything in order', async () => {
    const { url, texts } = await receiver(status(200))
    const webhook = webhookTo(url)
    for (const text of ['one', 'two', 'three']) webhook.send(message(text))
    await webhook.flush(5_000)
    expect(texts).toEqual(['one', 'two', 'three'])
  })

  it('is tried again while it fails, and the trouble is told once, without its address', async () => {
    const { url, texts } = await receiver(
      status(500),
      status(500),
      status(500),
      status(503),
      status(200),
    )
    const troubles: (string | null)[] = []
    const webhook = webhookTo(url, troubles)
    webhook.send(message('lost'))
    webhook.send(message('kept'))
    await webhook.flush(5_000)
    expect(texts).toEqual(['lost', 'lost', 'lost', 'kept', 'kept'])
    expect(troubles).toEqual(['the webhook answered with status 500', null])
  })

  it('is not tried again where it refuses', async () => {
    const { url, calls } = await receiver(status(404))
    const troubles: (string | null)[] = []
    const webhook = webhookTo(url, troubles)
    webhook.send(message('one'))
    await webhook.flush(5_000)
    expect(calls()).toBe(1)
    expect(troubles).toEqual(['the webhook answered with status 404'])
  })

  it('does not follow where it is sent elsewhere', async () => {
    const { url, texts } = await receiver((response, request) => {
      const isFirst = request.url === '/secret-path'
      response.writeHead(isFirst ? 307 : 200, { location: '/elsewhere' }).end()
    })
    const webhook = webhookTo(url)
    webhook.send(message('one'))
    await webhook.flush(5_000)
    expect(texts).toEqual(['one'])
  })

  it.each<[string, Answer]>([
    ['never answers', () => undefined],
    ['hangs up', (response) => void response.destroy()],
  ])('that %s holds nothing up and costs no more than its turn', async (_, answer) => {
    const { url } = await receiver(answer)
    const troubles: (string | null)[] = []
    const webhook = webhookTo(url, troubles)
    for (let each = 0; each < 1_000; each++) webhook.send(message(`${each}`))
    await vi.waitUntil(() => troubles.length > 0, { timeout: 20_000 })
    await webhook.flush(1)
    expect(troubles).toHaveLength(1)
    expect(troubles[0]).not.toContain('secret')
  })

  it('that streams without end is not listened to', async () => {
    const { url, texts } = await receiver((response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('x'.repeat(65_536)), 1)
      response.on('close', () => clearInterval(timer))
    })
    const webhook = webhookTo(url)
    webhook.send(message('one'))
    webhook.send(message('two'))
    await webhook.flush(5_000)
    expect(texts).toEqual(['one', 'two'])
  })
})

describe('the rate of notifications', () => {
  it('lets the first of a subject through, holds back the next, and tells how many', () => {
    const rate = createRate(1_000)
    expect(rate.admit('a', 0)).toBe(0)
    expect(rate.admit('a', 500)).toBeNull()
    expect(rate.admit('b', 500)).toBe(0)
    expect(rate.admit('a', 999)).toBeNull()
    expect(rate.admit('a', 1_000)).toBe(2)
    expect(rate.admit('a', 2_000)).toBe(0)
  })
})

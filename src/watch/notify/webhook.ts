/** Tells somebody elsewhere, by a webhook that Slack and its kin understand. */
import { setTimeout as pause } from 'node:timers/promises'
import { errorCode } from '../../model/error-code.ts'

/** What is sent: `text` for people, `stella` for programs. */
export interface Notification {
  text: string
  stella: object
}

export interface Webhook {
  /** Puts it into the queue. Never waits and never throws. */
  send(notification: Notification): void
  /** Resolves when the queue is empty, or the time is up. */
  flush(timeoutMs: number): Promise<void>
}

export interface WebhookOptions {
  url: URL
  /** Told once for each change; null: it works again. Holds no part of the address, which may be a secret. */
  onTrouble(why: string | null): void
  pauseMs?: readonly number[]
  timeoutMs?: number
}

/** Notifications that wait; of more the oldest are dropped. */
const MAX_QUEUED = 500
const TIMEOUT_MS = 10_000
/** Between the tries of one notification. */
const PAUSES_MS = [1_000, 5_000, 30_000]

export function createWebhook(options: WebhookOptions): Webhook {
  const { url, onTrouble, pauseMs = PAUSES_MS, timeoutMs = TIMEOUT_MS } = options
  const queue: Notification[] = []
  let running: Promise<void> | null = null
  let trouble: string | null = null

  async function work(): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const why = await deliver(next)
      if (why !== trouble) onTrouble(why)
      trouble = why
    }
    running = null
  }

  async function deliver(notification: Notification): Promise<string | null> {
    let why = ''
    for (const wait of [0, ...pauseMs]) {
      if (wait > 0) await pause(wait, undefined, { ref: false })
      const answer = await post(url, notification, timeoutMs)
      if (answer.outcome === 'taken') return null
      why = answer.says
      if (answer.outcome === 'refused') break
    }
    return why
  }

  return {
    send(notification) {
      queue.push(notification)
      if (queue.length > MAX_QUEUED) queue.shift()
      running ??= work()
    },
    async flush(milliseconds) {
      if (running === null) return
      await Promise.race([running, pause(milliseconds, undefined, { ref: false })])
    },
  }
}

type Answer =
  | { outcome: 'taken' }
  /** Trying again changes nothing. */
  | { outcome: 'refused'; says: string }
  | { outcome: 'failed'; says: string }

/** Redirects are not followed: the address that was given is the one that is told. The answer's body is not read. */
async function post(url: URL, notification: Notification, timeoutMs: number): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(notification),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.body?.cancel()
    if (response.ok) return { outcome: 'taken' }
    const says = `the webhook answered with status ${response.status}`
    const isPassing = response.status === 429 || response.status >= 500
    return { outcome: isPassing ? 'failed' : 'refused', says }
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    return {
      outcome: 'failed',
      says: isLate
        ? 'the webhook did not answer in time'
        : `the webhook cannot be reached (${errorCode(error)})`,
    }
  }
}

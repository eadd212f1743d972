/** What happens, as it happens, for pages that are open: Server-Sent Events. */
import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { entryDocument } from '../store/cases/entry-json.ts'
import { topDocument } from '../watch/snapshot-document.ts'
import { alertDocument } from './alerts.ts'
import type { Live, News } from './services.ts'

/** Pages that listen at once; of more the newest is sent away with a word. */
const MAX_LISTENERS = 64
/** What a slow listener has not taken yet; beyond it only the newest round counts, and entries are left to be asked for. */
const MAX_BEHIND = 256
const KEEP_ALIVE_MS = 15_000

interface Message {
  event: 'entry' | 'alert' | 'round' | 'run' | 'missed'
  data: string
}

/** What stands in the line, with what it takes the place of; null: of nothing. */
interface Waiting extends Message {
  replaces: string | null
}

export interface Stream {
  handle(context: Context): Response
  readonly listeners: number
}

export function createStream(live: Live): Stream {
  let listeners = 0
  return {
    get listeners() {
      return listeners
    },
    handle(context) {
      if (listeners >= MAX_LISTENERS) {
        return context.json({ error: 'too many pages listen', todo: 'close one of them' }, 503)
      }
      listeners++
      return streamSSE(context, async (stream) => {
        const queue = createQueue()
        const leave = live.subscribe((news) => queue.add(news, live))
        stream.onAbort(() => queue.end())
        try {
          if (live.snapshot() !== null) queue.add({ kind: 'round' }, live)
          for (;;) {
            const message = await queue.next(KEEP_ALIVE_MS)
            if (message === 'ended') return
            if (message === 'nothing') await stream.write(': still here\n\n')
            else await stream.writeSSE(message)
          }
        } finally {
          leave()
          listeners--
        }
      })
    },
  }
}

function createQueue() {
  let waiting: Waiting[] = []
  let wake: (() => void) | null = null
  let ended = false

  /** @param replaces what nobody has taken yet of the same is old then */
  function push(message: Message, replaces: string | null = null): void {
    if (replaces !== null) waiting = waiting.filter((each) => each.replaces !== replaces)
    waiting.push({ ...message, replaces })
    if (waiting.length > MAX_BEHIND) waiting = [{ event: 'missed', data: '{}', replaces: null }]
    wake?.()
  }

  return {
    add(news: News, live: Live): void {
      if (news.kind === 'entry') {
        push({
          event: 'entry',
          data: JSON.stringify({ host: news.host, entry: entryDocument(news.entry) }),
        })
        return
      }
      if (news.kind === 'alert') {
        push({ event: 'alert', data: JSON.stringify(alertDocument(news.alert)) })
        return
      }
      if (news.kind === 'run') {
        const { run, step } = news
        push({ event: 'run', data: JSON.stringify({ run, step }) }, `run ${run}`)
        return
      }
      const snapshot = live.snapshot()
      if (snapshot === null) return
      push({ event: 'round', data: JSON.stringify(topDocument(snapshot, snapshot.rows)) }, 'round')
    },
    end(): void {
      ended = true
      wake?.()
    },
    async next(patienceMs: number): Promise<Message | 'nothing' | 'ended'> {
      if (waiting.length === 0 && !ended) {
        const timer = setTimeout(() => wake?.(), patienceMs)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        clearTimeout(timer)
        wake = null
      }
      if (ended) return 'ended'
      const next = waiting.shift()
      return next === undefined ? 'nothing' : { event: next.event, data: next.data }
    },
  }
}

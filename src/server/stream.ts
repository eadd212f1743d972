/** What happens, as it happens, for pages that are open: Server-Sent Events. */
import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { entryDocument } from '../store/cases/entry-json.ts'
import { topDocument } from '../watch/snapshot-document.ts'
import { alertDocument } from './alerts.ts'
import type { Live, News } from './services.ts'
import { waitingLine } from './waiting-line.ts'

/** Pages that listen at once; of more the newest is sent away with a word. */
const MAX_LISTENERS = 64
const KEEP_ALIVE_MS = 15_000

interface Message {
  event: 'entry' | 'alert' | 'round' | 'run' | 'missed'
  data: string
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

/** What an open page is told. */
function createQueue() {
  const line = waitingLine<Message>({ event: 'missed', data: '{}' })
  return {
    ...line,
    add(news: News, live: Live): void {
      if (news.kind === 'entry') {
        line.push({
          event: 'entry',
          data: JSON.stringify({ host: news.host, entry: entryDocument(news.entry) }),
        })
        return
      }
      if (news.kind === 'alert') {
        line.push({ event: 'alert', data: JSON.stringify(alertDocument(news.alert)) })
        return
      }
      if (news.kind === 'run') {
        const { run, step } = news
        line.push({ event: 'run', data: JSON.stringify({ run, step }) }, `run ${run}`)
        return
      }
      const snapshot = live.snapshot()
      if (snapshot === null) return
      const data = JSON.stringify(topDocument(snapshot, snapshot.rows))
      line.push({ event: 'round', data }, 'round')
    },
  }
}

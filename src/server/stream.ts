/** What happens, as it happens, for pages that are open: Server-Sent Events. */
import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { entryDocument } from '../store/cases/entry-json.ts'
import { topDocument } from '../watch/snapshot-document.ts'
import { alertDocument } from './alerts.ts'
import type { Live, News } from './services.ts'
import { waitingLine } from './waiting-line.ts'
import type { WaitingLine } from './waiting-line.ts'

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
  const lines = new Set<WaitingLine<Message>>()
  live.subscribe((news) => {
    const told = lines.size === 0 ? null : messageOf(news, live)
    // Made once: what waits for several listeners is in memory once.
    if (told !== null) for (const line of lines) line.push(told.message, told.replaces)
  })
  return {
    get listeners() {
      return lines.size
    },
    handle(context) {
      if (lines.size >= MAX_LISTENERS) {
        return context.json({ error: 'too many pages listen', todo: 'close one of them' }, 503)
      }
      const line = waitingLine<Message>({ event: 'missed', data: '{}' }, ({ data }) => data.length)
      lines.add(line)
      return streamSSE(context, async (stream) => {
        stream.onAbort(() => line.end())
        try {
          const round = messageOf({ kind: 'round' }, live)
          if (round !== null) line.push(round.message, round.replaces)
          for (;;) {
            const message = await line.next(KEEP_ALIVE_MS)
            if (message === 'ended') return
            if (message === 'nothing') await stream.write(': still here\n\n')
            else await stream.writeSSE(message)
          }
        } finally {
          lines.delete(line)
        }
      })
    },
  }
}

/** What an open page is told; null: nothing. What is replaced by the next of its kind says so. */
function messageOf(
  news: News,
  live: Live,
): { message: Message; replaces: string | undefined } | null {
  switch (news.kind) {
    case 'entry': {
      const data = JSON.stringify({ host: news.host, entry: entryDocument(news.entry) })
      return { message: { event: 'entry', data }, replaces: undefined }
    }
    case 'alert': {
      const data = JSON.stringify(alertDocument(news.alert))
      return { message: { event: 'alert', data }, replaces: undefined }
    }
    case 'run': {
      const { run, step } = news
      const data = JSON.stringify({ run, step })
      return { message: { event: 'run', data }, replaces: `run ${run}` }
    }
    case 'round': {
      const snapshot = live.snapshot()
      if (snapshot === null) return null
      const data = JSON.stringify(topDocument(snapshot, snapshot.rows))
      return { message: { event: 'round', data }, replaces: 'round' }
    }
  }
}

/** A lab as it goes: its checks and its memory, as Server-Sent Events. */
import { refusedError } from '../model/errors.ts'
import { problemOf } from './desk-call.ts'
import { LabEvent } from './lab-contract.ts'
import type { LabDesk, LabNews } from './lab-desk.ts'
import { Nothing } from './route.ts'
import type { Route } from './route.ts'
import { waitingLine } from './waiting-line.ts'

/** Pages that look on at once: each lab that is looked at costs something. */
const MAX_LISTENERS = 32
const KEEP_ALIVE_MS = 15_000

let listeners = 0

export const labStream: Route = {
  method: 'get',
  path: '/api/labs/:id/events',
  summary:
    'A lab as it goes, looked at up to twice a second: `lab` as it stands whenever that changes, and `memory` of each workload with its limit and what happened',
  input: Nothing,
  output: LabEvent,
  mediaType: 'text/event-stream',
  async answer({ labs }, { path: { id = '' } }) {
    try {
      if (listeners >= MAX_LISTENERS) {
        throw refusedError('busy', 'too many pages look on', null, 'close one of them')
      }
      return { status: 200, stream: eventsOf(labs, id) }
    } catch (error) {
      return problemOf(error)
    }
  },
}

/** Nothing is begun before somebody reads it. @throws StellaError (missing) where there is no such lab */
function eventsOf(labs: LabDesk, id: string): AsyncIterable<Uint8Array> {
  const enter = labs.follow(id)
  const line = waitingLine<LabNews | { kind: 'missed' }>({ kind: 'missed' })
  let leave: (() => void) | null = null
  function begin(): void {
    const out = enter((news) => line.push(news, news.kind === 'lab' ? 'lab' : undefined))
    listeners++
    leave = () => {
      listeners--
      out()
    }
  }
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      if (leave === null) begin()
      const news = await line.next(KEEP_ALIVE_MS)
      return news === 'ended'
        ? { done: true, value: undefined }
        : { done: false, value: new TextEncoder().encode(asEvent(news)) }
    },
    // Whoever goes away is not waited for.
    async return() {
      leave?.()
      leave = () => undefined
      line.end()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

function asEvent(news: LabNews | { kind: 'missed' } | 'nothing'): string {
  if (news === 'nothing') return ': still here\n\n'
  const data = news.kind === 'missed' ? {} : news.kind === 'lab' ? news.lab : news.memory
  return `event: ${news.kind}\ndata: ${JSON.stringify(data)}\n\n`
}

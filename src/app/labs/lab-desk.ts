/** Labs of this machine, for whoever asks over HTTP. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Bench } from '../../labs/bench.ts'
import { checkLab } from '../../labs/check.ts'
import { checkDocument, hintDocument, labsDocument } from '../../labs/documents.ts'
import { hintFor } from '../../labs/hint.ts'
import { applySolution, solutionOf } from '../../labs/solve.ts'
import { beginLab } from '../../labs/start.ts'
import { stopLab } from '../../labs/stop.ts'
import { refusedError } from '../../model/errors.ts'
import { refuseOtherUser } from '../../runbooks/run/who.ts'
import type { LabDesk } from '../../server/lab-desk.ts'
import { createLabRoom } from './lab-room.ts'
import type { LabRoom } from './lab-room.ts'
import { alone } from './live-bench.ts'

export interface Labs {
  desk: LabDesk
  /** Interrupts starts, which remove what they have made. What is open stays open. */
  close(): Promise<void>
}

export interface LabsOptions {
  /** Asked for with the first call. @throws StellaError where no labs come along */
  bench(): Bench
  /** A fault of ours, for the log. */
  onFault(error: unknown): void
}

/** What was begun is removed within what whoever ends a container allows (ten seconds). */
const CLOSING_MS = 7_000

export function openLabs({ bench: open, onFault }: LabsOptions): Labs {
  const rooms = new Map<string, LabRoom>()
  const closing = new AbortController()
  let made: Bench | null = null
  const bench = (): Bench => (made ??= open())

  /** @throws StellaError (missing) */
  function roomOf(id: string): LabRoom {
    bench().shelf.open(id)
    const room = rooms.get(id) ?? createLabRoom(bench(), id, onFault)
    rooms.set(id, room)
    return room
  }

  const desk: LabDesk = {
    labs: () => labsDocument(bench()),
    lab: (id) => roomOf(id).document(),
    async start(id, { who, ...order }) {
      refuseOtherUser(who, `stella lab start ${id}`)
      const room = roomOf(id)
      const begun = Promise.withResolvers<void>()
      const going = room.go('start', (watching) =>
        alone(room.bench, `lab start ${id}`, async () => {
          const { opened } = await beginLab(room.bench, id, order, watching)
          begun.resolve()
          await opened
        }),
      )
      // What comes of it behind that is told by the lab itself.
      going.catch(() => undefined)
      await Promise.race([begun.promise, going])
    },
    async check(id, { who, ...order }) {
      refuseOtherUser(who, `stella lab check ${id}`)
      const watching = { signal: closing.signal, onStep: () => undefined }
      return checkDocument(id, await checkLab(roomOf(id).bench, id, order, watching))
    },
    async hint(id, who) {
      refuseOtherUser(who, `stella lab hint ${id}`)
      return hintDocument(id, await hintFor(bench(), id))
    },
    solution: (id) => solutionOf(bench(), id),
    solve(id, who) {
      refuseOtherUser(who, `stella lab solve ${id} --apply`)
      const room = roomOf(id)
      // Whether it is open, whoever asks wants to know now.
      solutionOf(bench(), id)
      room.go('solve', (watching) => applySolution(room.bench, id, watching)).catch(() => undefined)
    },
    async stop(id, who) {
      refuseOtherUser(who, `stella lab stop ${id}`)
      const room = roomOf(id)
      await room.interrupt()
      return alone(room.bench, `lab stop ${id}`, () => stopLab(room.bench, id))
    },
    follow(id) {
      const room = roomOf(id)
      return room.listen
    },
  }
  return {
    desk,
    async close() {
      closing.abort(refusedError('busy', 'the server ends', null, 'try again in a moment'))
      const over = Promise.all([...rooms.values()].map((room) => room.interrupt()))
      const late = new AbortController()
      const patience = pause(CLOSING_MS, undefined, { signal: late.signal }).catch(() => undefined)
      await Promise.race([over, patience])
      late.abort()
    },
  }
}

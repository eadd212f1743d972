/** How far a server has got in the journal, written down so that the next start sends what is new. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { JOURNAL_START } from '../../store/cases.ts'
import type { JournalPlace } from '../../store/cases.ts'
import { casesFolder } from '../../store/cases/places.ts'
import { privateFolder, writeDurably } from '../../store/durable.ts'

export interface Cursor {
  at(): JournalPlace
  /** Soon written down: what is sent twice is kept once. */
  move(to: JournalPlace): void
  close(): void
}

const WRITE_MS = 1_000

/** Opens the cursor of one server; another one has got nothing. */
export function openCursor(dataFolder: string, url: URL): Cursor {
  // Beside the journal, so that it goes where that goes.
  const path = join(privateFolder(casesFolder(dataFolder)), 'sent.json')
  const server = `${url.origin}${url.pathname}`
  let place = readPlace(path, server)
  let timer: NodeJS.Timeout | null = null

  function write(): void {
    timer = null
    try {
      writeDurably(path, `${JSON.stringify({ server, ...place })}\n`)
    } catch {
      // A full disk: the next start sends again what was sent since.
    }
  }

  return {
    at: () => place,
    move(to) {
      place = to
      timer ??= setTimeout(write, WRITE_MS).unref()
    },
    close() {
      if (timer === null) return
      clearTimeout(timer)
      write()
    },
  }
}

const Kept = z.object({ server: z.string(), segment: z.int(), offset: z.int() })

function readPlace(path: string, server: string): JournalPlace {
  try {
    const read = z.safeParse(Kept, JSON.parse(readFileSync(path, 'utf8')))
    if (!read.success || read.data.server !== server) return JOURNAL_START
    const { segment, offset } = read.data
    return { segment, offset }
  } catch {
    return JOURNAL_START
  }
}

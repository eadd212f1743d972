/** Keeps what the scanner keeps within its bounds, now and then. */
import type { Instant } from '../model/time.ts'
import { errorMessage } from '../model/error-message.ts'
import type { Dropped, ScannerRetention } from '../store/scanner/retention.ts'
import type { ScannerStore } from '../store/scanner/open.ts'
import { documentRetention, jobCount, jobRetention, logRetention } from './settings/index.ts'
import type { SetTexts } from './settings/setting.ts'

export interface Sweeper {
  /** What is being dropped is dropped, and nothing more. */
  stop(): Promise<void>
}

export interface SweeperOptions {
  store: Pick<ScannerStore, 'retention' | 'settings'>
  now(): Instant
  /** One sentence for the log of the server. */
  onSays(says: string): void
}

const EVERY_MS = 10 * 60_000

/** Begins at once. */
export function startSweeper({ store, now, onSays }: SweeperOptions): Sweeper {
  const stopped = new AbortController()
  let timer: NodeJS.Timeout | null = null

  async function sweep(): Promise<void> {
    try {
      const retention = retentionIn(await store.settings.all())
      const says = told(await store.retention.sweep(retention, now(), stopped.signal))
      if (says !== null) onSays(says)
    } catch (error) {
      const why = errorMessage(error)
      onSays(`old jobs could not be dropped: ${why}`)
    }
  }

  let current: Promise<void> = Promise.resolve()
  function next(): void {
    current = sweep().finally(() => {
      if (!stopped.signal.aborted) timer = setTimeout(next, EVERY_MS)
    })
  }
  next()

  return {
    async stop() {
      stopped.abort()
      if (timer !== null) clearTimeout(timer)
      await current
    },
  }
}

function retentionIn(set: SetTexts): ScannerRetention {
  return {
    jobAgeMs: jobRetention.in(set),
    jobs: jobCount.in(set),
    documentBytes: documentRetention.in(set),
    logAgeMs: logRetention.in(set),
  }
}

/** Null: nothing was dropped. */
function told({ jobs, documents, lines }: Dropped): string | null {
  const parts = [
    ...(jobs > 0 ? [`jobs: ${jobs}`] : []),
    ...(documents > 0 ? [`SBOMs of others: ${documents}`] : []),
    ...(lines > 0 ? [`lines of the log: ${lines}`] : []),
  ]
  return parts.length === 0 ? null : `dropped what is too old or too much (${parts.join(', ')})`
}

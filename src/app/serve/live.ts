/** What is seen on this machine, for those who ask the server. */
import { redactText } from '../../evidence/redact-text.ts'
import { courseOf } from '../../investigate/course.ts'
import type { JournalEntry } from '../../store/cases.ts'
import type { HostIdentity, KeptAlert } from '../../store/database/types.ts'
import type { Live, News } from '../../server/services.ts'
import type { MemorySamples } from '../../model/facts.ts'
import type { Snapshot } from '../../watch/row.ts'

export interface LiveView extends Live {
  takeRound(snapshot: Snapshot): void
  /** Of this host or another. */
  takeEntry(host: HostIdentity, entry: JournalEntry): void
  takeAlert(alert: KeptAlert): void
  takeRun(run: string, step: string | null): void
  /** Where the course of a group comes from, once there is a watch. */
  courseFrom(samplesOf: (path: string) => { fact: MemorySamples } | null): void
}

/** @param own what another host cannot see is told of that host */
export function createLiveView(own: HostIdentity): LiveView {
  let last: Snapshot | null = null
  let samples: (path: string) => { fact: MemorySamples } | null = () => null
  const listeners = new Set<(news: News) => void>()
  const blind = new Map<string, string>()

  function tell(news: News): void {
    for (const listener of listeners) listener(news)
  }

  return {
    snapshot: () => last,
    course: (path) => courseOf(samples(path)),
    blind: () => [...blind.values(), ...(last?.unknown ?? [])],
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    courseFrom(samplesOf) {
      samples = samplesOf
    },
    takeRound(snapshot) {
      last = snapshot
      tell({ kind: 'round' })
    },
    takeAlert: (alert) => tell({ kind: 'alert', alert }),
    takeRun: (run, step) => tell({ kind: 'run', run, step }),
    takeEntry(host, entry) {
      if (entry.kind === 'watch' && host.id === own.id) {
        const source = entry.source ?? 'the watch'
        if (entry.what === 'blind') blind.set(source, redactText(entry.says))
        if (entry.what === 'sees') blind.delete(source)
      }
      tell({ kind: 'entry', host, entry })
    },
  }
}

/** What of the journal somebody elsewhere is told, and how often. */
import { redactText } from '../../evidence/redact-text.ts'
import type { Subject } from '../../model/subject.ts'
import type { Instant } from '../../model/time.ts'
import type { JournalEntry } from '../../store/cases.ts'
import { createRate } from '../../watch/notify/rate.ts'
import { createWebhook } from '../../watch/notify/webhook.ts'

export interface Notifier {
  take(entry: JournalEntry): void
  /** Waits a moment for what is under way. */
  flush(): Promise<void>
}

export interface NotifierOptions {
  /** What happened before is recorded, and no news. */
  since: Instant
  onTrouble(says: string): void
}

const FLUSH_MS = 3_000

/** Tells of cases and warnings by a webhook: each incident once, and of one subject not more than once in five minutes. */
export function notifier(url: URL, { since, onTrouble }: NotifierOptions): Notifier {
  const rate = createRate()
  const webhook = createWebhook({
    url,
    onTrouble: (why) => onTrouble(why ?? 'the webhook takes notifications again'),
  })

  function send(subject: Subject, kind: string, text: string, about: object): void {
    const key = `${kind} ${subject.platform} ${subject.id ?? subject.name ?? ''}`
    const held = rate.admit(key, performance.now())
    if (held === null) return
    const more = held === 0 ? '' : ` (and ${held} more since the last message)`
    webhook.send({ text: redactText(`${text}${more}`), stella: { ...about, heldBack: held } })
  }

  return {
    take(entry) {
      if (entry.kind === 'case' && entry.revision === 1) {
        const { id, at, subject, verdict } = entry.case
        if (at !== null && at < since) return
        const about = { kind: 'case', id, at: timeOf(at), subject, verdict: verdict.code }
        send(subject, 'case', `${verdict.summary} See: stella cases show ${id}`, about)
      } else if (entry.kind === 'warning' && entry.warning.level !== 'over') {
        const { subject, level, says, usedBytes, limitBytes } = entry.warning
        const about = {
          kind: 'warning',
          at: timeOf(entry.at),
          subject,
          level,
          usedBytes,
          limitBytes,
        }
        send(subject, level, says, about)
      }
    },
    flush: () => webhook.flush(FLUSH_MS),
  }
}

function timeOf(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

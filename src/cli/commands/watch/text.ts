import type { JournalEntry } from '../../../store/cases.ts'
import type { Paint } from '../../render/paint.ts'
import { printable } from '../../../report/printable.ts'
import { localTime } from '../../../report/time.ts'
import { isGood, shortSubject, VERDICT_WORDS } from '../../../report/words.ts'

/** An entry as a line or two for people. */
export function entryLines(entry: JournalEntry, paint: Paint): string[] {
  switch (entry.kind) {
    case 'case': {
      const { subject, verdict, id, at } = entry.case
      const again = entry.revision === 1 ? '' : ' (now better known)'
      const words = VERDICT_WORDS[verdict.code]
      const head = isGood(verdict.code) ? words : paint.bad(words)
      return [
        `${localTime(at)}  ${paint.bold(shortSubject(subject))}  ${head}${again}`,
        `  ${printable(verdict.summary)} ${paint.dim(id)}`,
      ]
    }
    case 'warning': {
      const { level, says } = entry.warning
      const word = level === 'over' ? paint.good('over') : paint.bad(level)
      return [`${localTime(entry.at)}  ${word}  ${printable(says)}`]
    }
    case 'watch':
      return [paint.dim(`${localTime(entry.at)}  ${entry.what}  ${printable(entry.says)}`)]
  }
}

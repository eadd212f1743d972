import type { Signature } from '../signature.ts'

import { logHint } from '../signature.ts'

const WORDS: readonly RegExp[] = [
  /\b(?:received|caught|got|handling|captured)(?: a| the)?(?: signal)?:? ?\(?(?:SIGTERM|signal 15)\b/i,
  /\bsignal 15 \(SIGTERM\) received/,
  /\bSIGTERM (?:\(15\) )?(?:received|caught)\b/i,
  /\bHandling signal: term\b/,
  // Go prints the signal's description.
  /\b(?:received|caught|got) signal:? ?"?terminated\b/i,
  /\breceived (?:fast|smart|immediate) shutdown request/,
]

/** A program that says it was told to stop: whoever ended it asked first, which the kernel's OOM killer never does. */
export const shutdownSignal: Signature = {
  id: 'shutdown-signal',
  needles: ['SIGTERM', 'signal 15', 'signal: term', 'ignal terminated', 'shutdown request'],

  read(line) {
    if (!WORDS.some((pattern) => pattern.test(line))) return null
    return logHint(
      'shutdown-signal',
      line,
      `The program was told to stop: ${line.trim().slice(0, 200)}`,
    )
  },
}

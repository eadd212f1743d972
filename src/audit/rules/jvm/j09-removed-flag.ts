import type { Edit, Rule } from '../../rule.ts'
import type { Word } from '../../workload.ts'
import { removed, replaced } from '../edits.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'

/** Where nothing names another. */
const USUAL_VERSION = 17

interface RemovedFlag {
  pattern: RegExp
  says: string
  /** From this version of Java on. */
  since: number
  /** The version that does not start with it; those before only tell. */
  refusedFrom: number
  mend(word: Word): readonly Edit[]
}

const REMOVED: readonly RemovedFlag[] = [
  {
    pattern: /^-XX:[+-]UseCGroupMemoryLimitForHeap$/,
    says: 'the JVM does not start with it from 11 on; it sees its container by itself',
    since: 11,
    refusedFrom: 11,
    mend: removed,
  },
  {
    pattern: /^-XX:MaxRAMFraction=\d+$/,
    says: 'it is deprecated since 10, and Java 25 does not start with it; MaxRAMPercentage is the new form',
    since: 10,
    refusedFrom: 25,
    mend: (word) => replaced(word, `-XX:MaxRAMPercentage=${100 / Number(word.text.split('=')[1])}`),
  },
  {
    pattern: /^-XX:(?:Max)?PermSize=\w+$/,
    says: 'there is no permanent generation since 8; MaxMetaspaceSize bounds what took its place',
    since: 8,
    refusedFrom: 17,
    mend: removed,
  },
]

const service = (options: string): string => `
image: registry.example.com/web:1
environment:
  JAVA_TOOL_OPTIONS: ${options}
mem_limit: 1g`

export const removedFlag: Rule = {
  id: 'J09',
  severity: 'error',
  title: "An option that today's Java does not know",
  why: 'Depending on the version the JVM ignores it with a warning, or exits before the program starts: Unrecognized VM option.',
  reference:
    'measured: JDK 17 exits on UseCGroupMemoryLimitForHeap and MaxPermSize, JDK 25 on MaxRAMFraction as well',
  examples: {
    bad: inService(service('-Xmx600m »-XX:+UseCGroupMemoryLimitForHeap')),
    good: inService(service('-Xmx600m')),
  },
  check: inJvms(function* ({ options, version }) {
    for (const word of options) {
      const flag = REMOVED.find(({ pattern }) => pattern.test(word.text))
      if (flag === undefined || (version !== null && version < flag.since)) continue
      const isTold = (version ?? USUAL_VERSION) < flag.refusedFrom
      const severity = isTold ? 'warning' : 'error'
      yield {
        place: word.place,
        severity,
        message: `${word.text}: ${flag.says}`,
        edits: flag.mend(word),
      }
    }
  }),
}

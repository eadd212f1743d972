/** What stella wrote itself, after a torn write, a full disk or a hostile hand. */
import { readCases } from '../../../src/investigate/case-reader.ts'
import { readLab } from '../../../src/labs/read-lab.ts'
import { checkedRest, endedLines, guardedLine } from '../../../src/store/cases/line.ts'
import {
  entryDocument,
  readCaseEntry,
  readHead,
  readKey,
} from '../../../src/store/cases/entry-json.ts'
import { parseFixRecord } from '../../../src/store/fixes/schema.ts'
import { linked, readChain, START } from '../../../src/store/runs/chain.ts'
import { sampleCase } from '../../../test/support/sample-case.ts'
import { sampleFix } from '../../../test/support/sample-fix.ts'
import { filesOf, texts } from '../corpus.ts'
import { must, mustBeSound, refusable } from '../sound.ts'
import type { Target } from '../target.ts'

const AT = Date.UTC(2026, 4, 1)
const ENTRIES = [1, 2, 3].map((revision) =>
  entryDocument({
    kind: 'case',
    at: AT,
    incident: 'boot-1',
    revision,
    case: sampleCase({ id: `c_000000000000000${revision}`, at: AT }),
  }),
)

/** A line is whole, or it is known that it is not. */
export const JOURNAL: Target = {
  name: 'journal',
  samples: () => texts([ENTRIES.map(guardedLine).join('')]),
  run({ bytes }) {
    const lines = new Set(ENTRIES.map((entry) => guardedLine(entry).trimEnd()))
    for (const { line } of endedLines(bytes)) {
      const rest = checkedRest(line)
      must(rest === null || lines.has(line.toString()), 'a damaged line is taken for whole')
      // Whoever damages a line can write its checksum, too.
      const anyway = rest ?? line.subarray(20)
      readHead(anyway)
      readKey(anyway)
      mustBeSound(readCaseEntry(anyway))
    }
  },
}

export const CASE_DOCUMENTS: Target = {
  name: 'case-documents',
  samples: () => texts(ENTRIES.map((entry) => JSON.stringify(entry))),
  run({ bytes }) {
    const document = refusable(() => parsed(bytes.toString()))
    mustBeSound(readCases(document))
  },
}

export const FIX_RECORDS: Target = {
  name: 'fix-records',
  samples: () => texts([JSON.stringify(sampleFix())]),
  run: ({ bytes }) => mustBeSound(parseFixRecord(bytes.toString())),
}

export const RUN_JOURNAL: Target = {
  name: 'run-journal',
  samples() {
    let head = START
    let text = ''
    for (const [at, event] of ['began', 'looked', 'changed', 'ended'].entries()) {
      const next = linked({ kind: event, at: AT + at }, at + 1, head)
      head = next.head
      text += next.line
    }
    return texts([text])
  },
  run({ bytes }) {
    const { events, wholeLength } = readChain(bytes.toString(), null)
    must(wholeLength <= bytes.toString().length && events.length <= bytes.length, 'lines appear')
  },
}

export const LAB: Target = {
  name: 'lab',
  samples: () => filesOf('labs', /lab\.yaml$/),
  run: ({ bytes, path }) => refusable(() => readLab(bytes.toString(), path)),
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

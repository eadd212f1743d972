/** Writes cases into a journal until it is killed, and says of each when it is on the disk: `dying-journal.ts FOLDER`. */
import { writeSync } from 'node:fs'
import { openCaseJournal } from '../../src/store/cases.ts'
import { sampleCase } from './sample-case.ts'

const [folder = ''] = process.argv.slice(2)
const journal = openCaseJournal(folder, { now: () => Date.now(), maxBytes: 1 << 20 })
for (let count = journal.known().size; ; count += 1) {
  const incident = `incident-${count}`
  journal.append([
    { kind: 'case', at: Date.now(), incident, revision: 1, case: sampleCase({ id: `c_${count}` }) },
  ])
  writeSync(1, `${incident}\n`)
}

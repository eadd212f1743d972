/** The process that `kernel-log.ts` measures: reads one log, and tells what it found and what it cost. */
import { readLargeLog } from '../../src/sources/files/large-log.ts'

const path = process.argv[2] ?? ''
const observations = await readLargeLog(path, { from: path, readAt: null, source: null })
const reports = observations.filter(({ fact }) => fact.kind === 'kernel-oom').length
const peakBytes = process.resourceUsage().maxRSS * 1024
process.stdout.write(JSON.stringify({ reports, peakBytes }))

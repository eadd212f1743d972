import { billFrom } from '../investigate/bill.ts'
import { collectBill } from '../investigate/collect-bill.ts'
import { collectSizing, watchGroup } from '../investigate/collect-sizing.ts'
import { collect } from '../investigate/collect.ts'
import { investigate } from '../investigate/investigate.ts'
import { survey } from '../investigate/survey/survey.ts'
import { readFiles } from '../sources/files/index.ts'
import { readAllProcesses } from '../sources/proc/machine.ts'
import { queryPrometheus } from '../sources/prometheus/index.ts'
import { hostReader } from '../sources/reader.ts'
import { listRecordings, readRecordings } from '../store/recordings.ts'
import { followFix, type Following } from '../verification/follow.ts'
import { openRecorder } from '../watch/record/recorder.ts'
import type { Engine } from './engine.ts'
import { experimentDesk } from './experiment-desk.ts'
import { fixDesk } from './fix-desk.ts'

/** The rooms below, as they are. */
export const liveEngine: Engine = {
  readFiles,
  collect,
  survey: () => survey(hostReader()),
  collectBill,
  collectSizing,
  watchGroup,
  queryPrometheus,
  bill: billFrom,
  // We are gone by the time that anybody reads about us.
  processes: async () => readAllProcesses(hostReader(), [process.pid]),
  investigate,
  fixes: fixDesk,
  experiments: experimentDesk,
  recordings: (dataFolder) => ({
    list: () => listRecordings(dataFolder),
    read: (subject) => readRecordings(dataFolder, subject),
    open: (target) => openRecorder(hostReader(), { target, dataFolder }),
  }),
  verify: (order, options) =>
    followFix(order, { ...options, reader: hostReader(), read: readForVerification }),
}

/** What is now, often; all that was told since a time, at the beginning and the end. */
const readForVerification: Following['read'] = async (target, since) => {
  const options = since === null ? { presentOnly: true, rollupMaxRssBytes: 0 } : { since }
  return (await collect(target, options)).world
}

import { billFrom } from '../investigate/bill.ts'
import { collectBill } from '../investigate/collect-bill.ts'
import { collectSizing, watchGroup } from '../investigate/collect-sizing.ts'
import { collect } from '../investigate/collect.ts'
import { glance } from '../investigate/glance.ts'
import { investigate } from '../investigate/investigate.ts'
import { podsOfNode } from '../investigate/cluster/node-pods.ts'
import { surveyCluster } from '../investigate/survey/cluster/survey-cluster.ts'
import { survey } from '../investigate/survey/survey.ts'
import { knownContainers } from '../sources/docker/known-containers.ts'
import { readFiles } from '../sources/files/index.ts'
import { readAllProcesses } from '../sources/proc/machine.ts'
import { queryPrometheus } from '../sources/prometheus/index.ts'
import { hostReader } from '../sources/reader.ts'
import type { Reader } from '../sources/reader.ts'
import { listRecordings, readRecordings } from '../store/recordings.ts'
import { followFix, type Following } from '../verification/follow.ts'
import { openRecorder } from '../watch/record/recorder.ts'
import type { Variables } from './context.ts'
import type { Engine } from './engine.ts'
import { experimentDesk } from './experiment-desk.ts'
import { fixDesk } from './fix-desk.ts'

/** The rooms below, as they are, with the variables of this process. */
export const liveEngine: Engine = engineWith(process.env)

/** A shell that completes a word waits for the answer. */
const SHELL_WAITS_MS = 1_000

/** The rooms below, as they are. What they read of the environment is what is given here. */
export function engineWith(env: Variables): Engine {
  const reader = hostReader({ env })
  return {
    readFiles,
    collect: (target, options) => collect(target, { reader, ...options }),
    glance: () => glance(reader),
    targets: async () => {
      const known = await knownContainers(reader, AbortSignal.timeout(SHELL_WAITS_MS))
      return known.containers.map(({ target }) => target)
    },
    survey: () => survey(reader),
    surveyCluster: () => surveyCluster(reader),
    podsOfNode: (node) => podsOfNode(reader, node),
    collectBill: (target, options) => collectBill(target, { reader, ...options }),
    collectSizing: (target) => collectSizing(target, { reader }),
    watchGroup: (path, milliseconds, options) =>
      watchGroup(path, milliseconds, { reader, ...options }),
    queryPrometheus,
    bill: billFrom,
    // We are gone by the time that anybody reads about us.
    processes: async () => readAllProcesses(reader, [process.pid]),
    investigate,
    fixes: (dataFolder) => fixDesk(dataFolder, { reader }),
    experiments: experimentDesk,
    recordings: (dataFolder) => ({
      list: () => listRecordings(dataFolder),
      read: (subject) => readRecordings(dataFolder, subject),
      open: (target) => openRecorder(reader, { target, dataFolder }),
    }),
    verify: (order, options) => followFix(order, { ...options, reader, read: readingWith(reader) }),
  }
}

/** For a verification: what is now, often; all that was told since a time, at the beginning and the end. */
function readingWith(reader: Reader): Following['read'] {
  return async (target, since) => {
    const options = since === null ? { presentOnly: true, rollupMaxRssBytes: 0 } : { since }
    return (await collect(target, { reader, ...options })).world
  }
}

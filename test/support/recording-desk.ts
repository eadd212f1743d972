/** What the command line has for recordings, without a machine to record. */
import type { RecordingDesk } from '../../src/cli/engine.ts'
import { NO_SAMPLE } from '../../src/model/series.ts'
import type { Recording } from '../../src/model/series.ts'
import type { Subject } from '../../src/model/subject.ts'
import type { Recorder, RecordSummary } from '../../src/watch/record/recorder.ts'

const WEB: Subject = { platform: 'docker', name: 'web', id: 'c0ffee', image: 'web:1' }
const AT = Date.UTC(2026, 4, 1, 11)

export const RECORDED: Recording = {
  subject: WEB,
  source: 'stella',
  group: {
    subject: 'group',
    name: 'web',
    process: null,
    samples: [
      { at: AT, ...NO_SAMPLE, usageBytes: 1_000, limitBytes: 4_096 },
      { at: AT + 1_000, ...NO_SAMPLE, usageBytes: 2_000, limitBytes: 4_096 },
    ],
    marks: [{ at: AT + 1_000, kind: 'start', says: 'restarted' }],
  },
  processes: [],
  regions: [],
  unknown: [],
}

export const SUMMARY: RecordSummary = {
  samples: 2,
  from: AT,
  to: AT + 1_000,
  lowestBytes: 1_024,
  highestBytes: 2_048,
  starts: 1,
  kills: 0,
}

/** One container is recorded, and it ends when it is looked at. */
export function recordingDesk(over: Partial<Recorder> = {}): RecordingDesk {
  const [first, last] = [AT, AT + 1_000]
  return {
    list: () => [{ subject: WEB, from: first, to: last, samples: 2, bytes: 500, writerPid: null }],
    read: () => RECORDED,
    open: async () => ({
      subject: WEB,
      folder: '/data/recordings/docker-web',
      round: async () => 'ended',
      close: () => SUMMARY,
      ...over,
    }),
  }
}

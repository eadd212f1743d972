import { NOTHING_ASKED } from '../../src/bill/asked.ts'
import { capturedIo } from './captured-io.ts'
import type { Said } from './captured-io.ts'
import { holdDocuments } from './documents.ts'
import { sampleBill } from './sample-bill.ts'
import { sampleDesk, sampleVerification } from './sample-fix.ts'
import { NO_EVIDENCE, recording } from './sizing-evidence.ts'
import { sampleExperiments } from './pressed.ts'
import { recordingDesk } from './recording-desk.ts'
import { runAs } from '../../src/cli/main.ts'
import type { Variables } from '../../src/cli/context.ts'
import type { Engine } from '../../src/cli/engine.ts'
import type { ClusterSurvey } from '../../src/investigate/survey/cluster/survey-cluster.ts'
import type { Case } from '../../src/model/case.ts'
import type { World } from '../../src/model/evidence.ts'

export const NOW = Date.UTC(2026, 4, 1, 12)

interface Setting {
  /** A function is given the variables that count for it. */
  engine?: Partial<Engine> | ((env: Variables) => Partial<Engine>)
  env?: Record<string, string>
  columns?: number
  stdin?: string
  /** Milliseconds. */
  now?: number
  /** Hears what was printed so far, each time. */
  told?: (out: string) => void
}

/** Runs one command line in this process, with rooms below that a test makes up. What it prints as JSON is as the schemas say. */
export async function stella(args: readonly string[], setting: Setting = {}): Promise<Said> {
  const said: Said = { code: 0, out: '', err: '' }
  const { columns } = setting
  const io = capturedIo(said, {
    out: (text) => {
      said.out += text
      setting.told?.(said.out)
    },
    stdin: async function* () {
      yield new TextEncoder().encode(setting.stdin ?? '')
    },
    env: setting.env ?? {},
    terminal: columns === undefined ? null : { columns },
    now: () => setting.now ?? NOW,
  })
  const { engine } = setting
  said.code = await runAs(args, io, async (env) => ({
    ...NOTHING,
    ...(typeof engine === 'function' ? engine(env) : engine),
  }))
  if (args.includes('--json')) holdDocuments(said.out)
  return said
}

/** An engine that finds these cases, whatever it is asked. */
export function finds(cases: readonly Case[], world: World = EMPTY): Partial<Engine> {
  return {
    readFiles: async () => world,
    collect: async (target) => ({ world, target }),
    investigate: () => cases,
  }
}

const EMPTY: World = { observations: [], unknown: [] }
/** A cluster in which nothing runs. */
export const EMPTY_CLUSTER: ClusterSurvey = {
  documents: [],
  unread: [],
  where: 'https://cluster',
  pods: 0,
  nodes: 0,
  workloads: 0,
  calls: 0,
  missesRight: false,
}
const NOTHING: Engine = {
  readFiles: async () => EMPTY,
  collect: async (target) => ({ world: EMPTY, target }),
  survey: async () => ({ documents: [], unread: [] }),
  surveyCluster: async () => EMPTY_CLUSTER,
  podsOfNode: async () => ({
    node: 'worker-1',
    pods: [],
    nodeCapacityBytes: null,
    signals: [],
    thresholds: null,
    notes: [],
  }),
  collectBill: async (target) => ({ world: EMPTY, target, asked: NOTHING_ASKED }),
  collectSizing: async (target) => ({ evidence: NO_EVIDENCE, target, path: null }),
  watchGroup: async () => recording([]),
  queryPrometheus: async () => recording([]),
  bill: sampleBill,
  glance: async () => ({ dead: [], unread: [], unnamedKills: null }),
  targets: async () => [],
  processes: async () => EMPTY,
  investigate: () => [],
  fixes: () => sampleDesk(),
  recordings: () => recordingDesk(),
  experiments: () => sampleExperiments(),
  verify: async () => sampleVerification(),
}

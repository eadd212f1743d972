/** The calls of the scanner. Each asks the desk, and writes what it says. */
import * as z from 'zod/mini'
import { NO_SUCH_THING, Nothing } from './route.ts'
import type { Route } from './route.ts'
import { answered, call } from './scanner-call.ts'
import {
  ChangeAnswer,
  ChangesAnswer,
  FiguresAnswer,
  GateAnswer,
  GatesAnswer,
  JobAnswer,
  JobsAnswer,
  LayersAnswer,
  LimitsAnswer,
  LogsAnswer,
  MemoryAnswer,
  PoolAnswer,
  PoolsAnswer,
  RestartsAnswer,
  SettingAnswer,
  SettingsAnswer,
  StatusAnswer,
  WorkersAnswer,
} from './scanner-contract.ts'
import {
  FiguresQuery,
  GateQuery,
  HistoryQuery,
  JobsQuery,
  JobWanted,
  LogsQuery,
  PoolWanted,
  RestartWanted,
  RollbackWanted,
  SettingWanted,
  WorkersFewer,
  WorkersMore,
} from './scanner-wanted.ts'

const jobCalls: readonly Route[] = [
  call({
    method: 'get',
    path: '/api/scanner/jobs',
    summary: 'Jobs, the newest first',
    input: JobsQuery,
    output: JobsAnswer,
    ask: (desk, { status, ...query }) => desk.jobs({ ...query, states: status }),
  }),
  call({
    method: 'post',
    path: '/api/scanner/jobs',
    summary: 'An image that is to be scanned',
    input: JobWanted,
    output: JobAnswer,
    ask: (desk, { by, ...request }) => desk.submit(request, by),
  }),
  call({
    method: 'get',
    path: '/api/scanner/jobs/:id',
    summary: 'A job with its attempts; the beginning of its id is enough',
    input: Nothing,
    output: JobAnswer,
    ask: (desk, _, { id = '' }) => desk.job(id),
  }),
  call({
    method: 'post',
    path: '/api/scanner/jobs/:id/cancel',
    summary: 'Ends a job that waits or runs',
    input: Nothing,
    output: JobAnswer,
    ask: (desk, _, { id = '' }) => desk.cancel(id),
  }),
  call({
    method: 'post',
    path: '/api/scanner/jobs/:id/retry',
    summary: 'Tries a job again that has ended',
    input: Nothing,
    output: JobAnswer,
    ask: (desk, _, { id = '' }) => desk.retry(id),
  }),
  call({
    method: 'get',
    path: '/api/scanner/jobs/:id/memory',
    summary: 'The memory of the worker during each attempt at a job',
    input: Nothing,
    output: MemoryAnswer,
    async ask(desk, _, { id = '' }) {
      const attempts = await desk.memory(id)
      return attempts === null ? null : { attempts }
    },
  }),
  call({
    method: 'get',
    path: '/api/scanner/jobs/:id/layers',
    summary: 'What was found out about each layer by a job that is done, the lowest first',
    input: Nothing,
    output: LayersAnswer,
    async ask(desk, _, { id = '' }) {
      const layers = await desk.layers(id)
      return layers === null ? null : { layers }
    },
  }),
  {
    method: 'get',
    path: '/api/scanner/jobs/:id/document',
    summary: 'The SBOM of a job that is done, as CycloneDX',
    input: Nothing,
    output: z.looseObject({ bomFormat: z.literal('CycloneDX') }),
    mediaType: 'application/vnd.cyclonedx+json',
    answer: ({ scanner }, { path: { id = '' } }) =>
      answered(scanner, async (desk) => {
        const stream = await desk.document(id)
        return stream === null ? NO_SUCH_THING : { status: 200, stream }
      }),
  },
]

const settingCalls: readonly Route[] = [
  call({
    method: 'get',
    path: '/api/scanner/settings',
    summary: 'The settings, as they hold now',
    input: Nothing,
    output: SettingsAnswer,
    async ask(desk) {
      return { settings: await desk.settings() }
    },
  }),
  call({
    method: 'get',
    path: '/api/scanner/settings/history',
    summary: 'Changes of settings, the newest first',
    input: HistoryQuery,
    output: ChangesAnswer,
    async ask(desk, query) {
      return { changes: await desk.history(query) }
    },
  }),
  call({
    method: 'post',
    path: '/api/scanner/settings/rollback',
    summary: 'Takes a change of a setting back',
    input: RollbackWanted,
    output: ChangeAnswer,
    ask: (desk, { change, by }) => desk.rollback(change, by),
  }),
  call({
    method: 'post',
    path: '/api/scanner/settings/:key',
    summary: 'Sets a setting; null makes it what it is when nobody set it',
    input: SettingWanted,
    output: SettingAnswer,
    ask: (desk, { value, by }, { key = '' }) => desk.set(key, value, by),
  }),
]

const workerCalls: readonly Route[] = [
  call({
    method: 'get',
    path: '/api/scanner/pools',
    summary: 'Pools of workers, by name',
    input: Nothing,
    output: PoolsAnswer,
    async ask(desk) {
      return { pools: await desk.pools() }
    },
  }),
  call({
    method: 'get',
    path: '/api/scanner/workers',
    summary: 'Workers of all hosts, with what each uses now',
    input: Nothing,
    output: WorkersAnswer,
    async ask(desk) {
      return { workers: await desk.workers() }
    },
  }),
  call({
    method: 'post',
    path: '/api/scanner/workers/add',
    summary: 'More workers in a pool, which is made where there is none',
    input: WorkersMore,
    output: PoolAnswer,
    ask: (desk, wanted) => desk.addWorkers(wanted),
  }),
  call({
    method: 'post',
    path: '/api/scanner/workers/set',
    summary: 'How many workers a pool has, and how much memory each',
    input: PoolWanted,
    output: PoolAnswer,
    ask: (desk, wanted) => desk.setWorkers(wanted),
  }),
  call({
    method: 'post',
    path: '/api/scanner/workers/remove',
    summary: 'Fewer workers in a pool',
    input: WorkersFewer,
    output: PoolAnswer,
    ask: (desk, wanted) => desk.removeWorkers(wanted),
  }),
  call({
    method: 'post',
    path: '/api/scanner/workers/restart',
    summary: 'Starts the workers of one pool, or of all, again',
    input: RestartWanted,
    output: PoolsAnswer,
    async ask(desk, wanted) {
      return { pools: await desk.restartWorkers(wanted) }
    },
  }),
  call({
    method: 'get',
    path: '/api/scanner/restarts',
    summary: 'How often workers were started again, and why',
    input: Nothing,
    output: RestartsAnswer,
    async ask(desk) {
      return { restarts: await desk.restarts() }
    },
  }),
]

export const SCANNER_ROUTES: readonly Route[] = [
  call({
    method: 'get',
    path: '/api/scanner/status',
    summary: 'How the scanner is: workers, jobs, and what waits',
    input: Nothing,
    output: StatusAnswer,
    ask: (desk) => desk.status(),
  }),
  ...jobCalls,
  call({
    method: 'get',
    path: '/api/scanner/figures',
    summary: 'What became of scans: done, failed and why, how long they took',
    input: FiguresQuery,
    output: FiguresAnswer,
    ask: (desk, query) => desk.figures(query),
  }),
  call({
    method: 'get',
    path: '/api/scanner/gates',
    summary: 'Images that may not be released, the latest first',
    input: Nothing,
    output: GatesAnswer,
    async ask(desk) {
      return { gates: await desk.gates() }
    },
  }),
  call({
    method: 'get',
    path: '/api/scanner/gate',
    summary: 'Whether an image may be released, by the name that was scanned',
    input: GateQuery,
    output: GateAnswer,
    ask: (desk, { image }) => desk.gate(image),
  }),
  call({
    method: 'get',
    path: '/api/scanner/limits',
    summary: 'Which images go where, and what happens to those that are too large',
    input: Nothing,
    output: LimitsAnswer,
    ask: (desk) => desk.limits(),
  }),
  ...settingCalls,
  ...workerCalls,
  call({
    method: 'get',
    path: '/api/scanner/logs',
    summary: 'What the scanner has to say: the newest lines that fit, oldest first',
    input: LogsQuery,
    output: LogsAnswer,
    async ask(desk, query) {
      return { lines: await desk.logs(query) }
    },
  }),
]

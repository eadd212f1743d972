/** The desk of a server elsewhere, over HTTP. */
import type { ScannerDesk } from '../../scanning/desk.ts'
import type { Instant } from '../../model/time.ts'
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
} from '../../server/scanner-contract.ts'
import { remoteCaller } from './remote-call.ts'
import type { RemoteServer } from './remote-call.ts'

/** Everything that is asked of it is asked of the server; what that refuses is refused here in the same words. */
export function remoteDesk(server: RemoteServer): ScannerDesk {
  const { ask, askFor, stream } = remoteCaller(server)
  return {
    status: () => ask(StatusAnswer, { path: 'status' }),

    submit: (request, by) => ask(JobAnswer, { path: 'jobs', body: { ...request, by } }),
    jobs: ({ states, since, ...query }) =>
      ask(JobsAnswer, {
        path: 'jobs',
        query: { ...query, status: joined(states), since: timeOf(since) },
      }),
    job: (id) => (id === '' ? Promise.resolve(null) : askFor(JobAnswer, { path: jobPath(id) })),
    cancel: (id) => ask(JobAnswer, { path: `${jobPath(id)}/cancel`, body: {} }),
    retry: (id) => ask(JobAnswer, { path: `${jobPath(id)}/retry`, body: {} }),
    document: (id) => stream({ path: `${jobPath(id)}/document` }),
    figures: ({ since }) =>
      ask(FiguresAnswer, { path: 'figures', query: { since: timeOf(since) } }),
    memory: async (id) =>
      (await askFor(MemoryAnswer, { path: `${jobPath(id)}/memory` }))?.attempts ?? null,
    layers: async (id) =>
      (await askFor(LayersAnswer, { path: `${jobPath(id)}/layers` }))?.layers ?? null,
    gates: async () => (await ask(GatesAnswer, { path: 'gates' })).gates,
    gate: (image) => ask(GateAnswer, { path: 'gate', query: { image } }),

    settings: async () => (await ask(SettingsAnswer, { path: 'settings' })).settings,
    set: (key, value, by) =>
      ask(SettingAnswer, { path: `settings/${encodeURIComponent(key)}`, body: { value, by } }),
    history: async (query) =>
      (await ask(ChangesAnswer, { path: 'settings/history', query })).changes,
    rollback: (change, by) =>
      ask(ChangeAnswer, { path: 'settings/rollback', body: { change, by } }),

    limits: () => ask(LimitsAnswer, { path: 'limits' }),
    pools: async () => (await ask(PoolsAnswer, { path: 'pools' })).pools,
    workers: async () => (await ask(WorkersAnswer, { path: 'workers' })).workers,
    addWorkers: (body) => ask(PoolAnswer, { path: 'workers/add', body }),
    setWorkers: (body) => ask(PoolAnswer, { path: 'workers/set', body }),
    removeWorkers: (body) => ask(PoolAnswer, { path: 'workers/remove', body }),
    restartWorkers: async (body) =>
      (await ask(PoolsAnswer, { path: 'workers/restart', body })).pools,
    restarts: async () => (await ask(RestartsAnswer, { path: 'restarts' })).restarts,

    logs: async ({ since, ...query }) =>
      (await ask(LogsAnswer, { path: 'logs', query: { ...query, since: timeOf(since) } })).lines,
  }
}

function jobPath(id: string): string {
  return `jobs/${encodeURIComponent(id)}`
}

function joined(states: readonly string[] | undefined): string | undefined {
  return states === undefined || states.length === 0 ? undefined : states.join(',')
}

function timeOf(at: Instant | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString()
}

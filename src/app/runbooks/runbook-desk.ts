/** The runbooks of the shelf and their runs, for whoever asks over HTTP. */
import { refusedError } from '../../model/errors.ts'
import type { RunbookDesk } from '../../server/runbook-desk.ts'
import { runStore } from '../../store/runs.ts'
import { listPrevention, markPrevention } from './prevention.ts'
import { runDocumentOf } from './recorded-runs.ts'
import { createRunList } from './run-list.ts'
import { createRunService } from './run-service.ts'
import type { RunService, RunServiceOptions } from './run-service.ts'
import { openShelf } from './shelf.ts'
import type { OpenedRunbook } from './shelf.ts'

export interface Runbooks {
  desk: RunbookDesk
  service: RunService
  shelf(): readonly OpenedRunbook[]
}

export interface RunbooksOptions extends Omit<RunServiceOptions, 'find'> {
  /** A folder of one's own, beside those that come along. */
  folder: string | null
}

/** @throws StellaError (unreachable) where the folder cannot be read */
export function openRunbooks({ folder, ...options }: RunbooksOptions): Runbooks {
  const shelf = openShelf(folder)
  // Whoever named it wants to know now that it cannot be read.
  shelf()
  const find = (id: string): OpenedRunbook | null =>
    shelf().find(({ read }) => read.runbook.id === id) ?? null
  const service = createRunService({ ...options, find })
  return { shelf, service, desk: deskOver({ ...options, shelf, find, service }) }
}

interface Parts extends Pick<RunServiceOptions, 'dataFolder' | 'now' | 'onSays' | 'find'> {
  shelf: Runbooks['shelf']
  service: RunService
}

function deskOver({ dataFolder, now, shelf, find, service, onSays }: Parts): RunbookDesk {
  const list = createRunList(dataFolder, onSays)
  return {
    async runbooks() {
      const succeeded = await list.lastSucceeded()
      return shelf().map(({ read: { runbook } }) => ({
        runbook,
        lastSucceeded: succeeded.get(runbook.id) ?? null,
      }))
    },
    runbook: (id) => find(id)?.read ?? null,
    runs: ({ limit, runbook, case: wanted }) =>
      list.runs(
        limit,
        (run) =>
          (runbook === undefined || run.runbook === runbook) &&
          (wanted === undefined || run.case === wanted),
      ),
    run: (id) => (runStore(dataFolder).mark(id) === null ? null : runDocumentOf(dataFolder, id)),
    async begin({ runbook: id, who, ...order }) {
      const runbook = find(id)
      if (runbook === null) {
        const what = `there is no runbook '${id}' on the shelf of this server`
        throw refusedError('missing', what, null, 'see /api/runbooks for those that are')
      }
      const origin = { kind: 'person' } as const
      return service.begin({ ...order, runbook, by: who.by, origin, withinMs: null })
    },
    resume: service.resume,
    undo: service.undo,
    stop: service.stop,
    prevention(id) {
      const read = find(id)?.read
      return read === undefined ? null : listPrevention(dataFolder, read.runbook, now())
    },
    async markPrevention(id, order) {
      const read = find(id)?.read
      return read === undefined
        ? null
        : markPrevention(dataFolder, read.runbook, { ...order, now: now() })
    },
  }
}

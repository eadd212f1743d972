/** Runs as their journals tell them. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { redactEvent } from '../../evidence/redact.ts'
import { runDocument } from '../../runbooks/report/run-document.ts'
import type { RunDocument } from '../../runbooks/report/run-document.ts'
import { toldRun } from '../../runbooks/report/told-run.ts'
import type { ToldRun } from '../../runbooks/report/told-run.ts'
import { eventIn } from '../../runbooks/run/event.ts'
import type { RunEvent } from '../../runbooks/run/event.ts'
import { livingOwner } from '../../store/lock.ts'
import { noSuchRun, runStore } from '../../store/runs.ts'

export interface RecordedRun {
  id: string
  events: readonly RunEvent[]
  /** Where its journal was changed after it was written. */
  broken: { line: number; says: string } | null
}

/** @throws StellaError (unreachable) where there is none */
export function recordedRun(dataFolder: string, id: string): RecordedRun {
  const chain = runStore(dataFolder).read(id)
  if (chain === null) throw noSuchRun(id)
  const events = chain.events.flatMap((each) => eventIn(each) ?? [])
  return { id, events, broken: chain.broken }
}

/** Newest first. */
export function recordedRuns(dataFolder: string, most: number): readonly RecordedRun[] {
  const ids = runStore(dataFolder).ids().slice(0, most)
  return ids.map((id) => recordedRun(dataFolder, id))
}

/** Whether somebody goes on with it at this moment: this process, or another. */
export function isWorkedOn(
  dataFolder: string,
  { run, runbook, params }: Pick<ToldRun, 'run' | 'runbook' | 'params'>,
): boolean {
  const path = lockPath(runStore(dataFolder).folder, runbook.id, params)
  if (!existsSync(dirname(path))) return false
  return livingOwner(path, { tidy: false })?.purpose === run
}

/** One run at a time for a runbook with its values. */
export function lockPath(
  folder: string,
  runbook: string,
  params: Readonly<Record<string, string>>,
): string {
  // As the journal has them: whoever resumes has no others.
  const target = JSON.stringify([runbook, redactEvent(params)])
  const name = createHash('sha256').update(target).digest('hex').slice(0, 32)
  return join(folder, 'locks', name)
}

/** Null: there is no run in its journal. @throws StellaError (unreachable) where there is no journal */
export function toldRunOf(dataFolder: string, id: string): ToldRun | null {
  const { events, broken } = recordedRun(dataFolder, id)
  return toldRun(id, events, broken)
}

/** Null: there is no run in its journal. @throws StellaError (unreachable) where there is no journal */
export function runDocumentOf(dataFolder: string, id: string): RunDocument | null {
  const told = toldRunOf(dataFolder, id)
  return told === null ? null : runDocument(told, () => isWorkedOn(dataFolder, told))
}

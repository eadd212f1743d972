/** What the server says of runbooks and their runs, as the page takes it. */
import type * as z from 'zod/mini'
import type {
  PlanAnswer,
  PreventionAnswer,
  RunAnswer,
  RunbookAnswer,
  RunbooksAnswer,
  RunsAnswer,
} from '../../src/server/runbook-contract.ts'

export type ShelvedDocument = z.output<typeof RunbooksAnswer>['runbooks'][number]
export type RunbookDocument = z.output<typeof RunbookAnswer>
export type ParamDocument = RunbookDocument['params'][number]
export type PlanDocument = z.output<typeof PlanAnswer>
export type PlannedDocument = PlanDocument['plan'][number]
export type RunListed = z.output<typeof RunsAnswer>['runs'][number]
export type RunDocument = z.output<typeof RunAnswer>
export type Verdict = NonNullable<RunDocument['verdict']>
export type StepDocument = RunDocument['steps'][number]
export type CommandDocument = StepDocument['commands'][number]
export type PreventionItem = z.output<typeof PreventionAnswer>['items'][number]

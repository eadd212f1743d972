/** The calls about runbooks and their runs. */
import type * as z from 'zod/mini'
import { paramValues } from '../runbooks/params.ts'
import { planOf } from '../runbooks/plan.ts'
import type { Prevention } from '../runbooks/prevention.ts'
import { planDocument } from '../runbooks/report/plan-document.ts'
import { listedRunbook, runbookDocument } from '../runbooks/report/runbook-document.ts'
import { Nothing } from './route.ts'
import type { Route } from './route.ts'
import { callsOf } from './desk-call.ts'
import { reportCall } from './runbook-report.ts'
import {
  PlanAnswer,
  PreventionAnswer,
  RunAnswer,
  RunbookAnswer,
  RunbooksAnswer,
  RunsAnswer,
  RunTaken,
} from './runbook-contract.ts'
import {
  PlanWanted,
  PreventionWanted,
  ResumeWanted,
  RunsQuery,
  RunWanted,
  StopWanted,
  UndoWanted,
} from './runbook-wanted.ts'

const call = callsOf(({ runbooks }) => runbooks)

const runbookCalls: readonly Route[] = [
  call({
    method: 'get',
    path: '/api/runbooks',
    summary: 'The runbooks on the shelf, with what each asks for, and when it last helped',
    input: Nothing,
    output: RunbooksAnswer,
    async ask(desk) {
      const shelved = await desk.runbooks()
      return {
        schema: 'stella.runbooks/1' as const,
        runbooks: shelved.map(({ runbook, lastSucceeded }) => ({
          ...listedRunbook(runbook),
          lastSucceeded,
        })),
      }
    },
  }),
  call({
    method: 'get',
    path: '/api/runbooks/:id',
    summary: 'One runbook with its steps',
    input: Nothing,
    output: RunbookAnswer,
    async ask(desk, _, { path: { id = '' } }) {
      const read = desk.runbook(id)
      return read === null ? null : runbookDocument(read)
    },
  }),
  call({
    method: 'post',
    path: '/api/runbooks/:id/plan',
    summary: 'What a run of it would do, and the hash to approve; nothing is run',
    input: PlanWanted,
    output: PlanAnswer,
    async ask(desk, { params }, { path: { id = '' } }) {
      const read = desk.runbook(id)
      if (read === null) return null
      const { runbook } = read
      const values = paramValues(runbook.params, new Map(Object.entries(params)))
      return planDocument(runbook, planOf(runbook, values.values), values)
    },
  }),
]

const preventionCalls: readonly Route[] = [
  call({
    method: 'get',
    path: '/api/runbooks/:id/prevention',
    summary: 'What keeps it from happening again, and what of it was done',
    input: Nothing,
    output: PreventionAnswer,
    async ask(desk, _, { path: { id = '' } }) {
      const prevention = desk.prevention(id)
      return prevention === null ? null : preventionDocument(prevention)
    },
  }),
  call({
    method: 'post',
    path: '/api/runbooks/:id/prevention/:item',
    summary: 'Says of one point that it was done, or that it is open again',
    input: PreventionWanted,
    output: PreventionAnswer,
    async ask(desk, { done, evidence = null, by }, { path: { id = '', item = '' }, whoFor }) {
      const mark = { item, isDone: done, by: whoFor(by).by, evidence }
      const prevention = await desk.markPrevention(id, mark)
      return prevention === null ? null : preventionDocument(prevention)
    },
  }),
]

const runCalls: readonly Route[] = [
  call({
    method: 'get',
    path: '/api/runs',
    summary: 'Runs of runbooks, the newest first',
    input: RunsQuery,
    output: RunsAnswer,
    async ask(desk, query) {
      return { schema: 'stella.runs/1' as const, runs: await desk.runs(query) }
    },
  }),
  call({
    method: 'get',
    path: '/api/runs/:id',
    summary: 'One run: each step with what came of it, and what it waits for',
    input: Nothing,
    output: RunAnswer,
    ask: async (desk, _, { path: { id = '' } }) => desk.run(id),
  }),
  reportCall,
  call({
    method: 'post',
    path: '/api/runs',
    summary: 'Begins a run: it looks, and waits before the first change',
    input: RunWanted,
    output: RunTaken,
    status: 201,
    async ask(desk, { params, by, ...order }, { whoFor }) {
      const given = new Map(Object.entries(params))
      return taken(await desk.begin({ ...order, given, who: whoFor(by) }))
    },
  }),
  call({
    method: 'post',
    path: '/api/runs/:id/resume',
    summary:
      'Goes on with a run that waits or was interrupted: with approvals, and answers to steps',
    input: ResumeWanted,
    output: RunTaken,
    async ask(desk, { plan, params, answers, by, ...order }, { path: { id = '' }, whoFor }) {
      await desk.resume(id, {
        ...order,
        plan: plan ?? null,
        answers: new Map(Object.entries(answers)),
        given: new Map(Object.entries(params)),
        who: whoFor(by),
      })
      return taken(id)
    },
  }),
  call({
    method: 'post',
    path: '/api/runs/:id/undo',
    summary: 'Takes the changes of a run back, the last one first',
    input: UndoWanted,
    output: RunTaken,
    async ask(desk, { answers, outlived, by }, { path: { id = '' }, whoFor }) {
      const order = { answers: new Map(Object.entries(answers)), outlived, who: whoFor(by) }
      await desk.undo(id, order)
      return taken(id)
    },
  }),
  call({
    method: 'post',
    path: '/api/runs/:id/stop',
    summary:
      'Interrupts a run that this server works on, behind the change that it makes; called again, within it',
    input: StopWanted,
    output: RunTaken,
    async ask(desk, { by }, { path: { id = '' }, whoFor }) {
      desk.stop(id, whoFor(by))
      return taken(id)
    },
  }),
]

export const RUNBOOK_ROUTES: readonly Route[] = [...runbookCalls, ...preventionCalls, ...runCalls]

function preventionDocument(prevention: Prevention): z.output<typeof PreventionAnswer> {
  return { schema: 'stella.runbook-prevention/1', ...prevention }
}

function taken(run: string): { schema: 'stella.run-taken/1'; run: string } {
  return { schema: 'stella.run-taken/1', run }
}

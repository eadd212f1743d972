/** The calls about labs: real faults on the machine of this server. */
import { callsOf } from './desk-call.ts'
import {
  CheckWanted,
  LabAnswer,
  LabCheckAnswer,
  LabHintAnswer,
  LabsAnswer,
  LabSolutionAnswer,
  LabStopAnswer,
  LabTaken,
  StartWanted,
} from './lab-contract.ts'
import { labStream } from './lab-stream.ts'
import { Nothing } from './route.ts'
import type { Route } from './route.ts'

const call = callsOf(({ labs }) => labs)

/** Nothing is written down under a name. */
const SOMEBODY = 'somebody'

export const LAB_ROUTES: readonly Route[] = [
  call({
    method: 'get',
    path: '/api/labs',
    summary: 'Labs: what each teaches, whether it is open, and what was done with it here',
    input: Nothing,
    output: LabsAnswer,
    ask: async (desk) => desk.labs(),
  }),
  call({
    method: 'get',
    path: '/api/labs/:id',
    summary: 'One lab as it stands: what was told, each check with what is and what should be',
    input: Nothing,
    output: LabAnswer,
    ask: async (desk, _, { path: { id = '' } }) => desk.lab(id),
  }),
  labStream,
  call({
    method: 'post',
    path: '/api/labs/:id/start',
    summary: 'Makes the fault of a lab on the machine of this server',
    input: StartWanted,
    output: LabTaken,
    status: 201,
    async ask(desk, { backend = null, ttlMinutes }, { path: { id = '' }, whoFor }) {
      const ttlMs = ttlMinutes === undefined ? null : ttlMinutes * 60_000
      await desk.start(id, { backend, ttlMs, who: whoFor(SOMEBODY) })
      return { schema: 'stella.lab-taken/1' as const, id }
    },
  }),
  call({
    method: 'post',
    path: '/api/labs/:id/check',
    summary: 'Whether a lab is solved, watched for as long as it asks for; with answers to it',
    input: CheckWanted,
    output: LabCheckAnswer,
    async ask(desk, { answers, seconds }, { path: { id = '' }, whoFor }) {
      return desk.check(id, {
        answers: new Map(Object.entries(answers)),
        windowMs: seconds === undefined ? null : seconds * 1_000,
        who: whoFor(SOMEBODY),
      })
    },
  }),
  call({
    method: 'post',
    path: '/api/labs/:id/hint',
    summary: 'The next hint, for the first check that does not hold; hints are counted',
    input: Nothing,
    output: LabHintAnswer,
    ask: async (desk, _, { path: { id = '' }, whoFor }) => desk.hint(id, whoFor(SOMEBODY)),
  }),
  call({
    method: 'get',
    path: '/api/labs/:id/solution',
    summary: 'The solution of an open lab, with its names; nothing is carried out',
    input: Nothing,
    output: LabSolutionAnswer,
    async ask(desk, _, { path: { id = '' } }) {
      return { schema: 'stella.lab-solution/1' as const, id, solution: desk.solution(id) }
    },
  }),
  call({
    method: 'post',
    path: '/api/labs/:id/solve',
    summary: 'Carries the solution of an open lab out',
    input: Nothing,
    output: LabTaken,
    status: 201,
    async ask(desk, _, { path: { id = '' }, whoFor }) {
      desk.solve(id, whoFor(SOMEBODY))
      return { schema: 'stella.lab-taken/1' as const, id }
    },
  }),
  call({
    method: 'post',
    path: '/api/labs/:id/stop',
    summary: 'Ends a lab, and removes everything that it made',
    input: Nothing,
    output: LabStopAnswer,
    async ask(desk, _, { path: { id = '' }, whoFor }) {
      const stopped = await desk.stop(id, whoFor(SOMEBODY))
      return { schema: 'stella.lab-stop/1' as const, id, stopped }
    },
  }),
]

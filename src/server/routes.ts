/** The calls of the API, each with the schemas that check and describe it. */
import { readJournalEntry } from '../store/cases.ts'
import type { KeptCase as Kept, KeptWarning } from '../store/database/types.ts'
import { topDocument } from '../watch/snapshot-document.ts'
import { AlertmanagerMessage, AlertsPage, AlertsQuery } from './alert-contract.ts'
import { alertDocument, receivedAlert } from './alerts.ts'
import {
  CasesPage,
  CasesQuery,
  Course,
  CourseQuery,
  Delivery,
  KeptCase,
  LiveView,
  Overview,
  Taken,
  WarningsPage,
  WarningsQuery,
} from './contract.ts'
import {
  hostDocument,
  keptDocument,
  pointDocument,
  summaryDocument,
  warningDocument,
} from './documents.ts'
import { DOCTOR_ROUTES } from './doctor-routes.ts'
import { instantOf, Nothing, route } from './route.ts'
import type { Route } from './route.ts'
import { LAB_ROUTES } from './lab-routes.ts'
import { RUNBOOK_ROUTES } from './runbook-routes.ts'
import { SCANNER_ROUTES } from './scanner-routes.ts'
import { TriggersAnswer } from './runbook-contract.ts'
import type { Services } from './services.ts'

const HOUR_MS = 3_600_000
const WARNINGS_OF_A_CASE = 20
/** Of one message; `max_alerts` of the webhook keeps Alertmanager below it. */
const MAX_ALERTS = 1_000

export const ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/overview',
    summary: 'How many cases there are, which hosts are watched, and what cannot be seen',
    input: Nothing,
    output: Overview,
    async handle({ database, live, version, now }) {
      const [counts, hosts, firingAlerts] = await Promise.all([
        database.counts(),
        database.hosts(),
        database.firing(now()),
      ])
      return {
        schema: 'stella.overview/1',
        version,
        counts: Object.fromEntries(counts),
        firingAlerts,
        hosts: hosts.map(hostDocument),
        blind: live.blind(),
      }
    },
  }),
  route({
    method: 'get',
    path: '/api/cases',
    summary: 'Cases, the newest first',
    input: CasesQuery,
    output: CasesPage,
    async handle({ database }, { since, ...query }) {
      const { cases, next } = await database.cases({ ...query, since: instantOf(since) })
      return { schema: 'stella.cases-page/1', cases: cases.map(summaryDocument), next }
    },
  }),
  route({
    method: 'get',
    path: '/api/cases/:id',
    summary: 'One case, whole, with the warnings before it; the beginning of its id is enough',
    input: Nothing,
    output: KeptCase,
    async handle(services, _, { id = '' }) {
      const kept = await services.database.case(id)
      if (kept === null) return null
      const warnings = await warningsBefore(services, kept)
      return keptDocument(kept, { warnings, runs: services.runsOf(kept.case) })
    },
  }),
  route({
    method: 'get',
    path: '/api/warnings',
    summary: 'Warnings, the newest first',
    input: WarningsQuery,
    output: WarningsPage,
    async handle({ database }, { since, ...query }) {
      const warnings = await database.warnings({ ...query, since: instantOf(since) })
      return { schema: 'stella.warnings/1', warnings: warnings.map(warningDocument) }
    },
  }),
  route({
    method: 'get',
    path: '/api/live',
    summary: 'The last round over all memory groups of the machine of this server',
    input: Nothing,
    output: LiveView,
    handle({ live }) {
      const snapshot = live.snapshot()
      return Promise.resolve(snapshot === null ? null : topDocument(snapshot, snapshot.rows))
    },
  }),
  route({
    method: 'get',
    path: '/api/course',
    summary: 'The last minutes of a memory group of the machine of this server',
    input: CourseQuery,
    output: Course,
    handle({ live }, { path }) {
      const points = live.course(path)
      return Promise.resolve(
        points === null
          ? null
          : { schema: 'stella.course/1', path, points: points.map(pointDocument) },
      )
    },
  }),
  route({
    method: 'get',
    path: '/api/alerts',
    summary: 'Alerts with the case that each is about: those that fire first, and the newest first',
    input: AlertsQuery,
    output: AlertsPage,
    async handle({ database, now }, query) {
      const found = await database.alerts({ ...query, now: now() })
      return { schema: 'stella.alerts/1', alerts: found.map(alertDocument) }
    },
  }),
  route({
    method: 'post',
    path: '/api/alerts',
    summary: "What the webhook of Alertmanager sends; an alert's last word counts",
    input: AlertmanagerMessage,
    output: Taken,
    async handle(services, { alerts }) {
      const taken = await services.takeAlerts(alerts.slice(0, MAX_ALERTS).map(receivedAlert))
      return { schema: 'stella.taken/1', taken, refused: Math.max(0, alerts.length - MAX_ALERTS) }
    },
  }),
  route({
    method: 'get',
    path: '/api/triggers',
    summary: 'What opened a runbook lately, or would have, the newest first',
    input: Nothing,
    output: TriggersAnswer,
    handle({ triggered }) {
      const triggers = triggered().map((one) => ({ ...one, at: new Date(one.at).toISOString() }))
      return Promise.resolve({ schema: 'stella.triggers/1', triggers })
    },
  }),
  route({
    method: 'post',
    path: '/api/deliveries',
    summary: 'Entries of the journal of another host; those that are there already are left out',
    input: Delivery,
    output: Taken,
    async handle(services, { host, entries }) {
      const read = entries.map(readJournalEntry)
      const known = read.filter((entry) => entry !== null)
      const taken = await services.deliver(host, known)
      return { schema: 'stella.taken/1', taken, refused: read.length - known.length }
    },
  }),
  ...DOCTOR_ROUTES,
  ...SCANNER_ROUTES,
  ...RUNBOOK_ROUTES,
  ...LAB_ROUTES,
]

/** What was said of the group of a case in the hour before it. */
async function warningsBefore(
  { database }: Services,
  { case: found, host }: Kept,
): Promise<readonly KeptWarning[]> {
  const { at, binding, subject } = found
  const path = binding.path ?? (subject.platform === 'cgroup' ? subject.name : null)
  if (at === null || path === null) return []
  const query = { limit: WARNINGS_OF_A_CASE, host: host.id, path, since: at - HOUR_MS }
  return (await database.warnings(query)).filter((warning) => warning.at <= at)
}

/** Alerts on the API: what Alertmanager's webhook sends (its payload of version 4), and what is told of it. */
import * as z from 'zod/mini'
import { ALERT_STATES } from '../store/database/types.ts'
import { CaseSummary, count } from './contract.ts'

const texts = z.record(z.string(), z.string())
const time = z.iso.datetime()

/** RFC 3339 with any offset and any fraction of a second, as Go writes it. */
const moment = z.pipe(
  z.iso.datetime({ offset: true }),
  z.transform((text) => Date.parse(text)),
)

const ReceivedAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: texts,
  annotations: texts,
  startsAt: moment,
  /** The year 1 while it fires. */
  endsAt: moment,
  generatorURL: z.optional(z.string()),
  fingerprint: z.string().check(z.minLength(1), z.maxLength(64)),
})
export type ReceivedAlertInput = z.output<typeof ReceivedAlert>

/** https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export const AlertmanagerMessage = z.object({
  version: z.literal('4'),
  alerts: z.array(ReceivedAlert),
})

const Alert = z.object({
  /** With `startsAt` it names the alert. */
  fingerprint: z.string(),
  /** `alertname`. */
  name: z.nullable(z.string()),
  severity: z.nullable(z.string()),
  state: z.enum(ALERT_STATES),
  startsAt: time,
  endsAt: z.nullable(time),
  /** When somebody told of it last. */
  heardAt: time,
  labels: texts,
  annotations: texts,
  /** An address of http or https, or a path; null: there is none, or it is something else. */
  runbookUrl: z.nullable(z.string()),
  /** Where its rule can be looked at. */
  generatorUrl: z.nullable(z.string()),
  /** The latest case of what it is about, from an hour before it on. */
  case: z.nullable(CaseSummary),
})
export type AlertDocument = z.infer<typeof Alert>

export const AlertsPage = z.object({
  /** What `GET /api/alerts` answers: alerts, each with the case that it is about. */
  schema: z.literal('stella.alerts/1'),
  alerts: z.array(Alert),
})

export const AlertsQuery = z.object({
  limit: count(500, 50),
  state: z.optional(z.enum(ALERT_STATES)),
})

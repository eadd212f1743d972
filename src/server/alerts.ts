/** Alerts as they come in and as they are told. What they say is anybody's text: it is cut to size, and loses its secrets. */
import { redactAlert, redactText } from '../evidence/redact.ts'
import type { Instant } from '../model/time.ts'
import type { Alert, KeptAlert } from '../store/database/types.ts'
import type { AlertDocument, ReceivedAlertInput } from './alert-contract.ts'
import { summaryDocument } from './documents.ts'

/** Labels or annotations of one alert. */
const MAX_TEXTS = 40
const MAX_NAME = 128
const MAX_LABEL = 1_024
const MAX_ANNOTATION = 4_096
const MAX_ADDRESS = 2_048

/** An alert of Alertmanager, as it is kept. */
export function receivedAlert(given: ReceivedAlertInput): Alert {
  const { fingerprint, status, startsAt, endsAt, generatorURL } = given
  const texts = redactAlert({
    labels: bounded(given.labels, MAX_LABEL),
    annotations: bounded(given.annotations, MAX_ANNOTATION),
  })
  return {
    fingerprint,
    startsAt,
    endsAt: status === 'firing' ? null : Math.max(startsAt, endsAt),
    ...texts,
    generatorUrl: addressIn(redactText((generatorURL ?? '').slice(0, MAX_ADDRESS))),
  }
}

export function alertDocument(kept: KeptAlert): AlertDocument {
  const { fingerprint, state, startsAt, endsAt, heardAt, labels, annotations, generatorUrl } = kept
  return {
    fingerprint,
    name: labels['alertname'] ?? null,
    severity: labels['severity'] ?? null,
    state,
    startsAt: timeOf(startsAt),
    endsAt: endsAt === null ? null : timeOf(endsAt),
    heardAt: timeOf(heardAt),
    labels,
    annotations,
    runbookUrl: pageIn(annotations['runbook_url'] ?? ''),
    generatorUrl,
    case: kept.case === null ? null : summaryDocument(kept.case),
  }
}

function bounded(texts: Readonly<Record<string, string>>, most: number): Record<string, string> {
  const entries = Object.entries(texts).slice(0, MAX_TEXTS)
  return Object.fromEntries(
    entries.map(([name, value]) => [name.slice(0, MAX_NAME), value.slice(0, most)]),
  )
}

/** The rules of stella name a page by its path; whoever has it at an address of their own writes that. */
function pageIn(text: string): string | null {
  return /^[\w.-][\w./-]*(?:#[\w-]*)?$/.test(text) ? text : addressIn(text)
}

/** Nothing but what a browser opens as a page: no `javascript:`. */
function addressIn(text: string): string | null {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : null
}

function timeOf(at: Instant): string {
  return new Date(at).toISOString()
}

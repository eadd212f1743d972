/** Whether a Prometheus has rules of stella's packs, and where their alerts go. */
import * as z from 'zod/mini'
import { unreachableError } from '../../model/errors.ts'
import { askPrometheus } from './ask.ts'
import type { PrometheusServer } from './ask.ts'

export interface AlertWiring {
  /** Alerts of stella's packs, by the pack: only they have that label. */
  packs: Readonly<Record<string, number>>
  /** Those that Prometheus cannot evaluate. */
  broken: readonly { name: string; says: string }[]
  alertmanagers: readonly Alertmanager[]
}

export interface Alertmanager {
  url: string
  /** `hidden`: it calls somebody, and does not tell whom. */
  tellsStella: 'yes' | 'no' | 'hidden' | 'not known'
}

const Rules = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            name: z.string(),
            health: z._default(z.string(), 'unknown'),
            lastError: z._default(z.string(), ''),
            labels: z._default(z.record(z.string(), z.string()), {}),
          }),
        ),
      }),
    ),
  }),
})

const Managers = z.object({
  data: z.object({ activeAlertmanagers: z.array(z.object({ url: z.string() })) }),
})

const Status = z.object({ config: z.object({ original: z.string() }) })

/** @throws StellaError (unreachable) where it does not answer, or is no Prometheus */
export async function alertWiring(
  server: PrometheusServer,
  signal: AbortSignal,
): Promise<AlertWiring> {
  const [rules, managers] = await Promise.all([
    asked(Rules, server, { call: 'api/v1/rules', query: { type: 'alert' }, signal }),
    asked(Managers, server, { call: 'api/v1/alertmanagers', query: {}, signal }),
  ])
  const ours = rules.data.groups
    .flatMap((group) => group.rules)
    .flatMap((rule) => {
      const { pack } = rule.labels
      return pack === undefined ? [] : [{ ...rule, pack }]
    })
  const packs = new Map<string, number>()
  for (const { pack } of ours) packs.set(pack, (packs.get(pack) ?? 0) + 1)
  return {
    packs: Object.fromEntries(packs),
    broken: ours
      .filter(({ health }) => health === 'err')
      .map(({ name, lastError }) => ({ name, says: lastError })),
    alertmanagers: await Promise.all(
      managers.data.activeAlertmanagers.map(({ url }) => alertmanager(url, signal)),
    ),
  }
}

async function asked<Answer>(
  shape: z.ZodMiniType<Answer>,
  server: PrometheusServer,
  { call, query, signal }: { call: string; query: Record<string, string>; signal: AbortSignal },
): Promise<Answer> {
  const read = shape.safeParse(jsonOrNull(await askPrometheus(server, call, query, signal)))
  if (read.success) return read.data
  throw unreachableError(
    `what answers to ${call} is no Prometheus`,
    server.where,
    'name one as http://HOST:9090',
  )
}

/** Its own API stands beside the one that takes alerts. */
async function alertmanager(url: string, signal: AbortSignal): Promise<Alertmanager> {
  const status = url.replace(/\/alerts$/, '/status')
  try {
    const response = await fetch(status, { signal, redirect: 'manual' })
    const read = Status.safeParse(await response.json())
    return { url, tellsStella: read.success ? callsIn(read.data.config.original) : 'not known' }
  } catch {
    // From here it may be out of reach; Prometheus reaches it.
    return { url, tellsStella: 'not known' }
  }
}

/** Newer ones tell the address of a webhook to nobody. */
function callsIn(config: string): Alertmanager['tellsStella'] {
  if (/\/api\/alerts\b/.test(config)) return 'yes'
  return /webhook_configs:/.test(config) && config.includes('<secret>') ? 'hidden' : 'no'
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

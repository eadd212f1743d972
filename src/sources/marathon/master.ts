/** What the Mesos master remembers of the tasks of one app. */
import * as z from 'zod/mini'
import type { Observation } from '../../model/evidence.ts'
import { mesosTasks } from '../../parsers/mesos/cluster-tasks.ts'
import type { Reader } from '../reader.ts'
import type { Reading } from '../reading.ts'
import type { ClusterServer, MarathonEndpoint } from './endpoint.ts'
import { readAs, readCluster } from './read.ts'
import { withoutEnd } from '../../model/without-end.ts'

const Info = z.object({
  frameworkId: z.nullish(z.string()),
  marathon_config: z.nullish(z.object({ mesos_leader_ui_url: z.nullish(z.string()) })),
})

/** Newest first; a master keeps 1000 ended tasks of a framework by default. */
const MAX_TASKS = 1_000

export interface MasterQuestion {
  reader: Reader
  signal: AbortSignal
  isMeant(observation: Observation): boolean
}

/** Marathon tells which framework it is, and where the leading master answers; DC/OS leads to it by itself. */
export async function readTasksOfMaster(
  marathon: MarathonEndpoint,
  question: MasterQuestion,
): Promise<Reading> {
  const info = await readCluster({ ...question, server: marathon, path: '/v2/info' })
  if (!info.ok) return untold(`/v2/info of Marathon: ${info.says}`)
  const { frameworkId, marathon_config: config } = infoIn(info.text)
  const server = masterOf(marathon, config?.mesos_leader_ui_url ?? null)
  if (server === null || !frameworkId) {
    return untold('the Mesos master: Marathon does not say where it is')
  }
  const query = new URLSearchParams({
    framework_id: frameworkId,
    limit: String(MAX_TASKS),
    order: 'desc',
  })
  const path = `/tasks?${query.toString()}`
  return readAs(mesosTasks, 'the Mesos master', { ...question, server, path }, question.isMeant)
}

/** Another origin than the one that was named gets no credentials. */
function masterOf(marathon: MarathonEndpoint, told: string | null): ClusterServer | null {
  const { router, authorization } = marathon
  if (router !== null) return { url: `${router}/mesos`, authorization }
  const address = told !== null && URL.canParse(told) ? new URL(told) : null
  if (address === null || !/^https?:$/.test(address.protocol)) return null
  return { url: withoutEnd(`${address.origin}${address.pathname}`, '/'), authorization: null }
}

function infoIn(text: string): z.infer<typeof Info> {
  try {
    return Info.safeParse(JSON.parse(text)).data ?? {}
  } catch {
    return {}
  }
}

function untold(says: string): Reading {
  return { observations: [], unknown: [says] }
}

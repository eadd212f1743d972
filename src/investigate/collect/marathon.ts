import type { Observation, World } from '../../model/evidence.ts'
import type { Target } from '../../model/subject.ts'
import { marathonJson } from '../../parsers/mesos/marathon-json.ts'
import { agentOf, readContainers, readHistory } from '../../sources/marathon/agent.ts'
import { appId } from '../../sources/marathon/app-id.ts'
import { readApp } from '../../sources/marathon/app.ts'
import type { FoundApp } from '../../sources/marathon/app.ts'
import { marathonEndpoint } from '../../sources/marathon/endpoint.ts'
import type { ClusterServer, MarathonEndpoint } from '../../sources/marathon/endpoint.ts'
import { readTasksOfMaster } from '../../sources/marathon/master.ts'
import { readAs } from '../../sources/marathon/read.ts'
import { joinReadings } from '../../sources/reading.ts'
import type { Gathering } from './gathering.ts'

/** Agents that are asked: that of the last failure, and some of those where it runs. */
const MAX_AGENTS = 4

/** An app of Marathon: its definition and last failure, the tasks that Mesos remembers, what its containers hold. */
export async function collectMarathon(
  gathering: Gathering,
  target: Extract<Target, { kind: 'marathon' }>,
): Promise<World> {
  const { reader } = gathering
  const id = appId(target.app)
  const marathon = await marathonEndpoint({ reader, signal: gathering.callSignal() })
  const app = await readApp(reader, marathon, id, gathering.callSignal())
  const isMeant = ({ fact }: Observation): boolean =>
    (fact.kind === 'mesos-task' || fact.kind === 'marathon-launch') && fact.app === id
  const agents = askAgents(gathering, { marathon, app, isMeant })
  const own: World = { observations: app.observations, unknown: notHere(gathering, app) }
  if (gathering.presentOnly) return joinReadings([own, ...(await Promise.all(agents))])
  const others = await Promise.all([
    gathering.ask('the launch queue of Marathon', (signal) => {
      const read = { reader, server: marathon, path: '/v2/queue', signal }
      return readAs(marathonJson, 'the launch queue of Marathon', read, isMeant)
    }),
    gathering.ask('the Mesos master', (signal) =>
      readTasksOfMaster(marathon, { reader, signal, isMeant }),
    ),
    ...agents,
  ])
  return joinReadings([own, ...others])
}

function askAgents(
  gathering: Gathering,
  asked: {
    marathon: MarathonEndpoint
    app: FoundApp
    isMeant: (observation: Observation) => boolean
  },
): Promise<World>[] {
  const { reader, presentOnly } = gathering
  const { marathon, app, isMeant } = asked
  const failed = presentOnly ? null : app.failed
  const servers = new Map<string, ClusterServer>()
  const unasked = new Set<string>()
  const unknown: string[] = []
  for (const task of [...(failed === null ? [] : [failed]), ...app.tasks]) {
    const server = agentOf(marathon, reader, task)
    if (server === null) unknown.push(`the Mesos agent of task ${task.taskId} is not known`)
    else if (servers.size < MAX_AGENTS || servers.has(server.url)) servers.set(server.url, server)
    else unasked.add(server.url)
  }
  if (unasked.size > 0) {
    unknown.push(`what its tasks hold on ${unasked.size} more agents: ${MAX_AGENTS} are asked`)
  }
  const home = failed === null ? null : agentOf(marathon, reader, failed)
  const answers = [...servers.values()].flatMap((server) => {
    const what = `the Mesos agent at ${server.url}`
    const lastWordsOf = failed !== null && home?.url === server.url ? failed.taskId : null
    return [
      gathering.ask(what, (signal) => readContainers({ reader, server, signal, isMeant })),
      ...(presentOnly
        ? []
        : [
            gathering.ask(what, (signal) =>
              readHistory({ reader, server, signal, isMeant }, lastWordsOf),
            ),
          ]),
    ]
  })
  return [Promise.resolve({ observations: [], unknown }), ...answers]
}

/** Neither Marathon nor an agent hands these out. */
function notHere({ presentOnly }: Gathering, { failed, tasks }: FoundApp): string[] {
  const host = failed?.host ?? tasks[0]?.host ?? null
  if (host === null) return []
  const processes = `what each process of a task holds, and its virtual size, is known on its agent alone: run stella on ${host}`
  const log = `the kernel log of ${host} was not read: run 'stella why host --all' there`
  return presentOnly || failed === null ? [processes] : [log, processes]
}

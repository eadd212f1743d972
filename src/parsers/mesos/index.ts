import type { TextFormat } from '../format.ts'

import { mesosAgentLog } from './agent-log.ts'
import { mesosTasks } from './cluster-tasks.ts'
import { mesosContainers } from './containers.ts'
import { marathonJson } from './marathon-json.ts'
import { marathonLog } from './marathon-log.ts'

/** What Mesos and Marathon write. */
export const mesosFormats: readonly TextFormat[] = [
  marathonLog,
  mesosAgentLog,
  mesosTasks,
  mesosContainers,
  marathonJson,
]

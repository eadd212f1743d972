import type { TextFormat } from '../format.ts'

import { mesosAgentLog } from './agent-log.ts'
import { marathonJson } from './marathon-json.ts'
import { marathonLog } from './marathon-log.ts'

/** What Mesos and Marathon write. */
export const mesosFormats: readonly TextFormat[] = [marathonLog, mesosAgentLog, marathonJson]

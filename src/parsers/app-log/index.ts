import type { StreamFormat } from '../format.ts'

import { LogReader } from './log-reader.ts'
import { recogniseLog } from './recognise.ts'

/** What a program wrote to its output, in any of the wrappings that log drivers give it. */
export const appLog: StreamFormat = {
  id: 'app-log',
  recognise: recogniseLog,
  open: (origin) => new LogReader(origin),
}

import type { TextFormat } from '../format.ts'
import { blackBoxFormat } from './black-box.ts'
import { exitStatusFormat } from './exit-status.ts'
import { javaNativeMemoryFormat } from './java-native-memory.ts'
import { memorySamplesFormat } from './memory-samples.ts'
import { redisInfoFormat } from './redis-info.ts'

/** What people and programs write down about a process: its end, its memory over time, its own view of it. */
export const sampleFormats: readonly TextFormat[] = [
  exitStatusFormat,
  memorySamplesFormat,
  blackBoxFormat,
  javaNativeMemoryFormat,
  redisInfoFormat,
]

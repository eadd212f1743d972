import { collect } from '../investigate/collect.ts'
import { investigate } from '../investigate/investigate.ts'
import { readFiles } from '../sources/files/index.ts'
import type { Engine } from './engine.ts'

/** The rooms below, as they are. */
export const liveEngine: Engine = { readFiles, collect, investigate }

/** Files alone: what is wrong is written in them. */
import { NOT_THERE } from '../view.ts'
import type { Backend } from './backend.ts'

export const filesBackend: Backend = {
  id: 'files',
  whyNot: async () => null,
  prepare: async () => undefined,
  program: () => [],
  script: async () => '',
  look: async () => NOT_THERE,
  words: () => ({}),
  remove: async () => undefined,
}

import { readFileSync } from 'node:fs'
import { COMPOSE_MISTAKES } from './compose-mistakes.ts'
import { KUBERNETES_MISTAKES } from './kubernetes-mistakes.ts'
import { RUNTIME_MISTAKES } from './runtime-mistakes.ts'
import { type Seed, seeded, type Seeded } from './seed.ts'

/** A mistake, the file with it, and the same file without. */
export interface Pair {
  seed: Seed
  correct: string
  wrong: Seeded
}

/** All mistakes of the corpus with their files. */
export function pairs(): Pair[] {
  return [...KUBERNETES_MISTAKES, ...COMPOSE_MISTAKES, ...RUNTIME_MISTAKES].map((seed) => {
    const correct = readFileSync(new URL(seed.base, import.meta.url), 'utf8')
    return { seed, correct, wrong: seeded(seed, correct) }
  })
}

import type { Container } from '../workload.ts'

/** The same answer for every rule that asks of a container: files are taken apart once. */
export function oncePerContainer<Answer>(
  read: (container: Container) => Answer,
): (container: Container) => Answer {
  const known = new WeakMap<Container, { answer: Answer }>()
  return (container) => {
    const before = known.get(container) ?? { answer: read(container) }
    known.set(container, before)
    return before.answer
  }
}
